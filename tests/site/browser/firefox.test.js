// The machine in the page, in Debian's Firefox: the newest kernel says what its worker says elsewhere, and hears what is typed.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, test } from 'node:test';
import puppeteer from 'puppeteer-core';
import { at, openSite } from './lib/browser.js';
import { entries, files } from './lib/site.js';
import { emulated } from './lib/emulated.js';

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

const newest = entries.at(-1);
test(`${newest} boots at a click in Firefox`, { skip, timeout: 4 * PATIENCE }, async () => {
  const { page, errors } = await open(newest);
  await page.click('section.boot .boot-it');
  const said = await settled(page);
  const { lines, end } = await emulated(newest.replace(/html$/, 'kernel'));
  assert.deepEqual((await page.$eval('.machine [role=log]', (log) => log.textContent)).split('\n'), lines);
  assert.equal(said, `Exit status ${end.state.exitStatus}: done.`);
  assert.deepEqual(errors, []);
  await page.close();
});

test('Firefox steps, and sends what is typed', { skip, timeout: 2 * PATIENCE }, async () => {
  const { page, errors } = await open(entries[0]);
  await page.$eval('section.boot', (section) => { section.dataset.reads = ''; });
  await page.click('section.boot .boot-it');
  await settled(page);
  for (const name of ['To the start', 'Next change']) {
    await page.locator(`button ::-p-text(${name})`).click();
    assert.match(await settled(page), /^(Next|Executed): /);
  }
  assert.match(await page.$eval('.machine .at-stop', (stop) => stop.textContent), /CR0 0x60000010 → 0x11: PE set/);
  await page.focus('.machine [role=log]');
  await page.keyboard.type('n/~');
  await page.keyboard.press('Enter');
  assert.deepEqual(await page.evaluate(() => window.sent), [...Buffer.from('n/~\r')]);
  assert.deepEqual(errors, []);
  await page.close();
});
