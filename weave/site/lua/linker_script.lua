-- linker_script.lua: colours GNU ld's language, which skylighting does not know. C comes close,
-- but takes the `/*` in `boot/*.o` for a comment.
local html = require 'html'

local M = {}

local keywords = {}
for word in ([[ENTRY SECTIONS PHDRS FILEHDR MEMORY PROVIDE KEEP AT ALIGN ADDR LOADADDR SIZEOF
  SIZEOF_HEADERS ASSERT SORT INCLUDE OUTPUT_FORMAT OUTPUT_ARCH CONSTANT ABSOLUTE]]):gmatch '%S+' do
  keywords[word] = true
end

local function span(class, text)
  return '<span class="' .. class .. '">' .. html.escape(text) .. '</span>'
end

-- The token that begins at `at`, as text and class; `in_comment` says what line before left open.
local function token(line, at, in_comment)
  if in_comment then return line:match('^.-%*/', at) or line:sub(at), 'co' end
  local after_blank = at == 1 or line:sub(at - 1, at - 1):find '%s'
  if after_blank and line:find('^/%*', at) then
    return line:match('^/%*.-%*/', at) or line:sub(at), 'co'
  end
  local word = line:match('^[%a_.][%w_.]*', at)
  if word then return word, keywords[word] and 'kw' end
  local number = line:match('^%d%w*', at)
  if number then return number, 'dv' end
  local text = line:match('^"[^"]*"', at)
  if text then return text, 'st' end
  return line:sub(at, at)
end

--- The text's lines as HTML.
function M.lines(text)
  local lines, in_comment = {}, false
  for line in (text .. '\n'):gmatch '(.-)\n' do
    local out, at = {}, 1
    while at <= #line do
      local part, class = token(line, at, in_comment)
      if class == 'co' then in_comment = not part:find '%*/$' end
      out[#out + 1] = class and span(class, part) or html.escape(part)
      at = at + #part
    end
    lines[#lines + 1] = table.concat(out)
  end
  return lines
end

return M
