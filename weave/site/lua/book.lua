-- book.lua: everything known about the journal as a whole: which pieces make a chunk, who
-- uses it, who amends whom, what language a chunk is in, which lines other pages lead to.
local html = require 'html'
local model = require 'model'
local problems = require 'problems'
local verbs = require 'verbs'

local M = {}
local Book = {}
Book.__index = Book

local function add(map, key, value)
  map[key] = map[key] or {}
  table.insert(map[key], value)
end

-- The chunks that a piece uses, once each. Those in the lines that a change looks for are named,
-- not used.
local function used_chunks(piece)
  local list, seen = {}, {}
  for _, line in ipairs(piece.lines) do
    for _, part in ipairs(line) do
      local used = type(part) == 'table' and line.role ~= 'old' and line.role ~= 'anchor'
      if used and not seen[part.use] and not verbs.parse(part) then
        seen[part.use] = true
        list[#list + 1] = part.use
      end
    end
  end
  return list
end

-- A piece named `NAME [exhibit X]` is no part of the kernel: it varies the chunk NAME, as of the
-- end of the entry or, if it is named `NAME [exhibit X before]`, as it was before the entry.
local function name_piece(piece, taken)
  local before
  piece.base, piece.exhibit, before = piece.name:match '^(.-) %[exhibit ([%w-]+)( ?%l*)%]$'
  piece.before = before == ' before'
  piece.base = piece.base or piece.name
  piece.anchor = html.unique(html.slug(piece.name), taken)
end

local function line_text(line)
  local words = {}
  for _, part in ipairs(line) do
    words[#words + 1] = type(part) == 'string' and part or '<<' .. part.use .. '>>'
  end
  return table.concat(words):match '^%s*(.-)%s*$'
end

-- The lines that a piece itself puts into the kernel; an edit also quotes lines of others.
local function written_lines(piece)
  local lines = {}
  for _, line in ipairs(piece.lines) do
    if not line.role or line.role == 'new' then lines[#lines + 1] = line_text(line) end
  end
  return lines
end

local function wrote(piece, wanted)
  local lines = written_lines(piece)
  for start = 0, #lines - #wanted do
    local all = true
    for i, line in ipairs(wanted) do
      if lines[start + i] ~= line_text(line) then all = false break end
    end
    if all then return true end
  end
  return false
end

-- The newest piece that wrote the lines an edit looks for, with a change counted among the
-- writers: what one change wrote, the next may change again.
local function writer_of(wanted, writers)
  for i = #writers, 1, -1 do
    if wrote(writers[i], wanted) then return writers[i] end
  end
  return writers[#writers]
end

local function relate(piece, other, forward, backward)
  if not other then return end
  for _, known in ipairs(piece[forward] or {}) do
    if known == other then return end
  end
  add(piece, forward, other)
  add(other, backward, piece)
end

-- What each verb does to the chunk's writers; returns those that are left.
local amend = {}

function amend.append(piece, writers)
  relate(piece, writers[#writers], 'continues', 'continued_in')
  writers[#writers + 1] = piece
  return writers
end

function amend.replace(piece, writers)
  local only = piece.argument ~= '' and piece.argument ~= 'all' and piece.argument
  local kept = {}
  for _, writer in ipairs(writers) do
    if not only or writer.entry.name == only then
      relate(piece, writer, 'replaces', 'replaced_by')
    else
      kept[#kept + 1] = writer
    end
  end
  kept[#kept + 1] = piece
  return kept
end

function amend.change(piece, writers)
  for _, wanted in ipairs(piece.edits) do
    relate(piece, writer_of(wanted, writers), 'changes', 'changed_in')
  end
  writers[#writers + 1] = piece
  return writers
end

function amend.delete(piece, writers)
  for _, writer in ipairs(writers) do relate(piece, writer, 'deletes', 'deleted_in') end
  return {}
end

local function relate_exhibits(entry, writers, before)
  for _, piece in ipairs(entry.pieces) do
    local varied = piece.exhibit and piece.before == before and writers[piece.base]
    if varied and varied[1] then relate(piece, varied[1], 'varies', 'varied_in') end
  end
end

-- Folds the entries in order. `writers` holds, for each chunk, the pieces whose lines are
-- still in it.
local function fold(book)
  local writers = {}
  for _, entry in ipairs(book.entries) do
    relate_exhibits(entry, writers, true)
    for _, piece in ipairs(entry.pieces) do
      if not piece.exhibit then
        local before = writers[piece.name] or {}
        piece.is_first = #before == 0
        writers[piece.name] = amend[piece.verb](piece, before)
      end
    end
    relate_exhibits(entry, writers, false)
  end
end

local function end_of_life(piece)
  local successor = piece.replaced_by or piece.deleted_in
  return successor and successor[1].entry.number or math.huge
end

--- The piece that a reference to the chunk leads to for a reader of `entry`: where the chunk
-- as of that entry begins, else where it first appears. An exhibit's own chunk comes first for
-- the pieces of that exhibit, whose name is the last parameter.
function Book:definition(name, entry, exhibit)
  if exhibit then
    for _, piece in ipairs(entry.pieces) do
      if piece.exhibit == exhibit and piece.base == name then return piece end
    end
  end
  local pieces = self.chunks[name] or {}
  for _, piece in ipairs(pieces) do
    local defines = piece.verb == 'append' or piece.verb == 'replace'
    local born = piece.entry.number
    if defines and born <= entry.number and entry.number < end_of_life(piece) then return piece end
  end
  return pieces[1]
end

--- The piece that the line of the entry belongs to, and the line's place in it; nil for prose.
function Book:piece_at(entry_number, line_number)
  local entry = self.entries[entry_number]
  if not entry.piece_at then
    entry.piece_at = {}
    for _, piece in ipairs(entry.pieces) do
      for i, line in ipairs(piece.lines) do entry.piece_at[line.number] = {piece, i} end
    end
  end
  return table.unpack(entry.piece_at[line_number] or {})
end

--- Asks for an anchor at a line of code, before any page is written.
function Book:lead_to(entry_number, line_number)
  self.targets[entry_number] = self.targets[entry_number] or {}
  self.targets[entry_number][line_number] = true
end

--- Whether something leads to the line.
function Book:leads_to(entry_number, line_number)
  return self.targets[entry_number] and self.targets[entry_number][line_number] or false
end

--- The page and the anchor of a line of code that lead_to() was called for; nil for prose. What
-- a landed entry's code says is sealed, so that a line's place in its piece is as permanent as
-- the piece's name.
function Book:line_anchor(entry_number, line_number)
  local piece, ordinal = self:piece_at(entry_number, line_number)
  if piece then return piece.entry.path, piece.anchor .. '.' .. ordinal end
end

--- The symbols that the piece's lines define.
function Book:symbols_of(piece) return self.symbols[piece] or {} end

--- Remembers, for the index, that the code at `place` has the symbol in it.
function Book:note_use(symbol, place)
  local piece = self:piece_at(place[1], place[2])
  local users = self.symbol_uses[symbol.name] or {}
  self.symbol_uses[symbol.name] = users
  if piece and not users[piece] then
    users[piece] = true
    users[#users + 1] = piece
  end
end

--- The files that the chunk's text ends up in.
function Book:files(name)
  if self.files_of[name] then return self.files_of[name] end
  local list, seen = {}, {}
  self.files_of[name] = list -- before the recursion, so that a cycle ends
  local users = self.used_in[name]
  if not users and M.is_file(name) then list[1] = name end
  for _, user in ipairs(users or {}) do
    for _, file in ipairs(self:files(user.base)) do
      if not seen[file] then
        seen[file] = true
        list[#list + 1] = file
      end
    end
  end
  return list
end

function M.is_file(name)
  return not name:find ' ' and name:find '[/.]' ~= nil
end

local function language_of_file(file)
  if file:match '%.asm$' or file:match '%.inc$' then return 'nasm' end
  if file:match '%.[ch]pp$' or file:match '%.h$' then return 'cpp' end
  if file:match '%.ld$' then return 'ld' end
  if file:match '%.cfg$' then return 'bash' end
end

--- The language that the chunk is coloured in, or nil.
function Book:language(name)
  local file = self:files(name)[1]
  return file and language_of_file(file)
end

local function index(book)
  for _, entry in ipairs(book.entries) do
    entry.pieces, entry.ids = {}, {}
    for _, segment in ipairs(entry.segments) do
      local piece = segment.piece
      if piece then
        name_piece(piece, entry.ids)
        verbs.read(piece)
        entry.pieces[#entry.pieces + 1] = piece
        add(book.chunks, piece.name, piece)
        for _, name in ipairs(used_chunks(piece)) do add(book.used_in, name, piece) end
      end
    end
  end
end

-- amend has looked at the newest kernel; an entry must not name what no entry defines, either.
local function check_references(book)
  for _, entry in ipairs(book.entries) do
    for _, piece in ipairs(entry.pieces) do
      for _, line in ipairs(piece.lines) do
        for _, part in ipairs(line) do
          local name = type(part) == 'table' and not verbs.parse(part) and part.use
          if name and not book:definition(name, entry, piece.exhibit) then
            problems.add(entry.file, line.number, ('<<%s>> is not defined'):format(name))
          end
        end
      end
    end
  end
end

-- A page for each chunk, named by the chunk; exhibits are on the page of what they vary.
local function name_pages(book)
  local taken = {}
  for _, entry in ipairs(book.entries) do
    for _, piece in ipairs(entry.pieces) do
      if not piece.exhibit and not book.slugs[piece.name] then
        book.slugs[piece.name] = html.unique(html.slug(piece.name), taken)
      end
    end
  end
end

--- The page of a chunk through time; nil for an exhibit's own chunk.
function Book:chunk_page(name)
  return self.slugs[name] and 'chunks/' .. self.slugs[name] .. '.html'
end

local function find_files(book)
  for _, entry in ipairs(book.entries) do
    for _, piece in ipairs(entry.pieces) do
      for _, line in ipairs(piece.lines) do
        local place = model.numbers[entry.number][line.number]
        if place and not piece.exhibit then
          piece.file = place[1]
          break
        end
      end
      piece.language = book:language(piece.base)
    end
  end
end

local function place_symbols(book)
  for _, symbol in ipairs(model.symbols) do
    local piece = book:piece_at(symbol.entry, symbol.line)
    if piece then add(book.symbols, piece, symbol) end
    book:lead_to(symbol.entry, symbol.line)
  end
end

--- Relates the entries' pieces with each other.
function M.new(entries)
  local book = setmetatable({
    entries = entries, chunks = {}, used_in = {}, files_of = {}, targets = {},
    symbol_uses = {}, symbols = {}, slugs = {},
  }, Book)
  index(book)
  check_references(book)
  fold(book)
  name_pages(book)
  find_files(book)
  place_symbols(book)
  return book
end

return M
