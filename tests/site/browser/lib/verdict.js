// A verdict that was come to once need not be come to again while all that it depends on is the same: tools/store.py.

import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { ROOT, TOP } from './site.js';

const HERE = path.join(TOP, 'tests/site/browser');
const MACHINE = ['bochs.wasm', 'vgabios.bin', 'boot.bin', 'worker.js'].map((name) => path.join(ROOT, 'emulator', name));

/** What tools/store.py prints. */
function store(input, ...words) {
  const { status, stdout, stderr } = spawnSync(path.join(TOP, 'tools/store.py'), words, { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return stdout.trim();
}

/**
 * For each of `all`, what runs a judge, which throws if something is wrong, unless it is known that nothing is. That depends on
 * its components, on its `files` (of the site, by their paths below it), on the machine, and on the suites' files that are `judges`.
 */
export function verdicts(kind, all) {
  const asked = all.map(({ files, judges, ...components }) => {
    const parts = [...MACHINE, ...files.map((file) => path.join(ROOT, file)), ...[...judges, 'lib/verdict.js', 'lib/site.js'].map((file) => path.join(HERE, file))];
    return JSON.stringify({ ...components, node: process.version, parts: parts.map((file) => ({ file })) });
  });
  const answers = store(asked.join('\n'), 'known', kind).split('\n');
  return all.map((_, index) => async (judge) => {
    const [key, known] = answers[index].split(' ');
    if (known) return;
    await judge();
    store('', 'keep', key);
  });
}
