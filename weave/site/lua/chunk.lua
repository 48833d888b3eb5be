-- chunk.lua: a piece on its entry's page: caption, body, and where else the chunk lives.
local book_of = require 'book'
local code = require 'code'
local html = require 'html'
local identifiers = require 'identifiers'
local indexes = require 'indexes'
local json = require 'dkjson'
local lines = require 'lines'
local model = require 'model'
local source = require 'source'

local M = {}

local function sign(piece)
  if piece.exhibit then return nil end
  if piece.verb == 'replace' then return 'replaced' end
  if piece.verb == 'change' then return 'changed' end
  if piece.verb == 'delete' then return 'deleted' end
  if piece.verb == 'rename' then return 'renamed' end
  return piece.is_first and '≡' or '+≡'
end

local spoken = {['≡'] = 'defined', ['+≡'] = 'extended'}

-- Where the piece's lines are: their file as of the entry, and the lines' numbers there.
local function numbered_place(piece)
  local first, last, times
  for i in ipairs(piece.lines) do
    local place = model.place(piece, i)
    if place and place[1] == piece.file then
      first, last = math.min(first or place[2], place[2]), math.max(last or place[2], place[2])
      times = math.max(times or 1, place[3])
    end
  end
  if not first then return html.escape(piece.file), nil end
  local numbers = first == last and tostring(first) or first .. '–' .. last
  return html.escape(piece.file) .. ':' .. numbers, times
end

local function place(book, piece)
  if piece.exhibit then
    return '<span class="place">exhibit ' .. html.escape(piece.exhibit)
      .. (piece.before and ', on the day before' or '')
      .. ': not part of the kernel</span>'
  end
  local files, kind = book:files(piece.name), book_of.is_file(piece.name) and 'a file: ' or 'in '
  if not piece.file then
    return #files == 0 and '' or '<span class="place">' .. kind .. html.escape(files[1]) .. '</span>'
  end
  local text, times = numbered_place(piece)
  local also = ''
  if #files > 1 then
    also = (' and %d more %s'):format(#files - 1, #files == 2 and 'file' or 'files')
  elseif (times or 1) > 1 then
    also = (' and %d more %s'):format(times - 1, times == 2 and 'place' or 'places')
  end
  return ('<span class="place">%s<a href="%s">%s</a>%s</span>'):format(
    kind,
    html.link(piece.entry.path, source.page(piece.file) .. '?at=' .. piece.entry.name, source.anchor(book, piece))
      , text, also)
end

local function caption(book, piece)
  local s = sign(piece)
  local shown = ''
  if s then
    shown = ' <span class="sign"' .. (spoken[s] and ' title="' .. spoken[s] .. '"' or '') .. '>'
      .. s .. '</span>'
  end
  return '<figcaption><span><a class="name" href="#' .. piece.anchor .. '">⟨'
    .. html.escape(piece.base) .. '⟩</a>' .. shown .. '</span>' .. place(book, piece)
    .. '</figcaption>'
end

-- How one piece's footer names another: by its day, or by where it is on this page.
local function by_day(piece, other)
  if other.exhibit then return html.escape('the exhibit ' .. other.exhibit) end
  if other.entry ~= piece.entry then
    return html.escape(other.entry.day .. ' ' .. other.entry.title)
  end
  return other.line < piece.line and 'the piece above' or 'the piece below'
end

local function by_name(piece, other)
  local day = other.entry == piece.entry and '' or ' ' .. other.entry.day
  return '<i>⟨' .. html.escape(other.name) .. '⟩</i>' .. day
end

local function list(piece, others, render)
  local links, last = {}, nil
  for i, other in ipairs(others) do
    local text = render(piece, other)
    links[i] = '<a href="' .. html.link(piece.entry.path, other.entry.path, other.anchor) .. '">'
      .. (text == last and 'and again' or text) .. '</a>'
    last = text
  end
  return table.concat(links, ', ')
end

local relations = {
  {'continues', 'Continues'}, {'continued_in', 'Continued in'},
  {'replaces', 'Replaces'}, {'replaced_by', 'Replaced by'},
  {'changes', 'Changes'}, {'changed_in', 'Changed in'},
  {'deletes', 'Deletes'}, {'deleted_in', 'Deleted in'},
  {'renames', 'Renames'}, {'renamed_in', 'Renamed in'},
  {'varies', 'Varies'}, {'varied_in', 'Varied in'},
}

local function defined(book, piece)
  local links, seen = {}, {}
  for _, symbol in ipairs(book:symbols_of(piece)) do
    if not seen[symbol.name] then
      seen[symbol.name] = true
      links[#links + 1] = '<a href="' .. html.link(piece.entry.path, indexes.identifiers_page(symbol.name), 'id-' .. symbol.name)
        .. '"><code>' .. html.escape(symbol.name) .. '</code></a>'
    end
  end
  return links
end

local function footer(book, piece)
  local items = {}
  local users = book.used_in[piece.name]
  if users then items[1] = 'Used in ' .. list(piece, users, by_name) end
  for _, relation in ipairs(relations) do
    local others = piece[relation[1]]
    if others then items[#items + 1] = relation[2] .. ' ' .. list(piece, others, by_day) end
  end
  local names = defined(book, piece)
  if #names > 0 then items[#items + 1] = 'Defines ' .. table.concat(names, ', ') end
  local page = book:chunk_page(piece.base)
  if page and #book.chunks[piece.base] > 1 then
    items[#items + 1] = ('<a href="%s">Through time</a>'):format(html.link(piece.entry.path, page))
  end
  if #items == 0 then return '' end
  for i, item in ipairs(items) do
    -- What becomes of the chunk later is of use in a preview, too.
    local later = item:find '^Continued' or item:find '^Replaced' or item:find '^Changed' or item:find '^Deleted' or item:find '^Renamed'
    items[i] = (later and '<li class="later">' or '<li>') .. item .. '</li>'
  end
  return '<ul class="xref">' .. table.concat(items) .. '</ul>'
end

-- What a replacement takes the place of, and what a deletion takes away, line against line.
local function comparison(book, piece, shown)
  if piece.exhibit or (piece.verb ~= 'replace' and piece.verb ~= 'delete') then return '' end
  for i, version in ipairs(model.chunks[piece.name]) do
    if version[1] == piece.entry.number and i > 1 then
      return '<details class="was"><summary>Old against new</summary>'
        .. html.box('Old against new: ' .. piece.name, lines.rows(book, piece.entry.path, version[3], shown))
        .. '</details>'
    end
  end
  return ''
end

--- The piece on its entry's page; `shown` collects the symbols that its code links.
function M.html(book, piece, shown)
  piece.opening = '<figure class="' .. (piece.exhibit and 'chunk exhibit' or 'chunk') .. '" id="' .. piece.anchor
    .. '" data-chunk="' .. html.escape(piece.name) .. '">' .. caption(book, piece)
    .. html.box(piece.name, code.html(book, piece, shown))
  return piece.opening .. footer(book, piece) .. '</figure>' .. comparison(book, piece, shown)
end

--- A script that holds the entry's pieces, for other pages to show when they are pointed at, and what is said of the symbols
-- that its own page links. That must have been made.
function M.previews(entry)
  local items = {}
  for i, piece in ipairs(entry.pieces) do
    items[i] = json.quotestring(piece.anchor) .. ':' .. json.quotestring(piece.opening .. '</figure>')
  end
  return ('daybookPieces(%s, {%s}, %s);\n'):format(json.quotestring(entry.path), table.concat(items, ',\n'), identifiers.json(entry.shown))
end

return M
