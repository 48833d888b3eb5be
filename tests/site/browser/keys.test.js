// Keystrokes: what each does, when none is taken, and the switch that turns them off.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { violations } from './lib/axe.js';
import { at, fileAddress, openBrowser, openSite, visit } from './lib/browser.js';
import { having } from './lib/site.js';

const browser = await openBrowser();
const address = await openSite();
const entry = at(address, having('entry', /rel="prev"/, /rel="next"/, /<figure class="chunk"/)[0]);

const SINGLE = ['/', 'n', 'p', 'j', 'k', 't', '?'];
const dialog = (page) => page.locator('#_shortcuts');
const theme = (page) => page.locator('html').getAttribute('data-theme');

/** Which of the chunks that can be seen has the focus, from 0, and how many there are. */
const chunkInFocus = (page) => page.evaluate(() => {
  const chunks = [...document.querySelectorAll('main figure.chunk[id]')].filter((chunk) => chunk.getClientRects().length);
  return { index: chunks.indexOf(document.activeElement.closest('figure.chunk')), count: chunks.length };
});

test('n and p go to the next and the previous entry', async (t) => {
  const page = await visit(t, browser, entry);
  for (const [key, rel] of [['n', 'next'], ['p', 'prev']]) {
    const target = await page.locator(`nav.around a[rel=${rel}]`).evaluate((link) => link.href);
    await page.keyboard.press(key);
    await page.waitForURL(target);
  }
  assert.equal(page.url(), entry, 'not back');
});

test('j and k go from chunk to chunk, and j to the last one', async (t) => {
  const page = await visit(t, browser, entry);
  for (const [key, index] of [['j', 0], ['j', 1], ['j', 2], ['k', 1]]) {
    await page.keyboard.press(key);
    assert.equal((await chunkInFocus(page)).index, index);
    assert.ok(await page.evaluate(() => {
      const { top } = document.activeElement.closest('figure.chunk').getBoundingClientRect();
      return top >= 0 && top < innerHeight;
    }), 'the chunk is out of sight');
  }
  const { count } = await chunkInFocus(page);
  for (let presses = 0; presses < count; presses += 1) await page.keyboard.press('j');
  assert.equal((await chunkInFocus(page)).index, count - 1);
});

test('t changes the theme', async (t) => {
  const page = await visit(t, browser, entry, { colorScheme: 'light' });
  await page.keyboard.press('t');
  assert.equal(await theme(page), 'dark');
});

for (const [way, top] of [['http', address], ['file', fileAddress]]) {
  test(`the switch turns the single keys off, the next page remembers it, and back on, ${way}`, async (t) => {
    const page = await visit(t, browser, entry.replace(address, top));
    await page.keyboard.press('?');
    await dialog(page).waitFor();
    assert.deepEqual(await violations(page), []);
    await page.getByLabel('Single-key shortcuts').focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('Escape');
    await dialog(page).waitFor({ state: 'hidden' });

    for (const next of [page.url(), await page.locator('nav.around a[rel=next]').evaluate((link) => link.href)]) {
      await page.goto(next);
      for (const key of SINGLE) await page.keyboard.press(key);
      assert.equal(page.url(), next);
      assert.equal((await chunkInFocus(page)).index, -1);
      assert.equal(await page.locator('dialog[open]').count(), 0);
      assert.equal(await theme(page), null);
    }

    await page.keyboard.press('Control+k');
    await page.locator('#_find').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('#_keys').click();
    assert.equal(await page.getByLabel('Single-key shortcuts').isChecked(), false);
    await page.getByLabel('Single-key shortcuts').check();
    await page.keyboard.press('Escape');
    await page.reload();
    await page.keyboard.press('/');
    await page.locator('#_find').waitFor();
  });
}

test('no arrow is taken, nor a key with Ctrl, Alt or Meta, but for the K of the search', async (t) => {
  const page = await visit(t, browser, entry);
  const presses = ['ArrowDown', 'ArrowUp', 'ArrowLeft', 'ArrowRight', 'PageDown', 'Home', 'End', ' ', 'Enter', 'Tab']
    .map((key) => ({ key }));
  for (const modifier of ['ctrlKey', 'altKey', 'metaKey']) {
    for (const key of [...SINGLE, 'ArrowLeft', 'ArrowRight']) {
      if (key !== 'k' || modifier === 'altKey') presses.push({ key, [modifier]: true });
    }
  }
  // Events without a key behind them, because a real one would leave the page or have the browser do something.
  const taken = await page.evaluate((all) => all.filter((press) => !document.body.dispatchEvent(
    new KeyboardEvent('keydown', { ...press, bubbles: true, cancelable: true }),
  )), presses);
  assert.deepEqual(taken, []);
  for (const key of ['ArrowRight', 'ArrowLeft', 'ArrowDown']) await page.keyboard.press(key);
  await page.waitForFunction(() => scrollY > 0);
  assert.equal(page.url(), entry);
  assert.equal((await chunkInFocus(page)).index, -1);
});

const FIELDS = ['<input>', '<textarea></textarea>', '<div contenteditable></div>'];
for (const field of FIELDS) {
  test(`what is typed into ${field} arrives there and does nothing else`, async (t) => {
    const page = await visit(t, browser, entry);
    await page.evaluate((html) => document.querySelector('main').insertAdjacentHTML('afterbegin', html), field);
    const typed = page.locator('main > :first-child');
    await typed.focus();
    await page.keyboard.type(SINGLE.join(''));
    assert.equal(await typed.evaluate((element) => element.value ?? element.textContent), SINGLE.join(''));
    assert.equal(page.url(), entry);
    assert.equal(await page.locator('dialog[open]').count(), 0);
    assert.equal(await theme(page), null);
  });
}

test('nor does a key in a dialog', async (t) => {
  const page = await visit(t, browser, entry);
  await page.keyboard.press('/');
  await page.keyboard.type(SINGLE.join(''));
  assert.equal(await page.locator('#_query').inputValue(), SINGLE.join(''));
  await page.keyboard.press('Escape');
  await page.locator('#_find').waitFor({ state: 'hidden' });
  await page.keyboard.press('?');
  await dialog(page).waitFor();
  for (const key of ['n', 't', '/']) await page.keyboard.press(key);
  assert.equal(page.url(), entry);
  assert.equal(await theme(page), null);
  assert.ok(await dialog(page).isVisible());
  assert.ok(await page.locator('#_find').isHidden());
});

test('the button in the footer gets the focus back', async (t) => {
  const page = await visit(t, browser, at(address, 'index.html'));
  await page.locator('#_keys').focus();
  await page.keyboard.press('Enter');
  await dialog(page).waitFor();
  await page.getByRole('button', { name: 'Close' }).click();
  assert.equal(await page.evaluate(() => document.activeElement.id), '_keys');
});
