// The machine in the page: each kernel boots at a click and says what it says in a terminal; one can step through it, look
// into it and be rid of it, by keyboard, on a phone, and from a folder.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { violations } from './lib/axe.js';
import { as, at, fileAddress, openPage, watch, unfold } from './lib/browser.js';
import { address, booted, browser, press, serial, settled, skip } from './lib/panel.js';
import { MOUNT } from './lib/server.js';
import { ROOT, entries, files, read } from './lib/site.js';
import { ENDINGS, inTerminal } from './lib/terminal.js';

const BUDGET = 450_000; // bytes after the click
const PARTS = /\/emulator\/|\.kernel$|\.lines\.js$/; // what the panel loads; scrolling may load a picture

const kernelOf = (entry) => entry.replace(/html$/, 'kernel');
const linesOf = (entry) => gunzipSync(Buffer.from(/, "(.*)"\);/.exec(read(entry.replace(/html$/, 'lines.js')))[1], 'base64')).toString();
const withTables = entries.find((entry) => entry.includes('the-higher-half')) ?? entries.at(-1);

for (const entry of entries) {
  test(`${entry} boots at a click`, { skip }, async () => {
    const terminal = inTerminal(kernelOf(entry));
    const page = await openPage(browser);
    const problems = watch(page);
    const asked = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(at(address, entry));
    assert.deepEqual(asked.filter((name) => PARTS.test(name)), [], 'loaded before the click');
    const before = asked.length;
    await page.locator('section.boot .boot-it').first().click();
    const said = await settled(page);
    const { lines, end } = await terminal;
    assert.deepEqual(await serial(page), lines);
    assert.equal(said, `Exit status ${end.exitStatus}: ${ENDINGS[end.exitStatus]}.`);
    const { kind } = end.screen; // a text screen has nothing on it: no kernel of ours writes there
    assert.equal(await page.locator('.machine .screen').isVisible(), kind === 'graphics', 'a screen with nothing on it is not shown');
    const loaded = asked.slice(before).filter((name) => PARTS.test(name)).map((name) => path.join(ROOT, decodeURIComponent(name.slice(MOUNT.length))));
    const weight = loaded.reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0);
    console.log(`${entry}: ${weight} of ${BUDGET} bytes after the click`);
    assert.ok(weight <= BUDGET, `${weight} bytes are sent after the click`);
    assert.deepEqual(problems(), []);
    await page.context().close();
  });
}

test('it boots from a folder, without a server', { skip }, async () => {
  const page = await booted(withTables, { from: fileAddress });
  assert.deepEqual(await serial(page), (await inTerminal(kernelOf(withTables))).lines);
  await page.context().close();
});

test('what cannot be loaded is said in a sentence', { skip }, async () => {
  const page = await openPage(browser);
  await page.route('**/bochs.wasm', (route) => route.abort());
  await page.goto(at(address, entries[0]));
  await page.locator('section.boot .boot-it').first().click();
  assert.match(await settled(page), /^\S+emulator\/bochs\.wasm cannot be loaded\.$/);
  await press(page, 'Close');
  await page.locator('section.boot .boot-it').first().waitFor();
  await page.context().close();
});

// Where the kernel itself runs high, and takes the first page of its pool. On the day of the allocator only a test asks for space and
// puts all back, so the compiler leaves nothing of that.
for (const [entry, movesUp] of [['2025-11/06-page-table-space.html', false], [withTables, true]]) {
  test(`the tour of ${entry} stops where the registers change, at the jump and the allocator, and nowhere else`, { skip }, async () => {
    const changes = path.join(mkdtempSync(path.join(tmpdir(), 'changes-')), 'list.json');
    const [page] = await Promise.all([booted(entry), inTerminal(kernelOf(entry), '--changes', changes)]);
    const expected = JSON.parse(readFileSync(changes, 'utf8'))
      .map(({ name, from, to }) => (name === 'mode' ? `Mode: ${from} → ${to}` : `${name.toUpperCase()} ${from} → ${to}`));
    rmSync(path.dirname(changes), { recursive: true });
    const seen = [], others = [];
    await press(page, 'Guided tour');
    for (let said = await settled(page); !said.startsWith('Exit'); said = await settled(page)) {
      assert.match(said, /vol\. 3A/);
      const stops = await page.locator('.machine .stop li').allTextContents();
      const control = stops.map((text) => text.replace(/(0x\w+ → 0x\w+):.*/, '$1')).filter((text) => /^(Mode|CR[034]|EFER)/.test(text));
      seen.push(...control);
      if (!control.length) others.push(stops[0]);
      await press(page, 'Next stop of the tour');
    }
    assert.deepEqual(seen.sort(), expected.sort());
    if (movesUp) {
      assert.match(others[0], /^RIP 0x1\w{5} → 0xffffffff8\w{7}$/);
      const pool = (await serial(page)).find((text) => text.startsWith('page table space')).match(/0x\w+/)[0];
      assert.equal(others[1], `kernel_pt_space_manager.current_addr ${pool} → 0x${(BigInt(pool) + 4096n).toString(16)}`);
    }
    assert.equal(others.length, movesUp ? 2 : 0, others.join('\n'));
    const open = await page.locator('.machine details[open] > summary').allTextContents();
    assert.deepEqual(open.filter((title) => title.startsWith('Page')), movesUp ? ['Page tables', 'Page table space'] : ['Page tables']);
    await page.context().close();
  });
}

test('it runs to a line, which is then marked', { skip }, async () => {
  const page = await booted(withTables);
  const line = page.getByLabel('Line', { exact: true });
  await page.getByLabel('Chunk', { exact: true }).selectOption({ label: 'kernel/leave_boot_mapping.asm' });
  await line.selectOption({ index: 2 });
  const wanted = (await line.locator('option:checked').textContent()).replace(/^\d+: /, '');
  await press(page, 'Run to it');
  assert.equal(await settled(page), 'Stopped.');
  const marked = page.locator('.l.at');
  assert.equal((await marked.textContent()).trim(), wanted);
  const instruction = wanted.replace(/\s+/g, ' '); // the emulator's disassembler writes it as the journal does
  assert.equal(instruction, 'mov rsp, rsi');
  assert.ok((await page.locator('.machine .stop code').textContent()).endsWith(instruction));
  const { top, bottom } = await marked.evaluate((element) => element.getBoundingClientRect());
  const panel = await page.locator('.machine').boundingBox();
  assert.ok(top >= 0 && bottom <= panel.y, 'the line is out of sight');
  await press(page, 'Next change');
  await settled(page);
  await press(page, 'Run on');
  assert.match(await settled(page), /^Exit/);
  assert.equal(await page.locator('.l.at').count(), 0);
  await page.context().close();
});

test('the tables, the map and the table space are those of the machine', { skip }, async () => {
  const page = await booted(withTables);
  const box = page.locator('.machine');
  for (const title of ['Page tables', 'Memory map', 'Page table space']) await box.locator('summary', { hasText: title }).press('Enter');
  const words = [];
  for (let level = 0; level < 3; level += 1) {
    await box.locator('.entries-of-table li > button').first().click();
    await box.getByRole('button', { name: /^Go down/ }).locator('visible=true').press('Enter');
    await page.waitForFunction((count) => document.querySelectorAll('.machine [aria-current]').length === 1
      && document.querySelectorAll('.machine details p button[aria-current], .machine details > div > p button').length === count, level + 2);
    words.push(await box.locator('[aria-current]').textContent());
  }
  assert.deepEqual(words.map((text) => text.match(/PDPT|PD|PT/)[0]), ['PDPT', 'PD', 'PT']);
  await box.locator('.entries-of-table li > button').first().click();
  const said = box.locator('.entries-of-table p:visible');
  assert.match(await said.textContent(), /^From 0xffffffff8\w+ on: present.*It maps the 4 KiB at 0x1\w+\. /);
  const writer = said.getByRole('link');
  await writer.waitFor();
  assert.match(await said.textContent(), /Written by .*: mov \w+ ptr .*, the instruction number [\d,]+\.$/);
  for (let i = 0; page.workers().length > 1 && i < 50; i += 1) await page.waitForTimeout(20);
  assert.equal(page.workers().length, 1, 'the machine that looked for it is still there');
  const [, number] = (await writer.textContent()).match(/line (\d+)/);
  const line = page.locator(`${new URL(await writer.evaluate((link) => link.href)).hash} .l`);
  assert.match((await line.evaluateAll((all, wanted) => all.map((one, i) => [one.dataset.n ?? String(i + 1), one.textContent])
    .find(([n]) => n === wanted)?.[1], number)) ?? '', /\bentry = .*flags/);
  const rows = (await serial(page)).filter((text) => /^ {2}0x.* - /.test(text));
  assert.equal(await box.getByLabel('Memory map').locator('tbody tr').count(), rows.length);
  const pool = (await serial(page)).find((text) => text.startsWith('page table space')).match(/0x\w+/g);
  assert.deepEqual((await box.getByLabel('kernel_pt_space_manager').locator('td').allTextContents()).filter((_, i) => i === 1 || i === 3), pool);
  await page.context().close();
});

test('what is typed is sent, with keys or without, and Tab leads on', { skip }, async () => {
  const page = await openPage(browser);
  await page.addInitScript(() => {
    window.sent = [];
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function spy(message) {
      if (message.type === 'input') window.sent.push(...message.bytes);
      post.call(this, message);
    };
  });
  await page.goto(at(address, entries[0]));
  await page.locator('section.boot .boot-it').first().click();
  await settled(page);
  await press(page, 'Next change');
  await settled(page);
  const log = page.locator('.machine [role=log]');
  const sent = async () => Buffer.from(await page.evaluate(() => window.sent.splice(0))).toString();
  await log.focus();
  await page.keyboard.type('n/~ x');
  await page.keyboard.press('Backspace');
  await page.keyboard.press('Enter');
  assert.equal(await sent(), 'n/~ x\x7f\r');
  const field = page.getByLabel('Type to the kernel');
  assert.ok(await field.evaluate((element) => element === document.activeElement), 'the typing did not come to the field');
  // As a phone's keyboard does it: text and deletions, but no keys.
  const session = await page.context().newCDPSession(page);
  await page.keyboard.insertText('swiped');
  await field.evaluate(() => document.execCommand('delete'));
  assert.equal(await sent(), 'swiped\x7f');
  // As an input method and a dead key do it: nothing is sent before it is composed.
  await session.send('Input.imeSetComposition', { text: '´', selectionStart: 1, selectionEnd: 1 });
  await session.send('Input.imeSetComposition', { text: 'é', selectionStart: 1, selectionEnd: 1 });
  assert.equal(await sent(), '');
  await session.send('Input.insertText', { text: 'é' });
  await page.keyboard.type('!');
  assert.equal(await sent(), 'é!');
  await page.keyboard.press('Tab');
  assert.ok(await page.evaluate(() => !document.activeElement.closest('.console')), 'Tab stays in the console');
  await log.focus();
  await page.keyboard.press('Control+a');
  assert.equal(await sent(), '', 'a shortcut of the browser is sent');
  await page.context().close();
});

test('20 times stopped and started, nothing is left over', { skip }, async () => {
  const page = await booted(entries[0]);
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const used = async () => {
    await session.send('HeapProfiler.collectGarbage');
    const { metrics } = await session.send('Performance.getMetrics');
    return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
  };
  const again = async (times) => {
    for (let i = 0; i < times; i += 1) {
      await press(page, 'Stop');
      await press(page, 'Restart');
      assert.match(await settled(page), /^Exit/);
      assert.ok(page.workers().length <= 1, `${page.workers().length} workers`);
    }
    return used();
  };
  const [before, after] = [await again(5), await again(15)];
  assert.ok(after.JSHeapUsedSize < before.JSHeapUsedSize + 1e6, `${before.JSHeapUsedSize} bytes became ${after.JSHeapUsedSize}`);
  assert.ok(after.Nodes < before.Nodes + 500, `${before.Nodes} nodes became ${after.Nodes}`);
  await press(page, 'Stop');
  for (let i = 0; page.workers().length && i < 50; i += 1) await page.waitForTimeout(20);
  assert.equal(page.workers().length, 0);
  await page.context().close();
});

test('there is one machine on a page', { skip: skip || (!files.some((name) => /\.[^/]+\.kernel$/.test(name)) && 'the site has no exhibit that boots') }, async () => {
  const entry = entries.find((name) => files.some((file) => file.startsWith(name.replace(/html$/, '')) && /\.[^/]+\.kernel$/.test(file)));
  const page = await booted(entry);
  await unfold(page);
  await page.locator('.boot-it[data-kernel]').first().click();
  await settled(page);
  assert.equal(await page.locator('.machine').count(), 1);
  assert.match(await page.locator('.machine').getByRole('link', { name: 'Licences' }).getAttribute('href'), /\/emulator\.html#licences$/);
  assert.ok(page.workers().length <= 1);
  assert.ok(await page.locator('section.boot > .boot-it').first().isVisible());
  await page.context().close();
});

// The newest entry that has a line of its own to run to: its panel has every part.
const withAll = entries.findLast((entry) => !skip && linesOf(entry).includes(`["${entry}",`));
const MODES = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  phone: { colorScheme: 'light', viewport: { width: 320, height: 640 }, touch: true },
};
test('axe finds nothing, and nothing is too wide, in any mode', { skip }, async () => {
  const page = await booted(withAll);
  const examine = async (when) => {
    for (const [mode, options] of Object.entries(MODES)) {
      await as(page, options);
      assert.deepEqual((await violations(page, '.machine', '.l.at')).map((found) => ({ when, mode, ...found })), []);
      const [width, needed] = await page.evaluate(() => [innerWidth, document.documentElement.scrollWidth]);
      assert.ok(needed <= width, `${when}, ${mode}: the page is ${needed} wide`);
    }
  };
  await page.evaluate(() => { for (const details of document.querySelectorAll('.machine details')) details.open = true; });
  await page.locator('.entries-of-table li > button').first().click();
  await page.locator('.entries-of-table a').waitFor();
  await examine('ended');
  await press(page, 'Run to it');
  await settled(page);
  await examine('at a line');
  await page.context().close();
});

test('the keyboard is enough, and the focus is seen', { skip }, async () => {
  const page = await openPage(browser, { reducedMotion: 'reduce' });
  await page.goto(at(address, withTables));
  await page.locator('section.boot .boot-it').first().focus();
  await page.keyboard.press('Enter');
  await settled(page);
  assert.ok(await page.evaluate(() => document.activeElement.matches('.machine [role=log]')), 'the focus is not in the console');
  await page.locator('.machine button').first().focus();
  const seen = [];
  for (let i = 0; i < 40; i += 1) {
    const one = await page.evaluate(() => {
      const element = document.activeElement;
      return element.closest('.machine') && [element.textContent.slice(0, 20), getComputedStyle(element).outlineStyle];
    });
    if (!one) break;
    seen.push(one);
    await page.keyboard.press('Tab');
  }
  assert.ok(seen.length >= 14, `${seen.length} stops of the focus`);
  assert.deepEqual(seen.filter(([, outline]) => outline === 'none'), []);
  for (const name of ['Next change', 'One instruction']) {
    await page.getByRole('button', { name, exact: true }).focus();
    await page.keyboard.press('Enter');
    assert.equal(await settled(page), 'Stopped.');
  }
  await page.getByRole('button', { name: 'Close', exact: true }).focus();
  await page.keyboard.press('Enter');
  assert.ok(await page.evaluate(() => document.activeElement.matches('.boot-it')), 'the focus is lost');
  await page.context().close();
});
