-- prose.lua: an entry's prose as a Pandoc document, with marks where other entries have a say.
--
-- noweb finds `[[quotations]]` wherever they stand, in code blocks as well, and has taken the
-- `@` off `@<<`. Both pass through Pandoc's Markdown as private-use characters, which mean
-- nothing to it. In code and formulas they get back what stood there; elsewhere a quotation stays
-- a mark until a page is written, because where it leads is for the whole journal to say.
local drawing = require 'drawing'
local html = require 'html'
local problems = require 'problems'

local M = {}

local QUOTE, UNLINKED, END, ANGLES = '\u{E000}', '\u{E003}', '\u{E001}', '\u{E002}'
local UNDRAWN = '\u{E005}'
local quote_pattern = QUOTE .. '(%d+)' .. END

-- Raw HTML and citations are off because `<this>` and `@that` are text in a kernel's journal.
M.format = 'markdown-raw_html-raw_tex-native_divs-native_spans-citations-auto_identifiers'

local function markdown(entry)
  local out, quotes, pieces = {}, {}, 0
  for _, segment in ipairs(entry.segments) do
    if segment.piece then
      pieces = pieces + 1
      out[#out + 1] = '\n\n```{=piece}\n' .. pieces .. '\n```\n\n'
    end
    for _, part in ipairs(segment.prose or {}) do
      if type(part) == 'table' then
        quotes[#quotes + 1] = {text = part.quote, line = part.line}
        part = QUOTE .. #quotes .. END
      end
      out[#out + 1] = part:gsub('<<', ANGLES)
    end
  end
  return table.concat(out), quotes
end

local labels = {console = 'Shell session', sh = 'Shell', bash = 'Shell', type = 'Type this', shows = 'Then lines like these must appear'}

local function session(class, label, text)
  return '<div class="session' .. class .. '">' .. html.box(label, html.escape(text)) .. '</div>'
end

--- Commands, for a follower to type.
function M.typed(text) return session(' type', labels.type, text) end

--- What must appear then: a regular expression a line.
function M.shown(text) return session(' shows', labels.shows, text) end

-- What is not a chunk has no colours; what is written to be drawn is. A follower types blocks of the class `type`, saves as `file` those
-- that have it, and must see those of the class `shows`.
local function code_block(block, entry)
  local class, file = block.classes[1], block.attributes.file
  if class and drawing.knows(class) then
    local figure, why = drawing.figure(class, block.text, block.attributes.alt or '', block.attributes.caption or '')
    if not figure then problems.add(entry.file, 1, why) end
    return pandoc.RawBlock('html', figure or UNDRAWN)
  elseif file then
    return pandoc.RawBlock('html', ('<div class="session file" data-file="%s"><p>%s</p>%s</div>'):format(file, file,
      html.box('The file ' .. file, html.escape(block.text))))
  end
  return pandoc.RawBlock('html', session((class == 'type' or class == 'shows') and ' ' .. class or '', labels[class] or 'Text', block.text))
end

-- A row that is long in the source would have its columns' widths measured there; a browser knows better.
local function table_block(block)
  block.colspecs = block.colspecs:map(function(column) return {column[1], nil} end)
  return pandoc.Div({block},
    pandoc.Attr('', {'table'}, {{'tabindex', '0'}, {'role', 'group'}, {'aria-label', 'Table'}})) -- in this order
end

--- Reads the entry's prose. Returns the document and the quotations, each {text, line}, in the
-- order of their marks; or nil after reporting front matter that cannot be read, or a figure that cannot be drawn.
function M.read(entry)
  local text, quotes = markdown(entry)
  local ok, document = pcall(pandoc.read, text, M.format)
  if not ok then
    local reason = tostring(document):match '[^\n]+'
    problems.add(entry.file, 1, 'the front matter cannot be read: ' .. reason)
    return nil
  end
  local function restore(element)
    element.text = element.text:gsub(ANGLES, '<<')
      :gsub(quote_pattern, function(n) return '[[' .. quotes[tonumber(n)].text .. ']]' end)
    return element
  end
  local function unlink(str)
    str.text = str.text:gsub(QUOTE, UNLINKED)
    return str
  end
  document = document:walk {
    Code = restore, CodeBlock = restore, Math = restore,
    Str = function(str)
      str.text = str.text:gsub(ANGLES, '<<')
      return str
    end,
    Link = function(link)
      link.content = link.content:walk {Str = unlink}
      return link
    end,
  }
  document = document:walk {CodeBlock = function(block) return code_block(block, entry) end, Table = table_block}
  for _, block in ipairs(document.blocks) do
    if block.t == 'RawBlock' and block.text == UNDRAWN then return nil end
  end
  return document, quotes
end

--- What a reader sees of `text`, which has marks in it.
function M.plain(text, quotes)
  return (text:gsub(UNLINKED, QUOTE):gsub(quote_pattern, function(n) return quotes[tonumber(n)].text end))
end

--- Puts `link(quotation)` or, where a link cannot stand, `code(quotation)` in the place of each
-- mark. Both return HTML.
function M.fill(markup, quotes, link, code)
  markup = markup:gsub(quote_pattern, function(n) return link(quotes[tonumber(n)]) end)
  return (markup:gsub(UNLINKED .. '(%d+)' .. END, function(n) return code(quotes[tonumber(n)]) end))
end

return M
