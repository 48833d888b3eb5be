-- rights.lua: what may be done with a page, in letters and in words.
local M = {}

function M.letters(writable, executable)
  return 'r' .. (writable and 'w' or '-') .. (executable and 'x' or '-')
end

function M.words(writable, executable)
  return 'read' .. (writable and ', write' or '') .. (executable and ', execute' or '')
end

--- What an entry of a page table grants beside reading, and whether to programs, too.
function M.granted(writable, executable, user)
  local words = {}
  if user then words[#words + 1] = 'user' end
  if writable then words[#words + 1] = 'write' end
  if executable then words[#words + 1] = 'execute' end
  if not writable and not executable then words[#words + 1] = 'read only' end
  return table.concat(words, ', ')
end

return M
