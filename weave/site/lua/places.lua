-- places.lua: what a run's record knows by name, and where it lies: {name, start, stop}.
local addresses = require 'addresses'

local M = {}

--- The ranges between two symbols as they are linked: the kernel and its stacks.
function M.linked(run)
  local symbols, places = run.symbols or {}, {}
  local function add(name, start, stop)
    if start and stop then
      places[#places + 1] =
        {name = name, start = addresses.parse(start), stop = addresses.parse(stop)}
    end
  end
  add('the kernel', symbols.kernel_start, symbols.kernel_end)
  local names = {}
  for name in pairs(symbols) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    local bottom = symbols[name:match '^(.*stack)_top$']
    if bottom then add((name:gsub('_top$', ''):gsub('_', ' ')), bottom, symbols[name]) end
  end
  return places
end

--- The symbols of stacks that begin with a page that is not mapped: {name, start}.
function M.guarded_stacks(run)
  local stacks = {}
  for symbol, address in pairs(run.symbols or {}) do
    if symbol:match 'stack$' and not run.symbols[symbol .. '_top'] then
      local name = symbol:gsub('^.*::', ''):gsub('_', ' ')
      stacks[#stacks + 1] = {name = name, start = addresses.parse(address)}
    end
  end
  return stacks
end

-- The physical address behind a linked one. What is linked low lies where it is linked,
-- even after the low addresses are no longer mapped.
local function physical(run, address)
  for _, extent in ipairs(run.paging and run.paging.extents or {}) do
    local offset = address - addresses.parse(extent.virtual)
    if math.ult(offset, extent.length) then return addresses.parse(extent.physical) + offset end
  end
  return address >= 0 and address or nil
end

-- Page tables that lie side by side are one place.
local function tables(run)
  local places, starts = {}, {}
  for i, one in ipairs(run.paging and run.paging.tree or {}) do
    starts[i] = addresses.parse(one.address)
  end
  table.sort(starts, addresses.below)
  for _, start in ipairs(starts) do
    local last = places[#places]
    if last and last.stop == start then
      last.stop, last.count = start + 4096, last.count + 1
    elseif not last or last.stop < start then
      places[#places + 1] = {start = start, stop = start + 4096, count = 1}
    end
  end
  for _, place in ipairs(places) do
    place.name = place.count == 1 and 'a page table' or place.count .. ' page tables'
    place.kind = 'page tables'
  end
  return places
end

-- Physical memory that the page tables lead to although the memory map does not know it.
local function devices(run)
  local places = {}
  for _, extent in ipairs(run.paging and run.paging.extents or {}) do
    local start, known = addresses.parse(extent.physical), #run.memory_map == 0
    for _, region in ipairs(run.memory_map) do
      local first, stop = addresses.parse(region.start), addresses.parse(region['end'])
      if start >= first and start < stop then known = true end
    end
    if not known then
      places[#places + 1] = {
        name = 'mapped: a device', device = true, start = start, stop = start + extent.length,
      }
    end
  end
  return places
end

--- Everything that has a name, by physical addresses.
function M.physical(run)
  local places = {}
  for _, place in ipairs(M.linked(run)) do
    local first, last = physical(run, place.start), physical(run, place.stop - 1)
    if first and last and first <= last then
      places[#places + 1] = {name = place.name, start = first, stop = last + 1}
    end
  end
  local boot, kernel = (run.symbols or {}).boot_start, places[1]
  if boot and kernel and kernel.name == 'the kernel' then
    places[#places + 1] = {
      name = 'boot part', start = addresses.parse(boot), stop = kernel.start,
    }
  end
  if run.pool then
    places[#places + 1] = {
      name = 'page table space',
      start = addresses.parse(run.pool[1]), stop = addresses.parse(run.pool[2]),
    }
  end
  for _, list in ipairs {tables(run), devices(run)} do
    table.move(list, 1, #list, #places + 1, places)
  end
  for _, place in ipairs(places) do place.kind = place.kind or place.name end
  return places
end

return M
