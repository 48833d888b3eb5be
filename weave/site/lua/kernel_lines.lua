-- kernel_lines.lua: for each kernel that boots in its page, the script that leads from its code to
-- the lines of the pages.
--
-- It is kept beside the kernel's other files, and made anew only when the kernel, or a page's chunks,
-- are others.
local boot = require 'boot'
local files = require 'files'
local json = require 'dkjson'
local output = require 'output'

local M = {}

-- Which pieces the entry has. Where they stand in it does not count: a kernel's lines are those of the day it was made ready.
local function shape(entry)
  local parts = {entry.name, entry.path}
  for _, piece in ipairs(entry.pieces) do
    parts[#parts + 1] = ('%s %s %d'):format(piece.anchor, piece.name, #piece.lines)
  end
  return table.concat(parts, '\n')
end

--- The name that the script's bytes go by.
function M.path(kernel) return (kernel.path:gsub('kernel$', 'lines')) end

-- A list of numbers as a list of differences, which packs better.
local function differences(numbers)
  local steps, last = {}, 0
  for i, number in ipairs(numbers) do steps[i], last = number - last, number end
  return '[' .. table.concat(steps, ',') .. ']'
end

-- A run's rows as three lists of differences: offsets, pieces' indexes or -1, twice the lines in the pieces and one if a
-- statement begins there. They come from the flat list that ../kernels wrote; `index` gives a piece its index.
local function rows_of(flat, numbers, book, index)
  local offsets, pieces, lines = {}, {}, {}
  for i = 1, #flat, 3 do
    local offset, number, line = flat[i], numbers[flat[i + 1]], flat[i + 2] >> 1
    local piece, ordinal = nil, nil
    if number then piece, ordinal = book:piece_at(number, line) end
    local at, begins = piece and index(piece) or -1, piece and flat[i + 2] & 1 or 0
    ordinal = 2 * (ordinal or 0) + begins
    if at ~= pieces[#pieces] or ordinal ~= lines[#lines] and ordinal ~= lines[#lines] & ~1 then
      offsets[#offsets + 1], pieces[#pieces + 1], lines[#lines + 1] = offset, at, ordinal
    end
  end
  return table.concat({differences(offsets), differences(pieces), differences(lines)}, ',')
end

local function script(kernel, book, number_of)
  local data = assert(loadfile(kernel.files .. '.rows.lua'))()
  local numbers, pieces, indexes = {}, {}, {}
  for i, name in ipairs(data.entries) do numbers[i] = number_of[name] end
  local function index(piece)
    if not indexes[piece] then
      indexes[piece] = #pieces
      local fields = {piece.entry.path, piece.anchor, piece.base}
      for i, field in ipairs(fields) do fields[i] = json.quotestring(field) end
      pieces[#pieces + 1] = '[' .. table.concat(fields, ',') .. ']'
    end
    return indexes[piece]
  end
  local runs = {}
  for i, run in ipairs(data.runs) do
    runs[i] = ('["%s",%s]'):format(run[1], rows_of(run[2], numbers, book, index))
  end
  local lines = ('{"pieces":[%s],"runs":[%s],"symbols":%s}'):format(
    table.concat(pieces, ','), table.concat(runs, ','), data.symbols)
  return ('daybookBytes(%s, "%s");\n'):format(json.quotestring(M.path(kernel)), output.packed(lines))
end

--- Makes the scripts that are not there yet; boot.copies() names them.
function M.write(book)
  local number_of, shapes = {}, {output.slurp 'lua/kernel_lines.lua'}
  for number, entry in ipairs(book.entries) do
    number_of[entry.name] = number
    shapes[#shapes + 1] = shape(entry)
  end
  local pages = pandoc.utils.sha1(table.concat(shapes, '\n'))
  for _, kernel in ipairs(boot.kernels()) do
    local key = kernel.key .. ' ' .. pages
    if files.read(kernel.files .. '.lines.key') ~= key then
      output.list(kernel.files .. '.lines.js', script(kernel, book, number_of))
      output.list(kernel.files .. '.lines.key', key)
    end
  end
end

return M
