-- published.lua: the anchors that pages have had, which they keep (../anchors).
local output = require 'output'

local M = {}

local known

--- Whether the page ever had an element with this id.
function M.has(page, id)
  if not known then
    known = {}
    for line in output.slurp 'published-anchors':gmatch '[^\n]+' do
      local path, ids = line:match '^(%S+)%s*(.*)$'
      known[path] = {}
      for each in ids:gmatch '%S+' do known[path][each] = true end
    end
  end
  return known[page] and known[page][id] or false
end

return M
