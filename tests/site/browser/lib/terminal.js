// What the emulator shows of a kernel in a terminal (weave/emulator/boot.mjs), where the tests hold it against QEMU.

import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { ROOT } from './site.js';

/** The repository. */
export const TOP = fileURLToPath(new URL('../../../..', import.meta.url));
const EMULATOR = path.join(TOP, 'weave/emulator');

/** How the panel says a kernel's own exit status. */
export const ENDINGS = { 33: 'done', 35: 'panic', 37: 'a test failed', 39: 'refused, with a reason' };

/** What the boot of the site's `kernel` shows: its serial lines, and how it ended. */
export async function inTerminal(kernel, ...options) {
  const where = execFileSync(path.join(EMULATOR, 'build'), ['--where'], { encoding: 'utf8' }).trim();
  const folder = mkdtempSync(path.join(tmpdir(), 'kernel-'));
  const elf = path.join(folder, 'daybook.elf');
  writeFileSync(elf, gunzipSync(readFileSync(path.join(ROOT, kernel))));
  const command = [path.join(EMULATOR, 'boot.mjs'), where, elf, ...options];
  const { stdout } = await promisify(execFile)(process.execPath, command);
  rmSync(folder, { recursive: true });
  const lines = stdout.replaceAll('\r', '').split('\n');
  return { lines: lines.slice(0, -2), end: JSON.parse(lines.at(-2)) };
}
