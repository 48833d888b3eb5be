#!/usr/bin/env node
// search-index.mjs DOCS.json OUT_FOLDER: writes OUT_FOLDER/search.js, which is MiniSearch, the index
// of the documents and the documents as one script, since a page from file:// may run a script but
// not fetch a file. DOCS.json is a list of {kind, title, where, url, text}.
import {readFileSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {pathToFileURL} from 'node:url';
import MiniSearch from 'minisearch';
import {options} from './search/terms.mjs';

const fields = ['kind', 'title', 'where', 'url', 'text'];

const fail = (message) => {
  console.error(`search-index: ${message}`);
  process.exit(1);
};

const readDocuments = (path) => {
  let list;
  try {
    list = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    fail(`cannot read ${path}: ${error.message}`);
  }
  if (!Array.isArray(list)) fail(`${path} is not a list of documents`);
  return list.map((document, i) => {
    for (const field of fields) {
      if (typeof document?.[field] !== 'string') fail(`${path}: document ${i} has no ${field}`);
    }
    const {kind, title, where, url, text} = document;
    return {kind, title, where, url, text: text.replace(/\s+/g, ' ').trim()};
  });
};

const indexOf = (documents) => {
  const index = new MiniSearch(options);
  index.addAll(documents.map((document, id) => ({...document, id})));
  return index;
};

const [input, folder, ...rest] = process.argv.slice(2);
if (!folder || rest.length > 0) fail('usage: search-index.mjs DOCS.json OUT_FOLDER');

const documents = readDocuments(input);
const mini = pathToFileURL(createRequire(import.meta.url).resolve('minisearch'));
const licence = readFileSync(new URL('../../LICENSE.txt', mini), 'utf8').trim();
const library = readFileSync(new URL('../umd/index.js', mini), 'utf8')
  .replace(/^\/\/# sourceMappingURL=.*$/m, '').trim();
const beside = (name) => readFileSync(new URL(name, import.meta.url), 'utf8');

const script = `/* MiniSearch, https://github.com/lucaong/minisearch

${licence}
*/
${library}
{
const documents = ${JSON.stringify(documents)};
const index = ${JSON.stringify(indexOf(documents))};
${beside('search/terms.mjs').replace(/^export /gm, '')}
${beside('search/query.js')}}
`;

try {
  writeFileSync(`${folder}/search.js`, script);
} catch (error) {
  fail(`cannot write ${folder}/search.js: ${error.message}`);
}
