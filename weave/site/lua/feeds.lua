-- feeds.lua: what other programs read: the Atom feed and the sitemap.
local html = require 'html'
local output = require 'output'

local M = {}

local function entry_xml(entry)
  return ('<entry><id>tag:daybook,%s:%s</id><title>%s</title><updated>%sT00:00:00Z</updated>'
    .. '<link rel="alternate" type="text/html" href="%s"/><summary>%s</summary></entry>\n'):format(
    entry.date, entry.name, html.escape(entry.title), entry.date,
    html.escape(output.address(entry.path)), html.escape(entry.summary))
end

local function feed(entries)
  local items = {}
  for i = #entries, 1, -1 do items[#items + 1] = entry_xml(entries[i]) end
  return '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
    .. '<id>tag:daybook,' .. entries[1].date .. ':journal</id>\n<title>Daybook</title>\n'
    .. '<subtitle>A kernel whose journal is its source.</subtitle>\n<author><name>Daybook</name></author>\n'
    .. '<updated>' .. entries[#entries].date .. 'T00:00:00Z</updated>\n'
    .. '<link rel="self" type="application/atom+xml" href="' .. html.escape(output.address 'feed.xml') .. '"/>\n'
    .. '<link rel="alternate" type="text/html" href="' .. html.escape(output.address '') .. '"/>\n'
    .. table.concat(items) .. '</feed>\n'
end

local function sitemap(pages)
  local items = {}
  for i, path in ipairs(pages) do
    items[i] = '<url><loc>' .. html.escape(output.address(path)) .. '</loc></url>\n'
  end
  return '<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    .. table.concat(items) .. '</urlset>\n'
end

--- Writes the feed and, if all pages have been written, the sitemap, and tells search engines where that is.
function M.write(entries, with_sitemap)
  output.write('feed.xml', feed(entries))
  if not with_sitemap then return end
  output.write('sitemap.xml', sitemap(output.pages()))
  output.write('robots.txt', 'User-agent: *\nAllow: /\nSitemap: ' .. output.address 'sitemap.xml' .. '\n')
end

return M
