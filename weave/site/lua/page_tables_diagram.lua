-- page_tables_diagram.lua: the page tables of a run as a tree: each table a column further right.
local addresses = require 'addresses'
local rights = require 'rights'
local since = require 'since'
local svg = require 'svg'

local M = {}

local width, step = 360, 22
local names = {[4] = 'PML4', [3] = 'PDPT', [2] = 'PD', [1] = 'PT'}
local span = {[4] = 1 << 39, [3] = 1 << 30, [2] = 1 << 21, [1] = 1 << 12}

-- So much of each level is drawn; the rest is counted.
local most_tables, most_runs = 6, 8

local function key_of(level, virtual) return ('%d %x'):format(level, virtual) end

local function key(one) return key_of(one.level, addresses.parse(one.virtual)) end

local function by_key(tree)
  local found = {}
  for _, one in ipairs(tree) do found[key(one)] = one end
  return found
end

local function entry_address(one, index)
  local address = addresses.parse(one.virtual) + index * span[one.level]
  return address & 1 << 47 ~= 0 and address | -1 << 47 or address
end

local function has(entries, flag)
  for _, each in ipairs(entries.flags) do
    if each == flag then return true end
  end
  return false
end

local function indexes(first, count)
  return count == 1 and tostring(first) or ('%d–%d'):format(first, first + count - 1)
end

-- What makes two tables look the same: their entries, whatever these lead to.
local function shape(one)
  local out = {}
  for i, run in ipairs(one.entries) do
    out[i] = ('%d %d %s %s'):format(run.index, run.count, run.kind, table.concat(run.flags, ' '))
  end
  return table.concat(out, '; ')
end

local Drawing = {}
Drawing.__index = Drawing

function Drawing:add(markup) self.out[#self.out + 1] = markup end

-- A line of text in a frame as wide as the table; more lines make it taller.
function Drawing:row(x, class, lines)
  local height = #lines * svg.line + 7
  local parts = {svg.box(class, x, 0, width - x - 4, height)}
  for i, line in ipairs(lines) do
    parts[#parts + 1] = svg.text(line[1], x + 8, 1 + i * svg.line, line[2])
    if line[3] then parts[#parts + 1] = svg.text(line[1] .. ' end', width - 12, 1 + i * svg.line, line[3]) end
  end
  self:add(svg.at(self.y, parts))
  self.y = self.y + height
  self.row_end[x], self.bottom = self.y, self.y
end

-- From the row that ends here to the table that begins below it.
function Drawing:arrow(x)
  self:add(svg.at(self.y, {
    svg.path('arrow', 'M', x - 11, 0, 'V', 18, 'H', x - 6),
    svg.path('head', 'M', x - 7, 14, 'L', x, 18, 'L', x - 7, 22, 'Z'),
  }))
  self.y = self.y + 6
end

function Drawing:pages(one, run, x)
  local what = ('%d × %s'):format(run.count, addresses.size(span[one.level]))
  self:row(x, 'pages', {
    {'', indexes(run.index, run.count) .. ': ' .. what,
      rights.granted(has(run, 'W'), not has(run, 'NX'), has(run, 'U'))},
    {'code', addresses.hex(entry_address(one, run.index)) .. ' → ' .. run.target},
  })
end

-- How many of the tables from `from` on look like the one before them.
local function alike(children, from)
  local count = 0
  while children[from + count] and shape(children[from + count]) == shape(children[from - 1]) do
    count = count + 1
  end
  return count
end

function Drawing:folded(one, run, from, count, x, like)
  local first = run.index + from - 1
  self:row(x, 'rest', {{'', ('%s: %d more %s%s%s'):format(indexes(first, count), count,
    names[one.level - 1], count > 1 and 's' or '', like and ' like the one above' or '')}})
end

-- A run of entries that lead to tables, each table below its entry.
function Drawing:tables(one, run, x)
  local children = {}
  for i = 1, run.count do
    children[i] = self.found[key_of(one.level - 1, entry_address(one, run.index + i - 1))]
  end
  local i = 1
  while i <= run.count do
    local child, same = children[i], i > 1 and children[i] and alike(children, i) or 0
    if not child or self.drawn[one.level - 1] >= most_tables then
      self:folded(one, run, i, run.count - i + 1, x)
      return
    elseif same > 0 then
      self:folded(one, run, i, same, x, true)
      i = i + same
    else
      self:row(x, 'entry', {{'', tostring(run.index + i - 1) .. ': a ' .. names[one.level - 1],
        child.address}})
      self:arrow(x + step)
      self:table(child, x + step)
      i = i + 1
    end
  end
end

function Drawing:table(one, x)
  self.drawn[one.level] = self.drawn[one.level] + 1
  local present = 0
  for _, run in ipairs(one.entries) do present = present + run.count end
  local new, top = self.is_new[one], self.y
  self:row(x, new and 'title bold' or 'title', {
    {'strong', names[one.level] .. ' at ' .. one.address},
    {'soft', ('%d of 512 entries present'):format(present)},
  })
  if new then self:add(svg.new_mark(width - 12, top + 1 + svg.line)) end
  for i, run in ipairs(one.entries) do
    if i > most_runs then
      self:row(x, 'rest', {{'', ('and %d more runs of entries'):format(#one.entries - most_runs)}})
      break
    end
    self[run.kind == 'table' and 'tables' or 'pages'](self, one, run, x)
  end
  self:add(svg.path(new and 'spine bold' or 'spine', 'M', x, top, 'V', self.row_end[x]))
  self.y = self.bottom + 8
end

local function draw(run, tree, is_new)
  local drawing = setmetatable({
    out = {}, y = 4, found = by_key(tree), is_new = is_new, drawn = {0, 0, 0, 0}, row_end = {},
  }, Drawing)
  local x = 4
  drawing:add(svg.box('register', x, drawing.y, 150, svg.line + 9))
  drawing:add(svg.text('strong', x + 8, drawing.y + 18, 'CR3 ' .. run.paging.cr3))
  drawing.y = drawing.y + svg.line + 9
  drawing:arrow(x + step)
  drawing:table(tree[1], x + step)
  return {width = width, height = drawing.bottom + 4, markup = table.concat(drawing.out)}
end

local function description(run, tree)
  local count, out = {0, 0, 0, 0}, {}
  for _, one in ipairs(tree) do count[one.level] = count[one.level] + 1 end
  for level = 4, 1, -1 do
    if count[level] > 0 then out[#out + 1] = ('%d %s'):format(count[level], names[level]) end
  end
  return ('CR3 holds %s, the address of the first table. Tables: %s.')
    :format(run.paging.cr3, table.concat(out, ', '))
end

--- The page tables as a figure; nil while paging is off, or if the run's record has no tree.
-- `previous_run`: the run of the entry before, or nil. `prefix` begins all ids: "_run".
function M.svg(run, previous_run, prefix)
  local tree = run.paging and run.paging.tree
  if not tree or #tree == 0 then return nil end
  local earlier = previous_run and (previous_run.paging and previous_run.paging.tree or {})
  local is_new = {}
  if earlier and #earlier > 0 then is_new = since.compare(tree, earlier, {key}) end
  local caption = ('The %d page tables at the end of the run, %d KiB: the numbers of the entries,'
    .. ' and what they lead to.'):format(#tree, #tree * 4) .. since.sentence(is_new, earlier)
  return svg.figure(prefix .. '-page-tables', 'Page tables', description(run, tree),
    draw(run, tree, is_new), caption)
end

return M
