-- card.lua: the picture that stands for an entry where its page is linked from: its kernel's screen, or what came through the serial port
-- of a kernel that has none.
local html = require 'html'

local M = {}

local lines, columns = 16, 82

local function terminal(title, log)
  local all, shown = {}, {}
  for line in log:gmatch '[^\r\n]+' do all[#all + 1] = line end
  for i = math.max(1, #all - lines + 1), #all do
    shown[#shown + 1] = ('<tspan x="64" dy="28">%s</tspan>'):format(html.escape(all[i]:sub(1, (utf8.offset(all[i], columns + 1) or 0) - 1)))
  end
  return ('<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="630"><rect width="1200" height="630" fill="#fcf9f2"/>'
    .. '<text x="64" y="92" font-family="serif" font-size="38" fill="#1f1b16">%s</text><text y="118" font-family="monospace" '
    .. 'font-size="21" fill="#1f1b16" xml:space="preserve">%s</text></svg>'):format(html.escape(title), table.concat(shown))
end

--- The picture's path on the site, and its bytes if it is not there without it; nil where nothing is recorded.
function M.of(entry)
  local proof = entry.evidence
  if not proof then return nil end
  if proof.picture then return proof.picture_path end
  local log = proof.machines[1] and proof.machines[1].log or ''
  if log == '' then return nil end
  return entry.path:gsub('%.html$', '-log.png'), pandoc.pipe('rsvg-convert', {}, terminal(entry.title, log))
end

return M
