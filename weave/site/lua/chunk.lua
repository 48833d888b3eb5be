-- chunk.lua: a piece on its entry's page: caption, body, and where else the chunk lives.
local book_of = require 'book'
local code = require 'code'
local html = require 'html'

local M = {}

local function sign(piece)
  if piece.exhibit then return nil end
  if piece.verb == 'replace' then return 'replaced' end
  if piece.verb == 'change' then return 'changed' end
  if piece.verb == 'delete' then return 'deleted' end
  return piece.is_first and '≡' or '+≡'
end

local spoken = {['≡'] = 'defined', ['+≡'] = 'extended'}

local function place(book, piece)
  if piece.exhibit then
    return '<span class="place">exhibit ' .. html.escape(piece.exhibit)
      .. (piece.before and ', on the day before' or '')
      .. ': not part of the kernel</span>'
  end
  if book_of.is_file(piece.name) then return '<span class="place">a file</span>' end
  local files = book:files(piece.name)
  if #files == 0 then return '' end
  local text = #files == 1 and 'in ' .. files[1] or ('in %d files'):format(#files)
  return '<span class="place">' .. html.escape(text) .. '</span>'
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
    return html.escape(other.entry.date .. ' ' .. other.entry.title)
  end
  return other.line < piece.line and 'the piece above' or 'the piece below'
end

local function by_name(piece, other)
  local day = other.entry == piece.entry and '' or ' ' .. other.entry.date
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
  {'varies', 'Varies'}, {'varied_in', 'Varied in'},
}

local function defined(piece)
  local links = {}
  for i, name in ipairs(piece.defines) do
    links[i] = '<a href="' .. html.link(piece.entry.path, 'identifiers.html', 'id-' .. name)
      .. '"><code>' .. html.escape(name) .. '</code></a>'
  end
  return table.concat(links, ', ')
end

local function footer(book, piece)
  local items = {}
  local users = book.used_in[piece.name]
  if users then items[1] = 'Used in ' .. list(piece, users, by_name) end
  for _, relation in ipairs(relations) do
    local others = piece[relation[1]]
    if others then items[#items + 1] = relation[2] .. ' ' .. list(piece, others, by_day) end
  end
  if #piece.defines > 0 then items[#items + 1] = 'Defines ' .. defined(piece) end
  if #items == 0 then return '' end
  return '<ul class="xref"><li>' .. table.concat(items, '</li><li>') .. '</li></ul>'
end

function M.html(book, piece)
  local class = piece.exhibit and 'chunk exhibit' or 'chunk'
  return '<figure class="' .. class .. '" id="' .. piece.anchor .. '" data-chunk="'
    .. html.escape(piece.name) .. '">' .. caption(book, piece)
    .. html.box(piece.name, code.html(book, piece)) .. footer(book, piece) .. '</figure>'
end

return M
