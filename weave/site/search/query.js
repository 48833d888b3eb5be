// query.js: answers a search in the page. It stands after `documents`, `index` and what terms.mjs
// exports, in one block with them.
/* global MiniSearch, documents, index, options, parts, words */
const search = MiniSearch.loadJS(index, options);

const how = {
  boost: {title: 4},
  // One typing error in a longer word; a number is meant as it is written.
  fuzzy: (term) => (term.length > 4 && !/\d/.test(term) ? 0.2 : false),
  tokenize: (term) => [term], // the words are taken apart below
};

let known; // every word that can be found
const isKnown = (word) => {
  known ??= new Set(documents.flatMap(({title, text}) => options.tokenize(`${title} ${text}`)).map(options.processTerm));
  return known.has(word);
};

/** A word that nobody has written, as two that somebody has: pagetable is page and table. */
const pairs = (word) => {
  const small = word.toLowerCase();
  if (isKnown(small)) return [];
  return Array.from({length: Math.max(0, small.length - 5)}, (_, i) => [small.slice(0, i + 3), small.slice(i + 3)])
    .filter((pair) => pair.every(isKnown));
};

// Every word of the query must be there: as it stands, or else all of its parts.
const tree = (text) => ({
  combineWith: 'AND',
  queries: words(text).map((word) => {
    const apart = [parts(word), ...pairs(word)].filter((list) => list.length > 0);
    if (apart.length === 0) return word;
    return {combineWith: 'OR', queries: [word, ...apart.map((queries) => ({combineWith: 'AND', queries}))]};
  }),
});

const KINDS = ['entry', 'glossary', 'identifier', 'chunk'];

/** What has the words in its title comes first, by its kind; then all the rest. */
const rank = ({id, match}, asked) => {
  const inTitle = Object.keys(match).filter((term) => match[term].includes('title'));
  const kind = KINDS.indexOf(documents[id].kind);
  return kind >= 0 && asked.every((word) => inTitle.some((term) => term.startsWith(word))) ? kind : KINDS.length;
};

// The text around the first match, cut so that every other element is a word that matched.
const excerpt = (text, terms) => {
  const longestFirst = [...terms].sort((a, b) => b.length - a.length);
  const any = longestFirst.map((term) => term.replace(/[./]/g, '\\$&')).join('|');
  const match = new RegExp(`(?<![\\p{L}\\p{N}])((?:0x)?(?:${any}))(?![\\p{L}\\p{N}])`, 'giu');
  const at = Math.max(0, text.search(match) - 60);
  const start = at && text.indexOf(' ', at) + 1;
  const end = start + 180 < text.length ? text.lastIndexOf(' ', start + 180) : text.length;
  const shown = text.slice(start, end > start ? end : start + 180).split(match);
  if (start > 0) shown[0] = `… ${shown[0]}`;
  if (end < text.length) shown.push(`${shown.pop()} …`);
  return shown;
};

window.daybookSearch = {
  /** The `limit` best of `total` results. An excerpt is text and matched words in turn. */
  query(text, limit = 20) {
    const isOneLetter = text.trim().length === 1; // which would else find next to nothing
    const results = search.search(tree(text), {...how, prefix: (term) => isOneLetter || term.length > 1});
    const asked = words(text).flatMap((word) => pairs(word)[0] ?? [options.processTerm(word)]);
    const ranks = new Map(results.map((result) => [result, rank(result, asked)]));
    results.sort((one, other) => ranks.get(one) - ranks.get(other)); // the better ones stay before the others
    const found = results.slice(0, limit).map(({id, terms}) => {
      const {kind, title, where, url, text: whole} = documents[id];
      return {kind, title, where, url, excerpt: excerpt(whole, terms)};
    });
    return {total: results.length, found};
  },
};
