-- stream.lua: noweb's token stream becomes entries made of prose and pieces.
--
-- A *piece* is one definition of a chunk: what stands between `<<name>>=` and the next `@`.
--   piece   {name, entry, line, lines, defines, anchor}
--   line    {number = line in the entry, parts…}, a part being a string or {use = name}
--   entry   {file, name, date, month, path, number, segments, pieces, ids = anchors in use, tokens = its part of the stream}
--   segment {prose = {parts…}} or {piece = piece}, a part being a string or {quote = text, line}
local html = require 'html'
local problems = require 'problems'

local M = {}

local function new_entry(file, number)
  local name = file:match '([^/]+)%.nw$'
  local year, month, day, letter = (name or ''):match '^(%d%d%d%d)%-(%d%d)%-(%d%d)(%l*)%-[%w-]+$'
  if not year then
    problems.add(file, 1, 'an entry is named YYYY-MM-DD-slug.nw')
    problems.stop_if_any()
  end
  return {
    file = file, name = name, number = number, segments = {}, pieces = {}, ids = {},
    date = year .. '-' .. month .. '-' .. day, letter = letter, day = year .. '-' .. month .. '-' .. day .. letter,
    month = year .. '-' .. month,
    path = year .. '-' .. month .. '/' .. name:sub(9) .. '.html',
  }
end

-- What each token means. `s` is the reader's state: the entry, the line number, and the
-- prose or the piece that is open.
local on = {}

function on.file(s, file)
  s.entry = new_entry(file, #s.entries + 1)
  s.entries[#s.entries + 1] = s.entry
  s.line = 1
end

function on.begin(s, kind)
  if kind:match '^code' then
    s.piece = {entry = s.entry, line = s.line, lines = {}, defines = {}}
  else
    s.prose = {}
  end
end

on['end'] = function(s)
  if s.piece then
    s.piece.lines[#s.piece.lines] = nil -- the line that the last newline opened
    s.entry.segments[#s.entry.segments + 1] = {piece = s.piece}
    s.entry.pieces[#s.entry.pieces + 1] = s.piece
    s.piece.anchor = html.unique(html.slug(s.piece.name), s.entry.ids)
  elseif #s.prose > 0 then
    s.entry.segments[#s.entry.segments + 1] = {prose = s.prose}
  end
  s.piece, s.prose = nil, nil
end

function on.defn(s, name) s.piece.name = name end

local function append(parts, text)
  if type(parts[#parts]) == 'string' then
    parts[#parts] = parts[#parts] .. text
  elseif text ~= '' then
    parts[#parts + 1] = text
  end
end

function on.text(s, text)
  if s.quote then
    s.quote = s.quote .. text
  elseif s.piece then
    append(s.piece.lines[#s.piece.lines], text)
  else
    append(s.prose, text)
  end
end

function on.nl(s)
  s.line = s.line + 1
  if s.quote then
    s.quote = s.quote .. '\n'
  elseif s.piece then
    s.piece.lines[#s.piece.lines + 1] = {number = s.line}
  else
    append(s.prose, '\n')
  end
end

function on.use(s, name)
  if s.quote then
    s.quote = s.quote .. '<<' .. name .. '>>'
  else
    local parts = s.piece.lines[#s.piece.lines]
    parts[#parts + 1] = {use = name}
  end
end

function on.quote(s) s.quote = '' end

function on.endquote(s)
  s.prose[#s.prose + 1] = {quote = s.quote, line = s.line}
  s.quote = nil
end

function on.index(s, argument)
  local name = argument:match '^defn (.*)$'
  if name then s.piece.defines[#s.piece.defines + 1] = name end
  if argument == 'nl' then s.line = s.line + 1 end
end

function on.fatal(_, message)
  problems.add_elsewhere('noweb: ' .. message)
  problems.stop_if_any()
end

--- Reads the output of noweb's `markup`, returns the entries in the order given.
function M.read(text)
  local state = {entries = {}, line = 1}
  local began
  local function keep_tokens(until_)
    if state.entry then state.entry.tokens = text:sub(began, until_) end
  end
  for at, token in (text .. '\n'):gmatch '()(.-)\n' do
    local keyword, argument = token:match '^@(%w+) ?(.*)$'
    if keyword == 'file' then
      keep_tokens(at - 1)
      began = at
    end
    local handle = on[keyword]
    if handle then handle(state, argument) end
  end
  keep_tokens(#text)
  return state.entries
end

return M
