-- search_documents.lua: what the search can find: sections of prose, chunks and identifiers, the glossary's terms, and what is
-- said about the journal.
local json = require 'dkjson'
local model = require 'model'
local output = require 'output'
local prose = require 'prose'

local M = {}

local function document(kind, title, where, url, text)
  return {kind = kind, title = title, where = where, url = url, text = text}
end

local function of_entry(entry, list)
  local day = entry.day .. ' · ' .. entry.title
  list[#list + 1] = document('entry', entry.title, entry.day, entry.path, entry.summary)
  for _, section in ipairs(entry.prepared.sections) do
    list[#list + 1] = document('prose', section.title, day, entry.path .. '#' .. section.id, section.text)
  end
  for _, piece in ipairs(entry.pieces) do
    list[#list + 1] = document('chunk', piece.base, day, entry.path .. '#' .. piece.anchor, '')
  end
end

local function of_symbols(book, list)
  local newest = {}
  for _, symbol in ipairs(model.symbols) do newest[symbol.name] = symbol end
  local names = {}
  for name in pairs(newest) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    local symbol = newest[name]
    local page, anchor = book:line_anchor(symbol.piece, symbol.line)
    if page then
      list[#list + 1] = document('identifier', name, symbol.kind .. ' · ' .. book.entries[symbol.entry].day,
        page .. '#' .. anchor, symbol.signature .. ' ' .. symbol.summary)
    end
  end
end

-- The sections of a page of the site's own.
local function of_page(page, list)
  local section
  for _, block in ipairs(pandoc.read(output.slurp(page .. '.md'), prose.format).blocks) do
    local text = pandoc.utils.stringify(block)
    if block.t == 'Header' then
      local url = page .. '.html' .. (block.identifier ~= '' and '#' .. block.identifier or '')
      section = document('page', text, 'About', url, '')
      list[#list + 1] = section
    elseif section then
      section.text = section.text .. ' ' .. text
    end
  end
end

--- Writes the list that ../search-index.mjs makes the index from; `terms` are those of the glossary.
function M.write(book, terms, path)
  local list = {}
  for _, term in ipairs(terms) do list[#list + 1] = document('glossary', term.title, 'Glossary', term.url, term.text) end
  of_page('about', list)
  for _, entry in ipairs(book.entries) do of_entry(entry, list) end
  of_symbols(book, list)
  output.list(path, json.encode(list, {keyorder = {'kind', 'title', 'where', 'url', 'text'}}))
end

return M
