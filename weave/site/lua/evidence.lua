-- evidence.lua: what the recorded runs of an entry showed, as the boot tests left it.
local html = require 'html'
local json = require 'dkjson'
local problems = require 'problems'
local run_in_full = require 'run'

local M = {}

local top = os.getenv 'WEAVE_EVIDENCE'

local function slurp(path)
  local file = io.open(path, 'rb')
  if not file then return nil end
  local content = file:read 'a'
  file:close()
  return content
end

-- A serial port sends bytes; a page holds characters.
local function readable(log)
  log = log:gsub('\r\n', '\n')
  if not utf8.len(log) then log = log:gsub('[\x80-\xff]', '\u{FFFD}') end
  return (log:gsub('[%z\1-\8\11-\31]', function(c) return utf8.char(0x2400 + c:byte()) end)
    :gsub('\127', '\u{2421}'))
end

local function report(entry, what)
  problems.add_elsewhere(('%s: %s; "make evidence" records it'):format(entry.file, what))
end

local function read_logs(entry, directory, runs)
  for _, run in ipairs(runs) do
    local log = slurp(directory .. '/' .. run.serial)
    if log then
      run.log = readable(log)
    else
      report(entry, ('the recorded log %s is missing'):format(run.serial))
    end
  end
end

local function check_machines(entry, proof, machines)
  local recorded = {}
  for _, run in ipairs(proof.machines) do recorded[run.name] = true end
  for _, machine in ipairs(machines) do
    if not recorded[machine] then
      report(entry, ('there is no recorded run on %s'):format(machine))
    end
  end
end

--- Reads the directory of the entry's recorded runs; whatever is not there is a problem.
-- `machines` are those that the entry says it runs on.
function M.read(entry, machines)
  local directory = top .. '/' .. entry.name
  local text = slurp(directory .. '/proof.json')
  if not text then
    report(entry, 'there is no recorded evidence for this entry')
    return nil
  end
  local proof, _, reason = json.decode(text)
  if type(proof) ~= 'table' or type(proof.machines) ~= 'table' then
    problems.add_elsewhere(('%s/proof.json: %s'):format(directory, reason or 'no list of machines'))
    return nil
  end
  check_machines(entry, proof, machines)
  proof.exhibits = proof.exhibits or {}
  read_logs(entry, directory, proof.machines)
  read_logs(entry, directory, proof.exhibits)
  local run = slurp(directory .. '/run.json')
  if run then
    proof.run = json.decode(run)
  else
    report(entry, 'the run in full, run.json, is missing')
  end
  if proof.screen then
    proof.picture = slurp(directory .. '/' .. proof.screen)
    if not proof.picture then report(entry, ('the picture %s is missing'):format(proof.screen)) end
    proof.picture_path = entry.path:gsub('%.html$', '-screen.png')
  end
  return proof
end

--- The picture of the screen as an <img> for the page `from`; the size is in a PNG's bytes 17 to 24.
function M.picture(entry, from)
  local proof = entry.evidence
  local width, height = ('>I4I4'):unpack(proof.picture, 17)
  return ('<img src="%s" width="%d" height="%d" alt="The screen at the end of the run of %s">')
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

local function first_log(run)
  local title = 'Serial log · ' .. run.name
  return '<figure class="log" id="' .. log_id(run) .. '"><figcaption>' .. html.escape(title)
    .. '</figcaption>' .. log_box(run, title) .. '</figure>'
end

local function folded_log(run, title)
  return '<details class="log" id="' .. log_id(run) .. '"><summary>' .. html.escape(title)
    .. '</summary>' .. log_box(run, title) .. '</details>'
end

--- The blocks that the Proof section ends with.
function M.html(entry)
  local proof, out = entry.evidence, {}
  out[1] = '<p class="recorded">Recorded by the run that gates this entry:</p>'
  if proof.machines[1] then out[2] = machines(entry, proof.machines) .. first_log(proof.machines[1]) end
  for i = 2, #proof.machines do
    out[#out + 1] = folded_log(proof.machines[i], 'Serial log · ' .. proof.machines[i].name)
  end
  if proof.run then out[#out + 1] = run_in_full.html(proof.run) end
  for _, run in ipairs(proof.exhibits) do
    local place = run.machine == '' and 'in the build' or 'on ' .. run.machine
    out[#out + 1] = folded_log(run, ('Exhibit %s, %s: %s'):format(
      run.name, place, (tostring(run.outcome):gsub('-', ' '))))
  end
  if proof.picture then
    out[#out + 1] = '<figure class="screen">' .. M.picture(entry, entry.path)
      .. '<figcaption>The screen at the end of the run</figcaption></figure>'
  end
  return '<div class="evidence">' .. table.concat(out) .. '</div>'
end

return M
