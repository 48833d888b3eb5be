// Fonts that come late move nothing that is being read.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { at, openBrowser, openPage, openSite } from './lib/browser.js';
import { heaviest, kindOf, sample } from './lib/site.js';

// What Web Vitals call good. Fonts that are in time shift less: see lighthouse.test.js.
const CLS = 0.1;
const LATE_MS = 700;
const SIZES = [{ width: 1280, height: 900 }, { width: 390, height: 844 }];

const address = await openSite();
const browser = await openBrowser();
const names = [...new Map([...sample, heaviest('entry')].map((name) => [kindOf(name), name])).values()];

// Most of this is waiting, which pages can do side by side.
describe('late fonts', { concurrency: 4 }, () => {
  for (const viewport of SIZES) {
    for (const name of names) {
      test(`${name}, ${viewport.width} pixels wide`, async () => {
        const page = await openPage(browser, { viewport });
        await page.addInitScript(() => {
          window.shift = 0;
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) window.shift += entry.value;
          }).observe({ type: 'layout-shift', buffered: true });
        });
        let late = 0;
        await page.route('**/*.woff2', async (route) => {
          late += 1;
          await new Promise((wait) => { setTimeout(wait, LATE_MS); });
          await route.continue();
        });
        await page.goto(at(address, name), { waitUntil: 'networkidle' });
        await page.waitForFunction(() => document.fonts.check('1em "Daybook Serif"') && document.fonts.status === 'loaded');
        await page.waitForTimeout(200);
        const shift = await page.evaluate(() => window.shift);
        assert.ok(late > 0, 'no font was asked for');
        assert.ok(shift <= CLS, `the layout shifts by ${shift.toFixed(3)}, allowed is ${CLS}`);
        await page.context().close();
      });
    }
  }
});
