-- colours.lua: the entries' code as coloured lines, which are kept until the code, or what colours it, is another.
local code = require 'code'
local highlight = require 'highlight'
local kept = require 'kept'

local M = {}

local function snippets_of(entry)
  local snippets, texts = {}, {}
  for i, piece in ipairs(entry.pieces) do
    snippets[i] = {text = code.source_of(piece), language = piece.language}
    texts[i] = (piece.language or '-') .. ' ' .. snippets[i].text
  end
  return snippets, table.concat(texts, '\0')
end

--- Gives each entry its pieces' coloured lines, as `entry.coloured`. All are coloured at once: starting what does it takes longer than an entry.
function M.all(entries)
  local wanted, all, taken = {}, {}, 0
  for _, entry in ipairs(entries) do
    local snippets, text = snippets_of(entry)
    local key = kept.key_with({'colour', 'lua/code.lua', 'lua/highlight.lua'}, text)
    entry.coloured = kept.get('colours', entry.name, key)
    if not entry.coloured then
      wanted[#wanted + 1] = {entry = entry, key = key}
      table.move(snippets, 1, #snippets, #all + 1, all)
    end
  end
  local coloured = highlight.all(all)
  for _, one in ipairs(wanted) do
    local count = #one.entry.pieces
    one.entry.coloured = kept.put('colours', one.entry.name, one.key, table.move(coloured, taken + 1, taken + count, 1, {}))
    taken = taken + count
  end
end

return M
