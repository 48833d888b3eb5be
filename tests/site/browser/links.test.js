// Every address on every page leads somewhere, and no two places of a page have the same name.

import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { openBrowser, openPage } from './lib/browser.js';
import { ROOT, files, pages, read } from './lib/site.js';

const ELSEWHERE = /^(https:|mailto:|data:)/;
const page = await openPage(await openBrowser());

/** A page's ids and addresses, as the browser's own parser reads them from the file. */
const parse = (html) => page.evaluate((text) => {
  const read = new DOMParser().parseFromString(text, 'text/html');
  const all = (attribute) => [...read.querySelectorAll(`[${attribute}]`)].map((e) => e.getAttribute(attribute));
  return {
    base: read.querySelector('base')?.getAttribute('href'),
    ids: all('id'),
    links: [...['href', 'src', 'poster', 'action', 'data'].flatMap(all).filter((link) => link !== null),
      ...all('srcset').flatMap((set) => set.split(',').map((one) => one.trim().split(/\s+/)[0]))],
  };
}, html);

const parsed = new Map();
for (const name of pages) parsed.set(name, await parse(read(name)));
const present = new Set(files);

/** What is wrong with a link on a page, or undefined. */
function problem(name, link) {
  if (ELSEWHERE.test(link)) return undefined;
  if (/^([a-z][a-z0-9+.-]*:|\/)/i.test(link)) return 'does not work everywhere that the site may lie';
  const [address, fragment] = link.split(/#(.*)/s);
  const [written] = address.split('?');
  const target = written ? path.posix.join(path.posix.dirname(name), decodeURIComponent(written)) : name;
  if (!present.has(target)) return `there is no file ${target}`;
  if (fragment === '') return 'has an empty fragment';
  const id = fragment && decodeURIComponent(fragment);
  if (id && parsed.has(target) && !parsed.get(target).ids.includes(id)) return `${target} has no id ${id}`;
  return undefined;
}

// What a missing address shows is served at any depth, so its links are a case of their own: requests.test.js.
for (const name of pages.filter((page_) => page_ !== '404.html')) {
  test(`links of ${name}`, () => {
    const { base, links } = parsed.get(name);
    assert.equal(base, undefined, 'a page with a base does not work from file://');
    assert.ok(links.length > 0);
    const problems = new Set();
    for (const link of links) {
      const wrong = problem(name, link);
      if (wrong) problems.add(`${link}: ${wrong}`);
    }
    assert.deepEqual([...problems], []);
  });
}

for (const name of pages) {
  test(`ids of ${name}`, () => {
    const { ids } = parsed.get(name);
    assert.deepEqual(ids.filter((id, index) => ids.indexOf(id) !== index), []);
  });
}

for (const name of files.filter((file) => file.endsWith('.css'))) {
  test(`addresses in ${name}`, () => {
    const addresses = [...read(name).matchAll(/url\(\s*["']?([^"')]+)["']?\s*\)|@import\s+["']([^"']+)/g)];
    const missing = addresses.map((match) => match[1] ?? match[2])
      .filter((address) => !address.startsWith('data:'))
      .filter((address) => !present.has(path.posix.join(path.posix.dirname(name), address)));
    assert.deepEqual(missing, [], ROOT);
  });
}
