-- changes.lua: "What changed" on an entry's page: each file that the entry touched, old lines against new ones.
local html = require 'html'
local model = require 'model'
local source = require 'source'

local M = {}

local context = 1 -- lines around a change that are shown with it

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
local function item(entry, path, file)
  local lines = lines_of(file, entry.number)
  local count = {['-'] = 0, ['+'] = 0, [' '] = 0}
  for _, line in ipairs(lines) do count[line.sign] = count[line.sign] + 1 end
  local link = ('<a href="%s"><code>%s</code></a> %s'):format(
    html.link(entry.path, source.page(path)), html.escape(path), in_words(count['+'], count['-']))
  if file.born == entry.number then return '<li>' .. link .. ', a new file</li>' end
  if file.gone == entry.number then return '<li>' .. link .. ', no more</li>' end
  if count['+'] + count['-'] > count[' '] then return '<li>' .. link .. ', written anew</li>' end
  return '<li>' .. link .. difference(path, lines) .. '</li>'
end

local function items_of(entry)
  local paths, items = {}, {}
  for path in pairs(model.files) do
    if touched[path][entry.number] then paths[#paths + 1] = path end
  end
  table.sort(paths)
  for _, path in ipairs(paths) do items[#items + 1] = item(entry, path, model.files[path]) end
  return items
end

local function count_words(n) return n == 1 and '1 file' or n .. ' files' end

--- What the page says at its top, and the folded list of files at its end.
function M.html(entry)
  local items = items_of(entry)
  if #items == 0 then return '', '' end
  local files = count_words(#items)
  return (' · <a href="#_changes">%s</a>'):format(files),
    ('<h2 id="_changes">What changed</h2><details class="changes"><summary>%s, line against line</summary><ul>%s</ul></details>')
      :format(files, table.concat(items))
end

return M
