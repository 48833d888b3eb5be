-- evidence.lua: what the recorded runs of an entry showed, as the boot tests left it.
local boot = require 'boot'
local files = require 'files'
local html = require 'html'
local json = require 'dkjson'.use_lpeg() -- faster
local kept = require 'kept'
local layout_diagram = require 'layout_diagram'
local memory_map_diagram = require 'memory_map_diagram'
local page_tables_diagram = require 'page_tables_diagram'
local problems = require 'problems'
local replay = require 'replay'
local run_in_full = require 'run'

local M = {}

local top = os.getenv 'WEAVE_EVIDENCE'

-- A serial port sends bytes; a page holds characters.
local function readable(log)
  log = log:gsub('\r\n', '\n')
  if not utf8.len(log) then log = log:gsub('[\x80-\xff]', '\u{FFFD}') end
  return (log:gsub('[%z\1-\8\11-\31]', function(c) return utf8.char(0x2400 + c:byte()) end)
    :gsub('\127', '\u{2421}'))
end

-- Each `report(what)` below says what is not recorded.

local function read_logs(part, runs, report)
  for _, run in ipairs(runs) do
    local log = part(run.serial)
    if log then
      run.log = readable(log)
    else
      report(('the recorded log %s is missing'):format(run.serial))
    end
  end
end

local function check_machines(proof, machines, report)
  local recorded = {}
  for _, run in ipairs(proof.machines) do recorded[run.name] = true end
  for _, machine in ipairs(machines) do
    if not recorded[machine] then
      report(('there is no recorded run on %s'):format(machine))
    end
  end
end

--- Reads the directory of the entry's recorded runs; whatever is not there is a problem. Nil if anything is not.
-- `machines` are those that the entry says it runs on.
function M.read(entry, machines)
  local directory = top .. '/' .. entry.name
  local is_whole = true
  local function report(what)
    is_whole = false
    problems.missing(('%s: %s; "make evidence" records it'):format(entry.file, what))
  end
  local read = {}
  local function part(name)
    local content = files.read(directory .. '/' .. name)
    read[#read + 1] = content
    return content
  end
  local text = part 'proof.json'
  if not text then
    report 'there is no recorded evidence for this entry'
    return nil
  end
  local proof, _, reason = json.decode(text)
  if type(proof) ~= 'table' or type(proof.machines) ~= 'table' then
    problems.add_elsewhere(('%s/proof.json: %s'):format(directory, reason or 'no list of machines'))
    return nil
  end
  check_machines(proof, machines, report)
  proof.exhibits = proof.exhibits or {}
  boot.check(entry, proof.exhibits)
  read_logs(part, proof.machines, report)
  read_logs(part, proof.exhibits, report)
  local run = part 'run.json'
  if run then
    proof.run = json.decode(run)
    for _, line in ipairs(proof.run.serial) do line.text = readable(line.text) end
  else
    report 'the run in full, run.json, is missing'
  end
  if proof.screen then
    proof.picture = part(proof.screen)
    if not proof.picture then report(('the picture %s is missing'):format(proof.screen)) end
    proof.picture_path = entry.path:gsub('%.html$', '-screen.png')
  end
  proof.key = kept.key(table.unpack(read))
  return is_whole and proof or nil
end

--- The picture of the screen as an <img> for the page `from`; the size is in a PNG's bytes 17 to 24.
function M.picture(entry, from)
  local proof = entry.evidence
  local width, height = ('>I4I4'):unpack(proof.picture, 17)
  return ('<img src="%s" width="%d" height="%d" loading="lazy" alt="The screen at the end of the run of %s">')
    :format(html.link(from, proof.picture_path), width, height, html.escape(entry.name))
end

local meaning = {
  [33] = 'done', [35] = 'panic', [37] = 'a test failed', [39] = 'refused, with a reason',
}

-- A machine without the debug-exit device has no status: the kernel halts and stays.
local function ending(run)
  if not run.status then return html.escape((tostring(run.outcome):gsub('-', ' '))) end
  local said = meaning[run.status]
  return run.status .. (said and ' (' .. said .. ')' or '')
end

local function log_id(run) return '_log-' .. run.name .. (run.machine and '-' .. run.machine or '') end

local function machines(entry, runs)
  local rows = {}
  for i, run in ipairs(runs) do
    rows[i] = ('<tr><th scope="row"><a href="%s">%s</a></th><td>%s</td><td>%d</td><td>%.1f</td></tr>')
      :format(html.link(entry.path, entry.path, log_id(run)), html.escape(run.name), ending(run),
        run.tests, run.seconds)
  end
  return '<div class="table" tabindex="0" role="group" aria-label="Machines"><table class="machines">'
    .. '<thead><tr><th scope="col">Machine</th><th scope="col">Status</th>'
    .. '<th scope="col">Tests</th><th scope="col">Seconds</th></tr></thead><tbody>'
    .. table.concat(rows) .. '</tbody></table></div>'
end

local function log_box(run, title)
  if run.log == '' then return '<p>Nothing was sent to the port.</p>' end
  return '<pre tabindex="0" role="group" aria-label="' .. html.escape(title) .. '"><samp>'
    .. html.escape(run.log) .. '</samp></pre>'
end

local function folded_log(run, title, button)
  return '<details class="log" id="' .. log_id(run) .. '"><summary>' .. html.escape(title)
    .. '</summary>' .. log_box(run, title) .. (button or '') .. '</details>'
end

--- The piece and its line that a recorded source, {file, line} of the journal, names; nil for prose.
function M.place_of(book, source)
  local name = source.file:match '([^/]+)%.nw$'
  for number, entry in ipairs(book.entries) do
    if entry.name == name then return book:piece_at(number, source.line) end
  end
end

--- Asks for anchors at the lines that printed the entry's log, before any page is written; `entry.printers` says which they are.
function M.lead_to_printers(entry, book)
  local printers = {}
  for _, line in ipairs(entry.evidence and entry.evidence.run.serial or {}) do
    local piece, at = nil, nil
    if line.source then piece, at = M.place_of(book, line.source) end
    if piece then book:lead_to(piece.number, at) end
    printers[#printers + 1] = piece and ('%d.%d'):format(piece.number, at) or '-'
  end
  entry.printers = table.concat(printers, ' ')
end

local function link_to_printers(entry, book)
  return function(source)
    local piece, at = M.place_of(book, source)
    return piece and html.link(entry.path, book:line_anchor(piece.number, at))
  end
end

local function drawn(entry, book)
  local run = entry.evidence.run
  local before = book.entries[entry.number - 1]
  before = before and before.evidence and before.evidence.run
  local parts = {}
  for _, diagram in ipairs {memory_map_diagram, layout_diagram, page_tables_diagram} do
    parts[#parts + 1] = diagram.svg(run, before, '_run')
  end
  return #parts > 0 and '<div class="diagrams">' .. table.concat(parts) .. '</div>' or ''
end

local function folded(entry)
  local proof, out = entry.evidence, {}
  for _, run in ipairs(proof.machines) do
    out[#out + 1] = folded_log(run, 'Serial log · ' .. run.name)
  end
  for _, run in ipairs(proof.exhibits) do
    local place = run.machine == '' and 'in the build' or 'on ' .. run.machine
    out[#out + 1] = folded_log(run, ('Exhibit %s, %s: %s'):format(
      run.name, place, (tostring(run.outcome):gsub('-', ' '))), boot.exhibit_button(entry, run))
  end
  out[#out + 1] = run_in_full.html(proof.run)
  return ('<details class="logs"><summary>The logs of %d runs, and one of them in full</summary>%s</details>'):format(#out - 1, table.concat(out))
end

--- The blocks that the Proof section ends with: all for the page, and for the book without those to be unfolded.
function M.html(entry, book)
  local proof = entry.evidence
  if not proof then
    local words = '<p class="recorded">The boot of this day is not recorded yet; it appears here as soon as it is.</p>'
    return words .. boot.section(entry), words
  end
  local seen = {
    '<p class="recorded">Recorded by the run that gates this entry:</p>',
    machines(entry, proof.machines),
    replay.html(proof.run, link_to_printers(entry, book)) or '',
    drawn(entry, book),
  }
  if proof.picture then
    seen[#seen + 1] = '<figure class="screen">' .. M.picture(entry, entry.path)
      .. '<figcaption>The screen at the end of the run</figcaption></figure>'
  end
  local shown = '<div class="evidence">' .. table.concat(seen)
  return shown .. folded(entry) .. '</div>' .. boot.section(entry), shown .. '</div>'
end

return M
