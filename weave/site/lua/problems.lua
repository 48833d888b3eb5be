-- problems.lua: collects everything wrong with the input, so that one run names it all.
local M = {}

local found = {}

--- Records a problem at a place in the journal; `line` counts from 1.
function M.add(file, line, sentence)
  found[#found + 1] = {file = file, line = line, text = ('%s:%d: %s'):format(file, line, sentence)}
end

--- Records a problem that has no place in the journal.
function M.add_elsewhere(sentence)
  found[#found + 1] = {file = '~', line = 0, text = sentence}
end

local is_preview = os.getenv 'WEAVE_PREVIEW' ~= ''

--- Records what only a site that is published has to have: the page of a preview says that it is not there yet.
function M.missing(sentence)
  if not is_preview then M.add_elsewhere(sentence) end
end

--- Ends the process with every problem on standard error; returns when there is none.
function M.stop_if_any()
  if #found == 0 then return end
  table.sort(found, function(a, b)
    if a.file ~= b.file then return a.file < b.file end
    if a.line ~= b.line then return a.line < b.line end
    return a.text < b.text
  end)
  for _, problem in ipairs(found) do io.stderr:write(problem.text, '\n') end
  -- Pandoc would wrap an error() in its own words and a Lua traceback.
  os.exit(1)
end

return M
