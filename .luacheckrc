-- What `luacheck weave/site` knows: Pandoc's Lua, in which a custom reader is a global function.
std = "lua53"
read_globals = { "pandoc", "PANDOC_VERSION" }
globals = { "Reader" }
max_line_length = 150
