// Without script a page is complete: its text is there, and nothing pretends to do what only a script could. With script, it asks for
// nothing that is not there, and nobody but its own host.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, openBrowser, openPage, openSite, unfold, watch } from './lib/browser.js';
import { heaviest, pages, sample } from './lib/site.js';

const browser = await openBrowser();
const address = await openSite();
const scripted = await openPage(browser);
const plain = await openPage(browser, { javaScriptEnabled: false });
const problems = watch(scripted);
const elsewhere = [];
await scripted.route((url) => !url.href.startsWith(address), (route) => {
  if (route.request().url().startsWith('data:')) return route.continue();
  elsewhere.push(route.request().url());
  return route.abort();
});

const mainText = (page) => page.evaluate(() => document.querySelector('main').innerText.replace(/\s+/g, ' ').trim());

/** The controls that can be seen. A form that is sent to a page of the site would need no script; there is none. */
const controls = (page) => page.evaluate(() => [...document.querySelectorAll(
  'button, input, select, textarea, output, [role=button], [role=slider], [role=switch], [role=tab], [onclick], [contenteditable]',
)].filter((element) => element.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true }))
  .map((element) => element.outerHTML.slice(0, 120)));

for (const name of sample) {
  test(name, async () => {
    await plain.goto(at(address, name));
    const response = await scripted.goto(at(address, name), { waitUntil: 'networkidle' });
    assert.equal(response.status(), 200);
    const wrong = [...elsewhere.splice(0), ...problems()];
    if (name !== '404.html') assert.deepEqual(wrong, []); // which has a base: requests.test.js
    assert.deepEqual(await controls(plain), []);

    assert.ok(await plain.locator('main h1').first().isVisible(), 'there is no heading');
    await unfold(plain);
    await unfold(scripted);
    const [without, withScript] = [await mainText(plain), await mainText(scripted)];
    assert.ok(without.length > 40, `all that can be read is "${without}"`);
    const share = without.length / withScript.length;
    // The words of a slider are much beside a file of a line or two.
    assert.ok(share > 0.75 || withScript.length - without.length < 250, `only ${Math.round(share * 100)} % of the text is there without script`);

    // What a script adds must be a convenience: no link exists only with it.
    const links = (page) => page.evaluate(() => [...document.querySelectorAll('main a[href]')].map((a) => a.getAttribute('href')));
    const before = new Set(await links(plain));
    assert.deepEqual((await links(scripted)).filter((link) => !before.has(link)), []);
  });
}

test('the footer leads to a page that says how to find things, and what it names is there', async () => {
  await plain.goto(at(address, heaviest('entry')));
  await plain.locator('footer a', { hasText: 'Search' }).click();
  await plain.waitForURL(at(address, 'search.html'));
  assert.match(await mainText(plain), /without script/i);
  const led = await plain.locator('main a:visible').evaluateAll((links) => links.map((link) => link.href.split('#')[0]));
  for (const index of ['index.html', 'chunks.html', 'identifiers.html', 'source/index.html', 'glossary.html']) {
    assert.ok(pages.includes(index), `there is no ${index}`);
    assert.ok(led.includes(at(address, index)), `${index} is not named`);
  }
});
