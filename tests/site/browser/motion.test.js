// Nothing moves for a reader who asked that nothing move.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, openBrowser, openPage, openSite, unfold } from './lib/browser.js';
import { sample } from './lib/site.js';

const address = await openSite();
const page = await openPage(await openBrowser(), { reducedMotion: 'reduce' });

for (const name of sample) {
  test(name, async () => {
    await page.goto(at(address, name));
    await unfold(page);
    const moving = await page.evaluate(() => {
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
    assert.deepEqual(moving, []);
  });
}
