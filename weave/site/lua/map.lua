-- map.lua: which entry needs which, as a drawing and as a list.
local drawing = require 'drawing'
local html = require 'html'
local kept = require 'kept'
local output = require 'output'
local parts_of = require 'parts'
local problems = require 'problems'

local M = {}

local path = 'map.html'
local width = 20 -- of a line in a box, in characters

local function wrapped(text)
  local lines = {}
  for word in text:gmatch '%S+' do
    local last = lines[#lines]
    if last and utf8.len(last) + 1 + utf8.len(word) <= width then
      lines[#lines] = last .. ' ' .. word
    else
      lines[#lines + 1] = word
    end
  end
  return (table.concat(lines, '\n'):gsub('[\\"]', '\\%0'):gsub('\n', '\\n'))
end

-- What an entry needs through another one it does not point at.
local function direct(entry)
  local through, seen = {}, {}
  local function follow(one)
    for _, needed in ipairs(one.needed) do
      if not seen[needed] then
        seen[needed] = true
        through[needed] = true
        follow(needed)
      end
    end
  end
  for _, needed in ipairs(entry.needed) do follow(needed) end
  local list = {}
  for _, needed in ipairs(entry.needed) do
    if not through[needed] then list[#list + 1] = needed end
  end
  return list
end

local function graph(entries)
  local out = {'digraph { bgcolor=transparent; ranksep=.3; nodesep=.16; edge [arrowsize=.5];\n'
    .. 'node [shape=box, fontname="Times", fontsize=12, margin="0.09,0.05", height=.3];\n'}
  for i, entry in ipairs(entries) do
    out[#out + 1] = ('%d [label="%s\\n%s", URL="%s", class="%s"];\n'):format(i, entry.day, wrapped(entry.title), entry.path,
      entry.aside and 'aside' or 'core')
    for _, needed in ipairs(direct(entry)) do out[#out + 1] = ('%d -> %d;\n'):format(needed.number, i) end
  end
  return table.concat(out) .. '}\n'
end

-- A drawing takes as long as a page, so it is kept.
local function drawn(entries)
  local text = graph(entries)
  local key = kept.key_with({'lua/drawing.lua'}, text)
  local made = kept.get('drawings', 'map', key)
  if made then return made end
  local svg, size = drawing.svg('dot', text, 'role="group" aria-label="Entries, with an arrow from each to those that need it"')
  if not svg then
    problems.add_elsewhere(size)
    problems.stop_if_any()
  end
  return kept.put('drawings', 'map', key, {svg = svg, width = size})
end

local function links(entries)
  local out = {}
  for i, entry in ipairs(entries) do out[i] = ('<a href="%s">%s</a>'):format(entry.path, entry.day) end
  return #out > 0 and table.concat(out, ', ') or '–'
end

local function rows(entries)
  local users, out = {}, {}
  for _, entry in ipairs(entries) do
    users[entry] = {}
    for _, needed in ipairs(entry.needed) do table.insert(users[needed], entry) end
  end
  for i, entry in ipairs(entries) do
    out[i] = ('<tr><th scope="row"><a href="%s">%s %s</a></th><td><a href="%s">%s</a>%s</td><td>%s</td><td>%s</td></tr>'):format(
      entry.path, entry.day, html.escape(entry.title), html.link(path, 'index.html', parts_of.anchor(entry.part)), html.escape(entry.part),
      entry.aside and ', aside' or '', links(entry.needed), links(users[entry]))
  end
  return table.concat(out)
end

--- Writes the page; the entries must have been read.
function M.write(entries)
  local map = drawn(entries)
  output.page(entries, path, {
    title = 'The map', description = 'Which entry of the journal needs which.',
    body = ('<h1>The map</h1><p>An arrow leads from an entry to those that need it; what they need through another has none of its own. '
      .. 'The <a href="index.html#parts">core path</a> has solid frames, what stands beside it dashed ones.</p>'
      .. '<div class="table diagram map" tabindex="0" role="group" aria-label="The map" style="--width:%d">%s</div>'
      .. '<h2 id="list">The same as a list</h2><div class="table" tabindex="0" role="group" aria-label="Entries"><table class="index"><thead><tr>'
      .. '<th scope="col">Entry</th><th scope="col">Part</th><th scope="col">Needs</th><th scope="col">Needed by</th></tr></thead><tbody>'
      .. '%s</tbody></table></div>'):format(map.width, map.svg, rows(entries)),
  })
end

return M
