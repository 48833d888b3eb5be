// Debian's Chromium, and the site served to it, for as long as one file of tests runs.

import assert from 'node:assert/strict';
import { after } from 'node:test';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { serve } from './server.js';
import { ROOT } from './site.js';

export const CHROMIUM = '/usr/bin/chromium';
export const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A browser with an empty profile, closed when the tests of the file are over. */
export async function openBrowser() {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  after(() => browser.close());
  return browser;
}

/** The address of the served site, served until the tests of the file are over. */
export async function openSite(options) {
  const server = await serve(ROOT, options);
  after(() => server.close());
  return server.address;
}

/** A path below the site as an address below `address`. */
export const at = (address, file) => address + file.split('/').map(encodeURIComponent).join('/');

/** The address of the site without any server. */
export const fileAddress = `${pathToFileURL(ROOT)}/`;

const DESKTOP = { width: 1280, height: 800 };

/** A new page in a new context; `options` are playwright's for the context. */
export async function openPage(browser, options = {}) {
  const context = await browser.newContext({ viewport: DESKTOP, ...options });
  return context.newPage();
}

const devtools = new WeakMap(); // what is emulated ends with its session

/** Shows a page that is loaded as another reader has it: in a colour scheme, in a window of a size, under a finger or not. */
export async function as(page, { colorScheme, viewport = DESKTOP, touch = false }) {
  if (!devtools.has(page)) devtools.set(page, await page.context().newCDPSession(page));
  await devtools.get(page).send('Emulation.setTouchEmulationEnabled', { enabled: touch });
  await page.emulateMedia({ colorScheme });
  await page.setViewportSize(viewport);
}

/** A new page at an address for one test, closed after it; an error in the page's scripts fails the test. */
export async function visit(t, browser, address, options) {
  const page = await openPage(browser, options);
  const errors = [];
  page.on('pageerror', (error) => errors.push(error.message));
  t.after(async () => {
    await page.context().close();
    assert.deepEqual(errors, []);
  });
  await page.goto(address);
  return page;
}

/** Gives an element the focus as the keyboard does: only after a key does the browser show it. */
export async function focus(page, locator) {
  await page.keyboard.press('Shift');
  await locator.focus();
}

/** Opens what is folded, because what nobody sees is not examined either. */
export const unfold = (page) => page.evaluate(() => {
  for (const details of document.querySelectorAll('details')) details.open = true;
});

/** Leaves of a table of thousands of rows some that are spread over it: all are made alike, and these stand for them. */
export const shorten = (page) => page.evaluate((most) => {
  for (const body of document.querySelectorAll('tbody')) {
    const step = Math.ceil(body.rows.length / most);
    [...body.rows].forEach((row, index) => { if (index % step) row.remove(); });
  }
}, 100);

/** Everything that goes wrong while a page is loaded: `problems()` returns what was seen since the last call. */
export function watch(page) {
  let seen = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) seen.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => seen.push(`script: ${error.message}`));
  page.on('requestfailed', (request) => seen.push(`not loaded: ${request.url()} ${request.failure().errorText}`));
  page.on('response', (response) => {
    if (response.status() >= 400) seen.push(`${response.status()}: ${response.url()}`);
  });
  return () => {
    const result = seen;
    seen = [];
    return result;
  };
}
