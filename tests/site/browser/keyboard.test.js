// Everything can be reached, seen and used with the keyboard alone.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, focus, openBrowser, openPage, openSite, shorten } from './lib/browser.js';
import { heaviest, kindOf, sample } from './lib/site.js';

const address = await openSite();
const page = await openPage(await openBrowser(), { reducedMotion: 'reduce' });
const entry = heaviest('entry');
// A page of each kind, and the entry that is the most to walk through.
const walks = [...new Map(sample.map((page_) => [kindOf(page_), page_])).values(), entry];

/** Presses Tab until the element in focus matches `selector`. */
async function tabTo(selector) {
  for (let presses = 0; presses < 3000; presses += 1) {
    await page.keyboard.press('Tab');
    if (await page.evaluate((wanted) => document.activeElement.matches(wanted), selector)) return;
  }
  assert.fail(`Tab never reaches ${selector}`);
}

/** Presses Tab until `selector` has the focus, then Enter; returns the path below the site that this leads to. */
async function follow(selector) {
  await tabTo(selector);
  const target = await page.evaluate(() => document.activeElement.href);
  await page.keyboard.press('Enter');
  await page.waitForURL(target);
  return decodeURIComponent(page.url().slice(address.length));
}

test('the first Tab offers to skip to the text, and does so', async () => {
  await page.goto(at(address, entry));
  await page.keyboard.press('Tab');
  const first = await page.evaluate(() => {
    const { href, textContent } = document.activeElement;
    const { left, top, width } = document.activeElement.getBoundingClientRect();
    return { href, textContent, seen: left >= 0 && top >= 0 && width > 0 };
  });
  assert.match(first.href, /#_main$/);
  assert.match(first.textContent, /^Skip/);
  assert.ok(first.seen, 'it is out of sight');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  assert.ok(await page.evaluate(() => document.querySelector('main').contains(document.activeElement)));
});

/** Notes how everything looks without the focus, and from then on what gets it and whether one can see that. */
const observe = () => page.evaluate(() => {
  const LOOK = ['outline', 'boxShadow', 'backgroundColor', 'borderColor', 'color', 'textDecoration'];
  const look = (element) => LOOK.map((property) => getComputedStyle(element)[property]).join('|');
  const wanted = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')]
    .filter((element) => element.tabIndex >= 0 && !element.disabled && element.checkVisibility({ checkVisibilityCSS: true }));
  const tag = (element) => `${element.tagName.toLowerCase()} "${(element.getAttribute('aria-label') ?? element.textContent).trim().slice(0, 50)}"`;
  const before = new Map(wanted.map((element) => [element, look(element)]));
  const state = { order: [], unseen: [] };
  window.observed = { state, wanted, tag };
  document.addEventListener('focusin', ({ target }) => {
    state.order.push(target);
    const { bottom, top, right, left } = target.getBoundingClientRect();
    if (before.get(target) === look(target)) state.unseen.push(`${tag(target)} looks no different`);
    if (bottom < 0 || top > innerHeight || right < 0 || left > innerWidth) state.unseen.push(`${tag(target)} is out of sight`);
  });
  return wanted.length;
});

const walked = () => page.evaluate(() => {
  const { state: { order, unseen }, wanted, tag } = window.observed;
  return { missed: wanted.filter((element) => !order.includes(element)).map(tag), unseen, order: order.length };
});

for (const name of new Set(walks)) {
  test(`Tab walks through ${name} from end to end`, async () => {
    await page.goto(at(address, name));
    await shorten(page);
    const count = await observe();
    assert.ok(count > 5);
    await Promise.all(Array.from({ length: count }, () => page.keyboard.press('Tab')));
    const { missed, unseen } = await walked();
    assert.deepEqual([...new Set(unseen)], []);
    assert.deepEqual(missed, [], `not reached with ${count} presses`);
    // Past the last element the focus leaves the page, and the way back leads in again.
    await page.keyboard.press('Tab');
    const last = await page.evaluate(() => document.activeElement === window.observed.wanted.at(-1));
    assert.ok(!last, 'the last element keeps the focus');
  });
}

test('Enter leads from home over month, entry and next to a chunk, and back', async () => {
  await page.goto(at(address, 'index.html'));
  const month = await follow('main #months + ul a');
  assert.equal(kindOf(month), 'month');
  const first = await follow('main .entries a');
  assert.equal(kindOf(first), 'entry');
  const next = await follow('main a[rel=next]');
  assert.equal(kindOf(next), 'entry');
  const chunk = await follow('main pre a[href*="#"]');
  assert.match(chunk, /#./);
  // A browser without a window has no key for "back"; keys.test.js sees to it that the page leaves that key alone.
  await page.goBack();
  assert.equal(page.url(), at(address, next));
});

/** Opens something by the keyboard, sees it open, and sees Escape close it and leave the focus where it was. */
async function openAndClose(opener, key, opened) {
  await focus(page, opener);
  if (key) await page.keyboard.press(key);
  await opened.waitFor();
  await page.keyboard.press('Escape');
  await opened.waitFor({ state: 'hidden' });
  assert.ok(await opener.evaluate((element) => element === document.activeElement), 'the focus is lost');
}

const chunk = heaviest('chunks/*');
// 404.html has its script where its base says, which is so on its host only.
for (const name of new Set([...walks, chunk].filter((name_) => name_ !== '404.html'))) {
  test(`Escape closes what opens on ${name}`, async () => {
    await page.goto(at(address, name));
    await openAndClose(page.locator('#_search'), 'Enter', page.locator('#_find'));
    await openAndClose(page.locator('#_keys'), 'Enter', page.locator('#_shortcuts'));
    const previewed = page.locator('main :is(pre a.ref, a.id)[href*="#"]:visible').first();
    const mustShow = kindOf(name) === 'entry' || name === chunk;
    if (mustShow || await previewed.count() > 0) await openAndClose(previewed, null, page.locator('#_preview'));
  });
}
