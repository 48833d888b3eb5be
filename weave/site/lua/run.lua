-- run.lua: one recorded run of an entry's kernel in full, as tables: build/evidence/ENTRY/run.json.
local html = require 'html'

local M = {}

local function thousands(number)
  local text, changed = tostring(number), 1
  while changed > 0 do text, changed = text:gsub('^(%d+)(%d%d%d)', '%1,%2') end
  return text
end

local function cells(tag, values)
  local out = {}
  for i, value in ipairs(values) do out[i] = ('<%s>%s</%s>'):format(tag, html.escape(value), tag:match '^%a+') end
  return table.concat(out)
end

-- A table that a keyboard can scroll; the first cell of a row is its heading.
local function grid(title, heads, rows)
  local body = {}
  for i, row in ipairs(rows) do
    body[i] = '<tr><th scope="row">' .. html.escape(row[1]) .. '</th>'
      .. cells('td', {table.unpack(row, 2)}) .. '</tr>'
  end
  return '<div class="table" tabindex="0" role="group" aria-label="' .. html.escape(title) .. '"><table class="facts">'
    .. '<caption>' .. html.escape(title) .. '</caption><thead><tr>' .. cells('th scope="col"', heads)
    .. '</tr></thead><tbody>' .. table.concat(body) .. '</tbody></table></div>'
end

local function registers(cpu)
  local rows = {}
  for _, name in ipairs {'CR0', 'CR4', 'EFER', 'CR3', 'CR2', 'RIP', 'RSP', 'RFL'} do
    local flags = cpu.flags[name]
    rows[#rows + 1] = {name, cpu.registers[name] or '', flags and table.concat(flags, ' ') or ''}
  end
  for _, name in ipairs {'CS', 'SS', 'TR', 'GDT', 'IDT'} do
    local t = cpu.tables[name]
    rows[#rows + 1] = {name, t.selector or t.base, t.selector and 'selector; base ' .. t.base .. ', limit ' .. t.limit
      or 'base; limit ' .. t.limit}
  end
  return grid('Registers of CPU 0 at the end', {'Register', 'Value', 'Says'}, rows)
end

local function page_size(bytes)
  return bytes >= 1 << 30 and '1 GiB' or bytes >= 1 << 20 and '2 MiB' or '4 KiB'
end

local function page_tables(paging)
  local rows = {}
  for i, extent in ipairs(paging.extents) do
    rows[i] = {
      extent.virtual, extent.physical,
      ('%d × %s'):format(extent.length // extent.page_size, page_size(extent.page_size)),
      (extent.writable and 'write' or 'read') .. (extent.executable and ', execute' or ''),
    }
  end
  return grid(('What is mapped, by %d tables (%d KiB)'):format(paging.tables, paging.tables * 4),
    {'Virtual address', 'Physical address', 'Pages', 'Rights'}, rows)
end

local function memory_map(run)
  local rows = {}
  for i, region in ipairs(run.memory_map) do rows[i] = {region.start, region['end'], region.type} end
  if run.pool then rows[#rows + 1] = {run.pool[1], run.pool[2], 'page table space, of the above'} end
  return grid('Memory', {'Start', 'End', 'What it is'}, rows)
end

local function sizes(run)
  local names, rows = {}, {}
  for name in pairs(run.sizes.sections) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do rows[#rows + 1] = {name, thousands(run.sizes.sections[name])} end
  for name, lines in pairs(run.sizes.source_lines) do
    if lines > 0 then rows[#rows + 1] = {'lines of ' .. name, thousands(lines)} end
  end
  rows[#rows + 1] = {'loaded from the file', thousands(run.sizes.loaded)}
  rows[#rows + 1] = {'image', thousands(run.sizes.image)}
  table.sort(rows, function(a, b) return a[1] < b[1] end)
  return grid('Sizes in bytes, and lines of source', {'Part', 'Size'}, rows)
end

--- The run as tables.
function M.html(run)
  local seconds = run.instructions * run.nanoseconds_per_instruction / 1e9
  return table.concat {
    ('<div class="run"><p>CPU 0 executed %s instructions from the kernel’s first to its exit. The clock of that run gave each of them %d'
      .. ' nanoseconds, %.3f s in all; waiting loops count, too.</p>')
      :format(thousands(run.instructions), run.nanoseconds_per_instruction, seconds),
    registers(run.cpus[1]),
    run.paging and page_tables(run.paging) or '<p>Paging is off.</p>',
    #run.memory_map > 0 and memory_map(run) or '',
    sizes(run), '</div>',
  }
end

return M
