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

-- The line's fragments and the line. They have links as from the page `from` if there is `shown`, which collects the symbols that are
-- linked; those in the set `linked`, if there is one, are none.
local function fragments_of(book, from, place, shown, linked)
  local piece, ordinal = book.pieces[place[1]], place[2]
  local fragments = balanced(code.fragments(piece.coloured[ordinal]))
  local uses = shown and not piece.exhibit and model.uses_in(place[1], place[2])
  local context = {from = from, book = book, place = place, shown = shown, linked = linked}
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
  local fragments = fragments_of(book, from, {piece, line}, shown)
  return slot == 0 and indented(text, fragments[1]) or fragments[slot + 1]
end

local function reference(book, from, name)
  local page = book:chunk_page(name)
  local shown = '⟨' .. html.escape(name == '[previous]' and 'what was here before' or name) .. '⟩'
  local data = ' data-ref="' .. html.escape(name) .. '"'
  if not page then return '<em class="ref"' .. data .. '>' .. shown .. '</em>' end
  return '<a class="ref"' .. data .. ' href="' .. html.link(from, page) .. '">' .. shown .. '</a>'
end

-- A row's markup; `refer(name)` is that of a reference.
local function row_html(book, from, row, refer, shown, linked)
  local _, text, piece, number = table.unpack(row)
  local fragments, line = fragments_of(book, from, {piece, number}, shown, linked)
  local parts, slot = {}, 1
  for _, part in ipairs(line) do
    if type(part) == 'table' then
      parts[#parts + 1] = fragments[slot] .. refer(part.use)
      slot = slot + 1
    end
  end
  parts[#parts + 1] = fragments[slot]
  return indented(text, table.concat(parts))
end

local element = {['-'] = 'del', ['+'] = 'ins', [' '] = 'span'}

--- The rows of a chunk's version (see history/model.py) as lines of HTML, each name a link where it first stands in what is there
--- now; none without `shown`, which is as above.
function M.rows(book, from, rows, shown)
  local out, linked = {}, {}
  for i, row in ipairs(rows) do
    local markup = row_html(book, from, row, function(name) return reference(book, from, name) end, row[1] ~= '-' and shown, linked)
    out[i] = ('<%s class="l">%s</%s>'):format(element[row[1]], markup, element[row[1]])
  end
  return table.concat(out, '\n')
end

local around = 2 -- lines that stayed, beside a change

-- What became of the rows by this piece, for others of the same day may have changed the chunk, too: what it wrote came, what its
-- verbs took away went, and the rest was there.
local function signs_by(piece, rows)
  local taken, signs = {}, {}
  for _, places in pairs(model.old[piece.number] or {}) do
    for _, place in ipairs(places) do taken[place[1] .. '.' .. place[2]] = true end
  end
  for i, row in ipairs(rows) do
    local sign, _, writer, number = table.unpack(row)
    if sign == '+' and writer ~= piece.number then sign = ' ' end
    if sign == '-' and not taken[writer .. '.' .. number] then sign = '' end
    signs[i] = sign
  end
  return signs
end

-- Which of the rows are so near to a change that one sees where it is.
local function near_changes(signs)
  local near = {}
  for i, sign in ipairs(signs) do
    for k = i - around, (sign == '+' or sign == '-') and i + around or i - around - 1 do near[k] = true end
  end
  return near
end

--- The rows as what came of them: the lines around the changes of `piece`, with what is new in them; nil if nothing came of it. Says,
--- too, which of the piece's lines are among them. What is new has links, but for the names in the set `linked`, which gets more.
function M.result(book, piece, rows, shown, linked)
  local signs = signs_by(piece, rows)
  local near, out, placed, hidden, gone, is_seen = near_changes(signs), {}, {}, 0, 0, false
  local function note(text) out[#out + 1] = '<span class="l verb">' .. text .. '</span>' end
  local function tell()
    if hidden > 0 then note('⋯') end
    if gone > 0 then note(gone == 1 and 'a line is gone' or gone .. ' lines are gone') end
    hidden, gone = 0, 0
  end
  for i, row in ipairs(rows) do
    local sign, number = signs[i], row[4]
    is_seen = is_seen or sign == '+' or sign == '-'
    if sign == '-' then
      gone = gone + 1
    elseif sign ~= '' and not near[i] then
      if gone > 0 then tell() end
      hidden = hidden + 1
    elseif sign ~= '' then
      if sign == '+' then gone = 0 end -- it is another now
      tell()
      local markup = row_html(book, piece.entry.path, row, function(name) return code.reference(book, piece, name) end,
        sign == '+' and shown, linked)
      if sign == '+' then
        placed[number] = true
        out[#out + 1] = ('<ins class="l" data-line="%d"%s>%s</ins>'):format(number, code.attributes(piece, number), markup)
      else
        out[#out + 1] = '<span class="l kept">' .. markup .. '</span>'
      end
    end
  end
  tell()
  if not is_seen then return nil, nil end
  return table.concat(out, '\n'), placed
end

return M
