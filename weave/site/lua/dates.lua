-- dates.lua: how a page says when.
local M = {}

local months = {
  'January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September',
  'October', 'November', 'December',
}

--- "November 2025" for "2025-11".
function M.month_name(month)
  return months[tonumber(month:sub(6, 7))] .. ' ' .. month:sub(1, 4)
end

--- "6", or "23b" where several entries share a day.
function M.day(entry)
  return tonumber(entry.date:sub(9)) .. entry.letter
end

--- "6 November 2025", or "23b November 2026".
function M.long(entry) return M.day(entry) .. ' ' .. M.month_name(entry.month) end

--- A <time> element.
function M.element(entry)
  return '<time datetime="' .. entry.date .. '">' .. M.long(entry) .. '</time>'
end

return M
