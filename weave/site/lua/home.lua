-- home.lua: the home page: what this is, where it goes, a kernel that boots there and then, the parts with their entries.
local boot = require 'boot'
local dates = require 'dates'
local downloads = require 'downloads'
local drawing = require 'drawing'
local evidence = require 'evidence'
local html = require 'html'
local output = require 'output'
local parts_of = require 'parts'
local problems = require 'problems'

local M = {}

local function newest_with_picture(entries)
  for i = #entries, 1, -1 do
    if entries[i].evidence and entries[i].evidence.picture then return entries[i] end
  end
end

local function named(entry)
  return ('<a href="%s"><span class="day">%s</span> %s</a>'):format(entry.path, entry.day, html.escape(entry.title))
end

local function destination()
  local figure, why = drawing.figure('pic', output.slurp 'destination.pic',
    'A shell and another program above, four servers below them: names, files, memory, console. The shell may call names, files and '
    .. 'console; the other program files, memory and console. All of them are in ring 3, and the kernel is below them in ring 0.',
    'Where it goes. Each green box is a program in an address space of its own. Each dot is a <i>capability</i>: a program can name '
    .. 'nothing else, so it can call only what an arrow leads to. Below a server’s name is what it alone holds. The kernel '
    .. 'passes the messages, and has no files, no names and no drivers.')
  if not figure then problems.add_elsewhere('weave/site/destination.pic: ' .. why) end
  return figure or ''
end

local function step_html(step)
  local asides = {}
  for i, aside in ipairs(step.asides) do asides[i] = '<li>' .. named(aside) .. '</li>' end
  return ('<li%s>%s%s</li>'):format(step.entry.aside and ' class="aside"' or '', named(step.entry),
    #asides > 0 and '<ul>' .. table.concat(asides) .. '</ul>' or '')
end

local function parts_html(entries)
  local out = {}
  for _, part in ipairs(parts_of.of(entries)) do
    local steps = {}
    for i, step in ipairs(part.steps) do steps[i] = step_html(step) end
    out[#out + 1] = ('<h3 id="%s">%s</h3><p>%s</p>%s'):format(parts_of.anchor(part.name), html.escape(part.name), html.escape(part.sentence),
      #steps > 0 and '<ol class="path">' .. table.concat(steps) .. '</ol>' or '<p class="recorded">Not written yet.</p>')
  end
  return table.concat(out)
end

local latest = 3

local function latest_html(entries)
  local items = {}
  for i = #entries, math.max(1, #entries - latest + 1), -1 do
    items[#items + 1] = '<li>' .. named(entries[i]) .. '<p>' .. html.escape(entries[i].summary) .. '</p></li>'
  end
  return '<ol class="latest">' .. table.concat(items) .. '</ol>'
end

local function months_html(months)
  local items = {}
  for i, month in ipairs(months) do
    items[i] = ('<li><a href="%s/index.html">%s</a>, %d %s</li>'):format(month.name, dates.month_name(month.name), #month.entries,
      #month.entries == 1 and 'entry' or 'entries')
  end
  return '<ul>' .. table.concat(items) .. '</ul>'
end

-- Where the repository can be cloned from, if that is said.
local repository = os.getenv 'REPOSITORY_URL'

local function build_html()
  local text = output.text('build.md'):gsub('the%-image', (downloads.image('index.html', 'the image'):gsub('%%', '%%%%')))
  text = repository and text:gsub('the%-repository', (html.escape(repository):gsub('%%', '%%%%'))) or text:gsub('git clone [^\n]*\ncd daybook\n', '')
  if not downloads.has_book() then text = text:gsub('<div class="book">.-</div>', '') end
  return text
end

--- Writes the home page; `months` is a list of {name, entries}.
function M.write(entries, months)
  local pictured = newest_with_picture(entries)
  output.page(entries, 'index.html', {
    description = 'A kernel whose journal is its source: every line of its code stands in a dated entry, and '
      .. 'every day of it still boots.',
    picture = pictured and pictured.evidence.picture_path,
    body = table.concat {
      '<h1>Daybook</h1>', (output.text('home.md'):gsub('"first%-entry"', '"' .. entries[1].path .. '"')), destination(),
      boot.at_home(entries[#entries], pictured and evidence.picture(pictured, 'index.html')),
      '<h2 id="parts">The parts</h2><p>The core path is what the next step stands on; an entry beside it can wait until you wonder. '
        .. '<a href="map.html">The map</a> shows which entry needs which.</p>', parts_html(entries),
      build_html(), '<h2 id="months">The months</h2>', months_html(months),
      '<h2 id="latest">The latest entries</h2>', latest_html(entries),
    },
  })
end

return M
