-- html.lua: the few string operations that every page needs.
local M = {}

local entities = {['&'] = '&amp;', ['<'] = '&lt;', ['>'] = '&gt;', ['"'] = '&quot;'}

function M.escape(text)
  return (text:gsub('[&<>"]', entities))
end

local characters = {amp = '&', lt = '<', gt = '>', quot = '"', ['#39'] = "'"}

--- The text that a browser shows for a piece of highlighted code.
function M.text_of(markup)
  return (markup:gsub('<[^>]*>', ''):gsub('&(#?%w+);', characters))
end

--- A permanent anchor made from a name: lower case, digits and hyphens only.
-- The pages' own ids begin with an underscore, so the two kinds never meet.
function M.slug(name)
  local slug = name:lower():gsub('[^%w]+', '-'):gsub('^%-+', ''):gsub('%-+$', '')
  return slug == '' and 'chunk' or slug
end

--- The first of `slug`, `slug-2`, `slug-3` … that is not yet in the set `taken`, which it joins.
function M.unique(slug, taken)
  local candidate, n = slug, 1
  while taken[candidate] do
    n = n + 1
    candidate = slug .. '-' .. n
  end
  taken[candidate] = true
  return candidate
end

--- A URL fragment for an id.
function M.fragment(id)
  return (id:gsub('[^%w._~:-]', function(c) return ('%%%02X'):format(c:byte()) end))
end

--- A link between two pages, both given by their path below the site's top.
function M.link(from, to, id)
  local anchor = id and '#' .. M.fragment(id) or ''
  if from == to and id then return anchor end
  local folder = from:match '^.*/' or ''
  if to:sub(1, #folder) == folder and #to > #folder then return to:sub(#folder + 1) .. anchor end
  local _, depth = from:gsub('/', '')
  return ('../'):rep(depth) .. to .. anchor
end

-- Whether no line has more than a reference to another chunk.
local function is_names(code)
  for line in code:gmatch '[^\n]+' do
    local rest, count = line:gsub('<a class="ref".-</a>', '')
    if count ~= 1 or rest:gsub('<[^>]*>', ''):find '%S' then return false end
  end
  return code ~= ''
end

--- Code in a box that a keyboard can scroll; `label` is what a screen reader calls it. Without one the script says so
-- (../script/25-names.js).
function M.box(label, code, class)
  return '<pre' .. (class and ' class="' .. class .. '"' or '') .. ' tabindex="0"'
    .. (label and ' role="group" aria-label="' .. M.escape(label) .. '"' or '') .. '><code'
    .. (is_names(code) and ' class="names"' or '') .. '>' .. code .. '</code></pre>'
end

return M
