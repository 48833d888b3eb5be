-- standing.lua: where the kernel stands when an entry begins: the end of the last entry's boot.
local html = require 'html'
local layout_diagram = require 'layout_diagram'
local memory_map_diagram = require 'memory_map_diagram'

local M = {}

-- The processor's state in a line each, for a kernel that has neither read a memory map nor paging.
local function registers(run)
  local cpu, rows = run.cpus[1], {}
  local width = cpu.registers.RIP and 'R' or 'E'
  for i, name in ipairs {'CR0', 'CR4', 'EFER', width .. 'IP', width .. 'SP'} do
    local flags = cpu.flags[name] and ' ' .. table.concat(cpu.flags[name], ' ') or ''
    rows[i] = ('<tr><th scope="row">%s</th><td>%s%s</td></tr>'):format(name, cpu.registers[name], html.escape(flags))
  end
  return '<div class="table" tabindex="0" role="group" aria-label="Registers"><table class="facts"><tbody>'
    .. table.concat(rows) .. '</tbody></table></div>'
end

--- The blocks that the section "Where we stand" ends with; none for the first entry.
function M.html(entry, book)
  local before = book.entries[entry.number - 1]
  local run = before and before.evidence and before.evidence.run
  if not run then return '' end
  -- The latest that it has come to know: its processor, then memory, then its own addresses.
  local shown = layout_diagram.svg(run, nil, '_stand') or memory_map_diagram.svg(run, nil, '_stand') or registers(run)
  return ('<details class="stand"><summary>The machine at the end of “%s”, as recorded on %s</summary><div class="diagrams">%s</div></details>')
    :format(html.escape(before.title), html.escape(run.machine), shown)
end

return M
