// terms.mjs: what a word is to the search. The index is built with it, and it goes to the page with
// the index, so that both see the same words.

/** The words of a text: a name with its scopes, dots and dashes is one word. */
export const words = (text) => (
  text.match(/[\p{L}\p{M}\p{N}_]+(?:(?:::|[./-])[\p{L}\p{M}\p{N}_]+)*/gu) ?? []
);

/** What else a word is found by: page::alloc_pt_space by page, alloc_pt_space, alloc, pt, space. */
export const parts = (word) => {
  const found = new Set();
  for (const name of word.split(/::|[./-]/)) {
    found.add(name);
    for (const part of name.split('_')) found.add(part);
    if (/^0x./i.test(name)) found.add(name.slice(2));
  }
  found.delete(word);
  found.delete('');
  return [...found];
};

/** How MiniSearch is to be made, in the build and in the page. */
export const options = {
  fields: ['title', 'text'],
  tokenize: (text) => words(text).flatMap((word) => [word, ...parts(word)]),
  processTerm: (term) => term.toLowerCase(),
};
