-- svg.lua: the few shapes that the diagrams of a run are drawn with, and the figure around them.
-- The markup is valid as HTML and as XML. Colours come from diagrams.css.
local html = require 'html'

local M = {}

--- How wide a character of the monospaced text is, and how tall a line of text, in units.
M.character = 7.4
M.line = 17

local function number(value) return (('%.1f'):format(value):gsub('%.0$', '')) end

--- An element; attributes are a list of pairs, so that their order is always the same. Empty ones
-- are left out.
function M.element(name, attributes, content)
  local out = {'<', name}
  for _, pair in ipairs(attributes) do
    local value = type(pair[2]) == 'number' and number(pair[2]) or html.escape(pair[2])
    if value ~= '' then out[#out + 1] = (' %s="%s"'):format(pair[1], value) end
  end
  out[#out + 1] = content and '>' .. content .. '</' .. name .. '>' or '/>'
  return table.concat(out)
end

function M.box(class, x, y, width, height, fill)
  local attributes = {
    {'class', class}, {'x', x}, {'y', y}, {'width', width}, {'height', height},
  }
  if fill then attributes[#attributes + 1] = {'fill', fill} end
  return M.element('rect', attributes)
end

function M.path(class, ...)
  local out = {}
  for i, part in ipairs {...} do out[i] = type(part) == 'number' and number(part) or part end
  return M.element('path', {{'class', class}, {'d', table.concat(out, ' ')}})
end

--- A line of text that begins at (x, y), or ends or is centred there by its class: end, middle.
function M.text(class, x, y, text)
  return M.element('text', {{'class', class}, {'x', x}, {'y', y}}, html.escape(text))
end

--- Parts of a drawing that lie `y` lower: what is drawn alike is then written alike, and packs.
function M.at(y, parts)
  return M.element('g', {{'transform', ('translate(0 %s)'):format(number(y))}}, table.concat(parts))
end

--- The word "new" in a frame of its own that ends at `right`.
function M.new_mark(right, y)
  return M.box('new', right - 32, y - 12, 32, 16) .. M.text('middle mark', right - 16, y, 'new')
end

-- The patterns by which areas differ where colours do not.
local patterns = {
  hatch = {8, '<path d="M-2 10L10-2M-2 2L2-2M6 10L10 6"/>'},
  dots = {8, '<circle cx="2" cy="2" r="1"/><circle cx="6" cy="6" r="1"/>'},
  lines = {6, '<path d="M0 3H6"/>'},
  cross = {8, '<path d="M0 0L8 8M8 0L0 8"/>'},
}

--- The `fill` of a pattern in the diagram with that prefix.
function M.pattern(prefix, name) return ('url(#%s-%s)'):format(prefix, name) end

-- Of the patterns that the drawing is filled with.
local function definitions(prefix, drawing)
  local names, out = {'hatch', 'dots', 'lines', 'cross'}, {}
  for _, name in ipairs(names) do
    if drawing.markup:find(M.pattern(prefix, name), 1, true) then
      local size, shape = patterns[name][1], patterns[name][2]
      out[#out + 1] = M.element('pattern', {
        {'id', prefix .. '-' .. name}, {'class', 'pattern'}, {'width', size}, {'height', size},
        {'patternUnits', 'userSpaceOnUse'},
      }, shape)
    end
  end
  return '<defs>' .. table.concat(out) .. '</defs>'
end

--- A diagram as a figure. `prefix` begins every id in it; `drawing` is {width, height, markup};
-- `description` says in words what there is to see; `caption` is HTML.
function M.figure(prefix, title, description, drawing, caption)
  local markup = M.element('svg', {
    {'xmlns', 'http://www.w3.org/2000/svg'}, {'role', 'img'},
    {'aria-labelledby', ('%s-title %s-description'):format(prefix, prefix)},
    {'viewBox', ('0 0 %s %s'):format(number(drawing.width), number(drawing.height))},
    {'fill', 'none'}, {'stroke', 'currentColor'},
  }, table.concat {
    M.element('title', {{'id', prefix .. '-title'}}, html.escape(title)),
    M.element('desc', {{'id', prefix .. '-description'}}, html.escape(description)),
    definitions(prefix, drawing), drawing.markup,
  })
  return ('<figure class="diagram">%s<figcaption>%s</figcaption></figure>'):format(markup, caption)
end

return M
