-- downloads.lua: what a reader can take away from an entry: image, kernel, sources, the entry itself.
local html = require 'html'
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

--- A size as a reader says it.
function M.in_words(bytes)
  if bytes < 1024 then return bytes .. ' bytes' end
  if bytes < 1024 * 1024 then return ('%d KiB'):format((bytes + 512) // 1024) end
  return ('%.1f MiB'):format(bytes / (1024 * 1024))
end

--- The files of an entry: {name on the site, path here, words, bytes}.
function M.of(entry)
  local base = 'daybook-' .. entry.name
  local list = {
    {name = base .. '.iso', from = trees .. '/' .. entry.name .. '/daybook.iso', words = 'bootable image'},
    {name = base .. '.elf', from = trees .. '/' .. entry.name .. '/daybook.elf', words = 'kernel, with its lines'},
    {name = base .. '.tar.gz', from = archives .. '/' .. entry.name .. '.tar.gz', words = 'tangled tree'},
    {name = base .. '.sha256', from = archives .. '/' .. entry.name .. '.sha256', words = 'sum of each file'},
    {name = entry.name .. '.nw', from = entry.file, words = 'this entry'},
  }
  for _, file in ipairs(list) do
    file.bytes = size_of(file.from)
    if not file.bytes then
      problems.add_elsewhere(('%s: there is no %s; "make days" makes it'):format(entry.file, file.from))
    end
  end
  return list
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
    .. '</ul><p>To check a tree of your own: put the sums beside <code>boot/</code>, <code>linker.ld</code> and '
    .. '<code>tangled/</code>, and say <code>sha256sum -c ' .. html.escape(entry.downloads[4].name)
    .. '</code>. The files are as on these pages, without the line directives that <code>make tangle</code> adds.</p></details>'
end

local image = os.getenv 'WEAVE_IMAGE'

--- Reports it when the image that boots every day's kernel is missing.
function M.check_image()
  if not size_of(image) then
    problems.add_elsewhere(('there is no %s; "make iso" makes it'):format(image))
  end
end

--- The size of that image, as a reader says it.
function M.image_size() return M.in_words(size_of(image)) end

--- What `weave` has to copy, as lines "FROM<tab>TO".
function M.copies(entries)
  local out = {image .. '\tdaybook.iso\n'}
  for _, entry in ipairs(entries) do
    for _, file in ipairs(entry.downloads) do
      out[#out + 1] = file.from .. '\t' .. entry.month .. '/' .. file.name .. '\n'
    end
  end
  return table.concat(out)
end

return M
