-- indexes.lua: every chunk and every identifier of the journal, each with all its places.
local html = require 'html'
local output = require 'output'

local M = {}

local function sorted_keys(map)
  local keys = {}
  for key in pairs(map) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b)
    local la, lb = a:lower(), b:lower()
    if la ~= lb then return la < lb end
    return a < b
  end)
  return keys
end

local function links(from, pieces, render)
  local out = {}
  for i, piece in ipairs(pieces or {}) do
    out[i] = '<a href="' .. html.link(from, piece.entry.path, piece.anchor) .. '">'
      .. render(piece) .. '</a>'
  end
  return table.concat(out, ', ')
end

local function by_date(piece)
  local verb = piece.verb == 'append' and '' or ' ' .. piece.verb
  return piece.entry.date .. verb
end

local function by_name(piece) return '<i>⟨' .. html.escape(piece.name) .. '⟩</i>' end

local function table_page(entries, path, title, first_column, rows)
  output.page(entries, path, {
    title = title, description = ('Every %s of the journal.'):format(first_column:lower()),
    body = '<h1>' .. title .. '</h1><div class="table" tabindex="0" role="group" aria-label="'
      .. title .. '"><table class="index"><thead><tr><th scope="col">' .. first_column
      .. '</th><th scope="col">Defined</th><th scope="col">Used in</th></tr></thead><tbody>'
      .. table.concat(rows) .. '</tbody></table></div>',
  })
end

local function row(id, head, defined, used)
  return '<tr id="' .. html.escape(id) .. '"><th scope="row">' .. head .. '</th><td>' .. defined
    .. '</td><td>' .. used .. '</td></tr>'
end

local function chunks(book)
  local rows, ids = {}, {}
  for _, name in ipairs(sorted_keys(book.chunks)) do
    local users = book.used_in[name]
    local used = users and links('chunks.html', users, by_name)
      or book.chunks[name][1].exhibit and 'an exhibit' or 'a file'
    rows[#rows + 1] = row(html.unique(html.slug(name), ids),
      '<i>⟨' .. html.escape(name) .. '⟩</i>', links('chunks.html', book.chunks[name], by_date), used)
  end
  table_page(book.entries, 'chunks.html', 'Chunks', 'Chunk', rows)
end

local function identifiers(book)
  local rows = {}
  for _, name in ipairs(sorted_keys(book.identifiers)) do
    rows[#rows + 1] = row('id-' .. name, '<code>' .. html.escape(name) .. '</code>',
      links('identifiers.html', book.identifiers[name], by_date),
      links('identifiers.html', book.identifier_uses[name], by_name))
  end
  table_page(book.entries, 'identifiers.html', 'Identifiers', 'Identifier', rows)
end

--- Writes both indexes; the entries must have been written, for that is when uses are seen.
function M.write(book)
  chunks(book)
  identifiers(book)
end

return M
