-- months.lua: the home page with its list of months, and a page for each month.
local dates = require 'dates'
local downloads = require 'downloads'
local evidence = require 'evidence'
local html = require 'html'
local output = require 'output'

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

local function list(entries, from, class)
  local items = {}
  for i, entry in ipairs(entries) do
    items[i] = '<li><a href="' .. html.link(from, entry.path) .. '"><span class="day">'
      .. (class and entry.day or dates.day(entry)) .. '</span> ' .. html.escape(entry.title) .. '</a><p>'
      .. html.escape(entry.summary) .. '</p></li>'
  end
  return '<ol class="' .. (class or 'entries') .. '">' .. table.concat(items) .. '</ol>'
end

local function newest_with_picture(entries)
  for i = #entries, 1, -1 do
    if entries[i].evidence and entries[i].evidence.picture then return entries[i] end
  end
end

local function picture_html(entry)
  if not entry then return '' end
  return '<figure class="screen">' .. evidence.picture(entry, 'index.html')
    .. '<figcaption>The kernel of <a href="' .. entry.path .. '">' .. entry.day .. ', '
    .. html.escape(entry.title) .. '</a>, as its recorded run left the screen.</figcaption></figure>'
end

local latest = 3

local function latest_entries(entries)
  local last = {}
  for i = #entries, math.max(1, #entries - latest + 1), -1 do last[#last + 1] = entries[i] end
  return last
end

local function home(entries, months)
  local text = output.text('home.md'):gsub('"first%-entry"', '"' .. entries[1].path .. '"')
    :gsub('the%-image', (downloads.image('index.html', 'the image'):gsub('%%', '%%%%')))
  if not downloads.has_book() then text = text:gsub('<div class="book">.-</div>', '') end
  local picture = newest_with_picture(entries)
  local parts = {'<h1>Daybook</h1>', text, picture_html(picture)}
  parts[#parts + 1] = '<h2 id="latest">The latest entries</h2>'
    .. list(latest_entries(entries), 'index.html', 'latest')
  parts[#parts + 1] = '<h2 id="months">The months</h2>'
  for _, month in ipairs(months) do
    parts[#parts + 1] = '<h3><a href="' .. month.name .. '/index.html">'
      .. dates.month_name(month.name) .. '</a></h3>' .. list(month.entries, 'index.html')
  end
  output.page(entries, 'index.html', {
    description = 'A kernel whose journal is its source: every line of its code stands in a dated entry, and '
      .. 'every day of it still boots.',
    picture = picture and picture.evidence.picture_path, body = table.concat(parts),
  })
end

local function neighbours(path, months, number)
  local links = {}
  for i, side in ipairs {{number - 1, 'prev', 'Previous month'}, {number + 1, 'next', 'Next month'}} do
    local month = months[side[1]]
    links[i] = month and ('<a rel="%s" href="%s"><span>%s</span> %s</a>'):format(side[2],
      html.link(path, month.name .. '/index.html'), side[3], dates.month_name(month.name)) or '<span></span>'
  end
  return '<nav class="around" aria-label="Previous and next month">' .. table.concat(links) .. '</nav>'
end

local function month_page(entries, months, number)
  local month = months[number]
  local path, name = month.name .. '/index.html', dates.month_name(month.name)
  output.page(entries, path, {
    title = name, description = 'The entries of ' .. name .. '.',
    body = '<p class="crumb"><a href="' .. html.link(path, 'index.html', 'months')
      .. '">back to the months list</a></p><h1>' .. name .. '</h1>' .. list(month.entries, path)
      .. neighbours(path, months, number),
  })
end

function M.write(entries)
  local months = group(entries)
  home(entries, months)
  for number in ipairs(months) do month_page(entries, months, number) end
end

return M
