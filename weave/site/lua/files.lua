-- files.lua: reads files that need not be there.
local M = {}

--- All bytes of the file, or nil.
function M.read(path)
  local file = io.open(path, 'rb')
  if not file then return nil end
  local content = file:read 'a'
  file:close()
  return content
end

return M
