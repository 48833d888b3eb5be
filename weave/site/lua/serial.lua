-- serial.lua: writes a table to a file that loadfile() reads back.
local M = {}

local function write(value, out)
  if type(value) ~= 'table' then
    out[#out + 1] = type(value) == 'string' and ('%q'):format(value) or tostring(value)
    return
  end
  out[#out + 1] = '{'
  for key, each in pairs(value) do
    out[#out + 1] = '['
    write(key, out)
    out[#out + 1] = ']='
    write(each, out)
    out[#out + 1] = ',\n'
  end
  out[#out + 1] = '}'
end

--- Writes `value`, made of tables, strings, numbers and booleans, so that a reader sees the old
-- file or the new one, and nothing between.
function M.write(path, value)
  local out = {'return '}
  write(value, out)
  local part = path .. '.' .. os.getenv 'WEAVE_MARK':match '([^/]*)/[^/]*$' -- another weave has another
  local file = assert(io.open(part, 'wb'))
  assert(file:write(table.concat(out)))
  assert(file:close())
  assert(os.rename(part, path))
end

return M
