-- changes.lua: "What changed": on an entry's page each file that it touched, and on a page beside it old lines against new ones.
local html = require 'html'
local model = require 'model'
local output = require 'output'
local source = require 'source'

local M = {}

local context = 2 -- lines around a change that are shown with it

local function text_of(row)
  local parts = {}
  for i, slice in ipairs(row[3]) do parts[i] = slice[1] end
  return html.escape(table.concat(parts))
end

local touched = {} -- by path, the numbers of the entries that began or ended a line
for path, file in pairs(model.files) do
  touched[path] = {}
  for _, row in ipairs(file.rows) do
    touched[path][row[1]] = true
    if row[2] then touched[path][row[2]] = true end
  end
end

-- The file's lines before and after the entry: {sign, row, number in the new file}.
local function lines_of(file, number)
  local lines, at = {}, 0
  for _, row in ipairs(file.rows) do
    local was = row[1] < number and (not row[2] or row[2] >= number)
    local is = row[1] <= number and (not row[2] or row[2] > number)
    if is then at = at + 1 end
    if was or is then
      lines[#lines + 1] = {sign = was and is and ' ' or is and '+' or '-', row = row, number = math.max(at, 1)}
    end
  end
  return lines
end

local function near_a_change(lines)
  local near = {}
  for i, line in ipairs(lines) do
    if line.sign ~= ' ' then
      for n = i - context, i + context do near[n] = true end
    end
  end
  return near
end

local element = {['-'] = 'del', ['+'] = 'ins', [' '] = 'span'}

local function difference(path, lines)
  local near, out, last = near_a_change(lines), {}, 0
  for i, line in ipairs(lines) do
    if near[i] then
      if i > last + 1 then out[#out + 1] = ('<b class="verb">line %d</b>'):format(line.number) end
      out[#out + 1] = ('<%s class="l">%s</%s>'):format(element[line.sign], text_of(line.row), element[line.sign])
      last = i
    end
  end
  return html.box('What changed in ' .. path, table.concat(out, '\n'))
end

local function in_words(more, fewer)
  local words = {}
  if more > 0 then words[1] = '+' .. more end
  if fewer > 0 then words[#words + 1] = '−' .. fewer end
  return table.concat(words, ' ')
end

-- Of a file that the entry begins or writes anew, every line stands in its chunks; of one that it ends, none is left to link.
-- The item as the page `from` has it, and what of the file is to be shown line against line, if anything.
local function item(entry, from, path)
  local file = model.files[path]
  local lines = lines_of(file, entry.number)
  local count = {['-'] = 0, ['+'] = 0, [' '] = 0}
  for _, line in ipairs(lines) do count[line.sign] = count[line.sign] + 1 end
  local link = ('<a href="%s"><code>%s</code></a> %s'):format(
    html.link(from, source.page(path)), html.escape(path), in_words(count['+'], count['-']))
  if file.born == entry.number then return link .. ', a new file' end
  if file.gone == entry.number then return link .. ', no more' end
  if count['+'] + count['-'] > count[' '] then return link .. ', written anew' end
  return link, difference(path, lines)
end

-- All items as a list, with the differences or without them; how many there are, and how many have one.
local function list(entry, from, is_whole)
  local paths, items, different = {}, {}, 0
  for path in pairs(model.files) do
    if touched[path][entry.number] then paths[#paths + 1] = path end
  end
  table.sort(paths)
  for i, path in ipairs(paths) do
    local link, lines = item(entry, from, path)
    if lines then different = different + 1 end
    items[i] = '<li>' .. link .. (is_whole and lines or '') .. '</li>'
  end
  return '<ul>' .. table.concat(items) .. '</ul>', #items, different
end

local function page_of(entry) return 'changes/' .. entry.name .. '.html' end

--- What the page says at its top, and the folded list of files at its end.
function M.html(entry)
  local items, count, different = list(entry, entry.path, false)
  if count == 0 then return '', '' end
  local files = count == 1 and '1 file' or count .. ' files'
  local page = different > 0 and ('<p><a href="%s">Line against line</a></p>'):format(html.link(entry.path, page_of(entry))) or ''
  return (' · <a href="#_changes">%s</a>'):format(files),
    ('<h2 id="_changes">What changed</h2>%s<details class="changes"><summary>%s</summary>%s</details>'):format(page, files, items)
end

-- The page that has the files' lines, old against new: too many for the entry's own.
local function write(entry, entries)
  local from = page_of(entry)
  local items, _, different = list(entry, from, true)
  if different == 0 then return end
  output.page(entries, from, {
    title = 'What changed in “' .. entry.title .. '”', number = entry.number,
    description = ('The files that the entry “%s” changed, line against line.'):format(entry.title),
    body = ('<p class="crumb"><a href="%s">%s %s</a></p><h1>What changed</h1><div class="changes">%s</div>'):format(
      html.link(from, entry.path, '_changes'), entry.day, html.escape(entry.title), items),
  })
end

--- Writes those pages.
function M.write(entries)
  for _, entry in ipairs(entries) do write(entry, entries) end
end

return M
