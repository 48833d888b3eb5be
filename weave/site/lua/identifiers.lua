-- identifiers.lua: links names in coloured code to where they are defined.
local html = require 'html'
local json = require 'dkjson'
local model = require 'model'

local M = {}

-- Names that would tell a search engine nothing as a link's text, so it is not to follow them.
local vague = {go = true, here = true, information = true, more = true, start = true, this = true}

local function last_name(symbol) return symbol.name:match '[^:]+$' end

--- A link to where the symbol is defined; `shown` is the HTML of what it says.
function M.link_to(symbol, from, page, anchor, shown)
  local rel = vague[html.text_of(shown):lower()] and ' rel="nofollow"' or ''
  return ('<a class="id" data-id="%d"%s href="%s">%s</a>'):format(symbol.number, rel, html.link(from, page, anchor), shown)
end

-- `context` has the page that the code is on, `from`; the book; the `place` of the code in the journal, {piece, line}; `shown`, which
-- collects the symbols that the page links; and `linked`, those that are links already and need not be again, or nil.
local function link_html(symbol, text, context)
  local page, anchor = context.book:line_anchor(symbol.piece, symbol.line)
  local linked = context.linked or {}
  local is_known = linked[symbol]
  linked[symbol] = true
  if symbol.piece == context.place[1] and symbol.line == context.place[2] then return '<b>' .. text .. '</b>' end
  if is_known then return text end
  context.shown[symbol.number] = symbol
  return M.link_to(symbol, context.from, page, anchor, text)
end

-- Calls `each(text, offset, class)` for the text between tags; what it returns takes the text's
-- place. The offset counts the bytes that a reader sees, from the first that is not blank.
local function map_text(fragment, each)
  local out, offset, class = {}, nil, nil
  for tag, text in fragment:gmatch '(<?[^<>]*>?)([^<>]*)' do
    if tag:sub(1, 1) ~= '<' then tag, text = '', tag .. text end
    if tag ~= '' then class = tag:match '^<span class="(%w+)"' end
    out[#out + 1] = tag
    if text ~= '' then
      if not offset then
        local blanks = #text:match '^%s*'
        offset = blanks < #text and -blanks or nil
      end
      out[#out + 1] = offset and each(text, offset, class) or text
      if offset then offset = offset + #html.text_of(text) end
    end
  end
  return table.concat(out)
end

local function has_use(slot, uses)
  for _, use in ipairs(uses) do
    if use[1] == slot then return true end
  end
  return false
end

--- Links the names in one fragment of a line; `uses` are those of the whole line.
function M.link(fragment, slot, uses, context)
  if not has_use(slot, uses) then return fragment end
  return map_text(fragment, function(text, offset)
    local shown = html.text_of(text)
    local out, at = {}, 0
    for _, use in ipairs(uses) do
      local start = use[2] - offset
      local symbol = model.symbols[use[4]]
      if use[1] == slot and start >= at and start + use[3] <= #shown then
        local name = shown:sub(start + 1, start + use[3])
        local link = (name == last_name(symbol) or symbol.language ~= 'C++')
          and link_html(symbol, html.escape(name), context)
        if link then
          out[#out + 1] = html.escape(shown:sub(at + 1, start)) .. link
          at = start + use[3]
          context.book:note_use(symbol, context.place)
        end
      end
    end
    return table.concat(out) .. html.escape(shown:sub(at + 1))
  end)
end

-- What a name looks like, with an entity as one word. In NASM a dot, a dollar and a question mark
-- may be part of one.
local name_pattern = {nasm = '&?[%a_.$?][%w_.$?#@~]*;?', cpp = '&?[%a_][%w_]*;?', ld = '&?[%a_.][%w_.]*;?'}
local is_text = {co = true, st = true, ch = true, sc = true, vs = true, ['do'] = true}

--- Links the names in code that is no part of its day's kernel, by what they are called.
function M.link_by_name(fragment, piece, context)
  local pattern = name_pattern[piece.language]
  if not pattern then return fragment end
  return map_text(fragment, function(text, _, class)
    if is_text[class] then return text end
    return (text:gsub(pattern, function(word)
      if word:sub(1, 1) == '&' then return nil end
      local name, rest = word:match '^(.-)(;?)$'
      local symbol = model.symbol_named(name, piece.entry.number)
      local link = symbol and link_html(symbol, html.escape(name), context)
      return link and link .. rest
    end))
  end)
end

local said = {} -- by symbol: many pages say the same
local function said_of(symbol)
  said[symbol] = said[symbol] or json.encode({
    name = symbol.name, kind = symbol.kind, signature = symbol.signature, summary = symbol.summary,
  }, {keyorder = {'name', 'kind', 'signature', 'summary'}})
  return said[symbol]
end

--- What is said of the symbols that a page links, for the box that the pointer brings up, as a JSON object.
function M.json(shown)
  local numbers = {}
  for number in pairs(shown) do numbers[#numbers + 1] = number end
  table.sort(numbers)
  local items = {}
  for i, number in ipairs(numbers) do
    items[i] = ('"%d":%s'):format(number, said_of(shown[number]))
  end
  return '{' .. table.concat(items, ','):gsub('</', '<\\/') .. '}'
end

--- The same for a page that has no script beside it.
function M.data(shown)
  return next(shown) and '<script type="application/json" id="_identifiers">' .. M.json(shown) .. '</script>' or ''
end

return M
