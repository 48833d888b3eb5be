// What a proof demands of a kernel on a machine, as tools/machine/expect.py says, and what a run in the emulator is by that.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { TOP } from './site.js';

/** The blocks of proof/NAME.expect as of an entry that name `machine`: [{outcome, expected, forbidden}]. */
export function blocksOf(entry, name, machine) {
  const blocks = [];
  const text = readFileSync(path.join(TOP, `build/at/${entry}/tangled/proof/${name}.expect`), 'utf8');
  for (const line of text.split('\n')) {
    const [, word, rest] = /^(on|exit|[|!]) (.*)$/.exec(line) ?? [];
    if (word === 'on' && (!blocks.length || blocks.at(-1).outcome)) blocks.push({ machines: [], expected: [], forbidden: [] });
    if (word === 'on') blocks.at(-1).machines.push(...rest.split(' '));
    if (word === 'exit') blocks.at(-1).outcome = /^\d+$/.test(rest) ? `exit ${rest}` : rest;
    if (word === '|') blocks.at(-1).expected.push(new RegExp(rest));
    if (word === '!') blocks.at(-1).forbidden.push(new RegExp(rest));
  }
  return blocks.filter(({ machines }) => machines.includes(machine));
}

/** How a run ended, in a proof's words; a kernel that says nothing for ever hangs, halted or not. */
export function outcomeOf({ type, status, state, reason, text }) {
  if (type === 'error') return `error: ${text}`;
  if (reason === 'silence' || status === 'halted') return 'hang';
  return status === 'exited' ? `exit ${state.exitStatus}` : status.replace(' ', '-');
}

/** What is wrong with a run by the blocks of its proof: nothing, or complaints. */
export function complaints(blocks, { lines, end }) {
  const found = blocks.flatMap(({ outcome, expected, forbidden }) => {
    let from = 0;
    return [
      ...outcomeOf(end) === outcome ? [] : [`it ended with ${outcomeOf(end)}, and the proof says ${outcome}`],
      ...expected.filter((pattern) => {
        const at = lines.findIndex((line, index) => index >= from && pattern.test(line));
        if (at >= 0) from = at + 1;
        return at < 0;
      }).map((pattern) => `no line ${pattern}`),
      ...forbidden.filter((pattern) => lines.some((line) => pattern.test(line))).map((pattern) => `a line ${pattern}`),
    ];
  });
  return blocks.length ? found : ['no proof names its machine'];
}
