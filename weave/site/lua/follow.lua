-- follow.lua: what a follower types to build and boot a day's kernel, what must appear then, and the script that checks it.
local html = require 'html'
local json = require 'dkjson'
local model = require 'model'
local output = require 'output'
local prose = require 'prose'
local source = require 'source'

local M = {}

--- The path of the script that checks what a follower made of the entry.
local function script_of(entry) return entry.month .. '/check-mine-' .. entry.name .. '.py' end

local function demands(block)
  return prose.shown(table.concat(block.expected, '\n') .. '\n^status ' .. block.status .. '$\n')
end

--- The block before the proof: from the day's files to the kernel, the image, the boot, and what must appear.
function M.html(entry)
  local typed = model.follow[entry.number]
  if not typed then return '' end
  local expected = {}
  for i, block in ipairs(typed.blocks) do expected[i] = demands(block) end
  local script = script_of(entry)
  local name = script:match '[^/]+$'
  return table.concat {
    '<details class="follow"><summary>Build and boot it yourself</summary><div id="_follow">', -- who is led into a fold finds it open
    '<p>You have <a href="', html.link(entry.path, 'need.html', 'files'), '">put the files together</a> as the entries up to this one say, and ',
    '<a href="', html.link(entry.path, 'need.html'), '">a Debian 12</a> with <code>', typed.packages,
    '</code>. In the folder that has <code>boot/</code> in it, this makes the kernel',
    typed.second and ' that is proved, with the tests that lie below <code>tangled/proof/</code> or end in <code>_test</code>' or '',
    ':</p>', prose.typed(typed.build),
    '<p>The image:</p>', prose.typed(typed.image),
    '<p>The machine, which is <code>', typed.machine, '</code> in the proof below:</p>', prose.typed(typed.qemu),
    '<p>GRUB’s words come first, then the kernel’s, of which the proof demands these:</p>', table.concat(expected),
    '<p>Is something else there? <a href="', html.link(entry.path, script), '" download>', name,
    '</a> compares your files with this day’s, boots your image, and says which line differs or is missing, and which paragraph it belongs to. ',
    'Put it into the same folder; if all is well it says two lines:</p>', prose.typed('python3 ' .. name .. '\n'),
    prose.shown('^files: (\\d+) of \\1 are as on the pages$\n^image: .* is yours$\n'), '</div></details>',
  }
end

-- The paragraphs that a script names: each once, in a list, by its place there. No piece is place 0.
local function paragraphs()
  local list, places = {}, {}
  return list, function(piece)
    if piece and not places[piece] then
      list[#list + 1] = {piece.base, html.link('', piece.entry.path, piece.anchor)}
      places[piece] = #list
    end
    return places[piece] or 0
  end
end

local sums = setmetatable({}, {__mode = 'k'}) -- by row

-- Of the line, and of the line without its blanks.
local function sum_of(row)
  if not sums[row] then
    local parts = {}
    for i, slice in ipairs(row[3]) do parts[i] = slice[1] end
    local text = table.concat(parts)
    sums[row] = pandoc.utils.sha1(text):sub(1, 5) .. pandoc.utils.sha1((text:gsub('%s', ''))):sub(1, 3)
  end
  return sums[row]
end

-- A file as of the entry: its lines' sums one after the other, and which paragraph wrote how many of them.
local function sums_of(entry, book, file, place)
  local all, writers, last = {}, {}, nil
  for _, row in ipairs(file.rows) do
    if row[1] <= entry.number and (not row[2] or row[2] > entry.number) then
      local piece = source.writer(book, row)
      all[#all + 1] = sum_of(row)
      if #writers == 0 or piece ~= last then writers[#writers + 1] = {0, place(piece)} end
      writers[#writers][1], last = writers[#writers][1] + 1, piece
    end
  end
  return #all > 0 and {sums = table.concat(all), writers = writers} or nil
end

-- The recorded log, each line with the paragraph that printed it.
local function log_of(entry, book, place)
  local log = {}
  for i, line in ipairs(entry.evidence and entry.evidence.run.serial or {}) do
    log[i] = {line.text, place(line.source and book:printer_of(line.source))}
  end
  return log
end

--- Writes the script that checks what a follower made of the entry.
function M.write(entry, book)
  local typed = model.follow[entry.number]
  if not typed then return end
  local list, place = paragraphs()
  local files, paths, in_tree = {}, {}, {}
  for path in pairs(model.files) do paths[#paths + 1] = path end
  table.sort(paths)
  for _, path in ipairs(paths) do
    if not path:find '%.expect$' then -- no program is made of it
      in_tree[#in_tree + 1] = (path:find '^boot/' or path == 'linker.ld') and path or 'tangled/' .. path
      files[in_tree[#in_tree]] = sums_of(entry, book, model.files[path], place)
    end
  end
  local keys = {'name', 'command', 'blocks', 'log', 'files', 'paragraphs', 'sums', 'writers', 'status', 'expected', 'forbidden'}
  local day = json.encode({
    name = entry.name, command = typed.command, blocks = typed.blocks,
    log = log_of(entry, book, place), files = files, paragraphs = list,
  }, {keyorder = table.move(in_tree, 1, #in_tree, #keys + 1, keys)})
  local packed = {['THE SITE'] = output.address '', ['THE DAY'] = output.packed(day)}
  output.write(script_of(entry), (output.slurp('check-mine.py'):gsub('THE %u+', packed)))
end

return M
