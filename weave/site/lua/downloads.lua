-- downloads.lua: what a reader can take away: the image that boots any day; of an entry its kernel, its sources, itself.
local html = require 'html'
local model = require 'model'
local problems = require 'problems'

local M = {}

local trees, archives = os.getenv 'WEAVE_TREES', os.getenv 'WEAVE_ARCHIVES'

local function size_of(path)
  local file = io.open(path, 'rb')
  if not file then return nil end
  local bytes = file:seek 'end'
  file:close()
  return bytes
end

local image = os.getenv 'WEAVE_IMAGE'
local image_size = size_of(image)

--- A size as a reader says it.
function M.in_words(bytes)
  if bytes < 1024 then return bytes .. ' bytes' end
  if bytes < 1024 * 1024 then return ('%d KiB'):format((bytes + 512) // 1024) end
  return ('%.1f MiB'):format(bytes / (1024 * 1024))
end

--- The files of an entry that are there: {name on the site, path here, words, bytes}.
function M.of(entry)
  local base = 'daybook-' .. entry.name
  local list, there = {
    {name = base .. '.elf.gz', from = trees .. '/' .. entry.name .. '/daybook.elf', words = 'kernel with its lines, when unpacked'},
    {name = base .. '.tar.gz', from = archives .. '/' .. entry.name .. '.tar.gz', words = 'tangled tree'},
    {name = entry.name .. '.nw', from = entry.file, words = 'this entry'},
  }, {}
  for _, file in ipairs(list) do
    file.bytes = size_of(file.from)
    if file.bytes then
      there[#there + 1] = file
    else
      problems.missing(('%s: there is no %s; "make days" makes it'):format(entry.file, file.from))
    end
  end
  return there
end

--- The list on the entry's page, folded.
function M.html(entry)
  local items = {}
  for i, file in ipairs(entry.downloads) do
    items[i] = ('<li><a href="%s" download>%s</a> %s, %s</li>'):format(
      html.link(entry.path, entry.month .. '/' .. file.name), html.escape(file.name), file.words,
      M.in_words(file.bytes))
  end
  return '<details class="downloads"><summary>Take it away</summary><ul>' .. table.concat(items)
    .. '</ul><p>To boot it: ' .. M.image(entry.path, 'one image') .. ' boots the kernel of any day.</p>'
    .. '<p>The files are as on these pages, without the line directives that <code>make tangle</code> adds'
    .. (model.follow[entry.number] and '; <a href="#_follow">the commands that build them</a> are below' or '') .. '.</p></details>'
end

--- Reports it when the image that boots every day's kernel is missing.
function M.check_image()
  if not image_size then problems.missing(('there is no %s; "make iso" makes it'):format(image)) end
end

--- That image as a link from the page `from`, with its size.
function M.image(from, words)
  if not image_size then return words .. ' (not built yet)' end
  return ('<a href="%s" download>%s</a> (%s, BIOS and UEFI)'):format(html.link(from, 'daybook.iso'), words, M.in_words(image_size))
end

local bound = os.getenv 'WEAVE_CACHE' .. '/book/daybook.'

--- Whether the journal has been bound as a book; until it is bound again, the last one stays.
function M.has_book() return (size_of(bound .. 'epub') and size_of(bound .. 'pdf')) ~= nil end

--- What `weave` has to copy, as lines "FROM<tab>TO".
function M.copies(entries)
  local out = {image_size and image .. '\tdaybook.iso\n' or ''}
  for _, kind in ipairs(M.has_book() and {'epub', 'pdf'} or {}) do
    out[#out + 1] = bound .. kind .. '\tdaybook.' .. kind .. '\n'
  end
  for _, entry in ipairs(entries) do
    for _, file in ipairs(entry.downloads) do
      out[#out + 1] = file.from .. '\t' .. entry.month .. '/' .. file.name .. '\n'
    end
  end
  return table.concat(out)
end

return M
