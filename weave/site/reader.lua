-- reader.lua: Pandoc's custom reader that turns noweb's token stream into the whole site.
-- `weave` calls it, with its modules on LUA_PATH and these in the environment:
--   WEAVE_SOURCE    this directory
--   WEAVE_OUT       the staging directory that the pages are written to
--   WEAVE_EVIDENCE  the directory of the recorded runs
local book_of = require 'book'
local entry_page = require 'entry'
local indexes = require 'indexes'
local months = require 'months'
local output = require 'output'
local problems = require 'problems'
local stream = require 'stream'

local function weave(text)
  local entries = stream.read(text)
  local book = book_of.new(entries)
  for _, entry in ipairs(entries) do entry_page.read(entry, book) end
  problems.stop_if_any()
  for _, entry in ipairs(entries) do entry_page.write(entry, book) end
  months.write(entries)
  indexes.write(book)
  output.page(entries, 'about.html', {
    title = 'About', description = 'What Daybook is, and what its dates mean.',
    body = months.text 'about.md',
  })
  output.page(entries, '404.html', {
    title = 'Not found', description = 'There is no such page.',
    body = '<h1>There is no such page</h1><p>The journal begins at the '
      .. '<a href="index.html#months">months list</a>.</p>',
  })
end

function Reader(input)
  weave(tostring(input))
  return pandoc.Pandoc {}
end
