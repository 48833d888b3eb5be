-- prose_reader.lua: Pandoc's custom reader that prepares the prose of a part of the entries and keeps it for reader.lua, so that
-- several processes can share what takes longest. WEAVE_PART says which part: "1/4". What is wrong is said later.
local prepared = require 'prepared'
local stream = require 'stream'

function Reader(input)
  local first, parts = os.getenv 'WEAVE_PART':match '(%d+)/(%d+)'
  local entries = stream.read(tostring(input))
  for number = tonumber(first), #entries, tonumber(parts) do prepared.prose(entries[number]) end
  return pandoc.Pandoc {}
end
