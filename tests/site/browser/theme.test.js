// The theme is the reader's, from the first frame that is painted and on every page.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, openBrowser, openPage, openSite } from './lib/browser.js';
import { heaviest } from './lib/site.js';

// The style arrives late, so that whatever is painted before it can be seen.
const address = await openSite({ delay: (file) => (file.endsWith('.css') ? 400 : 0) });
const browser = await openBrowser();
const home = at(address, 'index.html');
const entry = at(address, heaviest('entry'));

const stored = (theme) => ({
  cookies: [],
  origins: [{ origin: new URL(address).origin, localStorage: [{ name: 'theme', value: theme }] }],
});

/** From 0, black, to 255: the ground of the page as its style has it. */
const ground = (page) => page.evaluate(() => {
  const channels = getComputedStyle(document.body).backgroundColor.match(/\d+/g).slice(0, 3).map(Number);
  return channels.reduce((sum, channel) => sum + channel) / 3;
});
const DARK = 64;
const LIGHT = 192;

/** From 0 to 255: how bright each picture is on the whole. */
async function brightness(pictures) {
  const page = await openPage(browser);
  const values = await page.evaluate((all) => Promise.all(all.map(async (picture) => {
    const blob = await (await fetch(`data:image/png;base64,${picture}`)).blob();
    const bitmap = await createImageBitmap(blob);
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext('2d');
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    let sum = 0;
    for (let pixel = 0; pixel < data.length; pixel += 4) sum += data[pixel] + data[pixel + 1] + data[pixel + 2];
    return sum / (data.length / 4) / 3;
  })), pictures);
  await page.context().close();
  return values;
}

/** Every frame that the browser paints while it goes from one page to another. */
async function frames(page, from, to) {
  await page.goto(from, { waitUntil: 'networkidle' });
  const devtools = await page.context().newCDPSession(page);
  const pictures = [];
  devtools.on('Page.screencastFrame', ({ data, sessionId }) => {
    pictures.push(data);
    devtools.send('Page.screencastFrameAck', { sessionId }).catch(() => {}); // the page may be gone by now
  });
  await devtools.send('Page.startScreencast', { format: 'png', maxWidth: 320, maxHeight: 200, everyNthFrame: 1 });
  await page.goto(to, { waitUntil: 'networkidle' });
  // A busy machine sends its frames late; one that scrolls sends more.
  for (let tries = 0; pictures.length < 2 && tries < 50; tries += 1) {
    await page.mouse.wheel(0, 50);
    await page.waitForTimeout(100);
  }
  await devtools.send('Page.stopScreencast');
  assert.ok(pictures.length >= 2, `only ${pictures.length} frames were seen`);
  return brightness(pictures);
}

const DARK_READERS = {
  'dark was chosen, the system is light': { colorScheme: 'light', storageState: stored('dark') },
  'the system is dark': { colorScheme: 'dark' },
};
for (const [who, options] of Object.entries(DARK_READERS)) {
  test(`${who}: no frame is light`, async () => {
    const page = await openPage(browser, options);
    const seen = await frames(page, home, entry);
    assert.ok(await ground(page) < DARK);
    assert.deepEqual(seen.filter((bright) => bright > 128), []);
    await page.context().close();
  });
}

test('light was chosen, the system is dark: no frame is dark', async () => {
  const page = await openPage(browser, { colorScheme: 'dark', storageState: stored('light') });
  const seen = await frames(page, home, entry);
  assert.ok(await ground(page) > LIGHT);
  assert.deepEqual(seen.filter((bright) => bright < 128), []);
  await page.context().close();
});

test('the button changes the theme, and the choice outlives the page', async () => {
  const page = await openPage(browser, { colorScheme: 'light' });
  await page.goto(home);
  assert.ok(await ground(page) > LIGHT);
  await page.locator('#_theme').click();
  assert.ok(await ground(page) < DARK);
  for (const next of [entry, home]) {
    await page.goto(next);
    assert.ok(await ground(page) < DARK, next);
  }
  await page.locator('#_theme').click();
  assert.ok(await ground(page) > LIGHT);
  await page.reload();
  assert.ok(await ground(page) > LIGHT);
  await page.context().close();
});
