-- reader.lua: Pandoc's custom reader that turns noweb's token stream into the whole site.
-- `weave` calls it, with its modules on LUA_PATH and these in the environment:
--   WEAVE_SOURCE    this directory
--   WEAVE_OUT       the staging directory that the pages are written to
--   WEAVE_EVIDENCE  the directory of the recorded runs
--   WEAVE_MODEL     the table that ./model wrote
--   WEAVE_KERNELS   the table that ./kernels wrote; it is nil where no emulator is built
--   WEAVE_FIGURES   the directory of what the tests measured
--   WEAVE_SEALS     the seals of all days
--   WEAVE_TREES     the directory of all days' kernels
--   WEAVE_ARCHIVES  the directory of all days' sources to take away
--   WEAVE_URL       where the site will be published
--   WEAVE_CACHE     what an earlier weave found out
--   WEAVE_KEY       the key of what all pages are made from
--   WEAVE_BEFORE    the mark of the site as the last weave left it; need not be there
--   WEAVE_MARK      the file that gets the new mark
--   WEAVE_DOCUMENTS the file that gets what the search can find
--   WEAVE_BOOK      the directory that gets what ./book makes the EPUB and the PDF from; or empty
--   WEAVE_PREVIEW   not empty if what is not built or recorded yet is to be said on its page; else the weave fails
--   WEAVE_COPIES    the file that gets the list of what else the site has, for ./weave to copy
local book_of = require 'book'
local again = require 'again'
local boot = require 'boot'
local bound = require 'bound'
local changes = require 'changes'
local chunk_pages = require 'chunk_pages'
local colours = require 'colours'
local downloads = require 'downloads'
local entry_page = require 'entry'
local evidence = require 'evidence'
local feeds = require 'feeds'
local home = require 'home'
local indexes = require 'indexes'
local kernel_lines = require 'kernel_lines'
local map = require 'map'
local months = require 'months'
local output = require 'output'
local pages = require 'pages'
local prepared = require 'prepared'
local problems = require 'problems'
local search_documents = require 'search_documents'
local serial = require 'serial'
local source = require 'source'
local stream = require 'stream'

local bound_in = os.getenv 'WEAVE_BOOK'

local function weave(text)
  local entries = stream.read(text)
  local book = book_of.new(entries)
  for _, entry in ipairs(entries) do prepared.prose(entry) end
  colours.all(entries)
  for _, entry in ipairs(entries) do entry_page.read(entry, book) end
  downloads.check_image()
  problems.stop_if_any()
  for _, entry in ipairs(entries) do evidence.lead_to_printers(entry, book) end
  local changed, is_all = again.changed(entries)
  for _, entry in ipairs(changed) do entry_page.write(entry, book) end
  if is_all then
    source.write(book)
    chunk_pages.write(book)
    changes.write(entries)
    indexes.write(book)
    pages.write(entries)
    map.write(entries)
  end
  local by_month = months.of(entries)
  months.write(entries, by_month)
  home.write(entries, by_month)
  local terms = pages.glossary(entries)
  feeds.write(entries, is_all)
  kernel_lines.write(book)
  search_documents.write(book, terms, os.getenv 'WEAVE_DOCUMENTS')
  output.list(os.getenv 'WEAVE_COPIES', downloads.copies(entries) .. boot.copies())
  if bound_in ~= '' then
    output.list(bound_in .. '/book.html', bound.page(entries))
    serial.write(bound_in .. '/chapters.lua', bound.chapters(entries))
  end
end

function Reader(input)
  weave(tostring(input))
  return pandoc.Pandoc {}
end
