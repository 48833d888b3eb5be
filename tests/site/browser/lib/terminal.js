// What the emulator shows of a kernel in a terminal (weave/emulator/boot.mjs), where the tests hold it against QEMU.

import { execFile, execFileSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ROOT } from './site.js';

/** The repository. */
export const TOP = fileURLToPath(new URL('../../../..', import.meta.url));
const EMULATOR = path.join(TOP, 'weave/emulator');

/** How the panel says a kernel's own exit status. */
export const ENDINGS = { 33: 'done', 35: 'panic', 37: 'a test failed', 39: 'refused, with a reason' };

/** What the boot of the site's `kernel` shows: its serial lines, and how it ended. */
export async function inTerminal(kernel, ...options) {
  const where = execFileSync(path.join(EMULATOR, 'build'), ['--where'], { encoding: 'utf8' }).trim();
  const command = [path.join(EMULATOR, 'boot.mjs'), where, path.join(ROOT, kernel), ...options];
  const { stdout } = await promisify(execFile)(process.execPath, command);
  const lines = stdout.replaceAll('\r', '').split('\n');
  return { lines: lines.slice(0, -2), end: JSON.parse(lines.at(-2)) };
}
