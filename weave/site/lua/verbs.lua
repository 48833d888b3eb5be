-- verbs.lua: reads the verbs by which a piece amends what earlier entries wrote.
local M = {}

--- The verb that a part of a line stands for: its word and its argument, or nil.
function M.parse(part)
  if type(part) ~= 'table' then return nil end
  return part.use:match '^%[(%l+) ?(.-)%]$'
end

local roles = {v = 'verb', o = 'old', n = 'new', a = 'anchor'}

--- Marks every line of the piece with its `role` (verb, old, new, anchor, or none), and a verb's with its word and argument;
-- a piece that renames a file knows its `old_name`.
function M.read(piece)
  for i, line in ipairs(piece.lines) do
    line.role = roles[piece.roles:sub(i, i)]
    for _, part in ipairs(line.role == 'verb' and line or {}) do
      if type(part) == 'table' then line.verb, line.argument = M.parse(part) end
      if line.verb == 'rename' then piece.old_name = line.argument end
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
  if line.verb == 'rename' then return ('from here on, the file %s has this name'):format(line.argument) end
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
