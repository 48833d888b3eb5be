-- source.lua: the tangled files, each with all that it ever was.
--
-- A page lists every line that its file had on any day, in runs of lines that one piece wrote and
-- that came and went together. Without script it shows the newest day.
local dates = require 'dates'
local html = require 'html'
local identifiers = require 'identifiers'
local json = require 'dkjson'
local lines = require 'lines'
local model = require 'model'
local output = require 'output'

local M = {}

--- The page of a file.
function M.page(path) return 'source/' .. path .. '.html' end

local function anchor_of(piece) return piece.entry.day .. '.' .. piece.anchor end

local function sorted(map)
  local keys = {}
  for key in pairs(map) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
end

--- The piece that a row comes from: that of its first slice with a place.
function M.writer(book, row)
  for _, slice in ipairs(row[3]) do
    if slice[2] then return book.pieces[slice[2]] end
  end
end

local writers -- by file, the pieces that begin a row of it

--- The anchor, on the page of its file, of the lines that a piece wrote; nil if it has but names of other chunks.
function M.anchor(book, piece)
  if not writers then
    writers = {}
    for path, file in pairs(model.files) do
      writers[path] = {}
      for _, row in ipairs(file.rows) do
        local one = M.writer(book, row)
        if one then writers[path][one] = true end
      end
    end
  end
  return writers[piece.file][piece] and anchor_of(piece) or nil
end

-- Rows in runs {born, gone, piece, rows}.
local function runs_of(book, file)
  local runs = {}
  for _, row in ipairs(file.rows) do
    local last, piece = runs[#runs], M.writer(book, row)
    if last and last.born == row[1] and last.gone == row[2] and piece == last.piece then
      table.insert(last.rows, row)
    else
      runs[#runs + 1] = {born = row[1], gone = row[2], piece = piece, rows = {row}}
    end
  end
  return runs
end

local function run_html(book, from, run, taken, gone, shown)
  local out = {}
  for i, row in ipairs(run.rows) do
    local parts = {}
    for n, slice in ipairs(row[3]) do parts[n] = lines.slice(book, from, slice, shown) end
    out[i] = '<span class="l">' .. table.concat(parts) .. '\n</span>'
  end
  local link, id = '', ''
  if run.piece then
    local anchor = anchor_of(run.piece)
    if not taken[anchor] then
      taken[anchor] = true
      id = ' id="' .. anchor .. '"'
    end
    link = ('<a class="from" href="%s">⟨%s⟩ %s</a>'):format(
      html.link(from, run.piece.entry.path, run.piece.anchor), html.escape(run.piece.base),
      run.piece.entry.day)
  end
  local lifetime = (' data-b="%d"'):format(run.born)
    .. (run.gone and (' data-d="%d"'):format(run.gone) or '')
    .. (run.gone and run.gone == gone and ' data-last' or '')
  return '<span class="origin"' .. id .. lifetime .. '>' .. link .. table.concat(out) .. '</span>'
end

-- The days that the slider can be at stand once, in a script.
local days_file = 'source/days.js'

local function write_days(entries)
  local days = {}
  for i, entry in ipairs(entries) do
    days[i] = ('[%s,%s]'):format(json.quotestring(entry.name), json.quotestring(entry.day .. ' ' .. entry.title))
  end
  output.write(days_file, ('window.daybookDays = [%s];\n'):format(table.concat(days, ',\n')))
end

-- With a tick at each of the days, if any are given.
local function slider(entries, days)
  local last, ticks = entries[#entries], {}
  for i, day in ipairs(days or {}) do ticks[i] = ('<option value="%d"></option>'):format(day) end
  return ('<p class="asof"><label for="_asof">As of</label> <input id="_asof" type="range" min="1" max="%d" '
    .. 'value="%d"%s> <output for="_asof">%s %s</output></p>%s')
    :format(#entries, #entries, days and ' list="_days"' or '', last.day, html.escape(last.title),
      days and '<datalist id="_days">' .. table.concat(ticks) .. '</datalist>' or '')
end

-- When the file came, changed and went.
local function history(book, from, file)
  local items = {}
  for i, number in ipairs(file.versions) do
    local entry = book.entries[number]
    local what = i == 1 and 'begun' or number == file.gone and 'deleted' or 'changed'
    items[i] = ('<li><a href="%s">%s %s</a>: %s</li>'):format(html.link(from, entry.path),
      entry.day, html.escape(entry.title), what)
  end
  return '<h2 id="history">Its days</h2><ul>' .. table.concat(items) .. '</ul>'
end

local function file_page(book, path, file)
  local from, taken, parts, shown = M.page(path), {}, {}, {}
  for i, run in ipairs(runs_of(book, file)) do parts[i] = run_html(book, from, run, taken, file.gone, shown) end
  local gone = file.gone and ('<p class="gone">This file is no more since <a href="%s">%s</a>; these are its last lines.</p>')
    :format(html.link(from, book.entries[file.gone].path), dates.long(book.entries[file.gone])) or ''
  output.page(book.entries, from, {
    title = path, description = 'The file ' .. path .. ' as of any day of the journal.',
    body = '<p class="crumb"><a href="' .. html.link(from, 'source/index.html') .. '">all files</a></p><h1><code>'
      .. html.escape(path) .. '</code></h1>'
      .. slider(book.entries, file.versions) .. gone
      .. ('<figure class="source" data-born="%d"%s>'):format(file.born,
        file.gone and (' data-gone="%d"'):format(file.gone) or '')
      .. html.box(path, table.concat(parts)) .. '</figure>' .. history(book, from, file)
      .. identifiers.data(shown),
    script = days_file,
  })
end

local function index_page(book)
  local from, rows = 'source/index.html', {}
  for _, path in ipairs(sorted(model.files)) do
    local file = model.files[path]
    local last = file.versions[#file.versions]
    rows[#rows + 1] = ('<tr data-b="%d"%s><th scope="row"><a href="%s"><code>%s</code></a></th><td>%s</td><td class="date">%s</td></tr>')
      :format(file.born, file.gone and (' data-d="%d"'):format(file.gone) or '',
        html.link(from, M.page(path)), html.escape(path),
        file.gone and 'no more' or tostring(model.counts[#book.entries][path]),
        book.entries[last].day)
  end
  output.page(book.entries, from, {
    title = 'Source', description = 'Every file of the kernel, as of any day.',
    body = '<h1>Source</h1><p>The files that the journal’s chunks make up. Each line leads to the paragraph that wrote it.</p>'
      .. slider(book.entries)
      .. '<div class="table" tabindex="0" role="group" aria-label="Files"><table class="index"><thead><tr><th scope="col">File</th>'
      .. '<th scope="col">Lines</th><th scope="col">Last changed</th></tr></thead><tbody>'
      .. table.concat(rows) .. '</tbody></table></div>',
    script = days_file,
  })
end

function M.write(book)
  write_days(book.entries)
  index_page(book)
  for path, file in pairs(model.files) do file_page(book, path, file) end
end

return M
