-- prepared.lua: what an entry's page is made of, as far as the entry alone decides it.
--
-- That is where the time goes, so it is kept, and made again only when the entry, or what makes it, is another.
local html = require 'html'
local kept = require 'kept'
local prose = require 'prose'

local M = {}

local options = pandoc.WriterOptions {html_math_method = 'mathml', wrap_text = 'none'}

-- Marks in the body: a piece, by its number in the entry, the ends of two sections, and what stands before one.
local MARK, END = '\u{E004}', '\u{E001}'

local function mark(what) return pandoc.RawBlock('html', MARK .. what .. END) end

--- Puts `filler(what)` in the place of each mark: a piece's number, "proof", "stand" or "follow".
function M.fill(body, filler)
  return (body:gsub(MARK .. '(%w+)' .. END, function(what) return filler[what] or '' end))
end

--- Whether a heading is the one that STYLE asks for: "Why: a reason" is "Why".
function M.is_heading(text, wanted)
  text, wanted = text:lower(), wanted:lower()
  return text == wanted or text:sub(1, #wanted) == wanted and text:find('^%W', #wanted + 1) ~= nil
end

-- The values of a front matter key, which may be a list or a single value.
local function values(document, key)
  local meta, texts = document.meta[key], {}
  if pandoc.utils.type(meta) ~= 'List' then meta = {meta} end
  for i, value in ipairs(meta) do texts[i] = pandoc.utils.stringify(value) end
  return texts
end

local words_a_minute = 200

local function reading_minutes(entry)
  local words = 0
  local function count(text)
    for _ in text:gmatch '%S+' do words = words + 1 end
  end
  for _, segment in ipairs(entry.segments) do
    for _, part in ipairs(segment.prose or {}) do
      count(type(part) == 'table' and part.quote or part)
    end
    for _, line in ipairs(segment.piece and segment.piece.lines or {}) do
      for _, part in ipairs(line) do count(type(part) == 'table' and part.use or part) end
    end
  end
  return math.max(1, words // words_a_minute)
end

-- The page's title is its h1, so an entry's own headings begin at h2.
local function shift_headings(document)
  local top = 6
  for _, block in ipairs(document.blocks) do
    if block.t == 'Header' then top = math.min(top, block.level) end
  end
  for _, block in ipairs(document.blocks) do
    if block.t == 'Header' then block.level = block.level + 2 - top end
  end
end

local text_blocks = {
  Para = true, Plain = true, Header = true, BulletList = true, OrderedList = true,
  DefinitionList = true, BlockQuote = true,
}

-- Takes the footnotes out of a block, leaving numbered references.
local function take_notes(block, counter)
  local notes = {}
  block = block:walk {Note = function(note)
    counter.notes = counter.notes + 1
    local n = counter.notes
    notes[#notes + 1] = {number = n, content = note.content}
    return pandoc.RawInline('html', ('<sup class="noteref"><a href="#_note%d" id="_noteref%d" '
      .. 'aria-label="Note %d">%d</a></sup>'):format(n, n, n, n))
  end}
  return block, notes
end

local function note_html(note)
  local text = pandoc.write(pandoc.Pandoc(note.content), 'html', options)
  return ('<div class="note" id="_note%d"><a class="back" href="#_noteref%d" '
    .. 'aria-label="Back to the text of note %d">%d</a>%s</div>')
    :format(note.number, note.number, note.number, note.number, text)
end

-- On a wide screen notes stand in the margin beside their block. They may run on beside the
-- blocks of text that follow, as far as the next block that is wide or has notes itself.
local function rows_beside(items, at)
  local rows = 1
  for i = at + 1, #items do
    if not items[i].text or #items[i].notes > 0 then break end
    rows = rows + 1
  end
  return rows
end

local function marked(what) return {block = mark(what), text = false, notes = {}} end

-- The sections that end with something that was recorded.
local ends = {['Where we stand'] = 'stand', Proof = 'proof'}

-- The terms that a block explains: what is bold in it. What is bold where a paragraph begins may be
-- a term or a label.
local function add_terms(terms, block, id)
  local may_be_label = {}
  local function note_start(paragraph)
    local first = paragraph.content[1]
    if first and first.t == 'Strong' then may_be_label[pandoc.utils.stringify(first)] = true end
  end
  pandoc.Div({block}):walk {Para = note_start, Plain = note_start}
  block:walk {Strong = function(strong)
    local text = pandoc.utils.stringify(strong)
    terms[#terms + 1] = {text = text, id = id, may_be_label = may_be_label[text] or false}
  end}
end

-- The entry's blocks in order, and its headings with their anchors.
local function items_of(entry, document, quotes)
  local items, counter, sections, terms = {}, {notes = 0}, {}, {}
  local open, open_level
  local function close()
    if open then items[#items + 1] = marked(open) end
    open = nil
  end
  for _, block in ipairs(document.blocks) do
    if block.t == 'RawBlock' and block.format == 'piece' then
      items[#items + 1] = marked(block.text)
    else
      if block.t == 'Header' then
        local text = prose.plain(pandoc.utils.stringify(block), quotes)
        block.identifier = html.unique(html.slug(text), entry.ids)
        sections[#sections + 1] = {id = block.identifier, title = text, text = {}}
        if open and block.level <= open_level then close() end
        if M.is_heading(text, 'Proof') then items[#items + 1] = marked 'follow' end
        for heading, what in pairs(ends) do
          if M.is_heading(text, heading) then open, open_level = what, block.level end
        end
      elseif #sections > 0 and block.t ~= 'RawBlock' then
        table.insert(sections[#sections].text, prose.plain(pandoc.utils.stringify(block), quotes))
      end
      if #sections > 0 then add_terms(terms, block, sections[#sections].id) end
      local notes
      local is_text = text_blocks[block.t] or false
      block, notes = take_notes(block, counter)
      items[#items + 1] = {block = block, text = is_text, notes = notes}
    end
  end
  close()
  for _, section in ipairs(sections) do section.text = table.concat(section.text, ' ') end
  return items, sections, terms
end

local function body_html(items)
  local blocks = pandoc.List {}
  for i, one in ipairs(items) do
    blocks:insert(one.block)
    if #one.notes > 0 then
      local notes = {}
      for n, note in ipairs(one.notes) do notes[n] = note_html(note) end
      blocks:insert(pandoc.RawBlock('html', ('<div class="notes" role="note" style="--rows:%d">%s</div>')
        :format(rows_beside(items, i), table.concat(notes))))
    end
  end
  return pandoc.write(pandoc.Pandoc(blocks), 'html', options)
end

local function prepare(entry)
  local document, quotes = prose.read(entry)
  if not document then return nil end
  shift_headings(document)
  local items, sections, terms = items_of(entry, document, quotes)
  return {
    title = table.concat(values(document, 'title')),
    subtitle = table.concat(values(document, 'subtitle')),
    summary = table.concat(values(document, 'summary')),
    needs = table.concat(values(document, 'needs'), ', '),
    machines = values(document, 'machines'),
    part = table.concat(values(document, 'part')),
    aside = document.meta.aside or false,
    reads = values(document, 'reads')[1],
    minutes = reading_minutes(entry),
    quotes = quotes,
    bold = terms,
    sections = sections,
    body = body_html(items),
  }
end

--- Prepares the entry's prose, or takes what was kept, as `entry.prepared`; nil after reporting what is wrong with its text.
function M.prose(entry)
  local key = kept.key_with({'lua/drawing.lua', 'lua/html.lua', 'lua/prepared.lua', 'lua/prose.lua'}, entry.tokens)
  entry.prepared = kept.get('prose', entry.name, key)
  if entry.prepared then return end
  local made = prepare(entry)
  entry.prepared = made and kept.put('prose', entry.name, key, made)
end

return M
