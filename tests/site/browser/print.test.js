// On paper: no navigation, no line of code cut off, and the same ink whatever the theme on the screen.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, openBrowser, openPage, openSite } from './lib/browser.js';
import { heaviest, sample } from './lib/site.js';

// The text of an A4 page, with margins of 1 cm, in CSS pixels.
const A4 = { width: 718, height: 1047 };

const address = await openSite();
const page = await openPage(await openBrowser(), { viewport: A4 });

/** The colours of every element, as they will be printed by a reader who has these themes. */
async function colours(colorScheme, chosen) {
  await page.emulateMedia({ media: 'print', colorScheme });
  await page.waitForFunction((scheme) => matchMedia('print').matches && matchMedia(`(prefers-color-scheme: ${scheme})`).matches, colorScheme);
  return page.evaluate((theme) => {
    document.documentElement.dataset.theme = theme;
    if (!theme) delete document.documentElement.dataset.theme;
    return [...document.querySelectorAll('body, main, main *')].map((element) => {
      const { color, backgroundColor } = getComputedStyle(element);
      return `${element.tagName.toLowerCase()}.${element.className}: ${color} on ${backgroundColor}`;
    });
  }, chosen);
}

for (const name of sample) {
  test(name, async () => {
    await page.goto(at(address, name), { waitUntil: 'networkidle' });
    const light = await colours('light', '');
    const { shown, cut } = await page.evaluate(() => ({
      shown: [...document.querySelectorAll('nav, body > header, body > footer, button, input, .skip')]
        .filter((element) => element.checkVisibility()).map((element) => element.outerHTML.slice(0, 100)),
      cut: [...document.querySelectorAll('main *')]
        .filter((element) => getComputedStyle(element).overflow !== 'visible' && element.clientWidth > 0)
        .filter((element) => element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight + 1)
        .map((element) => `${element.tagName.toLowerCase()} "${element.textContent.trim().slice(0, 60)}"`),
    }));
    assert.deepEqual(shown, [], 'only a screen needs this');
    assert.deepEqual(cut, [], 'this is cut off');

    for (const [system, chosen] of [['dark', ''], ['light', 'dark'], ['dark', 'dark']]) {
      const other = await colours(system, chosen);
      assert.equal(other.length, light.length, `system ${system}, chosen "${chosen}": as many elements`);
      const different = [...new Set(other.flatMap((colour, index) => (colour === light[index] ? [] : `${colour}, was ${light[index]}`)))];
      assert.deepEqual(different.slice(0, 10), [], `system ${system}, chosen "${chosen}"`);
    }
  });
}

test('an entry takes more than one sheet', async () => {
  await page.goto(at(address, heaviest('entry')), { waitUntil: 'networkidle' });
  const pdf = (await page.pdf({ format: 'A4' })).toString('latin1');
  const sheets = pdf.match(/\/Type\s*\/Page\b/g).length;
  assert.ok(sheets > 1, `${sheets} sheet`);
});
