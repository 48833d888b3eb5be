-- chunk.lua: a piece on its entry's page: caption, body, and where else the chunk lives.
local boot = require 'boot'
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

-- A word about a file that belongs to the second kernel alone (tools/building/trees.py says the same by the name).
local function second(file)
  local only_proves = file:find '^proof/' and not file:find '%.expect$' or file:find '_test%.cpp$' or file:find '_test%.asm$'
  return only_proves and ' · <span title="only in the kernel that has the tests; the product is without it">second kernel</span>' or ''
end

local function place(book, piece)
  if piece.exhibit then
    return '<span class="place">exhibit ' .. html.escape(piece.exhibit)
      .. (piece.before and ', on the day before' or '')
      .. ': not part of the kernel</span>'
  end
  local files, kind = book:files(piece.name), book_of.is_file(piece.name) and 'a file: ' or 'in '
  if not piece.file then
    return #files == 0 and '' or '<span class="place">' .. kind .. html.escape(files[1]) .. second(files[1]) .. '</span>'
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
      , text, also .. second(piece.file))
end

local function is_empty(piece) return #piece.lines == 0 or #piece.lines == 1 and #piece.lines[1] == 0 end

local function caption(book, piece)
  local s = sign(piece)
  local shown = ''
  if s then
    shown = ' <span class="sign"' .. (spoken[s] and ' title="' .. spoken[s] .. '"' or '') .. '>'
      .. s .. '</span>'
  end
  if is_empty(piece) then shown = shown .. ' <span class="sign">nothing yet</span>' end
  return '<figcaption><span><a class="name" href="#' .. piece.anchor .. '">⟨'
    .. html.escape(piece.base) .. '⟩</a>' .. shown .. '</span>' .. (piece.exhibit and place(book, piece) or '')
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

local function list_of(items)
  if #items == 0 then return '' end
  return '<ul class="xref"><li>' .. table.concat(items, '</li><li>') .. '</li></ul>'
end

local function folded(class, summary, content)
  return ('<details class="%s"><summary>%s</summary>%s</details>'):format(class, summary, content)
end

local later_ones = {continued_in = true, replaced_by = true, changed_in = true, deleted_in = true, renamed_in = true}

-- What stands beside the code: where it is and what it has to do with others; what becomes of it later is asked for.
local function about(book, piece)
  local now, later = {}, {}
  local users = book.used_in[piece.name]
  if users then now[1] = 'Used in ' .. list(piece, users, by_name) end
  for _, relation in ipairs(relations) do
    local others = piece[relation[1]]
    local items = later_ones[relation[1]] and later or now
    if others then items[#items + 1] = relation[2] .. ' ' .. list(piece, others, by_day) end
  end
  local names = defined(book, piece)
  if #names > 0 then now[#now + 1] = 'Defines ' .. table.concat(names, ', ') end
  local page = book:chunk_page(piece.base)
  if page and #book.chunks[piece.base] > 1 then
    now[#now + 1] = ('See it <a href="%s">through time</a>'):format(html.link(piece.entry.path, page))
  end
  local all = list_of(now) .. (#later > 0 and folded('later', 'Later', list_of(later)) or '')
  if not piece.exhibit then all = place(book, piece) .. all end
  if piece.exhibit or is_empty(piece) then all = all ~= '' and folded('later', 'Where it belongs', all) or '' end
  return all ~= '' and '<div class="about">' .. all .. '</div>' or ''
end

-- The chunk's lines from this piece on, as what came, went and stayed (see ../history/model.py); nil if nobody can see a difference.
local function version(piece)
  if piece.exhibit then return nil end
  for i, one in ipairs(model.chunks[piece.name] or {}) do
    if one[1] == piece.entry.number and i > 1 then return one[3] end
  end
end

-- What a replacement takes the place of, and what a deletion takes away, line against line.
local function comparison(book, piece)
  local rows = (piece.verb == 'replace' or piece.verb == 'delete') and version(piece)
  if not rows then return '' end
  return folded('was', 'Old against new',
    html.box('Old against new: ' .. piece.name, lines.rows(book, piece.entry.path, rows)))
end

-- The lines of a replacement that say what a line of the old text said, where not all do.
local function there_before(piece)
  local rows = piece.verb == 'replace' and version(piece)
  if not rows then return nil end
  local old, there, is_other = {}, {}, false
  for _, row in ipairs(rows) do
    if row[1] == '-' then old[row[2]] = true end
  end
  for _, row in ipairs(rows) do
    if row[1] == '+' and row[3] == piece.number then
      there[row[4]] = old[row[2]]
      is_other = is_other or not old[row[2]] and row[2] ~= ''
    end
  end
  return is_other and there or nil
end

local function exhibit_class(piece) return piece.exhibit and ' exhibit' or is_empty(piece) and ' empty' or '' end

local function code_of(book, piece, shown)
  local linked = {}
  if is_empty(piece) then return '<pre hidden><code>' .. code.html(book, piece, shown, linked) .. '</code></pre>' end
  local rows, result, placed = piece.verb == 'change' and version(piece), nil, nil
  if rows then result, placed = lines.result(book, piece, rows, shown, linked) end
  local written = html.box(nil, code.html(book, piece, shown, linked, placed, there_before(piece)))
  if result then return html.box(nil, result, 'result') .. folded('was', 'Old against new', written) end
  if not piece.name:find '%.expect$' then return written end
  return folded('fold', ('What the run must show, in %d lines'):format(#piece.lines), written)
end

-- Whether it is the last chunk of its exhibit.
local function is_last(piece)
  if not piece.exhibit then return false end
  local last
  for _, one in ipairs(piece.entry.pieces) do last = one.exhibit == piece.exhibit and one or last end
  return last == piece
end

--- The piece on its entry's page. Its name is in the caption; an exhibit's is longer than what that shows. `shown` collects
-- the symbols that its code links.
function M.html(book, piece, shown)
  piece.opening = '<figure class="chunk' .. exhibit_class(piece) .. '" id="' .. piece.anchor
    .. (piece.exhibit and '" data-chunk="' .. html.escape(piece.name) or '') .. '">' .. caption(book, piece) .. code_of(book, piece, shown)
  local try = is_last(piece) and boot.try(piece.entry, piece.exhibit) or ''
  return piece.opening .. about(book, piece) .. '</figure>' .. comparison(book, piece) .. try
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
