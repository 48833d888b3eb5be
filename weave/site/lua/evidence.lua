-- evidence.lua: what the recorded runs of an entry showed, as the boot tests left it.
local boot = require 'boot'
local files = require 'files'
local html = require 'html'
local json = require 'dkjson'.use_lpeg() -- faster
local kept = require 'kept'
local problems = require 'problems'
local replay = require 'replay'
local runs_page = require 'runs'

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

local function machines(entry, runs)
  local rows = {}
  for i, run in ipairs(runs) do
    rows[i] = ('<tr id="%s"><th scope="row"><a href="%s">%s</a></th><td>%s</td><td>%d</td><td>%.1f</td></tr>')
      :format(runs_page.log_id(run), runs_page.link(entry, run), html.escape(run.name), ending(run), run.tests, run.seconds)
  end
  return '<div class="table" tabindex="0" role="group" aria-label="Machines"><table class="machines">'
    .. '<thead><tr><th scope="col">Machine</th><th scope="col">Status</th>'
    .. '<th scope="col">Tests</th><th scope="col">Seconds</th></tr></thead><tbody>'
    .. table.concat(rows) .. '</tbody></table></div>'
end

local function exhibits(entry, runs)
  local items = {}
  for i, run in ipairs(runs) do
    items[i] = ('<li id="%s"><a href="%s">%s</a>%s</li>'):format(
      runs_page.log_id(run), runs_page.link(entry, run), runs_page.exhibit(run), boot.exhibit_button(entry, run, 'Boot it'))
  end
  return #items > 0 and ('<details class="runs"><summary>How %s</summary><ul>%s</ul></details>'):format(
    #items == 1 and 'the exhibit ended' or #items .. ' runs of exhibits ended', table.concat(items)) or ''
end

--- Asks for anchors at the lines that printed the entry's log, before any page is written; `entry.printers` says which they are.
function M.lead_to_printers(entry, book)
  local printers = {}
  for _, line in ipairs(entry.evidence and entry.evidence.run.serial or {}) do
    local piece, at = nil, nil
    if line.source then piece, at = book:printer_of(line.source) end
    if piece then book:lead_to(piece.number, at) end
    printers[#printers + 1] = piece and ('%d.%d'):format(piece.number, at) or '-'
  end
  entry.printers = table.concat(printers, ' ')
end

--- The blocks that the Proof section ends with: for the page, and for the book, which leads nowhere.
function M.html(entry, book)
  local proof = entry.evidence
  if not proof then
    local words = '<p class="recorded">The boot of this day is not recorded yet; it appears here as soon as it is.</p>'
    return words .. boot.section(entry), words
  end
  local before = book.entries[entry.number - 1]
  local ran = '<div class="evidence"><p class="recorded">Recorded by the run that gates this entry:</p>' .. machines(entry, proof.machines)
  local said = replay.new(proof.run, before and before.evidence and before.evidence.run, runs_page.printers(book, entry.path))
  local picture = proof.picture and '<figure class="screen">' .. M.picture(entry, entry.path)
    .. '<figcaption>The screen at the end of the run</figcaption></figure>' or ''
  local more = ('<p><a href="%s">The runs in full</a>: the log on %s line by line, its memory, page tables and registers at the end, '
    .. 'and all other logs.</p></div>'):format(runs_page.link(entry), html.escape(proof.run.machine))
  return table.concat {ran, said, picture, exhibits(entry, proof.exhibits), more, boot.section(entry)}, ran .. said .. picture .. '</div>'
end

return M
