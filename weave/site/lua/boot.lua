-- boot.lua: what a page says about booting its kernel in itself, and the files that it takes. Where
-- no emulator is built, a page says that, and has the recorded boot alone.
local html = require 'html'
local problems = require 'problems'

local M = {}

-- {kernels = {{entry, exhibit, path, files, key, command_line}, …}, notices = {path, …}, elsewhere = {["EXHIBIT on MACHINE"] =
-- {ends, because}, …}}; see ../kernels and ../boot_data/kernel.py.
local known = assert(loadfile(os.getenv 'WEAVE_KERNELS'))()

local by_name = {}
for _, kernel in ipairs(known and known.kernels or {}) do
  by_name[kernel.entry .. '.' .. (kernel.exhibit or '')] = kernel
end

local function kernel_of(entry, exhibit) return by_name[entry.name .. '.' .. (exhibit or '')] end

--- All kernels that are ready to boot; none without an emulator.
function M.kernels() return known and known.kernels or {} end

--- Reports it when an exhibit that ran has no kernel. A day's own is for downloads.lua to miss.
function M.check(entry, exhibits)
  if not known then return end
  for _, run in ipairs(exhibits) do
    if run.machine ~= '' and not kernel_of(entry, run.name) then
      problems.missing(('%s: there is no kernel of the exhibit %s; "make exhibits" makes it')
        :format(entry.file, run.name))
    end
  end
end

-- Says that a kernel of the entry reads what is typed: the front matter's `reads`.
local function reads(entry) return entry.prepared.reads and ' data-reads' or '' end

--- The end of the Proof section.
function M.section(entry)
  local about = html.link(entry.path, 'emulator.html')
  if not known then
    return '<section class="boot"><h2 id="_boot">Boot it</h2><p>The boot above was recorded; '
      .. '<code>make emulator</code>, and then <code>make site</code>, bring <a href="' .. about
      .. '">the live one</a>.</p></section>'
  end
  local kernel = kernel_of(entry)
  if not kernel then
    return '<section class="boot"><h2 id="_boot">Boot it</h2><p>The kernel of this day is not built yet; once it is, it boots here.</p></section>'
  end
  return '<section class="boot" data-kernel="' .. kernel.path .. '"' .. reads(entry)
    .. '><h2 id="_boot">Boot it</h2><p>With script, the kernel of this day runs here, on <a href="'
    .. about .. '">a processor made of software</a> (<a href="' .. about .. '#licences">licences</a>), '
    .. 'which is loaded only when you ask for it.</p>'
    .. '<button type="button" class="boot-it" hidden>Boot it</button>'
    .. (entry.tour and '<p>The guided tour stops at:</p>' .. entry.tour or '') .. '</section>'
end

--- The newest kernel on the home page, below the picture that its screen ends with.
function M.at_home(entry, picture)
  local kernel = kernel_of(entry)
  local title = ('<a href="%s">%s, %s</a>'):format(entry.path, entry.day, html.escape(entry.title))
  local figure = picture and '<figure class="screen">' .. picture .. '</figure>' or ''
  if not kernel then
    local shown = '<section class="boot"><h2 id="_boot">The newest kernel</h2>' .. figure .. '<p>That of ' .. title .. '.</p></section>'
    return picture and shown or ''
  end
  return ('<section class="boot" data-kernel="%s"%s><h2 id="_boot">A kernel that boots here</h2><p>This is the screen of the newest kernel, '
    .. 'that of %s, as a recorded run left it. With script it boots on this page, on <a href="emulator.html">a processor made of software</a>, '
    .. 'which is loaded when you ask for it.</p><button type="button" class="boot-it" hidden>Boot it</button>%s</section>')
    :format(kernel.path, reads(entry), title, figure)
end

-- The MiB of memory that a machine's name says.
local function memory_of(machine)
  local count, unit = machine:match '%-(%d+)([MG])'
  return tonumber(count) * (unit == 'G' and 1024 or 1)
end

--- A button with `words` that boots the exhibit of a run with the memory and the command line that it has there, and what is
-- otherwise in the page; nothing if it was not even built.
function M.exhibit_button(entry, run, words)
  local kernel = run.machine ~= '' and kernel_of(entry, run.name)
  if not kernel then return '' end
  local command = kernel.command_line ~= '' and (' data-command="%s"'):format(html.escape(kernel.command_line)) or ''
  local other = known.elsewhere[('%s.%s on %s'):format(entry.name, run.name, run.machine)]
  return ('<button type="button" class="boot-it" data-kernel="%s" data-memory="%d"%s%s hidden>%s</button>%s')
    :format(kernel.path, memory_of(run.machine), command, reads(entry), words, other and '<p>In the page it ends otherwise. '
      .. html.escape(other.because) .. '</p>' or '')
end

--- What stands behind the last chunk of an exhibit, where a reader has not been told its end.
function M.try(entry, exhibit)
  for _, run in ipairs(entry.evidence and entry.evidence.exhibits or {}) do
    local button = run.name == exhibit and M.exhibit_button(entry, run, 'What will it do?') or ''
    if button ~= '' then return '<div class="try">' .. button .. '</div>' end
  end
  return ''
end

--- The list of the emulator's notices on its own page.
function M.notices()
  if not known then return '<p>This site was made without it.</p>' end
  local items = {}
  for i, name in ipairs(known.notices) do
    items[i] = ('<li><a href="emulator/notices/%s">%s</a></li>'):format(name, html.escape(name))
  end
  return '<ul>' .. table.concat(items) .. '</ul>'
end

--- What `weave` has to copy, as lines "FROM<tab>TO".
function M.copies()
  local out = {}
  for _, kernel in ipairs(M.kernels()) do
    for _, kind in ipairs {'kernel.js', 'lines.js'} do
      local to = kernel.path:gsub('kernel$', kind)
      out[#out + 1] = kernel.files .. '.' .. kind .. '\t' .. to .. '\n'
    end
  end
  return table.concat(out)
end

return M
