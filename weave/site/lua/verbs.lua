-- verbs.lua: reads the verbs by which a piece amends what earlier entries wrote.
local M = {}

--- The verb that a part of a line stands for: its word and its argument, or nil.
function M.parse(part)
  if type(part) ~= 'table' then return nil end
  return part.use:match '^%[(%l+) ?(.-)%]$'
end

-- The verb that fills a whole line; `[previous]` stands inside code, as any reference does.
local function verb_of(line)
  local found
  for _, part in ipairs(line) do
    if type(part) == 'table' then
      if found then return nil end
      found = part
    elseif part:find '%S' then
      return nil
    end
  end
  local word, argument = M.parse(found)
  if word ~= 'previous' then return word, argument end
end

-- What the lines after a verb are, until the next verb.
local role_after = {change = 'old', to = 'new', after = 'anchor', before = 'anchor', add = 'new'}
local opens_edit = {change = true, after = true, before = true}

--- Marks every line of the piece with its `role` (verb, old, new, anchor, or none) and sets
-- piece.verb (append, replace, change or delete), piece.argument and, for a change,
-- piece.edits: for each one, the lines it looks for.
function M.read(piece)
  piece.verb, piece.edits = 'append', {}
  local role
  for _, line in ipairs(piece.lines) do
    local word, argument = verb_of(line)
    if word then
      line.role, line.verb, line.argument = 'verb', word, argument
      role = role_after[word]
      if opens_edit[word] then
        piece.verb = 'change'
        piece.edits[#piece.edits + 1] = {}
      elseif word == 'replace' or word == 'delete' then
        piece.verb, piece.argument = word, argument
      end
    else
      line.role = role
      if role == 'old' or role == 'anchor' then
        local looked_for = piece.edits[#piece.edits]
        looked_for[#looked_for + 1] = line
      end
    end
  end
end

local words = {
  change = 'change', to = 'to', after = 'after', before = 'before', add = 'add',
  delete = 'from here on, this chunk is gone',
}

--- How a page says the verb of a line; `next_line` is the one after it, or nil.
function M.words(line, next_line)
  if line.verb == 'to' and (not next_line or next_line.role ~= 'new') then return 'to nothing' end
  if line.verb ~= 'replace' then return words[line.verb] or line.verb end
  local before = 'what was here'
  if line.argument == 'all' then
    before = 'everything that was here'
  elseif line.argument ~= '' then
    before = 'what ' .. line.argument .. ' wrote'
  end
  return 'instead of ' .. before .. (next_line and ', now' or ', nothing')
end

return M
