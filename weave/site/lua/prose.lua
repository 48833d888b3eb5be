-- prose.lua: an entry's prose as a Pandoc document, with the pieces as raw blocks in it.
--
-- noweb finds `[[quotations]]` wherever they stand, in code blocks as well, and has taken the
-- `@` off `@<<`. Both pass through Pandoc's Markdown as private-use characters, which mean
-- nothing to it, and get back in the document what they mean in their place.
local highlight = require 'highlight'
local html = require 'html'
local problems = require 'problems'

local M = {}

local QUOTE, END, ANGLES = '\u{E000}', '\u{E001}', '\u{E002}'
local quote_pattern = QUOTE .. '(%d+)' .. END

-- Raw HTML and citations are off because `<this>` and `@that` are text in a kernel's journal.
M.format = 'markdown-raw_html-raw_tex-native_divs-native_spans-citations-auto_identifiers'

local function markdown(entry)
  local out, quotes = {}, {}
  for _, segment in ipairs(entry.segments) do
    if segment.piece then
      out[#out + 1] = '\n\n```{=piece}\n' .. segment.piece.anchor .. '\n```\n\n'
    end
    for _, part in ipairs(segment.prose or {}) do
      if type(part) == 'table' then
        quotes[#quotes + 1] = part
        part = QUOTE .. #quotes .. END
      end
      out[#out + 1] = part:gsub('<<', ANGLES)
    end
  end
  return table.concat(out), quotes
end

-- What `[[text]]` becomes: code, and a link where it names a chunk or an identifier.
local function quotation(quote, book, entry)
  local text = quote.quote:gsub('%s+', ' ')
  local name = text:match '^<<(.*)>>$'
  if name and not book.chunks[name] then
    problems.add(entry.file, quote.line, ('<<%s>> is not defined'):format(name))
    return pandoc.Code(text)
  end
  name = name or book.chunks[text] and text
  if name then
    local piece = book:definition(name, entry)
    local label = pandoc.Emph {pandoc.Str('⟨' .. name .. '⟩')}
    return pandoc.Link({label}, html.link(entry.path, piece.entry.path, piece.anchor), '',
      {class = 'ref'})
  end
  local piece = book:identifier((text:gsub('%(%)$', '')), entry)
  if not piece then return pandoc.Code(text) end
  return pandoc.Link({pandoc.Code(text)}, html.link(entry.path, piece.entry.path, piece.anchor),
    '', {class = 'id'})
end

local function filter(quotes, book, entry)
  local function literally(text)
    text = text:gsub(quote_pattern, function(n) return '[[' .. quotes[tonumber(n)].quote .. ']]' end)
    return (text:gsub(ANGLES, '<<'))
  end
  local function restore(element)
    element.text = literally(element.text)
    return element
  end
  local function split(element)
    local text = element.text:gsub(ANGLES, '<<')
    if not text:find(QUOTE, 1, true) then return pandoc.Str(text) end
    local inlines, from = pandoc.List {}, 1
    for start, n, stop in text:gmatch('()' .. quote_pattern .. '()') do
      if start > from then inlines:insert(pandoc.Str(text:sub(from, start - 1))) end
      inlines:insert(quotation(quotes[tonumber(n)], book, entry))
      from = stop
    end
    if from <= #text then inlines:insert(pandoc.Str(text:sub(from))) end
    return inlines
  end
  local function unnest(link)
    link.content = link.content:walk {Link = function(inner) return inner.content end}
    return link
  end
  return {Str = split, Code = restore, CodeBlock = restore, Math = restore, Link = unnest}
end

local labels = {console = 'Shell session', sh = 'Shell', bash = 'Shell', text = 'Text'}

local function code_block(block)
  local language = block.classes[1]
  local lines = highlight.all({{text = block.text, language = language}})[1]
  return pandoc.RawBlock('html', '<div class="session">'
    .. html.box(labels[language] or language or 'Text', table.concat(lines, '\n')) .. '</div>')
end

local function table_block(block)
  return pandoc.Div({block},
    {class = 'table', tabindex = '0', role = 'group', ['aria-label'] = 'Table'})
end

--- Reads the entry's prose; returns nil after reporting front matter that cannot be read.
function M.read(entry, book)
  local text, quotes = markdown(entry)
  local ok, document = pcall(pandoc.read, text, M.format)
  if not ok then
    local reason = tostring(document):match '[^\n]+'
    problems.add(entry.file, 1, 'the front matter cannot be read: ' .. reason)
    return nil
  end
  document = document:walk(filter(quotes, book, entry))
  return document:walk {CodeBlock = code_block, Table = table_block}
end

return M
