-- draft.lua: what ../draft needs when an entry's prose is all that has changed since the last weave.
--
-- The model knows lines of code by their numbers in the journal, and new prose moves them. Since the
-- code is the same, its lines keep the numbers that they had when the model was made.
local stream = require 'stream'

local M = {}

-- The part of the token stream `path` that each entry is.
local function parts_of(path)
  local file = assert(io.open(path, 'rb'))
  local text = file:read 'a'
  file:close()
  local parts, began = {}, nil
  for at in ('\n' .. text):gmatch '\n()@file ' do
    if began then parts[#parts + 1] = text:sub(began - 1, at - 2) end
    began = at
  end
  if began then parts[#parts + 1] = text:sub(began - 1) end
  return parts
end

local function pieces_of(entry)
  local pieces = {}
  for _, segment in ipairs(entry.segments) do pieces[#pieces + 1] = segment.piece end
  return pieces
end

local function number_lines(entry, before)
  local pieces = pieces_of(entry)
  for i, old in ipairs(pieces_of(before)) do
    for n, line in ipairs(old.lines) do pieces[i].lines[n].number = line.number end
  end
end

--- Numbers the entries' lines of code as they were in the token stream `path`.
function M.number_lines(entries, path)
  for number, before in ipairs(parts_of(path)) do
    local entry = entries[number]
    if entry.tokens ~= before then number_lines(entry, stream.read(before)[1]) end
  end
end

--- The entries that are not the same in the token stream `path`.
function M.changed(entries, path)
  local list = {}
  for number, before in ipairs(parts_of(path)) do
    if before ~= entries[number].tokens then list[#list + 1] = entries[number] end
  end
  return list
end

return M
