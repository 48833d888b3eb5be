-- output.lua: writes pages below the staging directory, each in the one template.
local dates = require 'dates'
local html = require 'html'

local M = {}

local out = os.getenv 'WEAVE_OUT'
local source = os.getenv 'WEAVE_SOURCE'

function M.slurp(name)
  local file = assert(io.open(source .. '/' .. name))
  local text = file:read 'a'
  file:close()
  return text
end

--- Writes one file, given by its path below the site's top; `weave` has made the directories.
function M.write(path, content)
  local file = assert(io.open(out .. '/' .. path, 'wb'))
  assert(file:write(content))
  assert(file:close())
end

local function rail(entries, path)
  local parts, month = {}, nil
  for _, entry in ipairs(entries) do
    if entry.month ~= month then
      if month then parts[#parts + 1] = '</ol>' end
      month = entry.month
      parts[#parts + 1] = '<h2><a href="' .. html.link(path, month .. '/index.html') .. '">'
        .. dates.month_name(month) .. '</a></h2><ol>'
    end
    local current = entry.path == path and ' aria-current="page"' or ''
    parts[#parts + 1] = '<li><a href="' .. html.link(path, entry.path) .. '"' .. current
      .. '><span class="day">' .. dates.day(entry) .. '</span> ' .. html.escape(entry.title)
      .. '</a></li>'
  end
  parts[#parts + 1] = month and '</ol>' or ''
  return table.concat(parts)
end

local template

--- Writes a page. `page` has title, description and body; the title of the home page is nil.
function M.page(entries, path, page)
  template = template or M.slurp 'page.html'
  local values = {
    root = html.link(path, ''),
    title = page.title and html.escape(page.title) .. ' · Daybook' or 'Daybook',
    description = html.escape(page.description),
    rail = rail(entries, path),
    body = page.body,
  }
  M.write(path, (template:gsub('%$(%l+)%$', values)))
end

return M
