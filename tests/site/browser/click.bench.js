// How long a reader waits for the kernel's first words after the click (`make bench`): of each of the first and the last
// entry, the best of five browsers with empty caches.

import { at, openBrowser, openPage, openSite } from './lib/browser.js';
import { entries, read } from './lib/site.js';

const ROUNDS = 5;

const address = await openSite();

async function wait(entry) {
  const browser = await openBrowser();
  const page = await openPage(browser);
  await page.goto(at(address, entry), { waitUntil: 'networkidle' });
  const milliseconds = await page.evaluate(async () => {
    const start = performance.now();
    document.querySelector('section.boot > .boot-it').click();
    for (;;) {
      if (document.querySelector('.machine [role=log]')?.textContent.includes('\n')) return performance.now() - start;
      await new Promise((again) => { setTimeout(again, 5); });
    }
  });
  await browser.close();
  return milliseconds;
}

for (const entry of [entries[0], entries.at(-1)].filter((name) => /class="boot-it"/.test(read(name)))) {
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round += 1) best = Math.min(best, await wait(entry));
  console.log(`${entry}: from the click to the first line ${best.toFixed(0)} ms, allowed are 1000`);
}
process.exit(0);
