// What a reader's first look at an entry weighs on the wire, compressed. 1 KB is 1000 bytes.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { at, openBrowser, openPage } from './lib/browser.js';
import { serve } from './lib/server.js';
import { ROOT, entries } from './lib/site.js';

const BUDGET = { total: 130_000, html: 40_000, css: 8_000, javascript: 8_000, woff2: 75_000 };
const WIDTHS = [1280, 390];

const browser = await openBrowser();
const largest = Object.fromEntries(Object.keys(BUDGET).map((part) => [part, { bytes: 0 }]));

/** The bytes that a server sends to a browser with an empty cache that opens an entry: in total and of each kind. */
async function weigh(entry, width) {
  const answers = [];
  const server = await serve(ROOT, { sent: (type, bytes) => answers.push({ type, bytes }) });
  const page = await openPage(browser, { viewport: { width, height: 800 } });
  await page.goto(at(server.address, entry), { waitUntil: 'networkidle' });
  await page.evaluate(() => document.fonts.ready.then(() => {}));
  await page.context().close();
  await server.close();
  const bytes = (part) => answers.filter(({ type }) => part === 'total' || type.includes(`/${part}`))
    .reduce((sum, answer) => sum + answer.bytes, 0);
  return Object.fromEntries(Object.keys(BUDGET).map((part) => [part, bytes(part)]));
}

// Most of this is waiting, which pages can do side by side.
for (const width of WIDTHS) {
  describe(`${width} pixels wide`, { concurrency: 4 }, () => {
    for (const entry of entries) {
      test(entry, async () => {
        const weight = await weigh(entry, width);
        assert.ok(Object.values(weight).every((bytes) => bytes > 0), `not everything was sent: ${JSON.stringify(weight)}`);
        for (const part of Object.keys(BUDGET)) {
          if (weight[part] > largest[part].bytes) largest[part] = { bytes: weight[part], entry, width };
        }
        const over = Object.keys(BUDGET).filter((part) => weight[part] > BUDGET[part]);
        assert.deepEqual(over.map((part) => `${part}: ${weight[part]} bytes, allowed are ${BUDGET[part]}`), []);
      });
    }
  });
}

after(() => {
  for (const [part, { bytes, entry, width }] of Object.entries(largest)) {
    console.log(`largest ${part}: ${bytes} of ${BUDGET[part]} bytes (${entry}, ${width} wide)`);
  }
});
