// Previews of chunks and identifiers, references expanded where they stand, and code that is copied.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { violations } from './lib/axe.js';
import { at, fileAddress, focus, openBrowser, openSite, unfold, visit } from './lib/browser.js';
import { ROOT, having, read } from './lib/site.js';

const browser = await openBrowser();
const address = await openSite();
const WAYS = [['http', address], ['file', fileAddress]];
const NEAR = 'pre a.ref[href^="#"]';
const FAR = 'pre a.ref:not([href^="#"])';
const [withNear, ...othersWithNear] = having('entry', /<span class="l".*<a class="ref"[^>]*href="#/);
const largest = othersWithNear.at(-1) ?? withNear; // in which many references lead to code
const [withFar, ...othersWithFar] = having('entry', /<span class="l".*<a class="ref"[^>]*href="[^#]/);
const CLIPBOARD = { permissions: ['clipboard-read', 'clipboard-write'] };

const box = (page) => page.locator('#_preview');
const isAway = (page) => box(page).waitFor({ state: 'hidden' });
const anchorOf = (target) => decodeURIComponent(new URL(target).hash.slice(1));
const linesOf = (element) => element.locator('.l:not(em)').allTextContents();
async function firstOf(page, selector) {
  await unfold(page);
  const link = page.locator(`${selector}:visible`).first();
  await link.scrollIntoViewIfNeeded();
  return link;
}

for (const [way, top] of WAYS) {
  for (const [where, entry, selector] of [['this page', withNear, NEAR], ['another page', withFar, FAR]]) {
    test(`focus shows a chunk of ${where} until Escape, ${way}`, async (t) => {
      const page = await visit(t, browser, at(top, entry));
      const link = await firstOf(page, selector);
      await focus(page, link);
      await box(page).waitFor();
      const name = await link.textContent();
      assert.ok((await box(page).locator('figcaption').textContent()).includes(name));
      assert.ok(await box(page).locator('code > *').count() > 0, 'there is neither code nor a word that there is none');
      assert.equal(await box(page).locator('[id], button, [href], [tabindex]').count(), 0);
      assert.equal(await link.getAttribute('aria-describedby'), '_preview');
      if (way === 'http') assert.deepEqual(await violations(page), []);
      await page.waitForTimeout(700);
      assert.ok(await box(page).isVisible(), 'it goes by itself');
      await page.keyboard.press('Escape');
      await isAway(page);
      assert.equal(await link.getAttribute('aria-describedby'), null);
      assert.ok(await link.evaluate((element) => element === document.activeElement), 'the focus is lost');
    });

    test(`a reference to ${where} is expanded where it stands, and back, ${way}`, async (t) => {
      const page = await visit(t, browser, at(top, entry));
      const link = await firstOf(page, selector);
      const toggle = link.locator('+ .expand');
      assert.equal(await toggle.getAttribute('aria-label'), `Expand ${await link.textContent()}`);
      const target = await link.evaluate((element) => element.href);
      await toggle.focus();
      await page.keyboard.press('Enter');
      const block = page.locator('.expanded').first();
      await block.locator('.l').first().waitFor();
      assert.equal(await toggle.getAttribute('aria-expanded'), 'true');
      const code = await linesOf(block);
      if (way === 'http') assert.deepEqual(await violations(page), []);
      const inner = await block.locator('a').evaluateAll((links) => links.map(({ href }) => href));
      assert.deepEqual(inner.filter((href) => !href.startsWith(top)), []);
      await page.keyboard.press('Enter');
      assert.equal(await page.locator('.expanded').count(), 0);
      assert.equal(await toggle.getAttribute('aria-expanded'), 'false');
      await page.goto(target);
      assert.deepEqual(code, await linesOf(page.locator(`[id="${anchorOf(target)}"]`)), 'it is other code than the link leads to');
    });
  }
}

test('hover shows the chunk after a moment, the pointer may go onto the box, and Escape puts it away', async (t) => {
  const page = await visit(t, browser, at(address, withNear));
  const link = await firstOf(page, NEAR);
  await page.mouse.move(1, 1); // where a pointer comes from
  // By the page's own clock: a busy machine would look too late.
  const wait = link.evaluate((element) => new Promise((resolve) => {
    let came;
    element.addEventListener('pointermove', () => { came ??= performance.now(); });
    new MutationObserver(() => resolve(performance.now() - came)).observe(document.getElementById('_preview'), { attributeFilter: ['hidden'] });
  }));
  await link.hover();
  await box(page).waitFor();
  assert.ok(await wait > 100, 'it comes at once');
  await box(page).hover();
  await page.waitForTimeout(700);
  assert.ok(await box(page).isVisible(), 'it goes away under the pointer');
  await page.mouse.move(1, 1);
  await isAway(page);
  await link.hover();
  await box(page).waitFor();
  await page.keyboard.press('Escape');
  await isAway(page);
});

test('the box does not cover its link and stays inside a narrow window', async (t) => {
  const page = await visit(t, browser, at(address, withNear), { viewport: { width: 320, height: 600 } });
  const link = await firstOf(page, NEAR);
  await focus(page, link);
  await box(page).waitFor();
  const [shown, below] = [await box(page).boundingBox(), await link.boundingBox()];
  assert.ok(shown.x >= 0 && shown.x + shown.width <= 320);
  assert.ok(shown.y + 1 >= below.y + below.height || shown.y + shown.height <= below.y + 1);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
});

/** What is said of the identifiers that a page links: an entry's has it in the script beside it. */
function identifiersOf(name) {
  const beside = name.replace(/html$/, 'pieces.js');
  let known = JSON.parse(read(name).match(/id="_identifiers">(.*?)<\/script>/)?.[1] ?? '{}');
  if (existsSync(join(ROOT, beside))) runInNewContext(read(beside), { daybookPieces: (page, figures, more) => { known = more; } });
  return known;
}

for (const kind of ['entry', 'chunks/*', 'source/*']) {
  test(`an identifier shows its signature, ${kind}`, async (t) => {
    const [name] = having(kind, /<pre.*<a class="id"[^>]*data-id/s);
    const page = await visit(t, browser, at(address, name));
    const known = identifiersOf(name);
    const link = await firstOf(page, 'pre a.id');
    await focus(page, link);
    await box(page).waitFor();
    const { signature, summary } = known[await link.getAttribute('data-id')];
    assert.equal(await box(page).locator('code').textContent(), signature);
    assert.ok((await box(page).textContent()).includes(summary));
    assert.deepEqual(await violations(page), []);
  });
}

test('no link to an identifier is without what it shows', () => {
  for (const kind of ['entry', 'chunks/*', 'source/*']) {
    for (const name of having(kind, /data-id=/)) {
      const known = identifiersOf(name);
      const unknown = [...read(name).matchAll(/data-id="(\d+)"/g)].map(([, id]) => id).filter((id) => !known[id]);
      assert.deepEqual([...new Set(unknown)], [], name);
    }
  }
});

test('a tap follows the link and shows no box', async (t) => {
  const phone = { hasTouch: true, isMobile: true, viewport: { width: 390, height: 800 } };
  const page = await visit(t, browser, at(address, withNear), phone);
  const link = await firstOf(page, NEAR);
  await link.dispatchEvent('pointerover', { pointerType: 'touch' }); // as a finger that scrolls does
  await page.waitForTimeout(500);
  assert.ok(await box(page).isHidden());
  const target = await link.evaluate((element) => element.href);
  await link.tap();
  await page.waitForURL(target);
  await page.waitForTimeout(500);
  assert.ok(await box(page).isHidden());
});

test('links in code from another page lead where they led there', async (t) => {
  // Only a link within that page tells the two apart, and few pieces have one.
  for (const entry of [withFar, ...othersWithFar]) {
    const page = await visit(t, browser, at(address, entry));
    const toggles = page.locator(`${FAR} + .expand`);
    await toggles.evaluateAll((buttons) => buttons.forEach((button) => button.click()));
    await page.waitForFunction(() => [...document.querySelectorAll('.expanded')].every((block) => block.firstChild));
    const shown = await page.locator('.expanded a.id').evaluateAll((links) => links.map(({ href }) => href));
    const targets = await toggles.evaluateAll((buttons) => buttons.map((button) => button.previousElementSibling.href));
    const led = [];
    for (const target of new Set(targets)) {
      await page.goto(target);
      const links = page.locator(`[id="${anchorOf(target)}"] a.id`);
      led.push(...await links.evaluateAll((found) => found.map(({ href }) => href)));
    }
    assert.deepEqual(new Set(shown), new Set(led));
    const pageOf = (link) => link.split('#')[0];
    if (targets.some((target) => led.some((link) => pageOf(link) === pageOf(target)))) return;
  }
  assert.fail('no piece on another page has a link within that page');
});

test('what is expanded can be expanded again', async (t) => {
  for (const entry of having('entry', /<span class="l".*<a class="ref"/)) {
    const page = await visit(t, browser, at(address, entry));
    const toggles = page.locator('main figure.chunk[id] > pre > code > .l .expand');
    const count = await toggles.count();
    for (let i = 0; i < count; i += 1) {
      await toggles.nth(i).dispatchEvent('click');
      await page.locator('.expanded .l').first().waitFor({ state: 'attached' });
      const inner = page.locator('.expanded .expand:visible').first();
      if (await inner.count() > 0) {
        await inner.click();
        await page.locator('.expanded .expanded .l').first().waitFor();
        assert.deepEqual(await violations(page), []);
        return;
      }
      await toggles.nth(i).dispatchEvent('click');
    }
  }
  assert.fail('no reference leads to code with a reference');
});

test("copying gives the journal's text, expanded or not", async (t) => {
  const page = await visit(t, browser, at(address, withNear), CLIPBOARD);
  const figure = page.locator(`figure.chunk:has(${NEAR}):visible`).first();
  const copy = async () => {
    const button = figure.getByRole('button', { name: /^Copy/ });
    await button.click();
    await button.filter({ hasText: 'Copied' }).waitFor();
    const text = await page.evaluate(() => navigator.clipboard.readText());
    await page.evaluate(() => navigator.clipboard.writeText(''));
    return text;
  };
  const before = await copy();
  assert.match(before, /<<.*>>/);
  for (const toggle of await figure.locator('.expand').all()) await toggle.click();
  await figure.locator('.expanded .l').first().waitFor();
  assert.equal(await copy(), before);
});

test('selecting code takes no toggle along', async (t) => {
  const page = await visit(t, browser, at(address, withNear), CLIPBOARD);
  const code = page.locator(`figure.chunk code:has(${NEAR.slice(4)}):visible`).first();
  const expected = await code.evaluate((element) => element.textContent);
  await code.evaluate((element) => getSelection().selectAllChildren(element));
  await page.keyboard.press('Control+c');
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), expected);
});

test('a toggle is 24 px high and leaves the lines as high as they are', async (t) => {
  const page = await visit(t, browser, at(address, withNear));
  const { width, height } = await page.locator('main .expand:visible').first().boundingBox();
  assert.ok(width >= 24 && height >= 24);
  const pre = page.locator('figure.chunk pre:has(.expand):visible').first();
  const high = () => pre.evaluate((element) => element.getBoundingClientRect().height);
  const withToggles = await high();
  await page.addStyleTag({ content: '.expand { display: none }' });
  assert.equal(withToggles, await high());
});

test("on a chunk's own page each toggle has something to show", async (t) => {
  const page = await visit(t, browser, at(address, having('chunks/*', /<pre.*<a class="ref"/s)[0]));
  const references = page.locator('main pre a.ref');
  assert.ok(await references.count() > 0);
  await page.locator('main .expand').evaluateAll((toggles) => toggles.forEach((toggle) => toggle.click()));
  await page.waitForFunction(() => [...document.querySelectorAll('.expanded')].every((block) => block.firstChild));
  assert.equal(await page.getByText('The code cannot be shown here').count(), 0);
});

test('a piece that cannot be loaded is said', async (t) => {
  const page = await visit(t, browser, at(address, withFar));
  await page.route('**/*.pieces.js', (route) => route.abort());
  const link = await firstOf(page, FAR);
  await link.locator('+ .expand').click();
  await page.getByText('The code cannot be shown here').waitFor();
});

/** A reference of the page to a chunk on it that is not empty. */
async function toCode(page) {
  await unfold(page);
  const links = page.locator(`${NEAR}:visible`);
  const leads = await links.evaluateAll((all) => all.map(({ hash }) => Boolean(document.getElementById(decodeURIComponent(hash.slice(1)))?.querySelector('.l[data-n]'))));
  const link = links.nth(leads.indexOf(true));
  await link.scrollIntoViewIfNeeded();
  return link;
}

/** Which lines of code go where their numbers are: those of which some row begins left of the code's own edge. */
const intoGutter = (page, lines) => page.locator(lines).evaluateAll((all) => all.filter((line) => {
  const range = document.createRange();
  range.selectNodeContents(line);
  const rows = [...range.getClientRects()].filter(({ width }) => width > 0);
  return rows.some(({ left }) => left < rows[0].left - 1);
}).map((line) => line.textContent));

test('a long line of a preview is broken, and stays out of the gutter', async (t) => {
  const page = await visit(t, browser, at(address, largest), { viewport: { width: 400, height: 800 } });
  await focus(page, await toCode(page));
  await box(page).waitFor();
  await box(page).locator('.l[data-n]').first().evaluate((line) => line.append(' and'.repeat(60)));
  const { height } = await box(page).locator('.l[data-n]').first().evaluate((line) => line.getBoundingClientRect());
  assert.ok(height > 40, 'the line is not broken');
  assert.deepEqual(await intoGutter(page, '#_preview .l[data-n]'), []);
});

test('so is one on paper', async (t) => {
  const page = await visit(t, browser, at(address, withNear), { viewport: { width: 400, height: 800 } });
  await page.emulateMedia({ media: 'print' });
  await page.locator('figure.chunk .l[data-n]').first().evaluate((line) => line.append(' and'.repeat(60)));
  assert.deepEqual(await intoGutter(page, 'figure.chunk .l[data-n]'), []);
});

test('what is expanded stands where its file has it, and its numbers in their column', async (t) => {
  const page = await visit(t, browser, at(address, largest));
  await (await toCode(page)).locator('+ .expand').click();
  const line = page.locator('.expanded .l[data-n]').filter({ hasText: /\S/ }).first();
  await line.waitFor();
  const [code, name, number, numbers] = await line.evaluate((element) => {
    const left = (node) => {
      const range = document.createRange();
      range.selectNodeContents(node);
      return range.getBoundingClientRect().left;
    };
    const column = (one) => one.getBoundingClientRect().left + parseFloat(getComputedStyle(one).paddingLeft) + parseFloat(getComputedStyle(one, '::before').marginLeft);
    const line = document.querySelector('.expand[aria-expanded=true]').closest('.l'); // blanks and all, as its own lines are
    return [left(element), left(line), column(element), column(element.closest('figure').querySelector('.l[data-n]:not(.expanded .l)'))];
  });
  assert.ok(Math.abs(code - name) < 1, `the code begins at ${code}, and the line with its name at ${name}`);
  assert.ok(Math.abs(number - numbers) < 1, `its numbers begin at ${number}, and the others at ${numbers}`);
});

test('no preview opens under a pointer that rests while the page moves', async (t) => {
  const page = await visit(t, browser, at(address, withNear));
  const link = await firstOf(page, NEAR);
  const { x, y } = await link.boundingBox();
  await page.mouse.move(x + 10, y + 205);
  await page.mouse.move(x + 12, y + 205);
  await page.keyboard.press('Escape');
  await page.evaluate(() => window.scrollBy({ top: -200, behavior: 'instant' }));
  await page.waitForTimeout(900);
  assert.ok(await link.evaluate((element) => element.matches(':hover')), 'the link did not come under the pointer');
  assert.ok(await box(page).isHidden(), 'the preview opens under a pointer that rests');
  await page.mouse.move(x + 14, y + 205);
  await box(page).waitFor();
});
