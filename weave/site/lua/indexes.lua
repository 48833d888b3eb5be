-- indexes.lua: every chunk and every identifier of the journal, each with all its places.
local html = require 'html'
local model = require 'model'
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
  return piece.entry.day .. verb
end

local function by_name(piece) return '<i>⟨' .. html.escape(piece.name) .. '⟩</i>' end

local function table_page(entries, path, title, columns, rows, crumb)
  local heads = {}
  for i, column in ipairs(columns) do heads[i] = '<th scope="col">' .. column .. '</th>' end
  output.page(entries, path, {
    title = title, description = ('Every %s of the journal.'):format(columns[1]:lower()),
    body = (crumb or '') .. '<h1>' .. title .. '</h1><div class="table" tabindex="0" role="group" aria-label="'
      .. title .. '"><table class="index names"><thead><tr>' .. table.concat(heads) .. '</tr></thead><tbody>'
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
    local shown = '<i>⟨' .. html.escape(name) .. '⟩</i>'
    local page = book:chunk_page(name)
    if page then shown = '<a href="' .. page .. '">' .. shown .. '</a>' end
    rows[#rows + 1] = row(html.unique(html.slug(name), ids), shown,
      links('chunks.html', book.chunks[name], by_date), used)
  end
  table_page(book.entries, 'chunks.html', 'Chunks', {'Chunk', 'Defined', 'Used in'}, rows)
end

local function letter_of(name)
  local first = name:sub(1, 1):lower()
  return first:match '%a' or 'others'
end

--- The page that says all of an identifier; `identifiers.html` lists them, with a link each.
function M.identifiers_page(name) return 'identifiers/' .. letter_of(name) .. '.html' end

-- Every form that a name had: what it is, in words and in code.
local function forms(book, symbols, from)
  local out, seen = {}, {}
  for _, symbol in ipairs(symbols) do
    local page, anchor = book:line_anchor(symbol.piece, symbol.line)
    local said = symbol.signature ~= '' and symbol.signature ~= symbol.kind and symbol.signature or symbol.name
    if page and not seen[said] then
      seen[said] = true
      out[#out + 1] = ('<a href="%s"><code>%s</code></a> %s, %s'):format(html.link(from, page, anchor),
        html.escape(said), symbol.kind, book.entries[symbol.entry].day)
    end
  end
  return table.concat(out, '<br>')
end

local function identifiers(book)
  local named, letters = {}, {}
  for _, symbol in ipairs(model.symbols) do
    named[symbol.name] = named[symbol.name] or {}
    table.insert(named[symbol.name], symbol)
  end
  for _, name in ipairs(sorted_keys(named)) do
    local from, shown = M.identifiers_page(name), '<code>' .. html.escape(name) .. '</code>'
    local defined = forms(book, named[name], from)
    if defined ~= '' then
      if not letters[from] then
        letters[from] = {from = from, name = letter_of(name), rows = {}, items = {}}
        letters[#letters + 1] = letters[from]
      end
      table.insert(letters[from].rows, row('id-' .. name, shown .. ' <span class="kind">' .. named[name][1].language .. '</span>',
        defined, links(from, book.symbol_uses[name], by_name)))
      table.insert(letters[from].items, ('<li id="id-%s"><a href="%s#%s">%s</a></li>'):format(html.escape(name), from,
        html.fragment('id-' .. name), shown))
    end
  end
  local parts = {}
  for i, letter in ipairs(letters) do
    table_page(book.entries, letter.from, 'Identifiers: ' .. letter.name, {'Identifier', 'Defined', 'Used in'}, letter.rows,
      '<p class="crumb"><a href="../identifiers.html">all identifiers</a></p>')
    parts[i] = ('<h2><a href="%s">%s</a></h2><ul class="listed">%s</ul>'):format(letter.from, letter.name, table.concat(letter.items))
  end
  output.page(book.entries, 'identifiers.html', {
    title = 'Identifiers', description = 'Every identifier of the journal.',
    body = '<h1>Identifiers</h1>' .. table.concat(parts),
  })
end

--- Writes both indexes; the entries must have been written, for that is when uses are seen.
function M.write(book)
  chunks(book)
  identifiers(book)
end

return M
