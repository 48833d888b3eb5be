-- kept.lua: tables that an earlier weave made, each in a file, with the key of all that it was made from.
local output = require 'output'
local serial = require 'serial'

local M = {}

local folder = os.getenv 'WEAVE_CACHE'

--- The key of these texts.
function M.key(...) return pandoc.utils.sha1(table.concat({...}, '\0')) end

--- The key of what these of the site's own files, and this Pandoc, make of the texts.
function M.key_with(makers, ...)
  local parts = {tostring(PANDOC_VERSION), ...}
  for _, name in ipairs(makers) do parts[#parts + 1] = output.slurp(name) end
  return M.key(table.unpack(parts))
end

local function path_of(kind, name) return ('%s/%s/%s.lua'):format(folder, kind, name) end

--- The table, if it was made from the same; else nil.
function M.get(kind, name, key)
  local load = loadfile(path_of(kind, name))
  local made = load and load()
  return made and made.key == key and made or nil
end

--- Keeps a table; returns it.
function M.put(kind, name, key, made)
  made.key = key
  serial.write(path_of(kind, name), made)
  return made
end

return M
