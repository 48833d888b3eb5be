// What an entry breaks boots in its page, too, and ends as its proof says.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, openPage, unfold } from './lib/browser.js';
import { PATIENCE, address, browser, serial, settled, skip } from './lib/panel.js';
import { proofOf } from './lib/proof.js';
import { entries, files } from './lib/site.js';
import { ENDINGS } from './lib/terminal.js';

// The exhibits that cannot be as in their test, each with its reason: the page says these.
const ELSEWHERE = new Map([
  ['no-gdt', 'only a second processor falls, and here is one'],
  ['wrong-door', 'the test starts it without a loader'],
  ['stale', 'a TLB may forget a page at any time, and the one here does'],
  ['too-large', 'the processor here has addresses of fewer bits'],
  ['whole-piece', 'the same'],
  ['forgotten', 'the processor here has none of what it should forbid'],
  ['five-levels-now', 'the processor here has no page tables of five levels'],
  ['no-low', 'no loader takes memory away here'],
  ['no-low-now', 'the same'],
]);
// The exhibits that end in another way, each with its reason: the entries say these.
const OTHERWISE = new Map([
  ['no-stack', 'triple-fault'], // it runs what the ROM has at the end of the address space, and this one has something else
  ['no-pae', 'triple-fault'], // a #GP by the manual (vol. 3A §9.8.5), which QEMU 7.2 does not raise
]);

const nameOf = (kernel) => kernel.split('.').at(-2);
const exhibitsOf = (entry) => files.filter((name) => name.startsWith(entry.replace(/html$/, '')) && /\.[\w-]+\.kernel$/.test(name.slice(entry.length - 5)));

/** Waits until an exhibit that was started has come to what its proof says; gives the panel's words and the serial lines. */
async function came(page, { outcome, expected }) {
  if (outcome !== 'hang') return { said: await settled(page), lines: await serial(page) };
  await page.waitForFunction((patterns) => {
    const text = document.querySelector('.machine [role=log]')?.textContent ?? '';
    return patterns.every((pattern) => new RegExp(pattern, 'm').test(text));
  }, expected.map(({ source }) => source), { timeout: PATIENCE });
  await page.waitForTimeout(500); // in which it would come to another end
  return { said: await page.locator('.machine [role=status]').textContent(), lines: await serial(page) };
}

for (const entry of entries.filter((name) => exhibitsOf(name).length)) {
  test(`the exhibits of ${entry} end as their proofs say`, { skip }, async () => {
    const page = await openPage(browser);
    await page.goto(at(address, entry));
    await unfold(page); // an exhibit's log is folded, and its button with it
    for (const kernel of exhibitsOf(entry).filter((one) => !ELSEWHERE.has(nameOf(one)))) {
      const proof = proofOf(kernel);
      proof.outcome = OTHERWISE.get(nameOf(kernel)) ?? proof.outcome;
      await page.locator(`.boot-it[data-kernel="${kernel}"]`).first().click(); // one for each machine of its proof
      const { said, lines } = await came(page, proof);
      const status = proof.outcome.match(/^\d+$/)?.[0];
      const end = status ? new RegExp(`^Exit status ${status}: ${ENDINGS[status]}\\.$`)
        : { 'triple-fault': /^Triple fault/, hang: /^(Running|The processor halted)/ }[proof.outcome];
      assert.match(said, end, kernel);
      let from = 0;
      for (const pattern of proof.expected) {
        from = lines.findIndex((line, index) => index >= from && pattern.test(line)) + 1;
        assert.ok(from, `${kernel}: no line ${pattern} in\n${lines.join('\n')}`);
      }
      for (const pattern of proof.forbidden) assert.ok(!lines.some((line) => pattern.test(line)), `${kernel}: ${pattern}`);
      if (proof.outcome === 'triple-fault') {
        assert.ok(await page.locator('.machine .stop ol li').count(), `${kernel}: no exception is shown`);
        assert.match(await page.getByLabel('All registers').textContent(), /^rip +0x/m);
        assert.match(await page.locator('.machine .stop ol li').last().textContent(), /⟨.*⟩, line|no line of the journal|the boot ROM/);
      }
    }
    await page.context().close();
  });
}

test('a triple fault shows its exceptions and the line', { skip: skip || (!files.some((name) => name.includes('.kernel-not-mapped.kernel')) && 'the site has no such exhibit') }, async () => {
  const kernel = files.find((name) => name.endsWith('.kernel-not-mapped.kernel'));
  const page = await openPage(browser);
  await page.goto(at(address, entries.find((entry) => kernel.startsWith(entry.replace(/html$/, '')))));
  await unfold(page);
  await page.locator(`.boot-it[data-kernel="${kernel}"]`).first().click(); // one for each machine of its proof
  assert.match(await settled(page), /^Triple fault/);
  assert.match(await page.locator('.machine .stop').textContent(), /#PF, page fault: an instruction fetch at 0x[0-9a-f]+, which nothing maps/);
  assert.match(await page.locator('.l.at').textContent(), /jmp/);
  assert.match(await page.getByLabel('All registers').textContent(), /^cr2 +0x/m);
  await page.context().close();
});
