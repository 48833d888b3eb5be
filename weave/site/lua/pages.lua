-- pages.lua: the pages that are neither an entry's nor an index: about, glossary, errata and such.
local boot = require 'boot'
local figures = require 'figures'
local html = require 'html'
local output = require 'output'
local problems = require 'problems'
local prose = require 'prose'

local M = {}

-- Each bold term of the journal with the section that explains it: where it is bold first.
local function explained(entries)
  local places = {}
  for _, entry in ipairs(entries) do
    for _, term in ipairs(entry.prepared.bold) do
      local name = term.text:lower()
      local place = places[name] or {entry = entry, id = term.id, text = term.text}
      place.is_term = place.is_term or not term.may_be_label
      places[name] = place
    end
  end
  return places
end

--- Writes the glossary; the entries must have been read. Returns its terms for the search: {title, url, text}.
function M.glossary(entries)
  local document = pandoc.read(output.slurp 'glossary.md', prose.format)
  local places, known, terms = explained(entries), {}, {}
  document = document:walk {DefinitionList = function(list)
    for _, item in ipairs(list.content) do
      local name = pandoc.utils.stringify(item[1])
      local place = places[name:lower()]
      known[name:lower()] = true
      terms[#terms + 1] = {title = name, url = 'glossary.html#' .. html.fragment(html.slug(name)),
        text = pandoc.utils.stringify(pandoc.Div(item[2][1]))}
      if place then
        local link = pandoc.Link(place.entry.day, html.link('glossary.html', place.entry.path, place.id))
        item[2][1]:insert(pandoc.Plain {pandoc.Str 'Explained on ', link, pandoc.Str '.'})
      end
      item[1] = pandoc.List {pandoc.Span(item[1], {id = html.slug(name)})}
    end
    return list
  end}
  for name, place in pairs(places) do
    if place.is_term and not known[name] then
      problems.add(place.entry.file, 1, ('"%s" is bold where it is explained, and weave/site/glossary.md does not have it')
        :format(place.text))
    end
  end
  problems.stop_if_any()
  output.page(entries, 'glossary.html', {
    title = 'Glossary', description = 'The terms of the journal, each with the entry that explains it.',
    body = '<h1>Glossary</h1>' .. pandoc.write(document, 'html'),
  })
  return terms
end

local function amended_by(entry)
  local list, seen = {}, {}
  for _, piece in ipairs(entry.pieces) do
    for _, relation in ipairs {'replaced_by', 'changed_in', 'deleted_in', 'renamed_in'} do
      for _, other in ipairs(piece[relation] or {}) do
        if other.entry ~= entry and not seen[other] then
          seen[other] = true
          list[#list + 1] = {piece = other, relation = relation:match '^%a+'}
        end
      end
    end
  end
  return list
end

local function errata(entries)
  local parts = {}
  for _, entry in ipairs(entries) do
    local items = {}
    for i, other in ipairs(amended_by(entry)) do
      items[i] = ('<li><a class="ref" href="%s">⟨%s⟩</a> %s on %s, <a href="%s">%s</a></li>'):format(
        html.link('errata.html', other.piece.entry.path, other.piece.anchor), html.escape(other.piece.base),
        other.relation, other.piece.entry.day, html.link('errata.html', other.piece.entry.path),
        html.escape(other.piece.entry.title))
    end
    if #items > 0 then
      parts[#parts + 1] = ('<h3><a href="%s">%s %s</a></h3><ul>%s</ul>'):format(
        html.link('errata.html', entry.path), entry.day, html.escape(entry.title), table.concat(items))
    end
  end
  output.page(entries, 'errata.html', {
    title = 'Errata', description = 'What later days changed in the code of earlier ones, and what was wrong in the prose.',
    body = output.text 'errata.md' .. table.concat(parts),
  })
end

-- What is not on record, said once: the sections by the commands that would fill them.
local function not_recorded(missing)
  local items = {}
  for _, command in ipairs(missing) do
    items[#items + 1] = ('<code>%s</code> (%s)'):format(html.escape(command), table.concat(missing[command], ', '))
  end
  return #items > 0 and '<p class="recorded">Not recorded of the newest kernel; these would do it: ' .. table.concat(items, '; ') .. '.</p>' or ''
end

-- The figures that the tests left take the places that the text has for them. Another journal has other entries to link to.
local function memory(entries)
  local paths, missing, section, noted = {}, {}, nil, nil
  for _, entry in ipairs(entries) do paths[entry.path] = true end
  local document = pandoc.read(output.slurp 'memory.md', prose.format)
  local blocks = pandoc.List {}
  for _, block in ipairs(document.blocks) do
    if block.t == 'Header' then section = block end
    if block.t == 'Div' and block.classes:includes 'figures' then
      local shown, command = figures.html(block.attributes.name), block.attributes.by
      if not shown and noted ~= section then
        noted = section
        if not missing[command] then
          missing[#missing + 1] = command
          missing[command] = {}
        end
        table.insert(missing[command], ('<a href="#%s">%s</a>'):format(section.identifier, html.escape(pandoc.utils.stringify(section))))
      end
      block = pandoc.RawBlock('html', shown or '')
    end
    blocks:insert(block)
  end
  blocks:insert(3, pandoc.RawBlock('html', not_recorded(missing)))
  document.blocks = blocks
  document = document:walk {Link = function(link)
    if not paths[link.target] then return link.content end
  end}
  return pandoc.write(document, 'html')
end

--- Writes the pages that no entry's prose has a say in.
function M.write(entries)
  errata(entries)
  output.page(entries, 'about.html', {
    title = 'About', description = 'What Daybook is, and what its dates mean.',
    body = output.text 'about.md',
  })
  output.page(entries, 'need.html', {
    title = 'What you need', description = 'To follow along: a Debian 12, its packages, and how the files are put together.',
    body = output.text 'need.md',
  })
  output.page(entries, 'memory.html', {
    title = 'Memory, in figures', description = 'What was tried on the newest kernel, and what came of it.',
    body = memory(entries),
  })
  output.page(entries, 'emulator.html', {
    title = 'The emulator', description = 'What boots a kernel in its page, and under which licences.',
    body = output.text 'emulator.md' .. boot.notices(),
  })
  output.page(entries, 'search.html', {
    title = 'Search', description = 'How to find things in the journal.', body = output.text 'search.md',
  })
  output.page(entries, '404.html', {
    title = 'Not found', description = 'There is no such page.', anywhere = true,
    body = '<h1>There is no such page</h1><p>The journal begins at the '
      .. '<a href="index.html#months">months list</a>.</p>',
  })
end

return M
