// The machine in the page: each kernel boots at a click; one can step through it, look into it and be rid of it, by keyboard, on
// a phone, and from a folder. What each of them comes to is the same in every place, and seen without a browser: exhibits.test.js
// and tests/emulator.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { violations } from './lib/axe.js';
import { as, at, fileAddress, openPage, watch, unfold } from './lib/browser.js';
import { emulated } from './lib/emulated.js';
import { ENDINGS, PATIENCE, address, booted, browser, control, machines, press, serial, settled, skip } from './lib/panel.js';
import { MOUNT } from './lib/server.js';
import { ROOT, TOP, entries, files, nameOf, read, scripted } from './lib/site.js';
import { verdicts } from './lib/verdict.js';

const BUDGET = 450_000, WITH_PROGRAMS = 520_000; // bytes after the click
const PARTS = /\/emulator\/|\.(kernel|lines)\.js$/; // what the panel loads; scrolling may load a picture

const budgetOf = (entry) => (existsSync(path.join(TOP, 'build/at', nameOf(entry), 'tangled/user')) ? WITH_PROGRAMS : BUDGET);
const kernelOf = (entry) => entry.replace(/html$/, 'kernel');
const linesOf = (entry) => scripted(entry.replace(/html$/, 'lines')).toString();
const withTables = entries.find((entry) => entry.includes('the-higher-half')) ?? entries.at(-1);
const withPrograms = entries.find((entry) => /<div class="tour">[^]*<code>iretq</.test(read(entry)));
const exhibitOf = (name) => files.find((file) => file.endsWith(`.${name}.kernel.js`))?.slice(0, -3);
const without = (name) => skip || (!exhibitOf(name) && `the site has no exhibit ${name}`);

/** Opens the page of an exhibit, unfolded; gives its button, too. */
async function opened(name, options) {
  const kernel = exhibitOf(name);
  const page = await openPage(browser, { reducedMotion: 'reduce', ...options });
  await page.goto(at(address, entries.find((entry) => kernel.startsWith(entry.replace(/html$/, '')))));
  await unfold(page); // exhibits are folded
  return [page, page.locator(`.boot-it[data-kernel="${kernel}"]`).first()]; // one for each machine of its proof
}

/** What a verdict about an entry's panel depends on; of its page on what is beside the button, and the pieces of the tour. */
const dependsOn = (entry) => ({
  files: [`${kernelOf(entry)}.js`, entry.replace(/html$/, 'lines.js'), 'site.js', 'style.css', 'emulator/panel.js', 'emulator/panel.css'],
  judges: ['boot.test.js', ...['browser', 'panel', 'server'].map((name) => `lib/${name}.js`)],
  browser: browser.version(),
  page: /<section class="boot".*?<\/section>/s.exec(read(entry))?.[0],
  budget: budgetOf(entry),
});

const judged = skip ? [] : verdicts('click', entries.map(dependsOn));
for (const [i, entry] of entries.entries()) {
  test(`${entry} boots at a click, and its tour stops where its text says`, { skip }, () => judged[i](async () => {
    const page = await openPage(browser, { reducedMotion: 'reduce' });
    const problems = watch(page);
    const asked = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(at(address, entry));
    assert.deepEqual(asked.filter((name) => PARTS.test(name)), [], 'loaded before the click');
    const before = asked.length;
    await page.locator('section.boot .boot-it').first().click();
    await page.waitForFunction(() => document.querySelector('.machine [role=log]')?.textContent.startsWith('Daybook: first light\n'), null, { timeout: PATIENCE });
    const loaded = asked.slice(before).filter((name) => PARTS.test(name)).map((name) => path.join(ROOT, decodeURIComponent(name.slice(MOUNT.length))));
    const weight = loaded.reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0);
    console.log(`${entry}: ${weight} of ${budgetOf(entry)} bytes after the click`);
    assert.ok(weight <= budgetOf(entry), `${weight} bytes are sent after the click`);
    if (/<div class="tour">/.test(read(entry))) await tour(page);
    await press(page, 'Close');
    assert.deepEqual(problems(), []);
    await page.context().close();
  }));
}

async function tour(page) {
  const stops = await page.locator('.tour dt').evaluateAll((all) => all.map((one) => [
    one.querySelector('code').textContent, one.querySelector('a.ref').hash.slice(1), one.nextElementSibling.textContent.trim()]));
  assert.ok(stops.length === 2 || stops.length === 3, `${stops.length} stops`);
  await press(page, 'To the start');
  for (const [i, [code, anchor, text]] of stops.entries()) {
    await settled(page);
    await press(page, 'Guided tour');
    const said = await settled(page);
    assert.ok(said.startsWith(`Stop ${i + 1} of ${stops.length}: ${text}`), said);
    assert.ok((await page.locator('.l.at').textContent()).replace(/\s+/g, ' ').includes(code), code);
    assert.ok(await page.evaluate((id) => document.getElementById(decodeURIComponent(id)).contains(document.querySelector('.l.at')), anchor));
  }
}

for (const entry of [entries[0], entries.at(-1)]) {
  test(`${entry} says in the page what its worker says elsewhere, and shows a screen that has something on it`, { skip }, async () => {
    const [page, { lines, end, screen }] = await Promise.all([booted(entry), emulated(kernelOf(entry))]);
    assert.deepEqual(await serial(page), lines);
    assert.equal(await settled(page), `Exit status ${end.state.exitStatus}: ${ENDINGS[end.state.exitStatus]}.`);
    // A text screen has nothing on it: no kernel of ours writes there.
    assert.equal(await page.locator('.machine .display').isVisible(), screen === 'graphics');
    await page.context().close();
  });
}

test('it boots from a folder, without a server', { skip }, async () => {
  const page = await booted(withTables, { from: fileAddress });
  assert.deepEqual(await serial(page), (await emulated(kernelOf(withTables))).lines);
  await page.context().close();
});

test('a day and an exhibit boot, are closed and boot again, in any order', { skip: without('undefined-instruction') }, async () => {
  const [page, exhibit] = await opened('undefined-instruction');
  const day = page.locator('section.boot .boot-it');
  const boot = async (button, end) => {
    await button.click();
    assert.match(await settled(page), end);
    assert.equal(await page.locator('.machine').count(), 1);
  };
  for (let i = 0; i < 3; i += 1) {
    await boot(day, /^Exit status 33/);
    await boot(exhibit, /^Triple fault/); // in place of the other
    await press(page, 'Close');
    await boot(exhibit, /^Triple fault/);
    await boot(day, /^Exit status 33/);
    await press(page, 'Close');
  }
  await page.context().close();
});

test('no control moves, and the page stays where the reader is when the run ends', { skip }, async () => {
  const page = await openPage(browser, { reducedMotion: 'reduce' });
  await page.goto(at(address, withTables));
  await page.locator('section.boot .boot-it').first().click();
  const places = () => page.locator('.machine .bar button').evaluateAll((all) => all.filter((one) => one.checkVisibility()).map((one) => {
    const { x, y } = one.getBoundingClientRect();
    return `${one.textContent} ${x} ${y}`;
  }));
  const first = await places();
  assert.ok(first.length >= 8);
  await settled(page);
  for (const name of ['To the start', 'Next change', 'One instruction', 'Guided tour', 'Guided tour', 'Run on', 'Restart']) {
    assert.deepEqual(await places(), first, `before ${name}`);
    await press(page, name);
    const before = await page.evaluate(() => scrollY);
    const said = await settled(page);
    if (/^Exit/.test(said)) assert.equal(await page.evaluate(() => scrollY), before, `${name} scrolls the reader away`);
  }
  await page.evaluate(() => scrollTo(0, 300));
  await press(page, 'Restart');
  await settled(page);
  assert.equal(await page.evaluate(() => scrollY), 300);
  assert.deepEqual(await places(), first);
  await page.context().close();
});

test('what can do nothing is off', { skip }, async () => {
  const page = await booted(withTables);
  const off = () => page.locator('.machine .bar [aria-disabled=true]').allTextContents();
  assert.deepEqual(await off(), ['Next change', 'One instruction', 'Run on', 'Pause']);
  await control(page, 'Next change').click({ force: true });
  assert.match(await settled(page), /^Exit/, 'a control that is off does something');
  await press(page, 'To the start');
  await settled(page);
  assert.deepEqual(await off(), ['Pause']);
  await page.context().close();
});

test('keys are the panel\'s while it has the focus', { skip }, async () => {
  const page = await booted(withTables);
  const before = page.url();
  for (const focused of [page.locator('.machine [role=log]'), control(page, 'Restart')]) {
    await focused.focus();
    for (const key of ['p', 'n', 'j', 't', '?', '/']) await page.keyboard.press(key);
  }
  await page.waitForTimeout(300);
  assert.equal(page.url(), before);
  assert.equal(await page.locator('dialog[open]').count(), 0);
  await page.locator('section.boot h2').click();
  await page.keyboard.press('?');
  await page.locator('dialog[open]').waitFor();
  await page.context().close();
});

test('a hang is said, halted or not, and one may wait once more', { skip: without('code-is-data') }, async () => {
  const [page, button] = await opened('code-is-data');
  await button.click();
  assert.match(await settled(page), /^It has run 1,000 million instructions.* without a word: it hangs\. .*Next: 0x/);
  await press(page, 'Run on');
  assert.match(await settled(page), /^It has run 1,000 million instructions/);
  await page.context().close();
});

test('a step into ring 3 and one out of it say so, and which instruction it was', { skip: skip || (!withPrograms && 'the site has no day whose tour goes to ring 3') }, async () => {
  const page = await booted(withPrograms);
  await press(page, 'To the start');
  for (let i = 0; i < 2; i += 1) { // the second stop is the way there
    await settled(page);
    await press(page, 'Guided tour');
  }
  await settled(page);
  const changed = async () => {
    const before = page.url(); // which has the number of instructions
    await press(page, 'One instruction');
    await page.waitForFunction((url) => location.href !== url, before);
    return page.locator('.at-stop').textContent();
  };
  assert.match(await changed(), /CPL 0 → 3, by iretq? at 0xffffffff[0-9a-f]+: a program runs/);
  let said = '';
  for (let i = 0; i < 40 && !said.includes('CPL'); i += 1) said = await changed();
  assert.match(said, /CPL 3 → 0, by \w+.* at 0x4[0-9a-f]{5}: the kernel runs/);
  await page.context().close();
});

test('each step is announced, with what it comes to', { skip }, async () => {
  const page = await booted(entries[0]);
  await press(page, 'To the start');
  const said = new Set([await settled(page)]);
  for (let i = 0; i < 4; i += 1) {
    await press(page, 'One instruction');
    await page.waitForFunction((known) => {
      const { textContent } = document.querySelector('.machine [role=status]');
      return /^Next: 0x[0-9a-f]+ \w+/.test(textContent) && !known.includes(textContent);
    }, [...said]);
    said.add(await settled(page));
  }
  assert.equal(said.size, 5);
  const fonts = await page.locator('.machine [role=status] code').evaluateAll((all) => all.map((one) => getComputedStyle(one).fontFamily));
  assert.ok(fonts.length && fonts.every((font) => font.includes('Code')), 'hexadecimal is not monospaced');
  await page.context().close();
});

test('a triple fault shows its exceptions and the line', { skip: without('kernel-not-mapped') }, async () => {
  const [page, button] = await opened('kernel-not-mapped');
  await button.click();
  assert.match(await settled(page), /^Triple fault/);
  assert.match(await page.locator('.machine .at-stop').textContent(), /#PF, page fault: an instruction fetch at 0x[0-9a-f]+, which nothing maps/);
  assert.match(await page.locator('.machine .at-stop ol li').last().textContent(), /⟨.*⟩, line/);
  assert.match(await page.locator('.l.at').textContent(), /jmp/);
  assert.match(await page.getByLabel('All registers').textContent(), /^cr2 +0x/m);
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

/** Where the machine stands. */
const registers = (page) => page.getByLabel('All registers').textContent();

test('a run goes back as well as forth, and each moment of it has an address', { skip: without('undefined-instruction') }, async () => {
  const page = await booted(withTables);
  const moment = async () => ({ said: await settled(page), registers: await registers(page), log: (await serial(page)).join('\n'), at: page.url() });
  const end = await moment();
  const count = Number(/#boot=(\d+)$/.exec(end.at)[1]);
  const bar = page.getByLabel('Instruction');
  assert.equal(await bar.inputValue(), String(count), 'the bar is not at the end of the run');
  await press(page, 'To the start');
  await settled(page);
  await press(page, 'Guided tour');
  await settled(page);
  const stop = await moment();
  for (let i = 0; i < 3; i += 1) {
    const before = page.url();
    await press(page, 'One instruction');
    await page.waitForFunction((url) => location.href !== url, before);
  }
  const later = await moment();
  assert.notEqual(later.registers, stop.registers);
  for (let i = 0; i < 3; i += 1) {
    await press(page, 'Back');
    await settled(page);
  }
  const back = await moment();
  assert.deepEqual([back.at, back.registers, back.log], [stop.at, stop.registers, stop.log], 'three steps back do not undo three steps');
  await bar.focus();
  await page.keyboard.press('End');
  assert.deepEqual(await moment(), end);
  await page.keyboard.press('ArrowLeft');
  assert.ok((await moment()).at.endsWith(`#boot=${count - 1}`));

  const other = await openPage(browser, { reducedMotion: 'reduce' });
  await other.goto(stop.at);
  await other.locator('.machine .said').waitFor();
  await settled(other);
  assert.deepEqual([await registers(other), (await serial(other)).join('\n')], [stop.registers, stop.log], 'its address leads elsewhere');
  await press(other, 'Close');
  assert.equal(new URL(other.url()).hash, '');
  const exhibit = exhibitOf('undefined-instruction');
  await other.goto(`${at(address, entries.find((entry) => exhibit.startsWith(entry.replace(/html$/, ''))))}#boot=undefined-instruction:999999999`);
  await other.locator('.machine .said').waitFor();
  assert.match(await settled(other), /^Triple fault/);
  assert.ok(await other.locator('.machine').evaluate((one) => one.checkVisibility()), 'the exhibit is still folded');
  await other.context().close();
  await page.context().close();
});

test('it runs so slowly that one can watch, and pauses', { skip }, async () => {
  const page = await booted(entries[0]);
  await press(page, 'To the start');
  await settled(page);
  await page.getByLabel('Speed', { exact: true }).selectOption('5 a second');
  await press(page, 'Run on');
  const seen = new Set();
  for (let i = 0; i < 4; i += 1) {
    await page.waitForFunction((known) => !known.includes(location.hash), [...seen, '#boot=0'].slice(-9));
    seen.add(new URL(page.url()).hash);
  }
  await press(page, 'Pause');
  await page.waitForFunction(() => document.querySelector('.machine .bar [aria-disabled=true]')?.textContent === 'Pause');
  const before = page.url();
  await page.waitForTimeout(700);
  assert.equal(page.url(), before, 'it runs on');
  assert.ok(Number(/\d+$/.exec(before)[0]) < 40);
  await page.context().close();
});

test('the way through the tables is drawn, and a press says what wrote each entry on it', { skip }, async () => {
  const page = await booted(withTables);
  const walk = page.getByLabel('From addresses to memory');
  await press(page, 'To the start');
  await settled(page);
  assert.equal(await walk.getByRole('button').count(), 0, 'there are no tables in real mode');
  await press(page, 'Guided tour');
  await settled(page);
  await walk.getByRole('button', { name: 'PML4[511]' }).waitFor();
  const [, rip] = (await registers(page)).match(/^rip +0x(\w+)/m);
  const index = (shift) => Number((BigInt(`0x${rip}`) >> shift) & 511n);
  const steps = await walk.locator('dd').first().getByRole('button').allTextContents();
  assert.deepEqual(steps, [`PML4[${index(39n)}]`, `PDPT[${index(30n)}]`, `PD[${index(21n)}]`]);
  await walk.getByRole('button', { name: 'PD[' }).first().click();
  await walk.getByRole('link').waitFor({ timeout: PATIENCE });
  assert.match(await walk.locator('p').textContent(), /^PD\[\d+\], at 0x\w+, is 0x\w+ P RW.*\. Written by .*, line \d+.*: mov /);
  await machines(page, 1);
  await page.context().close();
});

test('it runs to a line, which is then marked', { skip }, async () => {
  const page = await booted(withTables);
  await press(page, 'More');
  const line = page.getByLabel('Line', { exact: true });
  await page.getByLabel('Chunk', { exact: true }).selectOption({ label: 'kernel/leave_boot_mapping.asm' });
  await line.selectOption({ index: 2 });
  const wanted = (await line.locator('option:checked').textContent()).replace(/^\d+: /, '');
  await press(page, 'Run to it');
  assert.match(await settled(page), /^Next: /);
  const marked = page.locator('.l.at');
  assert.equal((await marked.textContent()).trim(), wanted);
  const instruction = wanted.replace(/\s+/g, ' '); // the emulator's disassembler writes it as the journal does
  assert.equal(instruction, 'mov rsp, rsi');
  assert.ok((await page.locator('.machine [role=status] code').textContent()).endsWith(instruction));
  const { top, bottom } = await marked.evaluate((element) => element.getBoundingClientRect());
  const sheet = await page.locator('.machine .sheet').boundingBox();
  assert.ok(top >= 0 && bottom <= sheet.y, 'the line is out of sight');
  const folded = page.locator('.machine .at-stop details');
  assert.ok(await folded.count() && !(await folded.evaluate((element) => element.open)), 'registers that the stop is not about are not folded');
  await press(page, 'Run on');
  assert.match(await settled(page), /^Exit/);
  assert.equal(await page.locator('.l.at').count(), 0);
  await page.context().close();
});

test('the tables, the map and the table space are those of the machine', { skip }, async () => {
  const page = await booted(withTables);
  const box = page.locator('.machine');
  for (const title of ['Machine', 'Page tables', 'Memory map', 'Page table space']) await box.locator('summary', { hasText: title }).press('Enter');
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
  await machines(page, 1); // and not the one that looked for it
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

test('what is typed is sent to a kernel that reads, with keys or without, and Tab leads on', { skip }, async () => {
  const page = await booted(entries[0]);
  assert.equal(await page.getByLabel('Type to the kernel').count(), 0, 'it offers to type to a kernel that does not read');
  await page.close();
  await typed(await openPage(browser));
});

/** Types to the first day's kernel, as if it read that. */
async function typed(page) {
  await page.addInitScript(() => {
    window.sent = [];
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function spy(message) {
      if (message.type === 'input') window.sent.push(...message.bytes);
      post.call(this, message);
    };
  });
  await page.goto(at(address, entries[0]));
  await page.locator('section.boot').evaluate((section) => { section.dataset.reads = ''; });
  await page.locator('section.boot .boot-it').first().click();
  await settled(page);
  await press(page, 'To the start');
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
}

test('20 times started anew, nothing is left over', { skip }, async () => {
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
      await press(page, 'Restart');
      assert.match(await settled(page), /^Exit/);
      await machines(page, 1);
    }
    return used();
  };
  const [before, after] = [await again(5), await again(15)];
  assert.ok(after.JSHeapUsedSize < before.JSHeapUsedSize + 1e6, `${before.JSHeapUsedSize} bytes became ${after.JSHeapUsedSize}`);
  assert.ok(after.Nodes < before.Nodes + 500, `${before.Nodes} nodes became ${after.Nodes}`);
  await press(page, 'Close');
  await machines(page, 0);
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
  await press(page, 'More');
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
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab'); // past what skips to the text
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  for (let i = 0; i < 3 && !await page.evaluate(() => document.activeElement.matches('.boot-it')); i += 1) await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await settled(page);
  assert.ok(await page.evaluate(() => document.activeElement.matches('.machine [role=log]')), 'the focus is not in the console');
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
  assert.ok(seen.length >= 12, `${seen.length} stops of the focus`);
  assert.deepEqual(seen.filter(([, outline]) => outline === 'none'), []);
  for (const name of ['To the start', 'Next change', 'One instruction']) {
    await control(page, name).focus();
    await page.keyboard.press('Enter');
    assert.match(await settled(page), /^(Next|Executed): /);
    assert.ok(await control(page, name).evaluate((one) => one === document.activeElement), 'the focus is lost');
  }
  await page.getByRole('button', { name: 'Close', exact: true }).focus();
  await page.keyboard.press('Enter');
  assert.ok(await page.evaluate(() => document.activeElement.matches('.boot-it')), 'the focus is lost');
  await page.context().close();
});
