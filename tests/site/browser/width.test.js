// No page scrolls sideways, down to a phone of 320 pixels; what is too wide scrolls in a box that a keyboard reaches.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, openBrowser, openPage, openSite, unfold } from './lib/browser.js';
import { widest } from './lib/site.js';

// The pages of a kind are laid out alike. What makes one of them wider than the others is a long word, as code scrolls; so of
// the hundreds of pages of chunks and of files those with the longest words stand for all.
const pages = widest(30);
const WIDTHS = [1280, 768, 375, 320];

const address = await openSite();
const page = await openPage(await openBrowser());

/** How wide the page is, and which boxes scroll sideways or cut off what they hold without being fit for it. */
const measure = () => page.evaluate(() => {
  const name = (element) => (element.getAttribute('aria-label')
    ?? document.getElementById(element.getAttribute('aria-labelledby'))?.textContent ?? '').trim();
  const unfit = [];
  for (const element of document.body.querySelectorAll('*')) {
    if (element.scrollWidth <= element.clientWidth || element.clientWidth === 0) continue;
    const { overflowX } = getComputedStyle(element);
    const tag = `${element.tagName.toLowerCase()} "${element.textContent.trim().slice(0, 40)}"`;
    if (['hidden', 'clip'].includes(overflowX)) unfit.push(`${tag} is cut off`);
    if (!['auto', 'scroll'].includes(overflowX)) continue;
    if (element.tabIndex < 0) unfit.push(`${tag} scrolls, but cannot be focused`);
    if (!name(element) || !element.role) unfit.push(`${tag} scrolls, but has no role and name`);
  }
  return { needed: document.documentElement.scrollWidth, unfit };
});

for (const name of pages) {
  test(name, async () => {
    await page.goto(at(address, name));
    await unfold(page);
    const problems = [];
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 700 });
      const { needed, unfit } = await measure();
      if (needed > width) problems.push(`${width}: the page is ${needed} wide`);
      problems.push(...unfit.map((problem) => `${width}: ${problem}`));
    }
    assert.deepEqual(problems, []);
  });
}
