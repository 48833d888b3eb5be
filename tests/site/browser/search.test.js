// Search: from one key to the place, over prose, chunks and identifiers, with and without a server.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { violations } from './lib/axe.js';
import { at, fileAddress, openBrowser, openSite, visit } from './lib/browser.js';
import { having, read } from './lib/site.js';

const browser = await openBrowser();
const address = await openSite();
const [entry] = having('entry', /class="name"[^>]*>⟨[a-z]+( [a-z]+){2,}⟩/);
const markup = read(entry);
const chunk = markup.match(/class="name"[^>]*>⟨([a-z]+(?: [a-z]+){2,})⟩/)[1];
const title = markup.match(/<h1[^>]*>([\w ]+)/)[1];
const identifier = read('identifiers.html').match(/<li id="id-([a-z]{4,}_[a-z]{4,})"/)[1];
const [, term] = read('glossary.html').match(/<dt><span id="[^"]*">([A-Za-z]{6,} [a-z]{4,})<\/span><\/dt>/);
// Words that stand together in one paragraph and, all of them, hardly anywhere else.
const prose = [...markup.matchAll(/^<p>((?:[A-Za-z]+ ){8})/gm)].at(-1)[1].trim();

const results = (page) => page.locator('#_find li a');
const said = (page) => page.locator('#_find [role=status]');

const QUERIES = [
  ['an entry by its title', title, { kind: 'entry', title, path: entry }],
  ['prose by its words', prose, { kind: 'prose', path: entry }],
  ['a chunk by its name', chunk, { kind: 'chunk', title: chunk, path: entry }],
  ['a term by its name', term, { kind: 'glossary', title: term, path: 'glossary.html' }],
  ['an identifier by its name', identifier, { kind: 'identifier', title: identifier }],
];

/** What a result says of itself, and the path below `top` that it leads to. */
const described = (page, top) => results(page).evaluateAll((links, start) => links.map((link) => ({
  kind: link.querySelector('.kind').textContent,
  title: link.querySelector('b').textContent.replace(/^⟨|⟩$/g, ''),
  where: link.querySelector('.where').textContent,
  path: link.href.startsWith(start) ? decodeURIComponent(link.href.slice(start.length).split('#')[0]) : link.href,
})), top);

for (const [way, top] of [['http', address], ['file', fileAddress]]) {
  for (const [what, query, wanted] of QUERIES) {
    test(`one key, and ${what} is found and reached with the keyboard alone, ${way}`, async (t) => {
      const page = await visit(t, browser, at(top, 'source/index.html'));
      await page.keyboard.press('/');
      assert.equal(await page.locator('#_query').inputValue(), '', 'the key is typed into the field');
      await page.keyboard.type(query);
      await results(page).first().waitFor();
      await page.waitForFunction(() => /result/.test(document.querySelector('#_find [role=status]').textContent));
      const found = await described(page, top);
      assert.ok(found.length <= 20, `${found.length} results at once`);
      for (const { kind, where } of found) {
        assert.match(kind, /^(entry|prose|chunk|identifier|glossary|page)$/);
        assert.match(where, /\d{4}-\d\d-\d\d|^Glossary$|^About$/, 'it does not say where it leads');
      }
      const index = found.findIndex((result) => Object.keys(wanted).every((key) => result[key] === wanted[key]));
      assert.ok(index >= 0, `not among ${JSON.stringify(found)}`);
      for (let presses = 0; presses <= index; presses += 1) await page.keyboard.press('ArrowDown');
      const link = results(page).nth(index);
      assert.ok(await link.evaluate((element) => element === document.activeElement));
      const target = await link.evaluate((element) => element.href);
      await page.keyboard.press('Enter');
      await page.waitForURL(target);
      if (!target.includes('#')) return;
      // It is scrolled to, which takes its time.
      await page.waitForFunction(() => {
        const { top: above, bottom } = document.querySelector(':target').getBoundingClientRect();
        return bottom > 0 && above < innerHeight;
      });
    });
  }
}

test('every document of the index leads to a place that is there', () => {
  const documents = JSON.parse(read('search.js').match(/^const documents = (.*);$/m)[1]);
  assert.deepEqual([...new Set(documents.map(({ kind }) => kind))].sort(), ['chunk', 'entry', 'glossary', 'identifier', 'page', 'prose']);
  const markups = new Map();
  const isThere = (url) => {
    const [path, anchor] = url.split('#');
    if (!markups.has(path)) markups.set(path, read(path));
    return !anchor || markups.get(path).includes(`id="${decodeURIComponent(anchor)}"`);
  };
  assert.deepEqual(documents.map(({ url }) => url).filter((url) => !isThere(url)), []);
});

test('what has the words in its title comes first: entries, terms, identifiers, chunks; and two words may be written as one', async (t) => {
  const page = await visit(t, browser, at(address, 'index.html'));
  await page.keyboard.press('/');
  const order = ['entry', 'glossary', 'identifier', 'chunk'];
  for (const query of [title, title.split(' ').sort((one, other) => other.length - one.length)[0], 'kernel']) {
    await page.locator('#_query').fill(query);
    await page.waitForFunction(() => /result/.test(document.querySelector('#_find [role=status]').textContent));
    const kinds = (await described(page, address)).filter((found) => found.title.toLowerCase().includes(query.toLowerCase())).map(({ kind }) => kind);
    const listed = kinds.filter((kind) => order.includes(kind));
    assert.equal(listed[0], query === 'kernel' ? listed[0] : 'entry', query);
    assert.deepEqual(listed, [...listed].sort((one, other) => order.indexOf(one) - order.indexOf(other)), query);
  }
  await page.locator('#_query').fill(term.replace(' ', ''));
  await page.locator('#_find li b', { hasText: term }).first().waitFor();
});

test('an identifier is found by its parts and in capitals, too', async (t) => {
  const page = await visit(t, browser, at(address, 'index.html'));
  await page.keyboard.press('/');
  for (const query of [identifier.split('_').join(' '), identifier.toUpperCase()]) {
    await page.locator('#_query').fill(query);
    await page.locator('#_find li b', { hasText: identifier }).first().waitFor();
  }
});

test('Enter in the field goes to the first result', async (t) => {
  const page = await visit(t, browser, at(address, entry));
  await page.locator('#_search').click();
  await page.keyboard.type(chunk);
  await results(page).first().waitFor();
  const target = await results(page).first().evaluate((element) => element.href);
  await page.keyboard.press('Enter');
  await page.waitForURL(target);
  await page.locator('#_find').waitFor({ state: 'hidden' });
});

test('arrows go through the results and back to the field; Escape gives the focus back', async (t) => {
  const page = await visit(t, browser, at(address, 'index.html'));
  await page.locator('#_search').focus();
  await page.keyboard.press('Enter');
  await page.keyboard.type('the kernel');
  await results(page).nth(1).waitFor();
  const focused = () => page.evaluate(() => document.activeElement.closest('li, input')?.textContent);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  assert.equal(await focused(), await results(page).nth(1).textContent());
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  assert.equal(await page.evaluate(() => document.activeElement.id), '_query');
  await page.keyboard.press('Escape');
  await page.locator('#_find').waitFor({ state: 'hidden' });
  assert.equal(await page.evaluate(() => document.activeElement.id), '_search');
});

test('what matched is marked, and what is not there is said', async (t) => {
  const page = await visit(t, browser, at(address, 'index.html'));
  await page.keyboard.press('Control+k');
  await page.keyboard.type('kernel');
  await page.locator('#_find mark').first().waitFor();
  assert.match(await page.locator('#_find mark').first().textContent(), /^kernel/i);
  await page.locator('#_query').fill('xyzzyplugh');
  await page.getByText('No result for “xyzzyplugh”.').waitFor();
  assert.equal(await results(page).count(), 0);
});

test('an index that cannot be loaded is said, and tried again', async (t) => {
  const page = await visit(t, browser, at(address, entry));
  await page.route('**/search.js', (route) => route.abort());
  await page.keyboard.press('/');
  await page.getByText('The index cannot be loaded.').waitFor();
  await page.unroute('**/search.js');
  await page.keyboard.type('kernel');
  await results(page).first().waitFor();
  assert.match(await said(page).textContent(), /result/);
});

for (const colorScheme of ['light', 'dark']) {
  test(`axe finds nothing in the open dialog, ${colorScheme}`, async (t) => {
    const page = await visit(t, browser, at(address, 'index.html'), { colorScheme });
    await page.keyboard.press('/');
    assert.deepEqual(await violations(page), []);
    await page.keyboard.type('kernel');
    await results(page).first().waitFor();
    await page.keyboard.press('ArrowDown');
    assert.deepEqual(await violations(page), []);
  });
}

test('in a narrow window nothing scrolls sideways', async (t) => {
  const page = await visit(t, browser, at(address, entry), { viewport: { width: 320, height: 600 } });
  await page.locator('#_search').click();
  await page.keyboard.type('kernel');
  await results(page).first().waitFor();
  const [width, wide] = await page.locator('#_find').evaluate((dialog) => [dialog.clientWidth, dialog.scrollWidth]);
  assert.ok(wide <= width, `${wide} in ${width}`);
});
