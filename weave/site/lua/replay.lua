-- replay.lua: the serial log of a run as a list, with the time at which each line was sent.
-- It is complete as it stands; replay.js can play it.
local html = require 'html'

local M = {}

-- A silence of so many instructions is said in words.
local silence = 1000000

local function thousands(number)
  local text, changed = tostring(number), 1
  while changed > 0 do text, changed = text:gsub('^(%d+)(%d%d%d)', '%1,%2') end
  return text
end

-- A number of instructions as one says it: "27.5 million", "941".
local function in_words(count)
  if count >= 1e9 then return (('%.1f billion'):format(count / 1e9):gsub('%.0 ', ' ')) end
  if count >= 1e6 then return (('%.1f million'):format(count / 1e6):gsub('%.0 ', ' ')) end
  return thousands(count)
end

local function line_html(line, link)
  local text = html.escape(line.text)
  local href = line.source and line.text:find '%S' and link and link(line.source)
  if not href then return text end
  local said = ('printed by %s, line %d of %s')
    :format(line.source['function'], line.source.line, line.source.file)
  local indent, words = text:match '^(%s*)(.*)$'
  return ('%s<a href="%s" title="%s">%s</a>')
    :format(indent, html.escape(href), html.escape(said), words)
end

local function item(line, before, nanoseconds, link)
  local waited = line.instructions - before
  local later = in_words(waited) .. ' instructions later'
  local said = waited >= silence and '<em>' .. later .. '</em> ' or ''
  return ('<li data-waited="%d" data-later="%s">%s<span class="when">%.6f s</span>'
    .. ' <samp>%s</samp></li>'):format(waited * nanoseconds, later, said,
      line.instructions * nanoseconds / 1e9, line_html(line, link))
end

--- The log as a figure; nil if nothing was sent.
-- `link`: a function from a line's source, {file, line, function}, to the href of what printed it,
-- or to nil.
function M.html(run, link)
  if #run.serial == 0 then return nil end
  local items, before = {}, 0
  for i, line in ipairs(run.serial) do
    items[i] = item(line, before, run.nanoseconds_per_instruction, link)
    before = line.instructions
  end
  local title = 'The boot on ' .. html.escape(run.machine) .. ', line by line'
  return ('<figure class="boot"><figcaption>%s: when each line was sent, %d nanoseconds an'
    .. ' instruction.</figcaption><div class="lines" tabindex="0" role="group" aria-label="%s">'
    .. '<ol class="replay">%s</ol></div></figure>')
    :format(title, run.nanoseconds_per_instruction, title, table.concat(items))
end

-- A line without its numbers: those of two days differ although they say the same.
local function words_of(line) return (line.text:gsub('0x%x+', '0'):gsub('%d+', '0')) end

--- The lines that the run before, if there is one, did not send; nothing if there are none. `link` as above.
function M.new(run, before, link)
  local known, lines = {}, {}
  for _, line in ipairs(before and before.serial or {}) do known[words_of(line)] = true end
  for _, line in ipairs(run.serial) do
    if not known[words_of(line)] then lines[#lines + 1] = line_html(line, link) end
  end
  if #lines == 0 then return '' end
  return '<figure class="log"><figcaption>What is new in the log</figcaption>'
    .. '<pre tabindex="0" role="group" aria-label="What is new in the log"><samp>' .. table.concat(lines, '\n') .. '</samp></pre></figure>'
end

return M
