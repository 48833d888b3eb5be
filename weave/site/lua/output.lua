-- output.lua: writes pages below the staging directory, each in the one template.
local dates = require 'dates'
local html = require 'html'
local prose = require 'prose'

local M = {}

local out = os.getenv 'WEAVE_OUT'
local source = os.getenv 'WEAVE_SOURCE'

-- Where the site will be: feeds, sitemap and the page for what is not there need it, no other link.
local site_url = os.getenv 'WEAVE_URL':gsub('/*$', '/')

function M.slurp(name)
  local file = assert(io.open(source .. '/' .. name))
  local text = file:read 'a'
  file:close()
  return text
end

local function box(block) return pandoc.RawBlock('html', html.box('Text', html.escape(block.text))) end

--- A Markdown file of the site's own as HTML.
function M.text(name)
  return pandoc.write(pandoc.read(M.slurp(name), prose.format):walk {CodeBlock = box}, 'html')
end

-- A file that is there may be the last weave's, by another name: it is not written over, but left.
local function write(path, content)
  os.remove(path)
  local file = assert(io.open(path, 'wb'))
  assert(file:write(content))
  assert(file:close())
end

local made = {}

--- Writes one file, given by its path below the site's top.
function M.write(path, content)
  local folder = path:match '^(.*)/'
  if folder and not made[folder] then
    made[folder] = true
    pandoc.pipe('mkdir', {'-p', out .. '/' .. folder}, '')
  end
  write(out .. '/' .. path, content)
end

--- The text as a script can hold it in few bytes.
function M.packed(text)
  return pandoc.pipe('sh', {'-c', 'libdeflate-gzip -12 | base64 -w 0'}, text)
end

--- Writes a file that is no part of the site.
M.list = write

--- The whole address of a page or file of the site.
function M.address(path) return site_url .. path:gsub('index%.html$', '') end

local function item(entry, path)
  local current = entry.path == path and ' aria-current="page"' or ''
  return '<li><a href="' .. html.link(path, entry.path) .. '"' .. current .. '><span class="day">'
    .. dates.day(entry) .. '</span> ' .. html.escape(entry.title) .. '</a></li>'
end

-- The rail of a page leads to all months; of the entries it names those around the page's own, or else the latest. It is on
-- every page, so it must not grow with the journal.
local around = 4

local function rail(entries, path, number)
  local parts, month = {}, nil
  for i, entry in ipairs(entries) do
    if entry.month ~= month then
      month = entry.month
      parts[#parts + 1] = '<h2><a href="' .. html.link(path, month .. '/index.html') .. '">'
        .. dates.month_name(month) .. '</a></h2>'
    end
    if math.abs(i - number) <= around then parts[#parts + 1] = item(entry, path) end
  end
  return (table.concat(parts):gsub('</h2><li>', '</h2><ol><li>'):gsub('</li><h2>', '</li></ol><h2>'):gsub('</li>$', '</li></ol>'))
end

local template
local pages = {}

--- The pages written so far that a search engine should know, by path.
function M.pages()
  table.sort(pages)
  return pages
end

--- Writes a page. `page` has
--   title, nil for the home page; description; body
--   date      of an entry's page, and its number
--   picture   that stands for the page where it is linked from elsewhere, a path; optional
--   script    a file that the page's script reads, a path; optional. Nothing waits for either before it is shown
--   anywhere  whether the page is shown at any address, and has to say where it belongs
function M.page(entries, path, page)
  template = template or M.slurp 'page.html'
  if not page.anywhere then pages[#pages + 1] = path end
  local title = page.title and html.escape(page.title) .. ' · Daybook' or 'Daybook'
  local about = {
    '<meta property="og:title" content="' .. title .. '">',
    '<meta property="og:type" content="' .. (page.date and 'article' or 'website') .. '">',
    '<meta property="og:description" content="' .. html.escape(page.description) .. '">',
    '<meta property="og:url" content="' .. html.escape(M.address(path)) .. '">',
    '<meta property="og:site_name" content="Daybook">',
  }
  if page.date then
    about[#about + 1] = '<meta property="article:published_time" content="' .. page.date .. '">'
  end
  if page.picture then
    about[#about + 1] = '<meta property="og:image" content="' .. html.escape(M.address(page.picture)) .. '">'
  end
  if page.script then about[#about + 1] = '<script defer src="' .. html.link(path, page.script) .. '"></script>' end
  local values = {
    base = page.anywhere and '<base href="' .. html.escape(site_url:match '^%w+://[^/]*(/.*)$') .. '">\n' or '',
    root = html.link(path, ''),
    title = title,
    description = html.escape(page.description),
    about = table.concat(about, '\n'),
    skip = page.body:find('class="boot-it"', 1, true) and ' <a class="skip" href="#_boot">Skip to the kernel that boots here</a>' or '',
    rail = rail(entries, path, page.number or #entries),
    body = page.body,
  }
  local text = template:gsub('%$(%l+)%$', values)
  -- Where a base says what links are seen from, a link within the page would leave it.
  if page.anywhere then text = text:gsub('<a class="skip"[^\n]*\n', '') end
  M.write(path, text)
end

return M
