-- since.lua: what a run has that the run of the entry before had not, and the other way round.
local M = {}

-- Takes an earlier item with the same key out of the list, if there is one.
local function take(earlier, key, wanted)
  for i, item in ipairs(earlier) do
    if key(item) == wanted then
      table.remove(earlier, i)
      return true
    end
  end
  return false
end

--- Matches each of `items` with at most one of `earlier`.
-- Items match when a key is equal; `keys` are functions of an item, the strictest first.
-- Returns the set of items that are new and the list of earlier ones that are gone.
function M.compare(items, earlier, keys)
  local is_new, left = {}, table.move(earlier, 1, #earlier, 1, {})
  for _, item in ipairs(items) do is_new[item] = true end
  for _, key in ipairs(keys) do
    for _, item in ipairs(items) do
      if is_new[item] and take(left, key, key(item)) then is_new[item] = nil end
    end
  end
  return is_new, left
end

--- What a caption says of a diagram: `is_new` is the set of what is marked in it, `earlier` the
-- list of what there was in the entry before, nil without such an entry.
function M.sentence(is_new, earlier)
  if not earlier then return '' end
  if #earlier == 0 then return ' All of it is new since the entry before.' end
  if not next(is_new) then return '' end
  return ' What is new since the entry before has a bold outline and says so.'
end

return M
