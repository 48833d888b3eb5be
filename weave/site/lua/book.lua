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

local function relate(piece, other, forward, backward)
  add(piece, forward, other)
  add(other, backward, piece)
end

local relations = {
  append = {'continues', 'continued_in'}, replace = {'replaces', 'replaced_by'}, change = {'changes', 'changed_in'},
  delete = {'deletes', 'deleted_in'}, rename = {'renames', 'renamed_in'},
  vary = {'varies', 'varied_in'},
}

-- Ties each piece to those that it amends, or that it varies, in both directions.
local function relate_all(book)
  for _, piece in ipairs(book.pieces) do
    local forward, backward = table.unpack(relations[piece.exhibit and 'vary' or piece.verb])
    for _, number in ipairs(piece.amends) do relate(piece, book.pieces[number], forward, backward) end
    piece.is_first = piece.verb == 'append' and #piece.amends == 0
  end
end

local function end_of_life(piece)
  local successor = piece.replaced_by or piece.deleted_in or piece.renamed_in
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
    local defines = piece.verb == 'append' or piece.verb == 'replace' or piece.verb == 'rename'
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

--- The piece and its line that a recorded source, {file, line} of the journal, names; nil for prose.
function Book:printer_of(source)
  local name = source.file:match '([^/]+)%.nw$'
  for number, entry in ipairs(self.entries) do
    if entry.name == name then return self:piece_at(number, source.line) end
  end
end

--- Asks for an anchor at a line of the piece with this number, before any page is written.
function Book:lead_to(number, line)
  local targets = self.pieces[number].targets
  targets[line] = true
end

--- The page and the anchor of a line of code that lead_to() was called for. What a landed entry's code says is sealed, so that
--- a line's place in its piece is as permanent as the piece's name.
function Book:line_anchor(number, line)
  local piece = self.pieces[number]
  return piece.entry.path, piece.anchor .. '.' .. line
end

--- The symbols that the piece's lines define.
function Book:symbols_of(piece) return self.symbols[piece] or {} end

--- Remembers, for the index, that the code at `place` has the symbol in it.
function Book:note_use(symbol, place)
  local piece = self.pieces[place[1]]
  local users = self.symbol_uses[symbol.name] or {}
  self.symbol_uses[symbol.name] = users
  if not users[piece] then
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

function M.is_file(name) return model.languages[name] ~= nil end

--- The language that the chunk is coloured in, or nil.
function Book:language(name)
  local file = self:files(name)[1]
  return file and model.languages[file] or nil
end

local function index(book)
  for _, entry in ipairs(book.entries) do
    for _, piece in ipairs(entry.pieces) do
      book.pieces[#book.pieces + 1] = piece
      piece.number, piece.targets = #book.pieces, {}
      piece.base, piece.exhibit, piece.before, piece.verb, piece.roles, piece.amends = table.unpack(model.pieces[piece.number])
      verbs.read(piece)
      add(book.chunks, piece.name, piece)
      for _, name in ipairs(used_chunks(piece)) do add(book.used_in, name, piece) end
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
      for i in ipairs(piece.lines) do
        local place = model.place(piece, i)
        if place then
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
    add(book.symbols, book.pieces[symbol.piece], symbol)
    book:lead_to(symbol.piece, symbol.line)
  end
end

--- Relates the entries' pieces with each other.
function M.new(entries)
  local book = setmetatable({
    entries = entries, pieces = {}, chunks = {}, used_in = {}, files_of = {},
    symbol_uses = {}, symbols = {}, slugs = {},
  }, Book)
  index(book)
  check_references(book)
  relate_all(book)
  name_pages(book)
  find_files(book)
  place_symbols(book)
  return book
end

return M
