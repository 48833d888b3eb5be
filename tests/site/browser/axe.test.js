// Anybody can use the pages: no violation of WCAG 2.0 to 2.2, levels A and AA, that axe can see.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { violations } from './lib/axe.js';
import { at, openBrowser, openPage, openSite, unfold } from './lib/browser.js';
import { sample } from './lib/site.js';

const MODES = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  phone: { colorScheme: 'light', viewport: { width: 375, height: 812 }, hasTouch: true },
};

const browser = await openBrowser();
const address = await openSite();

for (const [mode, options] of Object.entries(MODES)) {
  describe(mode, async () => {
    const page = await openPage(browser, { reducedMotion: 'reduce', ...options });
    for (const name of sample) {
      test(name, async () => {
        await page.goto(at(address, name));
        await unfold(page);
        assert.deepEqual(await violations(page), []);
      });
    }
  });
}
