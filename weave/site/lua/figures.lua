-- figures.lua: what the tests measured of the newest kernel, as they left it: build/figures/NAME.json (tools/figures.py).
local files = require 'files'
local html = require 'html'
local json = require 'dkjson'

local M = {}

local folder, seals = os.getenv 'WEAVE_FIGURES', os.getenv 'WEAVE_SEALS'

-- The newest entry and the digest of its sources: a record of another kernel is none of this one.
local function kernel()
  local newest
  for name, digest in ('\n' .. (files.read(seals) or '')):gmatch '\n(%d%S+) (%x+) ' do newest = name .. ' ' .. digest end
  return newest
end

local function cells(row)
  local parts = {('<tr><th scope="row">%s</th>'):format(html.escape(row[1]))}
  for i = 2, #row do parts[i] = '<td>' .. html.escape(row[i]) .. '</td>' end
  return table.concat(parts) .. '</tr>'
end

local function table_html(one)
  local head, rows = {}, {}
  for i, title in ipairs(one.head) do head[i] = '<th scope="col">' .. html.escape(title) .. '</th>' end
  for i, row in ipairs(one.rows) do rows[i] = cells(row) end
  return ('<div class="table" tabindex="0" role="group" aria-label="%s"><table class="figures"><caption>%s</caption><thead><tr>%s</tr></thead>'
    .. '<tbody>%s</tbody></table></div>'):format(
    html.escape(one.caption), html.escape(one.caption), table.concat(head), table.concat(rows))
end

--- What is on record under the name; nil if nothing is.
function M.html(name)
  local text = files.read(folder .. '/' .. name .. '.json')
  local record = text and json.decode(text)
  if not record or record.kernel ~= kernel() then return nil end
  local tables = {}
  for i, one in ipairs(record.tables) do tables[i] = table_html(one) end
  return ('<p class="recorded">Recorded on %s by <code>%s</code>:</p><p>%s</p>%s'):format(
    html.escape(record.date), html.escape(record.made_by), html.escape(record.said), table.concat(tables))
end

return M
