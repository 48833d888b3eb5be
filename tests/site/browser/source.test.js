// The source as of an entry: the slider, its address, and where the lines lead.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { violations } from './lib/axe.js';
import { at, fileAddress, openBrowser, openSite, visit } from './lib/browser.js';
import { having, read } from './lib/site.js';

const browser = await openBrowser();
const address = await openSite();
const LIVING = /class="origin"[^>]*data-b="\d+"(?! data-d)/;
const deaths = (page) => read(page).match(/data-d="/g).length;
// Of the files in which what is gone stood between what is still there, the one that lost most.
const BETWEEN = new RegExp(`${LIVING.source}.*data-d=".*${LIVING.source}`, 's');
const changed = having('source/*', BETWEEN).reduce((one, other) => (deaths(other) > deaths(one) ? other : one));
const [young] = having('source/*', LIVING, /data-born="(?!1")/);
const days = JSON.parse(/= (.*);/s.exec(read('source/days.js'))[1]).map(([name, text]) => ({ name, text }));
const middle = Math.ceil(days.length / 2);

/** The runs of lines: when each lives, whether it can be seen, what it says and where it leads. */
const runs = (page) => page.locator('.source .origin').evaluateAll((found) => found.map((run) => ({
  born: Number(run.dataset.b),
  died: Number(run.dataset.d ?? Infinity),
  seen: run.getClientRects().length > 0,
  went: run.classList.contains('went'),
  text: [...run.querySelectorAll('.l')].map((line) => line.textContent).join(''),
  link: run.querySelector('a.from')?.href,
})));
const slider = (page) => page.locator('#_asof');
const output = (page) => page.locator('output[for=_asof]');

/** Fails unless the page shows the file as of entry `k`, from 1, and says so; returns the code that can be seen. */
async function shows(page, k) {
  const everything = await runs(page);
  assert.deepEqual(everything.filter(({ went }) => went).filter(({ died }) => died !== k), [], 'it is marked as gone and did not go');
  const all = everything.filter(({ went }) => !went);
  assert.deepEqual(all.map(({ seen }) => seen), all.map(({ born, died }) => born <= k && k < died), `as of entry ${k}`);
  assert.equal(await slider(page).inputValue(), String(k));
  assert.ok((await output(page).textContent()).startsWith(days[k - 1].text));
  return all.filter(({ seen }) => seen).map(({ text }) => text).join('');
}

test('the slider has a tick at each day on which the file changed, and there one sees what went', async (t) => {
  const page = await visit(t, browser, at(address, changed));
  const ticks = await page.locator('datalist option').evaluateAll((found) => found.map(({ value }) => Number(value)));
  const changes = new Set((await runs(page)).flatMap(({ born, died }) => [born, died]).filter(Number.isFinite));
  assert.deepEqual([...changes].filter((day) => !ticks.includes(day)), []);
  const k = (await runs(page)).find(({ died }) => Number.isFinite(died)).died;
  await slider(page).evaluate((input, value) => {
    input.value = value;
    input.dispatchEvent(new Event('input'));
  }, k);
  const all = await runs(page);
  assert.deepEqual(all.map(({ seen }) => seen), all.map(({ born, died }) => born <= k && k <= died));
  assert.deepEqual(all.map(({ went }) => went), all.map(({ died }) => died === k));
});

test('without script the newest is shown, and no slider', async (t) => {
  const page = await visit(t, browser, at(address, changed), { javaScriptEnabled: false });
  assert.ok(await slider(page).isHidden());
  const all = await runs(page);
  assert.deepEqual(all.map(({ seen }) => seen), all.map(({ died }) => died === Infinity));
});

for (const [way, top] of [['http', address], ['file', fileAddress]]) {
  test(`the code changes from entry to entry, with the keyboard alone, ${way}`, async (t) => {
    const page = await visit(t, browser, at(top, changed));
    assert.equal(Number(await slider(page).getAttribute('max')), days.length);
    await slider(page).focus();
    const texts = new Set();
    for (let k = days.length; k >= 1; k -= 1) {
      texts.add(await shows(page, k));
      if (k < days.length) assert.ok((await slider(page).getAttribute('aria-valuetext')).startsWith(days[k - 1].text));
      if (way === 'http') {
        const name = new URL(page.url()).searchParams.get('at');
        assert.equal(name, k === days.length ? null : days[k - 1].name);
      }
      const born = await page.locator('.source .born').evaluateAll((found) => found.map((run) => Number(run.dataset.b)));
      assert.ok(born.every((b) => b === k), `as of entry ${k} what entries ${born} wrote is marked as new`);
      await page.keyboard.press('ArrowLeft');
    }
    const changes = new Set((await runs(page)).flatMap(({ born, died }) => [born, died]).filter(Number.isFinite));
    assert.ok(texts.size > 1 && texts.size >= changes.size, `${texts.size} texts from ${changes.size} entries`);
    assert.deepEqual(await violations(page), []);
    await page.keyboard.press('End');
    await shows(page, days.length);
  });

  test(`an address says which entry, and the way to another file keeps it, ${way}`, async (t) => {
    const page = await visit(t, browser, `${at(top, changed)}?at=${days[middle - 1].name}`);
    await shows(page, middle);
    await page.locator('.crumb a').click();
    await page.waitForURL((url) => url.searchParams.get('at') === days[middle - 1].name && url.pathname.endsWith('/source/index.html'));
    await page.waitForFunction((k) => document.querySelector('#_asof')?.value === k, String(middle));
    // The list has the files that were there, those that went on that day, marked, and no other.
    const rows = await page.locator('.index tbody tr').evaluateAll((all) => all.map((row) => (
      [Number(row.dataset.b), Number(row.dataset.d ?? 1e9), row.getClientRects().length > 0, row.classList.contains('went')])));
    assert.deepEqual(rows.map(([, , seen]) => seen), rows.map(([born, gone]) => born <= middle && middle <= gone));
    assert.deepEqual(rows.map(([, , , went]) => went), rows.map(([, gone]) => gone === middle));
    const file = page.locator('.index th a:visible').first();
    const there = await file.evaluate((link) => link.href);
    assert.match(there, new RegExp(`\\.html\\?at=${days[middle - 1].name}$`));
    await file.click();
    await page.waitForURL(there);
    await shows(page, middle);
  });
}

test('as of every entry each line leads to a paragraph that was there', async (t) => {
  const page = await visit(t, browser, at(address, changed));
  await slider(page).focus();
  for (let k = days.length; k >= 1; k -= 1) {
    const seen = (await runs(page)).filter((run) => run.seen);
    for (const { link, text } of seen) {
      assert.ok(link?.startsWith(address), `${text} leads nowhere`);
      const [path, anchor] = decodeURIComponent(link.slice(address.length)).split('#');
      const number = days.findIndex(({ name }) => path === `${name.slice(0, 7)}/${name.slice(8)}.html`) + 1;
      assert.ok(number >= 1 && number <= k, `as of entry ${k} a line leads to ${path}`);
      assert.ok(read(path).includes(`id="${anchor}"`), `${path} has no ${anchor}`);
    }
    await page.keyboard.press('ArrowLeft');
  }
  await page.keyboard.press('End');
  const from = page.locator('.source a.from:visible').first();
  const target = await from.evaluate((link) => link.href);
  await from.focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(target);
});

test('an entry that there is not is the newest', async (t) => {
  const page = await visit(t, browser, `${at(address, changed)}?at=1999-01-01-nothing`);
  await shows(page, days.length);
});

test('a file that does not exist yet says so', async (t) => {
  const page = await visit(t, browser, at(address, young));
  await slider(page).focus();
  await page.keyboard.press('Home');
  assert.match(await output(page).textContent(), /this file does not exist yet$/);
  assert.ok(await page.locator('.source').isHidden());
});

test('a file that is gone says so', async (t) => {
  const page = await visit(t, browser, at(address, 'index.html'));
  // The journal may never have deleted a file; this one ends with the last entry.
  await page.route(`**/${changed}*`, async (route) => {
    const response = await route.fetch();
    const body = (await response.text()).replace(/(data-b="\d+")(?! data-d)/g, `$1 data-d="${days.length}"`);
    await route.fulfill({ response, body });
  });
  await page.goto(`${at(address, changed)}?at=${days.at(-1).name}`);
  assert.match(await output(page).textContent(), /this file is no more$/);
  assert.equal(await page.locator('.source .on:not(.went)').count(), 0, 'what went that day is all there is');
});

test('hidden lines take no room', async (t) => {
  const page = await visit(t, browser, at(address, changed));
  // Only lines: what stands between them has a height of its own.
  await page.addStyleTag({ content: '.from { display: none !important }' });
  const lines = page.locator('.source .l:visible');
  const distance = (await lines.last().boundingBox()).y - (await lines.first().boundingBox()).y;
  const height = await page.locator('.source pre').evaluate((pre) => parseFloat(getComputedStyle(pre).lineHeight));
  assert.equal(Math.round(distance / height), await lines.count() - 1);
});

test("an entry's link shows a file as of its day, and the button copies that", async (t) => {
  const early = having('entry', new RegExp(`${changed}\\?at=`))[0];
  const k = days.findIndex(({ name }) => early.endsWith(`/${name.slice(8)}.html`)) + 1;
  const page = await visit(t, browser, at(address, early), { permissions: ['clipboard-read', 'clipboard-write'] });
  await page.locator(`.place a[href*="${changed}?at="]`).first().click();
  const code = await shows(page, k);
  assert.ok(await page.locator(':target').isVisible());
  await page.getByRole('button', { name: 'Copy the file' }).click();
  await page.getByRole('button', { name: 'Copied' }).or(page.getByText('Copied')).waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), code);
  assert.ok(!code.includes('⟨') && code.endsWith('\n'));
});
