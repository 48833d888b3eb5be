-- code.lua: the body of a piece as HTML, every reference and known identifier a link.
--
-- A reference rides through the highlighter as an identifier that no lexer splits, and comes
-- back as a link. Each such element carries what stands in the journal in `data-ref`, so that
-- the noweb text can be had back from the page.
local highlight = require 'highlight'
local html = require 'html'
local verbs = require 'verbs'

local M = {}

local function placeholder(n) return 'NWREF' .. n .. 'X' end

local function source_of(piece)
  local lines, references = {}, {}
  for i, line in ipairs(piece.lines) do
    local parts = {}
    for _, part in ipairs(line) do
      if type(part) == 'table' then
        references[#references + 1] = part.use
        part = placeholder(#references)
      end
      parts[#parts + 1] = part
    end
    lines[i] = table.concat(parts)
  end
  return table.concat(lines, '\n'), references
end

-- What a name looks like, with an entity as one word, in the languages that have identifiers. In
-- NASM a dot, a dollar and a question mark may be part of one.
local name_pattern = {
  nasm = '&?[%a_.$?][%w_.$?#@~]*;?', cpp = '&?[%a_][%w_]*;?', ld = '&?[%a_.][%w_.]*;?',
}
local is_text = {co = true, st = true, ch = true, sc = true, vs = true, ['do'] = true}

local function identifier_link(book, piece, name)
  local target = book:identifier(name, piece.entry, piece.base)
  if not target then return nil end
  book:note_identifier_use(name, piece)
  if target == piece then return '<b>' .. html.escape(name) .. '</b>' end
  return '<a class="id" href="' .. html.link(piece.entry.path, target.entry.path, target.anchor)
    .. '">' .. html.escape(name) .. '</a>'
end

local function link_identifiers(markup, book, piece)
  local pattern = name_pattern[piece.language]
  if not pattern then return markup end
  local class
  return (markup:gsub('(<?)([^<>]+)(>?)', function(open, text, close)
    if open == '<' then
      class = text:match '^span class="(%w+)"'
    elseif not is_text[class] then
      text = text:gsub(pattern, function(word)
        if word:sub(1, 1) == '&' then return word end
        local name, rest = word:match '^(.-)(;?)$'
        local link = identifier_link(book, piece, name)
        return link and link .. rest
      end)
    end
    return open .. text .. close
  end))
end

local function reference_html(book, piece, name)
  local from, reference = piece.entry.path, ' data-ref="' .. html.escape(name) .. '"'
  if name == '[previous]' then
    local before = (piece.replaces or piece.varies or {})[1]
    local text = '⟨what was here before⟩'
    if not before then return '<em class="ref"' .. reference .. '>' .. text .. '</em>' end
    return '<a class="ref"' .. reference .. ' href="'
      .. html.link(from, before.entry.path, before.anchor) .. '">' .. text .. '</a>'
  end
  local target = book:definition(name, piece.entry)
  return '<a class="ref"' .. reference .. ' href="'
    .. html.link(from, target.entry.path, target.anchor) .. '">⟨' .. html.escape(name) .. '⟩</a>'
end

local function verb_html(line, next_line, references, markup)
  local number = tonumber(markup:match 'NWREF(%d+)X')
  return '<span class="l verb" data-ref="' .. html.escape(references[number]) .. '">'
    .. html.escape(verbs.words(line, next_line)) .. '</span>'
end

local element = {old = 'del', new = 'ins'}

--- Colours all pieces of an entry; html() comes after it.
function M.colour(book, entry)
  local snippets = {}
  for i, piece in ipairs(entry.pieces) do
    piece.language = book:language(piece.base)
    local text
    text, piece.references = source_of(piece)
    snippets[i] = {text = text, language = piece.language}
  end
  for i, lines in ipairs(highlight.all(snippets)) do entry.pieces[i].coloured = lines end
end

--- The piece's lines as HTML, one element a line.
function M.html(book, piece)
  local coloured, references = piece.coloured, piece.references
  local out = {}
  for i, line in ipairs(piece.lines) do
    if line.role == 'verb' then
      out[i] = verb_html(line, piece.lines[i + 1], references, coloured[i])
    else
      local markup = link_identifiers(coloured[i], book, piece)
      markup = markup:gsub('NWREF(%d+)X', function(n)
        return reference_html(book, piece, references[tonumber(n)])
      end)
      local tag = element[line.role] or 'span'
      out[i] = '<' .. tag .. ' class="l">' .. markup .. '</' .. tag .. '>'
    end
  end
  return table.concat(out, '\n')
end

return M
