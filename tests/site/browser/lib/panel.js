// The panel that a kernel boots in, for the suites that look at it.

import assert from 'node:assert/strict';
import { openBrowser, openPage, openSite, at } from './browser.js';
import { files } from './site.js';

/** Why there is no panel, if there is none. */
export const skip = !files.includes('emulator/panel.js') && 'the site has no emulator; "make emulator" builds it';
export const address = await openSite();
export const browser = skip ? undefined : await openBrowser();

export const control = (page, name) => page.locator('.machine').getByRole('button', { name, exact: true });
export const press = (page, name) => control(page, name).click();

/** How the panel says a kernel's own exit status. */
export const ENDINGS = { 33: 'done', 35: 'panic', 37: 'a test failed', 39: 'refused, with a reason' };

/** How long a kernel may take on a busy computer, milliseconds. The one that counts costs makes 600 million instructions. */
export const PATIENCE = 240_000;

/** Waits until the machine stands or has come to its end; gives what the panel says. */
export async function settled(page) {
  const text = () => page.evaluate(() => document.querySelector('.machine [role=status]')?.textContent ?? '');
  await page.waitForFunction(() => {
    const said = document.querySelector('.machine [role=status]')?.textContent;
    return said && !/^(Loading|Running)/.test(said);
  }, null, { timeout: PATIENCE });
  return text();
}

/** Opens an entry and boots its kernel; gives the page, standing at the kernel's end. */
export async function booted(entry, { from = address, ...options } = {}) {
  const page = await openPage(browser, { reducedMotion: 'reduce', ...options });
  await page.goto(at(from, entry));
  await page.locator('section.boot .boot-it').first().click();
  await settled(page);
  return page;
}

/** Fails unless the page soon has `count` machines at most: one that was ended is gone a moment later. */
export async function machines(page, count) {
  for (let i = 0; page.workers().length > count && i < 600; i += 1) await page.waitForTimeout(50);
  assert.ok(page.workers().length <= count, `${page.workers().length} workers are there, and not ${count}`);
}

/** What the machine has sent, in lines. */
export const serial = async (page) => (await page.locator('.machine [role=log]').textContent()).split('\n');
