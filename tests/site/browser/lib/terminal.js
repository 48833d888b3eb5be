// What the emulator shows of a kernel in a terminal (weave/emulator/boot.mjs), where the tests hold it against QEMU. It is the
// same every time; so of the suites of one run the first that wants to know leaves it for the others.

import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
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

/** What boot.mjs prints when it boots the site's `kernel`. */
async function printed(kernel, options) {
  const where = execFileSync(path.join(EMULATOR, 'build'), ['--where'], { encoding: 'utf8' }).trim();
  const folder = mkdtempSync(path.join(tmpdir(), 'kernel-'));
  const elf = path.join(folder, 'daybook.elf');
  writeFileSync(elf, gunzipSync(readFileSync(path.join(ROOT, kernel))));
  const command = [path.join(EMULATOR, 'boot.mjs'), where, elf, ...options];
  const { stdout } = await promisify(execFile)(process.execPath, command);
  rmSync(folder, { recursive: true });
  return stdout;
}

/** The same, from what another suite has left if there is any. */
async function known(kernel) {
  const folder = process.env.DAYBOOK_TERMINAL;
  const left = path.join(folder, kernel.replaceAll('/', '-'));
  if (existsSync(left)) return readFileSync(left, 'utf8');
  const stdout = await printed(kernel, []);
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${left}.${process.pid}`, stdout);
  renameSync(`${left}.${process.pid}`, left);
  return stdout;
}

/** What the boot of the site's `kernel` shows: its serial lines, and how it ended. */
export async function inTerminal(kernel, ...options) {
  const stdout = await (options.length ? printed(kernel, options) : known(kernel));
  const lines = stdout.replaceAll('\r', '').split('\n');
  return { lines: lines.slice(0, -2), end: JSON.parse(lines.at(-2)) };
}
