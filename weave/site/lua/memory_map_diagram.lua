-- memory_map_diagram.lua: physical memory as the kernel found it, with what lies where in it.
local addresses = require 'addresses'
local html = require 'html'
local places = require 'places'
local since = require 'since'
local svg = require 'svg'

local M = {}

local width = 360

-- Kinds in words are the kernel's; what a kind looks like, by a word in it.
local looks = {
  {'usable', 'usable'}, {'ACPI', 'dots'}, {'defective', 'cross'}, {'reserved', 'hatch'},
}

local function look(kind)
  for _, one in ipairs(looks) do
    if kind:find(one[1], 1, true) then return one[2] end
  end
  return 'lines'
end

local function regions_of(run)
  local regions = {}
  for i, region in ipairs(run.memory_map) do
    regions[i] = {
      name = region.type, look = look(region.type), inside = {},
      start = addresses.parse(region.start), stop = addresses.parse(region['end']),
    }
  end
  table.sort(regions, function(a, b)
    if a.start ~= b.start then return a.start < b.start end
    return a.stop < b.stop
  end)
  return regions
end

-- The regions with the holes between them.
local function bands_of(regions)
  local bands = {}
  for _, region in ipairs(regions) do
    local last = bands[#bands]
    if last and last.stop < region.start then
      bands[#bands + 1] = {
        name = 'hole: not in the map', look = 'hole', inside = {},
        start = last.stop, stop = region.start,
      }
    end
    bands[#bands + 1] = region
  end
  return bands
end

-- Puts a place into the innermost box that holds all of it.
local function put(boxes, place)
  for _, box in ipairs(boxes) do
    if addresses.within(place, box) then return put(box.inside, place) end
  end
  place.inside = {}
  boxes[#boxes + 1] = place
end

local function fill_in(bands, named)
  table.sort(named, function(a, b)
    if a.start ~= b.start then return a.start < b.start end
    return a.stop > b.stop
  end)
  for _, place in ipairs(named) do
    for _, band in ipairs(bands) do
      if addresses.within(place, band) then put(band.inside, place) break end
    end
  end
end

-- Heights: a region has a line of text, a box in it two.
local function measure(box, lines)
  local height = lines * svg.line + 11
  for _, inner in ipairs(box.inside) do height = height + measure(inner, 2) + 5 end
  box.height = height
  return height
end

local function draw_inside(out, box, x, y, right, is_new)
  for i = #box.inside, 1, -1 do
    local inner = box.inside[i]
    local new = is_new[inner]
    out[#out + 1] = svg.box(new and 'place bold' or 'place', x, y, right - x, inner.height)
    out[#out + 1] = svg.text('', x + 8, y + 18, inner.name .. ', '
      .. addresses.size(inner.stop - inner.start))
    out[#out + 1] = svg.text('code', x + 8, y + 18 + svg.line,
      addresses.hex(inner.start) .. ' – ' .. addresses.hex(inner.stop))
    if new then out[#out + 1] = svg.new_mark(right - 6, y + 18) end
    draw_inside(out, inner, x + 8, y + 2 * svg.line + 9, right - 6, is_new)
    y = y + inner.height + 5
  end
end

-- The sign that a band is not drawn to scale: both sides are broken in the middle.
local function breaks(x, y)
  return svg.path('break', 'M', x - 5, y + 3, 'l', 10, -6, 'M', x - 5, y + 8, 'l', 10, -6)
end

local function draw_band(out, band, left, prefix, is_new)
  local new = is_new[band]
  local plain = band.look == 'usable' or band.look == 'hole'
  local class = (plain and band.look or 'held') .. (new and ' bold' or '')
  out[#out + 1] = svg.box(class, left, 0, width - left - 6, band.height)
  if not plain then
    out[#out + 1] = svg.box('over', left, 0, width - left - 6, band.height,
      svg.pattern(prefix, band.look))
  end
  local halo = plain and '' or 'halo '
  out[#out + 1] = svg.text(halo:match '%a*', left + 10, 19, band.name)
  out[#out + 1] = svg.text(halo .. 'end', width - 16 - (new and 38 or 0), 19,
    addresses.size(band.stop - band.start))
  if new then out[#out + 1] = svg.new_mark(width - 12, 19) end
  draw_inside(out, band, left + 10, svg.line + 9, width - 14, is_new)
  if band.stop - band.start >= 1 << 20 then
    out[#out + 1] = breaks(left, band.height / 2) .. breaks(width - 6, band.height / 2)
  end
end

local function draw(bands, prefix, is_new)
  local longest = 0
  for _, band in ipairs(bands) do longest = math.max(longest, #addresses.hex(band.stop)) end
  local left, y, out = longest * svg.character + 14, 12, {}
  local function boundary(address)
    return svg.path('tick', 'M', left - 6, 0, 'H', left) .. svg.text('code end', left - 9, 4, addresses.hex(address))
  end
  for i = #bands, 1, -1 do
    local band, above = bands[i], bands[i + 1]
    if above and above.start ~= band.stop then -- they overlap
      out[#out + 1] = svg.at(y, {boundary(above.start)})
      y = y + 22
    end
    local parts = {boundary(band.stop)}
    draw_band(parts, band, left, prefix, is_new)
    out[#out + 1] = svg.at(y, parts)
    y = y + band.height
  end
  out[#out + 1] = svg.at(y, {boundary(bands[1].start)})
  return {width = width, height = y + 12, markup = table.concat(out)}
end

-- What is new, and what the caption says of it. Two machines' maps are not compared, and in a
-- first map nothing is marked, because all of it is new.
local function marks(run, previous_run, regions, named)
  if not previous_run or previous_run.machine ~= run.machine then return {}, '' end
  local earlier = regions_of(previous_run)
  if #earlier == 0 then return {}, since.sentence({}, earlier) end
  local is_new = since.compare(regions, earlier, {
    function(region) return ('%x %x %s'):format(region.start, region.stop, region.name) end,
  })
  local new_places = since.compare(named, places.physical(previous_run), {
    function(place) return place.kind end,
  })
  for place in pairs(new_places) do is_new[place] = true end
  return is_new, since.sentence(is_new, earlier)
end

local function description(regions, named)
  local out = {}
  for i, region in ipairs(regions) do
    out[i] = ('%s to %s %s')
      :format(addresses.hex(region.start), addresses.hex(region.stop), region.name)
  end
  for _, place in ipairs(named) do
    out[#out + 1] = ('%s at %s'):format(place.name, addresses.hex(place.start))
  end
  return table.concat(out, '; ') .. '.'
end

--- Physical memory as a figure; nil if the kernel printed no memory map.
-- `previous_run`: the run of the entry before, or nil. `prefix` begins all ids: "_run".
function M.svg(run, previous_run, prefix)
  if #run.memory_map == 0 then return nil end
  prefix = prefix .. '-memory-map'
  local regions, named = regions_of(run), places.physical(run)
  local is_new, said = marks(run, previous_run, regions, named)
  local bands = bands_of(regions)
  fill_in(bands, named)
  for _, band in ipairs(bands) do measure(band, 1) end
  local caption = 'Physical memory of ' .. html.escape(run.machine)
    .. ' as the kernel found it, high addresses at the top, not to scale.' .. said
  return svg.figure(prefix, 'Physical memory', description(regions, named),
    draw(bands, prefix, is_new), caption)
end

return M
