-- entry.lua: the page of one entry.
local card = require 'card'
local changes = require 'changes'
local chunk = require 'chunk'
local code = require 'code'
local dates = require 'dates'
local downloads = require 'downloads'
local evidence = require 'evidence'
local follow = require 'follow'
local html = require 'html'
local identifiers = require 'identifiers'
local model = require 'model'
local output = require 'output'
local parts = require 'parts'
local prepared = require 'prepared'
local problems = require 'problems'
local prose = require 'prose'
local runs = require 'runs'
local standing = require 'standing'

local M = {}

local mandatory = {'Goal', 'Why', 'The change', 'Proof', 'What this does not do yet'}

local function check_headings(entry)
  local last, last_name = 0, nil
  for _, wanted in ipairs(mandatory) do
    local found
    for i, section in ipairs(entry.prepared.sections) do
      if prepared.is_heading(section.title, wanted) then found = i break end
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

local function check_quotations(entry, book)
  for _, quote in ipairs(entry.prepared.quotes) do
    local name = quote.text:gsub('%s+', ' '):match '^<<(.*)>>$'
    if name and not book.chunks[name] then
      problems.add(entry.file, quote.line, ('<<%s>> is not defined'):format(name))
    end
  end
end

--- Reads the entry's prose and evidence and reports what is wrong with them.
function M.read(entry, book)
  local made = entry.prepared
  if not made then return end
  for _, key in ipairs {'title', 'subtitle', 'summary', 'needs', 'part', 'aside', 'minutes'} do entry[key] = made[key] end
  for _, key in ipairs {'title', 'summary'} do
    if made[key] == '' then problems.add(entry.file, 1, ('the front matter has no "%s"'):format(key)) end
  end
  parts.check(entry, book.entries)
  for i, piece in ipairs(entry.pieces) do
    piece.coloured = entry.coloured[i]
    local _
    _, piece.references = code.source_of(piece)
  end
  entry.evidence = evidence.read(entry, made.machines)
  entry.downloads = downloads.of(entry)
  check_headings(entry)
  check_quotations(entry, book)
end

-- What `[[text]]` becomes: code, and a link where it names a chunk or an identifier.
local function quotation(book, entry, shown)
  local function plain(quote)
    return '<code>' .. html.escape((quote.text:gsub('%s+', ' '))) .. '</code>'
  end
  local function link(quote)
    local text = quote.text:gsub('%s+', ' ')
    local name = text:match '^<<(.*)>>$' or book.chunks[text] and text
    if name then
      local piece = book:definition(name, entry)
      return ('<a class="ref" href="%s"><em>⟨%s⟩</em></a>'):format(
        html.link(entry.path, piece.entry.path, piece.anchor), html.escape(name))
    end
    local symbol = model.symbol_named((text:gsub('%(%)$', '')), entry.number)
    local page, anchor = nil, nil
    if symbol then page, anchor = book:line_anchor(symbol.piece, symbol.line) end
    if not page then return plain(quote) end
    shown[symbol.number] = symbol
    return identifiers.link_to(symbol, entry.path, page, anchor, plain(quote))
  end
  return link, plain
end

local function spaced(text) return (text:gsub('%s+', ' ')) end

-- A stop of the tour is at a line that this page has: of the pieces with the chunk's name, in the one that has the line.
local function to_stops(entry, tour)
  return (tour:gsub('(<a class="ref" href=")[^"]*("><em>⟨(.-)⟩</em></a> <code>(.-)</code>)', function(before, after, name, line)
    for _, piece in ipairs(entry.pieces) do
      if html.escape(piece.name) == name and not piece.exhibit and html.escape(spaced(code.source_of(piece))):find(line, 1, true) then
        return before .. '#' .. piece.anchor .. after
      end
    end
  end))
end

-- The text as its page has it, and as the book has it: without what a reader would have to unfold.
local function body(entry, book)
  local shown, made = {}, entry.prepared
  local filler = {stand = standing.html(entry, book)}
  for i, piece in ipairs(entry.pieces) do filler[tostring(i)] = chunk.html(book, piece, shown) end
  local link, plain = quotation(book, entry, shown)
  local text = prose.fill(made.body, made.quotes, link, plain)
  text = text:gsub('<div class="tour">.-</div>', function(tour) -- it is beside the kernel that it leads through
    entry.tour = to_stops(entry, tour)
    return ''
  end)
  local proof, bound = evidence.html(entry, book)
  filler.proof, filler.follow = bound, ''
  entry.bound = prepared.fill(text, filler):gsub('<details class="was">.-</details>', ''):gsub('<div class="try">.-</div>', '')
  filler.proof, filler.follow = proof, follow.html(entry)
  entry.shown = shown
  return prepared.fill(text, filler)
end

local function head(entry, entries, files)
  local subtitle = entry.subtitle ~= ''
    and '<p class="subtitle">' .. html.escape(entry.subtitle) .. '</p>' or ''
  local needs = entry.needs ~= '' and '<p class="needs">Needs: ' .. parts.with_days(html.escape(entry.needs), entries,
    function(needed, day) return ('<a href="%s">%s</a>'):format(html.link(entry.path, needed.path), day) end) .. '</p>' or ''
  return table.concat {
    '<p class="crumb"><a href="', html.link(entry.path, 'index.html', 'months'),
    '">back to the months list</a> · <a href="index.html">', dates.month_name(entry.month),
    '</a> · <a href="', html.link(entry.path, 'index.html', parts.anchor(entry.part)), '">', html.escape(entry.part), '</a>',
    entry.aside and ', an aside' or '', '</p><h1>', html.escape(entry.title), '</h1>', subtitle,
    '<p class="dateline">', dates.element(entry), ' · entry ', entry.number, ' of ', #entries, ' · ',
    entry.minutes, ' min', model.follow[entry.number] and (' · <a href="#_follow">build it</a>, <a href="%s">what you need</a>')
      :format(html.link(entry.path, 'need.html')) or '', files, '</p><p class="lede">', html.escape(entry.summary), '</p>', needs,
  }
end

local function neighbour(entry, other, relation, words)
  if not other then return '<span></span>' end
  return ('<a rel="%s" href="%s"><span>%s</span> %s</a>'):format(
    relation, html.link(entry.path, other.path), words, html.escape(other.title))
end

-- The next of the core path, where what comes next is not it.
local function onward(entry, entries)
  local number = entry.number + 1
  while entries[number] and entries[number].aside do number = number + 1 end
  local next_one = entries[number]
  if not next_one or number == entry.number + 1 then return '' end
  return ('<p class="onward">The core path goes on with <a href="%s">%s</a>.</p>'):format(html.link(entry.path, next_one.path),
    html.escape(next_one.title))
end

local function around(entry, entries)
  return onward(entry, entries) .. '<nav class="around" aria-label="Previous and next entry">'
    .. neighbour(entry, entries[entry.number - 1], 'prev', 'Previous')
    .. neighbour(entry, entries[entry.number + 1], 'next', 'Next') .. '</nav>'
end

--- Writes the entry's page, the picture that stands for it, that of its screen, what previews show of it, and the page of its runs.
function M.write(entry, book)
  local entries, proof = book.entries, entry.evidence
  local picture, drawn = card.of(entry)
  local files, changed = changes.html(entry)
  output.page(entries, entry.path, {
    title = entry.title, description = entry.summary, date = entry.date, number = entry.number,
    picture = picture,
    body = head(entry, entries, files) .. downloads.html(entry, book) .. body(entry, book) .. changed
      .. around(entry, entries),
  })
  if drawn or proof and proof.picture then output.write(picture, drawn or proof.picture) end
  output.write(entry.path:gsub('%.html$', '.pieces.js'), chunk.previews(entry))
  follow.write(entry, book)
  runs.write(entry, book)
end

return M
