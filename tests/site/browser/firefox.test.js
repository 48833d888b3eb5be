// The machine in the page, in Debian's Firefox: each kernel says what it says in a terminal, and hears what is typed.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, test } from 'node:test';
import puppeteer from 'puppeteer-core';
import { at, openSite } from './lib/browser.js';
import { entries, files } from './lib/site.js';
import { ENDINGS, inTerminal } from './lib/terminal.js';

const FIREFOX = '/usr/bin/firefox-esr';
const PATIENCE = 60_000;

const skip = !existsSync(FIREFOX) ? 'firefox-esr is not installed; "make deps" installs it'
  : !files.includes('emulator/panel.js') && 'the site has no emulator; "make emulator" builds it';
const address = await openSite();
const browser = skip ? undefined : await puppeteer.launch({ browser: 'firefox', executablePath: FIREFOX, headless: true });
after(() => browser?.close());

/** A page that counts what is typed into `sent`, with the errors of its scripts. */
async function open(entry) {
  const page = await browser.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.evaluateOnNewDocument(() => {
    window.sent = [];
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function spy(message) {
      if (message.type === 'input') window.sent.push(...message.bytes);
      post.call(this, message);
    };
  });
  await page.goto(at(address, entry));
  return { page, errors };
}

async function settled(page) {
  await page.waitForFunction(() => {
    const said = document.querySelector('.machine [role=status]')?.textContent;
    return said && !/^(Loading|Running)/.test(said);
  }, { timeout: PATIENCE, polling: 50 });
  return page.$eval('.machine [role=status]', (status) => status.textContent);
}

for (const entry of entries) {
  test(`${entry} boots at a click in Firefox`, { skip, timeout: 2 * PATIENCE }, async () => {
    const terminal = inTerminal(entry.replace(/html$/, 'kernel'));
    const { page, errors } = await open(entry);
    await page.click('section.boot .boot-it');
    const said = await settled(page);
    const { lines, end } = await terminal;
    assert.deepEqual((await page.$eval('.machine [role=log]', (log) => log.textContent)).split('\n'), lines);
    assert.equal(said, `Exit status ${end.exitStatus}: ${ENDINGS[end.exitStatus]}.`);
    assert.deepEqual(errors, []);
    await page.close();
  });
}

test('Firefox steps, and sends what is typed', { skip, timeout: 2 * PATIENCE }, async () => {
  const { page, errors } = await open(entries[0]);
  await page.click('section.boot .boot-it');
  await settled(page);
  await page.locator('button ::-p-text(Next change)').click();
  assert.equal(await settled(page), 'Stopped.');
  assert.match(await page.$eval('.machine .stop', (stop) => stop.textContent), /CR0 0x60000010 → 0x11: PE set/);
  await page.focus('.machine [role=log]');
  await page.keyboard.type('n/~');
  await page.keyboard.press('Enter');
  assert.deepEqual(await page.evaluate(() => window.sent), [...Buffer.from('n/~\r')]);
  assert.deepEqual(errors, []);
  await page.close();
});
