-- chunk_pages.lua: a page for each chunk, with every version of it by date.
local html = require 'html'
local identifiers = require 'identifiers'
local lines = require 'lines'
local model = require 'model'
local output = require 'output'
local source = require 'source'

local M = {}

-- The entry's pieces of the chunk: where its text explains this version.
local function pieces_of(name, entry)
  local list = {}
  for _, piece in ipairs(entry.pieces) do
    if piece.name == name or piece.old_name == name then list[#list + 1] = piece end
  end
  return list
end

local function verb(piece)
  if piece.verb == 'append' then return piece.is_first and 'defined' or 'extended' end
  return ({replace = 'replaced', change = 'changed', delete = 'deleted', rename = 'renamed'})[piece.verb]
end

local function version_html(book, from, name, version, is_first, shown)
  local number, deleted, rows = table.unpack(version)
  local entry = book.entries[number]
  local words = {}
  for i, piece in ipairs(pieces_of(name, entry)) do
    words[i] = ('<a href="%s">%s</a>'):format(html.link(from, entry.path, piece.anchor), verb(piece))
  end
  local code = #rows > 0
    and html.box(name .. ', ' .. entry.day, lines.rows(book, from, rows, shown))
    or '<p>It is empty.</p>'
  if is_first then code = code:gsub('<(/?)ins', '<%1span') end
  return ('<h2 id="%s">%s %s</h2><p>%s here.%s</p><figure class="chunk">%s</figure>'):format(
    html.slug(entry.day), entry.day, html.escape(entry.title),
    table.concat(words, ', '):gsub('^(<a[^>]*>)(%l)', function(tag, first) return tag .. first:upper() end),
    deleted and ' From here on there is no such chunk.' or '', code)
end

local function facts(book, from, name)
  local items = {}
  for i, path in ipairs(book:files(name)) do
    items[i] = ('<a href="%s"><code>%s</code></a>'):format(html.link(from, source.page(path)), html.escape(path))
  end
  local users, seen = {}, {}
  for _, piece in ipairs(book.used_in[name] or {}) do
    if book.slugs[piece.base] and not seen[piece.base] then
      seen[piece.base] = true
      users[#users + 1] = ('<a class="ref" href="%s">⟨%s⟩</a>'):format(
        html.link(from, book:chunk_page(piece.base)), html.escape(piece.base))
    end
  end
  return '<p>' .. (#users > 0 and 'Used in ' .. table.concat(users, ', ') .. '. ' or '')
    .. (#items > 0 and 'In ' .. table.concat(items, ', ') .. '.' or '') .. '</p>'
end

local function chunk_page(book, name)
  local from, parts, shown = book:chunk_page(name), {}, {}
  local versions = model.chunks[name]
  for i, version in ipairs(versions) do parts[i] = version_html(book, from, name, version, i == 1, shown) end
  output.page(book.entries, from, {
    title = name, description = ('The chunk “%s” through time: %d %s.'):format(name, #versions,
      #versions == 1 and 'version' or 'versions'),
    body = '<p class="crumb"><a href="' .. html.link(from, 'chunks.html') .. '">all chunks</a></p><h1 class="name">⟨'
      .. html.escape(name) .. '⟩</h1>' .. facts(book, from, name) .. table.concat(parts) .. identifiers.data(shown),
  })
end

function M.write(book)
  for name in pairs(book.slugs) do
    if model.chunks[name] then chunk_page(book, name) end
  end
end

return M
