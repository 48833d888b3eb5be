-- runs.lua: the page of an entry's recorded runs: one of them in full, and the logs of all.
local html = require 'html'
local layout_diagram = require 'layout_diagram'
local memory_map_diagram = require 'memory_map_diagram'
local output = require 'output'
local page_tables_diagram = require 'page_tables_diagram'
local replay = require 'replay'
local run_in_full = require 'run'

local M = {}

local function path_of(entry) return 'runs/' .. entry.name .. '.html' end

--- The anchor of a run's log.
function M.log_id(run) return '_log-' .. run.name .. (run.machine and '-' .. run.machine or '') end

--- A link to the page from the entry's own, or to a run's log on it.
function M.link(entry, run) return html.link(entry.path, path_of(entry), run and M.log_id(run)) end

--- What became of an exhibit, in words.
function M.exhibit(run)
  local place = run.machine == '' and 'in the build' or 'on ' .. run.machine
  return html.escape(('Exhibit %s, %s: %s'):format(run.name, place, (tostring(run.outcome):gsub('-', ' '))))
end

--- How the page `from` links to what printed a line: by the line's source.
function M.printers(book, from)
  return function(source)
    local piece, at = book:printer_of(source)
    return piece and html.link(from, book:line_anchor(piece.number, at))
  end
end

local function log(run, title)
  local box = '<p>Nothing was sent to the port.</p>'
  if run.log ~= '' then
    box = ('<pre tabindex="0" role="group" aria-label="%s"><samp>%s</samp></pre>'):format(title, html.escape(run.log))
  end
  return ('<section class="log" id="%s"><h3>%s</h3>%s</section>'):format(M.log_id(run), title, box)
end

-- The log as it was sent, and drawings of the run's end.
local function in_full(entry, book)
  local run, before = entry.evidence.run, book.entries[entry.number - 1]
  before = before and before.evidence and before.evidence.run
  local drawn = {}
  for _, diagram in ipairs {memory_map_diagram, layout_diagram, page_tables_diagram} do drawn[#drawn + 1] = diagram.svg(run, before, '_run') end
  return (replay.html(run, M.printers(book, path_of(entry))) or '')
    .. (#drawn > 0 and '<div class="diagrams">' .. table.concat(drawn) .. '</div>' or '')
end

--- Writes the page, if the runs are recorded.
function M.write(entry, book)
  local proof, from = entry.evidence, path_of(entry)
  if not proof then return end
  local logs = {}
  for _, run in ipairs(proof.machines) do logs[#logs + 1] = log(run, html.escape(run.name)) end
  for _, run in ipairs(proof.exhibits) do logs[#logs + 1] = log(run, M.exhibit(run)) end
  output.page(book.entries, from, {
    title = 'The runs of “' .. entry.title .. '”', number = entry.number,
    description = ('The recorded runs of the entry “%s”: their logs, and one of them in full.'):format(entry.title),
    body = table.concat {
      '<p class="crumb"><a href="', html.link(from, entry.path), '">', entry.day, ' ', html.escape(entry.title), '</a></p><h1>The runs</h1>',
      '<h2>On ', html.escape(proof.run.machine), '</h2>', in_full(entry, book), run_in_full.html(proof.run),
      '<h2>All logs</h2>', table.concat(logs),
    },
  })
end

return M
