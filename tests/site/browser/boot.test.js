// The machine in the page: each kernel boots at a click and says what it says in a terminal; one can step through it, look
// into it and be rid of it, by keyboard, on a phone, and from a folder.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { at, fileAddress, openBrowser, openPage, openSite, watch, unfold } from './lib/browser.js';
import { MOUNT } from './lib/server.js';
import { ROOT, entries, files } from './lib/site.js';

const TOP = fileURLToPath(new URL('../../..', import.meta.url));
const EMULATOR = path.join(TOP, 'weave/emulator');
const BUDGET = 450_000; // bytes after the click
const PARTS = /\/emulator\/|\.kernel$|\.lines\.js$/; // what the panel loads; scrolling may load a picture
const ENDINGS = { 33: 'done', 35: 'panic', 37: 'a test failed', 39: 'refused, with a reason' };
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const skip = !files.includes('emulator/panel.js') && 'the site has no emulator; "make emulator" builds it';
const address = await openSite();
const browser = skip ? undefined : await openBrowser();
const kernelOf = (entry) => entry.replace(/html$/, 'kernel');
const withTables = entries.find((entry) => entry.includes('the-higher-half')) ?? entries.at(-1);

/** What the terminal's boot of `kernel` shows: its serial lines, its end, its changes. */
function inTerminal(kernel, ...options) {
  const where = execFileSync(path.join(EMULATOR, 'build'), ['--where'], { encoding: 'utf8' }).trim();
  const command = [path.join(EMULATOR, 'boot.mjs'), where, path.join(ROOT, kernel), ...options];
  const lines = execFileSync(process.execPath, command, { encoding: 'utf8' }).replaceAll('\r', '').split('\n');
  return { lines: lines.slice(0, -2), end: JSON.parse(lines.at(-2)) };
}

const status = (page) => page.locator('.machine [role=status]');
const press = (page, name) => page.getByRole('button', { name, exact: true }).click();

/** Waits until the machine stands or has come to its end; gives what the panel says. */
async function settled(page) {
  const text = () => page.evaluate(() => document.querySelector('.machine [role=status]')?.textContent ?? '');
  await page.waitForFunction(() => {
    const said = document.querySelector('.machine [role=status]')?.textContent;
    return said && !/^(Loading|Running)/.test(said);
  }, null, { timeout: 60_000 });
  return text();
}

/** Opens an entry and boots its kernel; gives the page, standing at the kernel's end. */
async function booted(entry, { from = address, ...options } = {}) {
  const page = await openPage(browser, { reducedMotion: 'reduce', ...options });
  await page.goto(at(from, entry));
  await page.locator('section.boot .boot-it').first().click();
  await settled(page);
  return page;
}

const serial = async (page) => (await page.locator('.machine [role=log]').textContent()).split('\n');

for (const entry of entries) {
  test(`${entry} boots at a click`, { skip }, async () => {
    const page = await openPage(browser);
    const problems = watch(page);
    const asked = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(at(address, entry), { waitUntil: 'networkidle' });
    assert.deepEqual(asked.filter((name) => PARTS.test(name)), [], 'loaded before the click');
    const before = asked.length;
    await page.locator('section.boot .boot-it').first().click();
    const said = await settled(page);
    const { lines, end } = inTerminal(kernelOf(entry));
    assert.deepEqual(await serial(page), lines);
    assert.equal(said, `Exit status ${end.exitStatus}: ${ENDINGS[end.exitStatus]}.`);
    const loaded = asked.slice(before).filter((name) => PARTS.test(name)).map((name) => path.join(ROOT, decodeURIComponent(name.slice(MOUNT.length))));
    const weight = loaded.reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0);
    console.log(`${entry}: ${weight} of ${BUDGET} bytes after the click`);
    assert.ok(weight <= BUDGET, `${weight} bytes are sent after the click`);
    assert.deepEqual(problems(), []);
    await page.context().close();
  });
}

test('it boots from a folder, without a server', { skip }, async () => {
  const page = await booted(entries.at(-1), { from: fileAddress });
  assert.deepEqual(await serial(page), inTerminal(kernelOf(entries.at(-1))).lines);
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

test('the tour stops where the registers change, and nowhere else', { skip }, async () => {
  const changes = path.join(mkdtempSync(path.join(tmpdir(), 'changes-')), 'list.json');
  const page = await booted(withTables);
  inTerminal(kernelOf(withTables), '--changes', changes);
  const expected = JSON.parse(readFileSync(changes, 'utf8'))
    .map(({ name, from, to }) => (name === 'mode' ? `Mode: ${from} → ${to}` : `${name.toUpperCase()} ${from} → ${to}`));
  rmSync(path.dirname(changes), { recursive: true });
  const seen = [];
  await press(page, 'Guided tour');
  for (let said = await settled(page); !said.startsWith('Exit'); said = await settled(page)) {
    assert.match(said, /vol\. 3A/);
    const stops = await page.locator('.machine .stop li').allTextContents();
    seen.push(...stops.map((text) => text.replace(/(0x\w+ → 0x\w+):.*/, '$1')).filter((text) => /^(Mode|CR[034]|EFER)/.test(text)));
    await press(page, 'Next stop of the tour');
  }
  assert.deepEqual(seen.sort(), expected.sort());
  await page.context().close();
});

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

test('a triple fault shows its exceptions and the line', { skip: skip || (!files.some((name) => name.includes('.kernel-not-mapped.kernel')) && 'the site has no such exhibit') }, async () => {
  const kernel = files.find((name) => name.endsWith('.kernel-not-mapped.kernel'));
  const page = await openPage(browser);
  await page.goto(at(address, entries.find((entry) => kernel.startsWith(entry.replace(/html$/, '')))));
  await unfold(page); // an exhibit's log is folded, and its button with it
  await page.locator(`.boot-it[data-kernel="${kernel}"]`).click();
  assert.match(await settled(page), /^Triple fault/);
  assert.match(await page.locator('.machine .stop').textContent(), /#PF, page fault: an instruction fetch at 0x[0-9a-f]+, which nothing maps/);
  assert.match(await page.locator('.l.at').textContent(), /jmp/);
  assert.match(await page.getByLabel('All registers').textContent(), /^cr2 +0x/m);
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
  assert.match(await box.locator('.entries-of-table p:visible').textContent(), /^From 0xffffffff8\w+ on: present.*It maps the 4 KiB at 0x1\w+\.$/);
  const rows = (await serial(page)).filter((text) => /^ {2}0x.* - /.test(text));
  assert.equal(await box.getByLabel('Memory map').locator('tbody tr').count(), rows.length);
  const pool = (await serial(page)).find((text) => text.startsWith('page table space')).match(/0x\w+/g);
  assert.deepEqual((await box.getByLabel('kernel_pt_space_manager').locator('td').allTextContents()).filter((_, i) => i === 1 || i === 3), pool);
  await page.context().close();
});

test('what is typed is sent, and Tab leads on', { skip }, async () => {
  const page = await openPage(browser);
  await page.addInitScript(() => {
    window.sent = [];
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function spy(message) {
      if (message.type === 'input') window.sent.push(...message.bytes);
      post.call(this, message);
    };
  });
  await page.goto(at(address, entries.at(-1)));
  await page.locator('section.boot .boot-it').first().click();
  await settled(page);
  await press(page, 'Next change');
  await settled(page);
  await page.locator('.machine [role=log]').focus();
  await page.keyboard.type('n/~');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  assert.deepEqual(await page.evaluate(() => window.sent), [...Buffer.from('n/~\r')]);
  assert.ok(await page.evaluate(() => !document.activeElement.matches('[role=log]')), 'Tab stays in the console');
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
  await page.waitForTimeout(200);
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
  assert.ok(page.workers().length <= 1);
  assert.ok(await page.locator('section.boot > .boot-it').first().isVisible());
  await page.context().close();
});

const MODES = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  phone: { colorScheme: 'light', viewport: { width: 320, height: 640 }, hasTouch: true },
};
for (const [mode, options] of Object.entries(MODES)) {
  test(`axe finds nothing, and nothing is too wide: ${mode}`, { skip }, async () => {
    for (const entry of [withTables, entries.at(-1)]) {
      const page = await booted(entry, options);
      const examine = async (when) => {
        await page.evaluate(AXE);
        const { violations } = await page.evaluate(() => axe.run(document, {
          runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] },
          rules: { 'target-size': { enabled: true } },
        }));
        assert.deepEqual(violations.map(({ id, nodes }) => ({ id, when, first: nodes[0].html, why: nodes[0].failureSummary })), []);
        const [width, needed] = await page.evaluate(() => [innerWidth, document.documentElement.scrollWidth]);
        assert.ok(needed <= width, `${when}: the page is ${needed} wide`);
      };
      await page.evaluate(() => { for (const details of document.querySelectorAll('.machine details')) details.open = true; });
      await page.waitForTimeout(300);
      await examine(`${entry}, ended`);
      await press(page, 'Run to it');
      await settled(page);
      await examine(`${entry}, at a line`);
      await page.context().close();
    }
  });
}

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
