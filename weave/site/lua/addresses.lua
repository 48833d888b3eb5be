-- addresses.lua: addresses of 64 bits, which Lua's integers hold as they are but compare as signed.
local M = {}

--- The integer for a text such as "0xffffffff80110000".
function M.parse(text) return math.tointeger(tonumber(text)) end

--- The address as the run's record writes it.
function M.hex(address) return ('0x%x'):format(address) end

--- Where a range of addresses ends; the byte after the last address of all is 2⁶⁴.
function M.hex_end(address) return address == 0 and '2⁶⁴' or M.hex(address) end

--- Whether `a` is the lower address.
M.below = math.ult

--- Whether the range `inner` ({start, stop}, stop exclusive, 0 for 2⁶⁴) lies in `outer`.
function M.within(inner, outer)
  return not M.below(inner.start, outer.start) and not M.below(outer.stop - 1, inner.stop - 1)
end

local units = {{'TiB', 1 << 40}, {'GiB', 1 << 30}, {'MiB', 1 << 20}, {'KiB', 1 << 10}}

--- A number of bytes in the largest unit that it fills: "640 KiB", "62.9 MiB", "about 128 TiB".
function M.size(bytes)
  for _, unit in ipairs(units) do
    local name, size = unit[1], unit[2]
    if bytes >= size then
      if bytes % size == 0 then return ('%d %s'):format(bytes // size, name) end
      local short, whole = ('%.1f'):format(bytes / size):gsub('%.0$', '')
      return (whole > 0 and 'about ' or '') .. short .. ' ' .. name
    end
  end
  return ('%d bytes'):format(bytes)
end

return M
