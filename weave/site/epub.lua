-- epub.lua: Pandoc's custom reader for the book: the chapters that the weave left, as they are.
function Reader(input)
  local book = assert(load(tostring(input)))()
  local blocks = pandoc.List {}
  for _, chapter in ipairs(book.chapters) do
    blocks:insert(pandoc.Header(1, {pandoc.Str(chapter.title)}))
    blocks:insert(pandoc.RawBlock('html', chapter.text))
  end
  return pandoc.Pandoc(blocks, pandoc.Meta {
    title = pandoc.MetaString 'Daybook',
    subtitle = pandoc.MetaString 'A kernel whose journal is its source',
    lang = pandoc.MetaString 'en',
    date = pandoc.MetaString(book.date),
    identifier = pandoc.MetaString(book.identifier),
    rights = pandoc.MetaString 'Code: BSD-2-Clause. Prose: CC BY 4.0.',
  })
end
