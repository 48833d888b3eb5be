-- months.lua: a page for each month.
local dates = require 'dates'
local html = require 'html'
local output = require 'output'

local M = {}

--- The months in order: {name, entries}.
function M.of(entries)
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

--- Writes the pages of the months.
function M.write(entries, months)
  for number in ipairs(months) do month_page(entries, months, number) end
end

return M
