// Anybody can use the pages: no violation of WCAG 2.0 to 2.2, levels A and AA, that axe can see.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';
import { at, openBrowser, openPage, openSite, unfold } from './lib/browser.js';
import { sample } from './lib/site.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const OPTIONS = {
  runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] },
  rules: { 'target-size': { enabled: true } }, // which axe leaves out unless it is told
  resultTypes: ['violations'],
};
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
        await page.evaluate(AXE);
        const violations = await page.evaluate((chosen) => axe.run(document, chosen), OPTIONS)
          .then((result) => result.violations);
        assert.deepEqual(violations.map(({ id, help, nodes }) => ({
          id, help, count: nodes.length, first: nodes[0].html, why: nodes[0].failureSummary,
        })), []);
      });
    }
  });
}
