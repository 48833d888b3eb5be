-- code.lua: the body of a piece as HTML, every reference and known identifier a link.
--
-- A reference rides through the highlighter as an identifier that no lexer splits, and comes
-- back as a link. Each such element carries what stands in the journal in `data-ref`, so that
-- the noweb text can be had back from the page.
local html = require 'html'
local identifiers = require 'identifiers'
local model = require 'model'
local published = require 'published'
local verbs = require 'verbs'

local M = {}

local placeholder = 'NWREF(%d+)X'

--- The piece as the text that is coloured, and the names of its references in order.
function M.source_of(piece)
  local lines, references = {}, {}
  for i, line in ipairs(piece.lines) do
    local parts = {}
    for _, part in ipairs(line) do
      if type(part) == 'table' then
        references[#references + 1] = part.use
        part = 'NWREF' .. #references .. 'X'
      end
      parts[#parts + 1] = part
    end
    lines[i] = table.concat(parts)
  end
  return table.concat(lines, '\n'), references
end

--- The coloured line cut where its references stand: n references leave n + 1 fragments.
function M.fragments(coloured)
  local list = {}
  for text in (coloured .. 'NWREF0X'):gmatch('(.-)' .. placeholder) do list[#list + 1] = text end
  return list
end

--- A reference to the chunk `name` in the code of `piece`.
function M.reference(book, piece, name)
  local from, reference = piece.entry.path, ' data-ref="' .. html.escape(name) .. '"'
  if name == '[previous]' then
    local before = (piece.replaces or piece.varies or {})[1]
    local text = '⟨what was here before⟩'
    if not before then return '<em class="ref"' .. reference .. '>' .. text .. '</em>' end
    return '<a class="ref"' .. reference .. ' href="'
      .. html.link(from, before.entry.path, before.anchor) .. '">' .. text .. '</a>'
  end
  local target = book:definition(name, piece.entry, piece.exhibit)
  return '<a class="ref"' .. reference .. ' href="'
    .. html.link(from, target.entry.path, target.anchor) .. '">⟨' .. html.escape(name) .. '⟩</a>'
end

-- A verb in words; the entry that one names is a link to what it wrote.
local function verb_html(piece, line, next_line, markup)
  local words = html.escape(verbs.words(line, next_line))
  local replaced = line.argument ~= '' and (piece.replaces or {})[1]
  if replaced and replaced.entry.name == line.argument then
    words = words:gsub(line.argument:gsub('%-', '%%-'), function(name)
      return '<a href="' .. html.link(piece.entry.path, replaced.entry.path, replaced.anchor) .. '">' .. name .. '</a>'
    end)
  end
  local reference = piece.references[tonumber(markup:match(placeholder))]
  return '<span class="l verb" data-ref="' .. html.escape(reference) .. '">' .. words .. '</span>'
end

local element = {old = 'del', new = 'ins'}

--- The attributes of a line: its number in the tangled file, and an anchor if something leads here or ever did, unless that is
--- `elsewhere` on the page.
function M.attributes(piece, ordinal, elsewhere)
  local place = model.place(piece, ordinal)
  local number = place and place[1] == piece.file and (' data-n="%d"'):format(place[2]) or ''
  local id = piece.anchor .. '.' .. ordinal
  local wanted = piece.targets[ordinal] or published.has(piece.entry.path, id)
  return number .. (wanted and not elsewhere and ' id="' .. id .. '"' or '')
end

--- The piece's lines as HTML, one element a line; `shown` collects the symbols that are linked. A name is a link where it first stands
--- in what the piece writes, unless it is in the set `linked`. The lines that are `placed` have their anchors in another listing; those
--- that were `there` before recede.
function M.html(book, piece, shown, linked, placed, there)
  local coloured, references = piece.coloured, piece.references
  local out, taken = {}, 0
  for i, line in ipairs(piece.lines) do
    if line.role == 'verb' then
      out[i] = verb_html(piece, line, piece.lines[i + 1], coloured[i])
      taken = taken + 1
    else
      local is_quoted = line.role == 'old' or line.role == 'anchor'
      local uses = not piece.exhibit and model.uses_in(piece.number, i)
      local parts = M.fragments(coloured[i])
      for slot, fragment in ipairs(parts) do
        local context = {from = piece.entry.path, book = book, shown = shown, linked = linked, place = {piece.number, i}}
        if is_quoted then
          parts[slot] = fragment
        elseif uses then
          parts[slot] = identifiers.link(fragment, slot - 1, uses, context)
        elseif piece.exhibit then
          parts[slot] = identifiers.link_by_name(fragment, piece, context)
        end
        if slot > 1 then
          taken = taken + 1
          parts[slot] = M.reference(book, piece, references[taken]) .. parts[slot]
        end
      end
      local tag = element[line.role] or 'span'
      out[i] = '<' .. tag .. (there and there[i] and ' class="l kept"' or ' class="l"') .. M.attributes(piece, i, placed and placed[i]) .. '>'
        .. table.concat(parts) .. '</' .. tag .. '>'
    end
  end
  return table.concat(out, '\n')
end

return M
