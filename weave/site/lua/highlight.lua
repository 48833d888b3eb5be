-- highlight.lua: colours code with ./colour, all texts at once.
local html = require 'html'

local M = {}

local colour = os.getenv 'WEAVE_SOURCE' .. '/colour'

--- The text's lines as HTML without colour.
function M.plain(text)
  local lines = {}
  for line in (text .. '\n'):gmatch '(.-)\n' do lines[#lines + 1] = html.escape(line) end
  return lines
end

local function lines_of(code)
  local lines = {}
  for line in (code .. '\n'):gmatch '(.-)\n' do lines[#lines + 1] = line end
  return lines
end

--- Colours many texts. `snippets` is a list of {text, language}, the language being nil for plain text. Returns for
-- each its lines as HTML. Colouring never changes code: should the coloured lines read otherwise than the text, it
-- goes out uncoloured.
function M.all(snippets)
  if #snippets == 0 then return {} end
  local fields = {}
  for _, snippet in ipairs(snippets) do
    fields[#fields + 1] = (snippet.language or '') .. '\0' .. snippet.text .. '\0'
  end
  local next_code = pandoc.pipe(colour, {}, table.concat(fields)):gmatch '([^%z]*)%z'
  local results = {}
  for i, snippet in ipairs(snippets) do
    local code = next_code()
    results[i] = html.text_of(code) == snippet.text and lines_of(code) or M.plain(snippet.text)
  end
  return results
end

return M
