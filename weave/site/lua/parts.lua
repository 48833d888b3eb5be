-- parts.lua: the parts of the journal (../parts.md), and the entries that each has: the core path, and the asides beside it.
local html = require 'html'
local output = require 'output'
local problems = require 'problems'
local prose = require 'prose'

local M = {}

local known -- {{name, sentence}…} in order; by_name

local function read()
  known = {by_name = {}}
  pandoc.read(output.slurp 'parts.md', prose.format):walk {DefinitionList = function(list)
    for i, item in ipairs(list.content) do
      known[i] = {name = pandoc.utils.stringify(item[1]), sentence = pandoc.utils.stringify(pandoc.Div(item[2][1]))}
      known.by_name[known[i].name] = known[i]
    end
  end}
end

--- The anchor of a part on the home page.
function M.anchor(name) return 'part-' .. html.slug(name) end

local day = '(%d%d%d%d%-%d%d%-%d%d%l*)%f[%W]'

--- The text with `link(entry)` in the place of each day that it names; the entry is nil where there is none.
function M.with_days(text, entries, link)
  if not entries.by_day then
    entries.by_day = {}
    for _, entry in ipairs(entries) do entries.by_day[entry.day] = entry end
  end
  return (text:gsub(day, function(name) return link(entries.by_day[name], name) end))
end

--- Reports what is wrong with the entry's part and with what it says that it needs, and notes as `entry.needed` the entries that it names.
function M.check(entry, entries)
  if not known then read() end
  if not known.by_name[entry.part] then
    problems.add(entry.file, 1, ('the front matter\'s "part" is "%s", which is none of those in weave/site/parts.md'):format(entry.part))
  end
  entry.needed = {}
  M.with_days(entry.needs, entries, function(needed, name)
    if not needed or needed.number >= entry.number then
      problems.add(entry.file, 1, ('"needs" names %s, which is no entry before this one'):format(name))
      return
    end
    if needed.aside and not entry.aside then
      problems.add(entry.file, 1, ('the core path must not need %s, which is an aside'):format(name))
    end
    entry.needed[#entry.needed + 1] = needed
  end)
end

--- The parts in order: {name, sentence, steps}, a step being {entry, asides}; asides before the first entry of the core stand as steps.
function M.of(entries)
  local parts = {}
  for i, one in ipairs(known) do
    local part = {name = one.name, sentence = one.sentence, steps = {}}
    for _, entry in ipairs(entries) do
      local last = part.steps[#part.steps]
      if entry.part == part.name and entry.aside and last and not last.entry.aside then
        last.asides[#last.asides + 1] = entry
      elseif entry.part == part.name then
        part.steps[#part.steps + 1] = {entry = entry, asides = {}}
      end
    end
    parts[i] = part
  end
  return parts
end

return M
