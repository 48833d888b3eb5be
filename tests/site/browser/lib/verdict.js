// A verdict that was come to once need not be come to again while all that it depends on is the same: tools/store.py.

import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { ROOT, TOP } from './site.js';

const HERE = path.join(TOP, 'tests/site/browser');
const MACHINE = ['bochs.wasm', 'vgabios.bin', 'boot.bin', 'worker.js'].map((name) => path.join(ROOT, 'emulator', name));

/** What tools/store.py prints, and whether its status is 0. */
function store(input, ...words) {
  const { status, stdout, stderr } = spawnSync(path.join(TOP, 'tools/store.py'), words, { input: JSON.stringify(input), encoding: 'utf8' });
  if (status > 1) throw new Error(stderr);
  return [stdout.trim(), status === 0];
}

/**
 * Runs `judge`, which throws if something is wrong, unless it is known that nothing is. It depends on the `components`, on
 * these `files` (of the site, by their paths below it), on the machine, and on the files of the suites that are its `judges`.
 */
export async function verdict(kind, { files, judges, ...components }, judge) {
  const parts = [...MACHINE, ...files.map((file) => path.join(ROOT, file)), ...[...judges, 'lib/verdict.js', 'lib/site.js'].map((file) => path.join(HERE, file))];
  const [key, isKnown] = store({ ...components, node: process.version, parts: parts.map((file) => ({ file })) }, 'known', kind);
  if (isKnown) return;
  await judge();
  store({}, 'keep', key);
}
