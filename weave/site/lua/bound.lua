-- bound.lua: the journal bound as a book, with the entries as chapters: once as XHTML for the EPUB,
-- once as a single page for the PDF. Links that would lead out of the book become plain text.
local dates = require 'dates'
local html = require 'html'
local output = require 'output'
local parts_of = require 'parts'

local M = {}

-- What HTML may leave open, XHTML closes, and what is there without a value has its name for one.
local function closed(markup)
  for _, tag in ipairs {'img', 'br', 'hr', 'col', 'input'} do
    markup = markup:gsub('<(' .. tag .. '%f[%s>][^>]-)/?>', '<%1/>')
  end
  return (markup:gsub('(<details[^>]*) open>', '%1 open="open">'):gsub('<pre hidden>', '<pre hidden="hidden">'))
end

-- The entry whose page a link leads to, and the anchor there; nil if it is another page.
local function target_of(entries, from, href)
  local path, anchor = href:match '^([^#]*)#?(.*)$'
  if path == '' then return from, anchor end
  local name = path:match '([^/]+/[^/]+%.html)$' or from.month .. '/' .. path
  for _, entry in ipairs(entries) do
    if entry.path == name then return entry, anchor end
  end
end

-- The entry's text with its ids and links as the book needs them: `id(entry, anchor)` and
-- `href(entry, anchor)` say how.
local function text_of(entries, entry, id, href)
  local text = entry.bound:gsub('<details class="fold">', '<details class="fold" open="open">'):gsub(' id="([^"]*)"', function(anchor)
    return ' id="' .. id(entry, anchor) .. '"'
  end)
  text = text:gsub(' aria%-labelledby="([^"]*)"', function(anchors)
    return ' aria-labelledby="' .. anchors:gsub('%S+', function(anchor) return id(entry, anchor) end) .. '"'
  end)
  text = text:gsub('<img src="', '%0../' .. entry.month .. '/') -- the book lies in another folder than the page
  text = text:gsub('url%(#([^)]*)%)', function(anchor) return 'url(#' .. id(entry, anchor) .. ')' end)
  text = text:gsub('<a ([^>]*)>(.-)</a>', function(attributes, content)
    local address = attributes:match 'href="([^"]*)"'
    if address:find '^%w+:' then return nil end
    local to, anchor = target_of(entries, entry, address)
    local class = attributes:match 'class="[^"]*"' or ''
    if to and anchor ~= '' and not to.bound:find(' id="' .. anchor .. '"', 1, true) then to = nil end
    if not to then return '<span ' .. class .. '>' .. content .. '</span>' end
    return ('<a %s href="%s"%s>%s</a>'):format(class, href(to, anchor),
      (' ' .. attributes):match ' id="[^"]*"' or '', content)
  end)
  return text
end

local function head(entry)
  return ('<p class="dateline">%s · %d min</p><p class="lede">%s</p>'):format(
    dates.element(entry), entry.minutes, html.escape(entry.summary))
end

-- XML wants an id to begin with a letter.
local function xml_id(_, anchor) return 'x' .. anchor end

local function chapter(entry) return ('ch%03d.xhtml'):format(entry.number) end

--- What ../epub.lua makes the EPUB from: titles and texts of the chapters, and the book's own data.
function M.chapters(entries)
  local chapters = {}
  for i, entry in ipairs(entries) do
    local text = text_of(entries, entry, xml_id, function(to, anchor)
      local fragment = anchor ~= '' and '#x' .. anchor or ''
      return to == entry and fragment or chapter(to) .. fragment
    end)
    text = text:gsub(' src="%.%./', ' src="') -- as seen from the site's top, where the EPUB is made
    chapters[i] = {title = entry.title, text = closed(head(entry) .. text)}
  end
  local last = entries[#entries]
  return {chapters = chapters, date = last.date, identifier = 'tag:daybook,' .. last.date .. ':' .. last.name}
end

local function page_id(entry, anchor) return 'e' .. entry.number .. '-' .. anchor end

-- The entries by the parts that they belong to, each with the place of its page's number.
local function contents(entries)
  local out = {}
  for _, part in ipairs(parts_of.of(entries)) do
    local items = {}
    for _, step in ipairs(part.steps) do
      for _, entry in ipairs {step.entry, table.unpack(step.asides)} do
        items[#items + 1] = ('<li><a href="#%s">%s %s</a> <span class="page" data-of="%s">000</span></li>'):format(
          page_id(entry, ''), entry.day, html.escape(entry.title), page_id(entry, ''))
      end
    end
    if #items > 0 then
      out[#out + 1] = ('<h2>%s</h2><p>%s</p><ol>%s</ol>'):format(html.escape(part.name), html.escape(part.sentence), table.concat(items))
    end
  end
  return table.concat(out)
end

-- Each link and each coloured word is an object of its own in a PDF, and half of it. On paper there are the links between chunks, and
-- comments look like comments; where a name is used, and what later days did to it, the website knows.
local function printed(text)
  return (text:gsub('<a class="id"[^>]*>(.-)</a>', '%1')
    :gsub('<span class="(%l%l)">(.-)</span>', function(kind, word) return kind ~= 'co' and word or nil end)
    :gsub('<details class="later">.-</details>', ''):gsub('<ul class="xref">.-</ul>', ''):gsub('<details class="stand">.-</details>', ''))
end

--- The page that Chromium prints as the PDF.
function M.page(entries)
  local chapters = {}
  for i, entry in ipairs(entries) do
    chapters[i] = ('<section><h1 id="%s">%s</h1>%s%s</section>'):format(page_id(entry, ''), html.escape(entry.title),
      head(entry), printed(text_of(entries, entry, page_id, function(to, anchor) return '#' .. page_id(to, anchor) end)))
  end
  local last = entries[#entries]
  return (output.slurp 'book.html':gsub('%$(%l+)%$', {
    date = dates.long(last), count = tostring(#entries), contents = contents(entries), body = table.concat(chapters),
  }))
end

return M
