// Anybody can use the pages: no violation of WCAG 2.0 to 2.2, levels A and AA, that axe can see.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { colourViolations, violations } from './lib/axe.js';
import { as, at, openBrowser, openPage, openSite, shorten, unfold } from './lib/browser.js';
import { sample } from './lib/site.js';

// In the dark only colours differ (style.css).
const MODES = {
  light: [{ colorScheme: 'light' }, violations],
  dark: [{ colorScheme: 'dark' }, colourViolations],
  phone: [{ colorScheme: 'light', viewport: { width: 375, height: 812 }, touch: true }, violations],
};

const page = await openPage(await openBrowser(), { reducedMotion: 'reduce' });
const address = await openSite();

for (const name of sample) {
  test(name, async () => {
    await page.goto(at(address, name));
    await shorten(page);
    await unfold(page);
    for (const [mode, [options, look]] of Object.entries(MODES)) {
      await as(page, options);
      assert.deepEqual((await look(page)).map((found) => ({ mode, ...found })), []);
    }
  });
}
