-- model.lua: what ../model found out about the code, and the questions that pages ask of it.
-- Its docstring, in ../history/model.py, says what the table holds.
local M = assert(loadfile(os.getenv 'WEAVE_MODEL'))()

local symbols = M.symbols
for number, fields in ipairs(symbols) do
  local name, kind, language, signature, summary, piece, line, slot, column = table.unpack(fields)
  symbols[number] = {
    number = number, name = name, kind = kind, language = language, signature = signature,
    summary = summary, piece = piece, entry = M.entry_of[piece], line = line, slot = slot, column = column,
  }
end

-- All symbols by their name, with and without the scopes around it.
local by_name = {}
for _, symbol in ipairs(symbols) do
  local last = symbol.name:match '([%w_$?#@~]+)$'
  for _, name in ipairs {symbol.name, last ~= symbol.name and last or nil} do
    by_name[name] = by_name[name] or {}
    table.insert(by_name[name], symbol)
  end
end

--- The symbol that a reader of entry `number` means by a bare name: the newest by then. Of two
-- that are as new, the later one; nil if there is none.
function M.symbol_named(name, number)
  local found
  for _, symbol in ipairs(by_name[name] or {}) do
    if symbol.entry <= number and (not found or symbol.entry >= found.entry) then found = symbol end
  end
  return found
end

--- The names in a line of the piece with this number, each {slot, column, length, symbol's number}.
function M.uses_in(piece, line) return M.uses[piece] and M.uses[piece][line] end

--- Where a line of a piece is in its day's files: {path, number, times}; nil if nowhere.
function M.place(piece, line)
  local places = M.numbers[piece.number]
  return places and places[line]
end

return M
