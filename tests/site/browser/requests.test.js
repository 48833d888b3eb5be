// A wrong address gets a page that helps. (That right ones ask for nothing that is not there: noscript.test.js.)

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, openBrowser, openPage, openSite, watch } from './lib/browser.js';
import { MOUNT } from './lib/server.js';
import { pages, read } from './lib/site.js';

const browser = await openBrowser();
// A host sends 404.html at whatever depth somebody asked. Only a base can make its links right at each of them, and
// it says where the site lies; the test serves it there.
const base = read('404.html').match(/<base href="([^"]*)"/)?.[1] ?? MOUNT;
const lost = await openSite({ mount: new URL(base, 'https://example.org/').pathname });
for (const missing of ['nothing.html', '2025-11/nothing.html', 'no/such/folder/']) {
  test(`${missing} is answered by a page whose links and style work`, async () => {
    const asked = at(lost, missing);
    const stray = await openPage(browser);
    const seen = watch(stray);
    const response = await stray.goto(asked, { waitUntil: 'networkidle' });
    assert.equal(response.status(), 404);
    const links = await stray.evaluate(() => [...document.links].map((link) => link.href));
    assert.ok(links.some((link) => link.startsWith(lost)), 'it leads nowhere');
    const broken = new Set(links.map((link) => link.split('#')[0])
      .filter((link) => link !== asked && !link.startsWith('https:') && ![...pages, 'feed.xml'].some((name) => link === at(lost, name))));
    const others = seen().filter((problem) => problem !== `404: ${asked}` && !problem.startsWith('console: Failed to load'));
    assert.deepEqual([...broken, ...others], []);
    await stray.context().close();
  });
}
