// Anybody can use the pages: no violation of WCAG 2.0 to 2.2, levels A and AA, that axe can see; and nothing moves for a reader who
// asked that nothing move.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { colourViolations, violations } from './lib/axe.js';
import { as, at, openBrowser, openPage, openSite, shorten, unfold } from './lib/browser.js';
import { kindOf, sample } from './lib/site.js';

// In the dark only colours differ (style.css).
const MODES = {
  light: [{ colorScheme: 'light' }, violations],
  dark: [{ colorScheme: 'dark' }, colourViolations],
  phone: [{ colorScheme: 'light', viewport: { width: 375, height: 812 }, touch: true }, violations],
};

const page = await openPage(await openBrowser(), { reducedMotion: 'reduce' });
const address = await openSite();

/** What moves, or would. */
const moving = () => page.evaluate(() => {
  const found = document.getAnimations().map((animation) => `runs: ${animation.animationName ?? animation.constructor.name}`);
  for (const element of document.querySelectorAll('*')) {
    for (const part of [null, '::before', '::after']) {
      const style = getComputedStyle(element, part);
      const tag = `${element.tagName.toLowerCase()}${part ?? ''} "${element.className}"`;
      if (style.animationName !== 'none') found.push(`${tag} has an animation`);
      if (/[1-9]/.test(style.transitionDuration)) found.push(`${tag} has a transition`);
      if (part === null && style.scrollBehavior === 'smooth') found.push(`${tag} scrolls smoothly`);
    }
  }
  return [...new Set(found)];
});

const { DAYBOOK_KIND: kind } = process.env; // only these pages
for (const name of sample.filter((one) => !kind || kindOf(one) === kind)) {
  test(name, async () => {
    await page.goto(at(address, name));
    await shorten(page);
    await unfold(page);
    assert.deepEqual(await moving(), []);
    for (const [mode, [options, look]] of Object.entries(MODES)) {
      await as(page, options);
      assert.deepEqual((await look(page)).map((found) => ({ mode, ...found })), []);
    }
  });
}
