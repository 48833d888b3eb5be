-- layout_diagram.lua: virtual memory as the page tables of a run lay it out.
local addresses = require 'addresses'
local places = require 'places'
local rights = require 'rights'
local since = require 'since'
local svg = require 'svg'

local M = {}

local width, left = 360, 18 * svg.character + 14

-- The two halves of what 48 bits can address; between them is a hole (Intel SDM vol. 1, 3.3.7.1).
local lower_stop, upper_start = 1 << 47, -1 << 47

local function extents_of(run)
  local extents = {}
  for i, extent in ipairs(run.paging and run.paging.extents or {}) do
    local start = addresses.parse(extent.virtual)
    extents[i] = {
      start = start, stop = start + extent.length, length = extent.length,
      physical = addresses.parse(extent.physical), page_size = extent.page_size,
      rights = rights.letters(extent.writable, extent.executable),
      words = rights.words(extent.writable, extent.executable),
      user = extent.user,
    }
  end
  return extents
end

-- Below a stack is a page that is not mapped, so that a stack that grows too far is noticed.
local guard_page = 4096

-- Where memory/layout.hpp puts all free memory, from 2026-11-25d on.
local free_stop = upper_start + (1 << 46)

-- What an extent is for, as far as the kernel's symbols, the layout and the memory map tell.
local function names(run, extents)
  local tables = run.pool and addresses.parse(run.pool[1])
  local linked, physical = places.linked(run), places.physical(run)
  local parts = {['r-x'] = 'code', ['r--'] = 'constants', ['rw-'] = 'data'}
  for _, extent in ipairs(extents) do
    if extent.user then
      extent.name = 'for programs'
    elseif extent.start == extent.physical then
      extent.name = 'each address to itself'
    elseif extent.start >= upper_start and extent.start < free_stop then
      extent.name = 'free memory'
    elseif extent.start < 0 and extent.physical == tables then
      extent.name = 'page table space'
    end
    for _, place in ipairs(linked) do
      if addresses.within(extent, place) and parts[extent.rights] then
        extent.name = 'the kernel: ' .. parts[extent.rights]
      elseif not extent.name and place.name ~= 'the kernel' and addresses.within(place, extent) then
        extent.name = place.name
      end
    end
    for _, stack in ipairs(places.guarded_stacks(run)) do
      if stack.start == extent.start - guard_page then
        extent.name, extent.guarded = stack.name, true
      end
    end
    for _, place in ipairs(physical) do
      if place.device and place.start == extent.physical then extent.name = 'a device’s memory' end
    end
  end
end

-- So many extents of one GiB are drawn; of more, only the lowest and the highest.
local most, each_side = 12, 4

local function gib(extent) return extent.start >> 30 end

-- The last of the extents that are in the same GiB as the one at `from`.
local function last_alike(extents, from)
  local to = from
  while extents[to + 1] and gib(extents[to + 1]) == gib(extents[from]) do to = to + 1 end
  return to
end

-- The extents, where there are too many of them with the middle ones made one.
local function shortened(extents)
  local short, i = {}, 1
  while i <= #extents do
    local to = last_alike(extents, i)
    if to - i >= most then
      table.move(extents, i, i + each_side - 1, #short + 1, short)
      local first, last = extents[i + each_side], extents[to - each_side]
      short[#short + 1] = {
        gap = ('%d more extents'):format(to - i + 1 - 2 * each_side),
        start = first.start, stop = last.stop,
      }
      i = to - each_side + 1
    end
    table.move(extents, i, to, #short + 1, short)
    i = to + 1
  end
  return short
end

-- Extents and what is between them, from low to high.
local function bands_of(extents)
  local bands, at = {}, 0
  local function gap(stop, what)
    if at ~= stop then
      bands[#bands + 1] = {gap = what or 'unmapped', size = true, start = at, stop = stop}
    end
    at = stop
  end
  local function cross_the_hole()
    gap(lower_stop)
    bands[#bands + 1] = {gap = 'not canonical', start = at, stop = upper_start}
    at = upper_start
  end
  for _, extent in ipairs(extents) do
    if extent.start < 0 and at >= 0 then cross_the_hole() end
    gap(extent.start, extent.guarded and 'guard, unmapped')
    bands[#bands + 1] = extent
    at = extent.stop
  end
  if at >= 0 and not (#extents > 0 and at == 0) then cross_the_hole() end
  gap(0)
  return bands
end

local function draw_gap(out, band)
  local class = band.stop == upper_start and 'none' or 'hole'
  out[#out + 1] = svg.box(class, left, 0, width - left - 6, band.height)
  local size = band.size and addresses.size(band.stop - band.start) .. ' ' or ''
  out[#out + 1] = svg.text('middle soft', (left + width - 6) / 2, band.height / 2 + 5,
    '… ' .. size .. band.gap .. ' …')
end

local function draw_extent(out, band, prefix, new)
  local right = width - 6
  out[#out + 1] = svg.box((band.rights:find 'w' and 'held' or 'usable')
    .. (new and ' bold' or ''), left, 0, right - left, band.height)
  if band.rights:find 'x' then
    out[#out + 1] = svg.box('over', left, 0, 12, band.height, svg.pattern(prefix, 'hatch'))
  end
  local x, line = left + 18, 19
  if new then out[#out + 1] = svg.new_mark(right - 6, line) end
  if band.name then
    out[#out + 1] = svg.text('strong', x, line, band.name)
    line = line + svg.line
  end
  out[#out + 1] = svg.text('', x, line, band.words)
  line = line + svg.line
  out[#out + 1] = svg.text('', x, line, ('%d × %s'):format(
    band.length // band.page_size, addresses.size(band.page_size)))
  if band.length ~= band.page_size then
    out[#out + 1] = svg.text('end', right - 8, line, addresses.size(band.length))
  end
  line = line + svg.line
  out[#out + 1] = svg.text('code', x, line, '→ ' .. addresses.hex(band.physical))
    .. svg.text('code end', right - 8, line, band.rights)
end

local function draw(bands, prefix, is_new)
  local y, out = 12, {}
  local function boundary(text)
    return svg.path('tick', 'M', left - 6, 0, 'H', left) .. svg.text('code end', left - 9, 4, text)
  end
  local top = addresses.hex_end(bands[#bands].stop)
  for i = #bands, 1, -1 do
    local band, parts = bands[i], {boundary(top)}
    band.height = band.gap and 34 or (band.name and 4 or 3) * svg.line + 11
    if band.gap then
      draw_gap(parts, band)
    else
      draw_extent(parts, band, prefix, is_new[band])
    end
    out[#out + 1] = svg.at(y, parts)
    y, top = y + band.height, addresses.hex(band.start)
  end
  out[#out + 1] = svg.at(y, {boundary(top)})
  return {width = width, height = y + 12, markup = table.concat(out)}
end

local function key(extent, where, size)
  return ('%x %d %s %s'):format(where, size, extent.rights, extent.user)
end

-- Extents move and grow as the kernel does: they count as the same while their rights, the size of
-- their pages and their GiB are the same.
local keys = {
  function(extent) return key(extent, extent.start, extent.length) end,
  function(extent) return key(extent, gib(extent), extent.length) end,
  function(extent) return key(extent, gib(extent), extent.page_size) end,
}

local function gone_sentence(gone)
  if #gone == 0 then return '' end
  local out = {}
  for i, extent in ipairs(gone) do
    out[i] = ('<code>%s</code> – <code>%s</code>')
      :format(addresses.hex(extent.start), addresses.hex_end(extent.stop))
  end
  return ' No longer mapped as before: ' .. table.concat(out, ', ') .. '.'
end

local function description(extents)
  local out = {}
  for i, extent in ipairs(extents) do
    out[i] = ('%s to %s: %s%s, physical %s'):format(addresses.hex(extent.start),
      addresses.hex_end(extent.stop), extent.name and extent.name .. ', ' or '', extent.words,
      addresses.hex(extent.physical))
  end
  return table.concat(out, '; ') .. '. All else is unmapped.'
end

--- Virtual memory as a figure; nil while paging is off.
-- `previous_run`: the run of the entry before, or nil. `prefix` begins all ids: "_run".
function M.svg(run, previous_run, prefix)
  local extents = extents_of(run)
  if #extents == 0 then return nil end
  prefix = prefix .. '-layout'
  names(run, extents)
  local earlier = previous_run and extents_of(previous_run)
  local is_new, gone = {}, {}
  if earlier and #earlier > 0 then is_new, gone = since.compare(extents, earlier, keys) end
  local caption = 'Virtual memory at the end of the run, high addresses at the top, not to scale;'
    .. ' after each arrow the physical address. Canonical addresses have bits 47 to 63 all alike.'
    .. since.sentence(is_new, earlier) .. gone_sentence(gone)
  return svg.figure(prefix, 'Virtual memory', description(extents),
    draw(bands_of(shortened(extents)), prefix, is_new), caption)
end

return M
