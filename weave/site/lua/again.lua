-- again.lua: what has to be woven again. The last weave has left, in the site's mark, the keys of all that its pages were made
-- from: a line "NAME KEY" for each entry, and one for what all pages share.
local boot = require 'boot'
local files = require 'files'
local kept = require 'kept'
local output = require 'output'

local M = {}

local before = {}
for name, key in (files.read(os.getenv 'WEAVE_BEFORE') or ''):gmatch '(%S+) (%x+)\n' do before[name] = key end

-- What every page has of the others: where there are entries, chunks and kernels, what they are called, and who needs whom.
local function shared_key(entries)
  local parts = {os.getenv 'WEAVE_KEY', boot.copies(), boot.notices()}
  for _, entry in ipairs(entries) do
    for _, part in ipairs {entry.name, entry.title, entry.summary, entry.part, tostring(entry.aside), entry.needs} do parts[#parts + 1] = part end
  end
  return kept.key(table.unpack(parts))
end

local function key_of(entry, entries)
  local last = entries[entry.number - 1]
  local parts = {
    entry.prepared.key, entry.evidence and entry.evidence.key or '', last and last.evidence and last.evidence.key or '',
    entry.evidence and boot.section(entry) or '', entry.printers,
  }
  for _, file in ipairs(entry.downloads) do parts[#parts + 1] = file.name .. ' ' .. file.bytes end
  for _, piece in ipairs(entry.pieces) do
    local lines = {piece.anchor}
    for line in pairs(piece.targets) do lines[#lines + 1] = line end
    table.sort(lines, function(a, b) return tostring(a) < tostring(b) end)
    parts[#parts + 1] = table.concat(lines, ' ')
  end
  return kept.key(table.unpack(parts))
end

--- The entries whose pages have changed, and whether all pages have. The entries must have been read, and led to.
function M.changed(entries)
  local shared, changed, mark = shared_key(entries), {}, os.getenv 'WEAVE_MARK'
  local is_all, lines = shared ~= before.shared, {'shared ' .. shared .. '\n'}
  for i, entry in ipairs(entries) do
    local key = key_of(entry, entries)
    lines[i + 1] = entry.name .. ' ' .. key .. '\n'
    if is_all or key ~= before[entry.name] then changed[#changed + 1] = entry end
  end
  output.list(mark, table.concat(lines))
  if not is_all then output.list(mark .. '.partly', '') end
  return changed, is_all
end

return M
