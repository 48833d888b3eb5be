-- drawing.lua: figures that are written in a language for drawings: pic, which dpic draws, and dot, which graphviz does.
-- An area's colour is the name of a class in diagrams.css (`shaded "usable"`, `class=aside`); text between backquotes is code.
local html = require 'html'

local M = {}

local programs = {pic = {'dpic', '-v'}, dot = {'dot', '-Tsvg'}}

--- Whether figures can be written in the language.
function M.knows(language) return programs[language] ~= nil end

-- What is left is for the style to say.
local function styled(markup)
  return markup:match '<g.*</g>':gsub('<!%-%-.-%-%->%s*', ''):gsub('<title>.-</title>%s*', '')
    :gsub('<polygon[^>]*stroke="transparent"[^>]*>%s*', '') -- graphviz' paper
    :gsub('xlink:href', 'href'):gsub(' xlink:title="[^"]*"', ''):gsub(' id="[^"]*"', ''):gsub(' font%-%l+="[^"]*"', '')
    :gsub(' stroke[%l-]*="[^"]*"', function(attribute) return attribute:find 'dasharray' and attribute or '' end)
    :gsub(' text%-anchor="middle"', ''):gsub('(<text[^>]*) fill="%l+"', '%1'):gsub(' fill="none"', '')
    :gsub(' fill="black"', ' class="head"'):gsub(' fill="(%l+)"', ' class="%1"')
    :gsub('`(.-)`', '<tspan class="code">%1</tspan>')
end

--- The drawing as <svg>; `attributes` say what it is to those who do not see it. Nil, and why, if it cannot be drawn.
function M.svg(language, text, attributes)
  local program = programs[language]
  if language == 'pic' then text = '.PS\n' .. text .. '\n.PE\n' end
  local ok, made = pcall(pandoc.pipe, program[1], {program[2]}, text)
  if not ok then
    local said = type(made) == 'table' and made.output or tostring(made)
    return nil, ('%s does not draw the figure: %s'):format(program[1], said:match '[^\n]+' or 'it says nothing')
  end
  local width, height = made:match 'viewBox="[%d.-]+ [%d.-]+ ([%d.]+) ([%d.]+)"'
  return ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %s %s" fill="none" stroke="currentColor" text-anchor="middle" %s>%s</svg>')
    :format(width, height, attributes, styled(made)), math.ceil(tonumber(width))
end

--- The figure of a code block of such a language, with its attributes `alt` and `caption`.
function M.figure(language, text, alt, caption)
  local svg, width = M.svg(language, text, 'role="img" aria-label="' .. html.escape(alt) .. '"')
  if not svg then return nil, width end
  return ('<figure class="diagram drawn" style="--width:%d">%s<figcaption>%s</figcaption></figure>'):format(width, svg, caption)
end

return M
