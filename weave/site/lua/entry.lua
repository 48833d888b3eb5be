-- entry.lua: the page of one entry.
local chunk = require 'chunk'
local code = require 'code'
local dates = require 'dates'
local evidence = require 'evidence'
local html = require 'html'
local output = require 'output'
local problems = require 'problems'
local prose = require 'prose'

local M = {}

local options = pandoc.WriterOptions {html_math_method = 'mathml', wrap_text = 'none'}

local mandatory = {'Goal', 'Why', 'The change', 'Proof', 'What this does not do yet'}

local function is_heading(text, wanted)
  text, wanted = text:lower(), wanted:lower()
  return text == wanted or text:sub(1, #wanted) == wanted and text:find('^%W', #wanted + 1) ~= nil
end

local function headings(document)
  local list = {}
  for _, block in ipairs(document.blocks) do
    if block.t == 'Header' then list[#list + 1] = block end
  end
  return list
end

local function check_headings(entry)
  local last, last_name = 0, nil
  for _, wanted in ipairs(mandatory) do
    local found
    for i, header in ipairs(headings(entry.document)) do
      if is_heading(pandoc.utils.stringify(header), wanted) then found = i break end
    end
    if not found then
      problems.add(entry.file, 1, ('the heading "%s" is missing'):format(wanted))
    elseif found < last then
      problems.add(entry.file, 1, ('the heading "%s" must come after "%s"'):format(wanted, last_name))
    else
      last, last_name = found, wanted
    end
  end
end

-- The page's title is its h1, so an entry's own headings begin at h2.
local function shift_headings(document)
  local top = 2
  for _, header in ipairs(headings(document)) do top = math.min(top, header.level) end
  for _, header in ipairs(headings(document)) do header.level = header.level + 2 - top end
end

-- The values of a front matter key, which may be a list or a single value.
local function values(entry, key)
  local meta, texts = entry.document.meta[key], {}
  if pandoc.utils.type(meta) ~= 'List' then meta = {meta} end
  for i, value in ipairs(meta) do texts[i] = pandoc.utils.stringify(value) end
  return texts
end

local function required(entry, key)
  local text = table.concat(values(entry, key))
  if text == '' then problems.add(entry.file, 1, ('the front matter has no "%s"'):format(key)) end
  return text
end

local words_a_minute = 200

local function reading_minutes(entry)
  local words = 0
  for _, segment in ipairs(entry.segments) do
    for _, part in ipairs(segment.prose or {}) do
      local text = type(part) == 'table' and part.quote or part
      for _ in text:gmatch '%S+' do words = words + 1 end
    end
    for _, line in ipairs(segment.piece and segment.piece.lines or {}) do
      for _, part in ipairs(line) do
        local text = type(part) == 'table' and part.use or part
        for _ in text:gmatch '%S+' do words = words + 1 end
      end
    end
  end
  return math.max(1, words // words_a_minute)
end

--- Reads the entry's prose and evidence and reports what is wrong with them.
function M.read(entry, book)
  entry.document = prose.read(entry, book)
  if not entry.document then return end
  entry.title = required(entry, 'title')
  entry.summary = required(entry, 'summary')
  entry.subtitle = table.concat(values(entry, 'subtitle'))
  entry.needs = table.concat(values(entry, 'needs'), ', ')
  entry.minutes = reading_minutes(entry)
  entry.evidence = evidence.read(entry, values(entry, 'machines'))
  check_headings(entry)
  shift_headings(entry.document)
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

local function item(block, counter)
  local is_text = text_blocks[block.t] or false
  local notes
  block, notes = take_notes(block, counter)
  return {block = block, text = is_text, notes = notes}
end

local function raw_item(markup)
  return {block = pandoc.RawBlock('html', markup), text = false, notes = {}}
end

-- The entry's blocks in order, with the evidence where its Proof section ends.
local function items_of(entry, book)
  local pieces = {}
  for _, piece in ipairs(entry.pieces) do pieces[piece.anchor] = piece end
  local items, counter, proof_level = {}, {notes = 0}, nil
  local function end_proof()
    if proof_level then items[#items + 1] = raw_item(evidence.html(entry)) end
    proof_level = nil
  end
  for _, block in ipairs(entry.document.blocks) do
    if block.t == 'RawBlock' and block.format == 'piece' then
      items[#items + 1] = raw_item(chunk.html(book, pieces[block.text]))
    else
      if block.t == 'Header' then
        local text = pandoc.utils.stringify(block)
        block.identifier = html.unique(html.slug(text), entry.ids)
        if proof_level and block.level <= proof_level then end_proof() end
        if is_heading(text, 'Proof') then proof_level = block.level end
      end
      items[#items + 1] = item(block, counter)
    end
  end
  end_proof()
  return items
end

local function text_html(entry, book)
  local items = items_of(entry, book)
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

local function head(entry, count)
  local subtitle = entry.subtitle ~= ''
    and '<p class="subtitle">' .. html.escape(entry.subtitle) .. '</p>' or ''
  local needs = entry.needs ~= ''
    and '<p class="needs">Needs: ' .. html.escape(entry.needs) .. '</p>' or ''
  return table.concat {
    '<p class="crumb"><a href="', html.link(entry.path, 'index.html', 'months'),
    '">back to the months list</a> · <a href="index.html">', dates.month_name(entry.month),
    '</a></p><h1>', html.escape(entry.title), '</h1>', subtitle,
    '<p class="dateline">', dates.element(entry), ' · entry ', entry.number, ' of ', count, ' · ',
    entry.minutes, ' min</p><p class="lede">', html.escape(entry.summary), '</p>', needs,
  }
end

local function neighbour(entry, other, relation, words)
  if not other then return '<span></span>' end
  return ('<a rel="%s" href="%s"><span>%s</span> %s</a>'):format(
    relation, html.link(entry.path, other.path), words, html.escape(other.title))
end

local function around(entry, entries)
  return '<nav class="around" aria-label="Previous and next entry">'
    .. neighbour(entry, entries[entry.number - 1], 'prev', 'Previous')
    .. neighbour(entry, entries[entry.number + 1], 'next', 'Next') .. '</nav>'
end

--- Writes the entry's page, and the picture of its screen beside it.
function M.write(entry, book)
  local entries = book.entries
  code.colour(book, entry)
  output.page(entries, entry.path, {
    title = entry.title, description = entry.summary,
    body = head(entry, #entries) .. text_html(entry, book) .. around(entry, entries),
  })
  if entry.evidence.picture then
    output.write(entry.evidence.picture_path, entry.evidence.picture)
  end
end

return M
