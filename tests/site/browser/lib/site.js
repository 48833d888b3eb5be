// The woven site as files: which pages there are, of what kinds, and which of them stand for the others.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

if (!process.env.DAYBOOK_SITE) throw new Error('DAYBOOK_SITE does not name a woven site; start the tests with tests/site/browser/run');

/** The repository. */
export const TOP = fileURLToPath(new URL('../../../..', import.meta.url));

/** The folder of the site. */
export const ROOT = path.resolve(process.env.DAYBOOK_SITE);

/** Every file, by its path below ROOT. */
export const files = readdirSync(ROOT, { recursive: true, withFileTypes: true })
  .filter((file) => file.isFile())
  .map((file) => path.relative(ROOT, path.join(file.path, file.name)))
  .sort();

/** Every page. */
export const pages = files.filter((file) => file.endsWith('.html'));
if (!pages.includes('index.html')) throw new Error(`${ROOT} has no index.html, so it is not a site`);

export const read = (file) => readFileSync(path.join(ROOT, file), 'utf8');
/** The bytes that a script of the site has of `file`, which it says it is. */
export const scripted = (file) => gunzipSync(Buffer.from(/, "(.*)"\);/.exec(read(`${file}.js`))[1], 'base64'));
export const size = (file) => statSync(path.join(ROOT, file)).size;

// A page of a folder is of that folder's kind, "source/*", and the folder's index is a kind of its own, "source/"; a
// page at the top is one of a kind.
const KINDS = [
  ['home', /^index\.html$/],
  ['month', /^\d{4}-\d{2}\/index\.html$/],
  ['entry', /^\d{4}-\d{2}\/\d{2}[a-z]*-[^/]+\.html$/],
];

export function kindOf(page) {
  const known = KINDS.find(([, pattern]) => pattern.test(page));
  if (known) return known[0];
  const [folder, ...below] = page.split('/');
  if (below.length === 0) return path.basename(page, '.html');
  return below.join('/') === 'index.html' ? `${folder}/` : `${folder}/*`;
}

/** Every page by its kind. */
export const kinds = new Map();
for (const page of pages) kinds.set(kindOf(page), [...(kinds.get(kindOf(page)) ?? []), page]);
for (const needed of ['home', 'month', 'entry', '404']) {
  if (!kinds.has(needed)) throw new Error(`the site has no page of the kind "${needed}"`);
}

export const entries = kinds.get('entry');

/** An entry's name, by its page. */
export const nameOf = (page) => page.replace('/', '-').replace(/\.html$/, '');

/** The page of a kind that is the most work for a browser. */
export const heaviest = (kind) => kinds.get(kind).reduce((one, other) => (size(other) > size(one) ? other : one));
const lightest = (kind) => kinds.get(kind).reduce((one, other) => (size(other) < size(one) ? other : one));

/** Pages that stand for all: of each kind the heaviest and the lightest. */
export const sample = [...kinds.keys()].flatMap((kind) => [...new Set([heaviest(kind), lightest(kind)])]);

/** How long the longest word of a page is, outside code, which scrolls. */
const longestWord = (page) => {
  const words = read(page).replace(/<(pre|script)\b.*?<\/\1>/gs, ' ').replace(/<[^>]*>/g, ' ').split(/\s+/);
  return words.reduce((most, { length }) => Math.max(most, length), 0);
};

/** Of each kind the `count` pages that have the longest words, and those that stand for all. */
export const widest = (count) => [...new Set([...kinds.values()].flatMap((those) => those
  .map((page) => [longestWord(page), page]).sort(([one], [other]) => other - one).slice(0, count).map(([, page]) => page)).concat(sample))];

/** The pages of a kind whose markup has every one of `patterns`, the lightest first; there must be one. */
export function having(kind, ...patterns) {
  const found = kinds.get(kind)?.filter((page) => patterns.every((pattern) => pattern.test(read(page)))) ?? [];
  if (found.length === 0) throw new Error(`no page of the kind "${kind}" has ${patterns.join(' and ')}`);
  return found.sort((one, other) => size(one) - size(other));
}
