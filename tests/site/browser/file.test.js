// The site works from a folder, without any server.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, fileAddress, openBrowser, openPage, watch } from './lib/browser.js';
import { sample } from './lib/site.js';

const page = await openPage(await openBrowser(), { colorScheme: 'light' });
const problems = watch(page);
const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);

// A host sends 404.html for what is not there; from a folder nobody gets to see it.
for (const name of sample.filter((name_) => name_ !== '404.html')) {
  test(name, async (t) => {
    t.after(() => page.evaluate(() => localStorage.clear())); // the theme that was chosen
    await page.goto(at(fileAddress, name), { waitUntil: 'networkidle' });
    const { failed, loaded } = await page.evaluate(() => document.fonts.ready.then((fonts) => {
      // Those that stand in for ours may be on this machine or not.
      const ours = [...fonts].filter((font) => font.family.includes('Daybook'));
      const count = (status) => ours.filter((font) => font.status === status).length;
      return { failed: count('error'), loaded: count('loaded') };
    }));
    assert.equal(failed, 0);
    assert.ok(loaded > 0, 'no font was loaded');
    const light = await ground();
    assert.notEqual(light, 'rgba(0, 0, 0, 0)', 'the style was not loaded');
    await page.locator('#_theme').click();
    assert.notEqual(await ground(), light, 'the theme button does nothing');
    assert.deepEqual(problems(), []);
  });
}
