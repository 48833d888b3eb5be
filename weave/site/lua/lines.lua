-- lines.lua: lines of code away from the entry that wrote them: in a tangled file, in a chunk's
-- history, in a comparison. They are coloured as they are in their entry.
local code = require 'code'
local html = require 'html'
local identifiers = require 'identifiers'
local model = require 'model'

local M = {}

-- Fragments each of whose elements is closed: what is open at a cut is closed, and opened again.
local function balanced(fragments)
  local out, open = {}, {}
  for i, fragment in ipairs(fragments) do
    local before = table.concat(open)
    for tag in fragment:gmatch '<[^>]*>' do
      if tag == '</span>' then table.remove(open) else open[#open + 1] = tag end
    end
    out[i] = before .. fragment .. ('</span>'):rep(#open)
  end
  return out
end

-- The line's fragments with links as from the page `from`, and the line; `shown` collects the symbols
-- that are linked.
local function linked(book, from, place, shown)
  local piece, ordinal = book.pieces[place[1]], place[2]
  local fragments = balanced(code.fragments(piece.coloured[ordinal]))
  local uses = not piece.exhibit and model.uses_in(place[1], place[2])
  local context = {from = from, book = book, place = place, shown = shown}
  for slot, fragment in ipairs(fragments) do
    if uses then
      fragments[slot] = identifiers.link(fragment, slot - 1, uses, context)
    end
  end
  return fragments, piece.lines[ordinal]
end

-- The markup without the blanks that its text begins with; they may stand inside an element.
local function unindented(markup)
  local tags, rest = {}, markup
  while true do
    rest = rest:gsub('^%s+', '')
    local tag = rest:match '^<[^>]*>'
    if not tag then return table.concat(tags) .. rest end
    tags[#tags + 1] = tag
    rest = rest:sub(#tag + 1)
  end
end

-- An amended line can be indented otherwise than where it was written.
local function indented(text, markup) return text:match '^%s*' .. unindented(markup) end

--- A slice of a tangled line (see history/model.py) as seen from the page `from`; `shown` collects
--- the symbols that are linked.
function M.slice(book, from, slice, shown)
  local text, piece, line, slot = table.unpack(slice)
  if not piece then return text end
  local fragments = linked(book, from, {piece, line}, shown)
  return slot == 0 and indented(text, fragments[1]) or fragments[slot + 1]
end

local function reference(book, from, name)
  local page = book:chunk_page(name)
  local shown = '⟨' .. html.escape(name == '[previous]' and 'what was here before' or name) .. '⟩'
  local data = ' data-ref="' .. html.escape(name) .. '"'
  if not page then return '<em class="ref"' .. data .. '>' .. shown .. '</em>' end
  return '<a class="ref"' .. data .. ' href="' .. html.link(from, page) .. '">' .. shown .. '</a>'
end

local element = {['-'] = 'del', ['+'] = 'ins', [' '] = 'span'}

--- The rows of a chunk's version (see history/model.py) as lines of HTML; `shown` as above.
function M.rows(book, from, rows, shown)
  local out = {}
  for i, row in ipairs(rows) do
    local sign, text, piece, number = table.unpack(row)
    local fragments, line = linked(book, from, {piece, number}, shown)
    local parts, slot = {}, 1
    for _, part in ipairs(line) do
      if type(part) == 'table' then
        parts[#parts + 1] = fragments[slot] .. reference(book, from, part.use)
        slot = slot + 1
      end
    end
    parts[#parts + 1] = fragments[slot]
    out[i] = ('<%s class="l">%s</%s>'):format(element[sign], indented(text, table.concat(parts)), element[sign])
  end
  return table.concat(out, '\n')
end

return M
