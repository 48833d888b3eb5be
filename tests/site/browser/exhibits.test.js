// Every exhibit boots in its page, and ends there as its proof says, or as elsewhere.json says, and the page with it. Without a
// browser: the machine is the site's own worker (lib/emulated.js), and boot.test.js sees what a panel makes of its end.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { emulated } from './lib/emulated.js';
import { blocksOf, complaints, outcomeOf } from './lib/proof.js';
import { TOP, entries, files, nameOf, read } from './lib/site.js';
import { verdicts } from './lib/verdict.js';

const skip = !files.includes('emulator/worker.js') && 'the site has no emulator; "make emulator" builds it';
const ELSEWHERE = JSON.parse(readFileSync(path.join(TOP, 'weave/site/elsewhere.json'), 'utf8'));
const JUDGES = ['exhibits.test.js', 'lib/emulated.js', 'lib/proof.js'];

const unescaped = (text) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');

/** What the buttons of an entry's page boot beside the day's own kernel. */
const buttonsOf = (page) => [...read(page).matchAll(/<a[^>]*>Exhibit ([\w-]+), on ([^:<]+):(?:(?!<\/li>).)*<button [^>]*data-kernel="([^"]+)" data-memory="(\d+)"(?: data-command="([^"]*)")?[^>]*>[^<]*<\/button>(?:<p>([^<]*)<\/p>)?/gs)]
  .map(([, exhibit, machine, kernel, memory, command = '', said]) => ({
    entry: nameOf(page), exhibit, machine, kernel, memory: Number(memory), commandLine: unescaped(command), said: said && unescaped(said),
  }));
const buttons = entries.flatMap(buttonsOf);
const demandsOf = ({ entry, exhibit, machine }) => blocksOf(entry, `${entry}.${exhibit}`, machine);
const idOf = ({ entry, exhibit, machine }) => `${entry}.${exhibit} on ${machine}`;

const judged = verdicts('exhibit-in-page', buttons.map((button) => {
  const { kernel, memory, commandLine } = button;
  const demands = demandsOf(button).map(({ outcome, expected, forbidden }) => [outcome, expected.map(String), forbidden.map(String)]);
  return { files: [`${kernel}.js`], judges: JUDGES, memory, commandLine, ends: ELSEWHERE[idOf(button)]?.ends, demands };
}));

describe('exhibits', { concurrency: availableParallelism(), skip }, () => {
  for (const [i, button] of buttons.entries()) {
    const { kernel, memory, commandLine, said } = button;
    test(idOf(button), async () => {
      const other = ELSEWHERE[idOf(button)];
      await judged[i](async () => {
        const run = await emulated(kernel, { memory, commandLine });
        const wrong = complaints(demandsOf(button), run);
        if (!other) assert.deepEqual(wrong, [], run.lines.slice(-12).join('\n'));
        else assert.notDeepEqual(wrong, [], 'elsewhere.json says that it ends otherwise, and it ends as its proof says after all');
        if (other) assert.equal(outcomeOf(run.end), other.ends);
      });
      assert.equal(said, other && `In the page it ends otherwise. ${other.because}`);
    });
  }
});

test('elsewhere.json names exhibits that are there', { skip }, () => {
  const known = buttons.map(idOf);
  assert.deepEqual(Object.keys(ELSEWHERE).filter((name) => !known.includes(name)), []);
  assert.ok(known.length > 0 || !files.some((name) => /\.[\w-]+\.kernel\.js$/.test(name)), 'no button was found');
});

test('each exhibit can be tried where its text is, before its end is told', { skip }, () => {
  for (const page of entries) {
    const tried = [...read(page).matchAll(/<div class="try"><button [^>]*data-kernel="([^"]+)"/g)].map(([, kernel]) => kernel);
    const told = new Set(buttonsOf(page).map(({ kernel }) => kernel));
    assert.deepEqual(tried.sort(), [...told].sort(), page);
  }
});

after(() => console.log(`${buttons.length} buttons of exhibits`));
