-- months.lua: the home page with its list of months, and a page for each month.
local dates = require 'dates'
local evidence = require 'evidence'
local html = require 'html'
local output = require 'output'
local prose = require 'prose'

local M = {}

local function group(entries)
  local months = {}
  for _, entry in ipairs(entries) do
    local last = months[#months]
    if not last or last.name ~= entry.month then
      last = {name = entry.month, entries = {}}
      months[#months + 1] = last
    end
    table.insert(last.entries, entry)
  end
  return months
end

local function list(entries, from)
  local items = {}
  for i, entry in ipairs(entries) do
    items[i] = '<li><a href="' .. html.link(from, entry.path) .. '"><span class="day">'
      .. dates.day(entry) .. '</span> ' .. html.escape(entry.title) .. '</a><p>'
      .. html.escape(entry.summary) .. '</p></li>'
  end
  return '<ol class="entries">' .. table.concat(items) .. '</ol>'
end

local function newest_picture(entries)
  for i = #entries, 1, -1 do
    local entry = entries[i]
    if entry.evidence.picture then
      return '<figure class="screen">' .. evidence.picture(entry, 'index.html')
        .. '<figcaption>The kernel of <a href="' .. entry.path .. '">' .. entry.date .. ', '
        .. html.escape(entry.title) .. '</a>, as its recorded run left the screen.</figcaption></figure>'
    end
  end
  return ''
end

--- A Markdown file of the site's own as HTML.
function M.text(name)
  return pandoc.write(pandoc.read(output.slurp(name), prose.format), 'html')
end

local function home(entries, months)
  local text = M.text('home.md'):gsub('"first%-entry"', '"' .. entries[1].path .. '"')
  local parts = {'<h1>Daybook</h1>', text, newest_picture(entries)}
  parts[#parts + 1] = '<h2 id="months">The months</h2>'
  for _, month in ipairs(months) do
    parts[#parts + 1] = '<h3><a href="' .. month.name .. '/index.html">'
      .. dates.month_name(month.name) .. '</a></h3>' .. list(month.entries, 'index.html')
  end
  output.page(entries, 'index.html', {
    description = 'A kernel whose journal is its source.', body = table.concat(parts),
  })
end

local function month_page(entries, month)
  local path, name = month.name .. '/index.html', dates.month_name(month.name)
  output.page(entries, path, {
    title = name, description = 'The entries of ' .. name .. '.',
    body = '<p class="crumb"><a href="' .. html.link(path, 'index.html', 'months')
      .. '">back to the months list</a></p><h1>' .. name .. '</h1>' .. list(month.entries, path),
  })
end

function M.write(entries)
  local months = group(entries)
  home(entries, months)
  for _, month in ipairs(months) do month_page(entries, month) end
end

return M
