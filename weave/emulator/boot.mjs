// boot.mjs: boots a kernel in the emulator, in a terminal: node boot.mjs EMULATOR_DIR KERNEL.elf [OPTION VALUE]…
//
//   --memory 64M         how much memory the machine has, in MiB; 6G is six GiB
//   --command-line TEXT  for the kernel
//   --blob FILE          writes the boot information to FILE
//   --changes FILE       writes each change of CR0, CR3, CR4, EFER and the mode to FILE, a JSON list; this is slower
//   --limit COUNT        gives up after so many instructions
//
// Prints what the machine sends to its serial port, an end of line, and a line of JSON that says how it ended. The status is 0 if the
// machine came to an end, whatever the end.
import { createRequire } from 'node:module';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const require = createRequire(import.meta.url);
const { Engine } = require('./engine.js');

const CONTROL = ['cr0', 'cr3', 'cr4', 'efer', 'mode'];
const SLICE = 1000000;
const UNITS = { M: 2 ** 20, G: 2 ** 30 };

/** How a BigInt is written: as the manuals write an address. */
const hex = (_, value) => (typeof value === 'bigint' ? `0x${value.toString(16)}` : value);

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      memory: { type: 'string', default: '64M' },
      'command-line': { type: 'string', default: '' },
      blob: { type: 'string' },
      changes: { type: 'string' },
      limit: { type: 'string', default: '1000000000' },
    },
  });
  const [, count, unit] = /^(\d+)([MG])$/.exec(values.memory) ?? [];
  if (positionals.length !== 2 || !unit) throw new Error('usage: boot.mjs EMULATOR_DIR KERNEL.elf [--memory 64M] …');
  return { ...values, folder: positionals[0], kernel: positionals[1], memoryBytes: count * UNITS[unit] };
}

/** Runs to the machine's end or the limit. Returns the changes, if they are wanted. */
function run(engine, limit, withChanges) {
  const changes = [];
  let before = engine.look();
  while (before.status === 'running' && before.instructions < limit) {
    if (!withChanges) engine.run(SLICE);
    const changed = withChanges && engine.runToChange(SLICE);
    process.stdout.write(engine.takeSerial());
    const after = engine.look();
    if (changed) {
      for (const name of CONTROL.filter((one) => before[one] !== after[one])) {
        changes.push({ name, from: before[name], to: after[name], at: after.lastRip, rip: after.rip, instructions: after.instructions });
      }
    }
    before = after;
  }
  return changes;
}

async function main() {
  const given = readArguments();
  const started = performance.now();
  const file = (name) => new Uint8Array(readFileSync(join(given.folder, name)));
  const engine = await Engine.create({
    createBochs: require(resolve(given.folder, 'bochs.js')),
    wasm: file('bochs.wasm'),
    vgaRom: file('vgabios.bin'),
    bootRom: file('boot.bin'),
    memoryBytes: given.memoryBytes,
  });
  const { information, at } = engine.load(new Uint8Array(readFileSync(given.kernel)), given['command-line']);
  if (given.blob) writeFileSync(given.blob, information);
  const built = performance.now();
  const changes = run(engine, Number(given.limit), Boolean(given.changes));
  const state = engine.look();
  if (given.changes) writeFileSync(given.changes, JSON.stringify(changes, hex, 1));
  const { kind, width, height } = engine.screen();
  const end = {
    ...state,
    exceptionList: engine.exceptions(),
    informationAddress: at,
    screen: { kind, width, height },
    milliseconds: { build: Math.round(built - started), run: Math.round(performance.now() - built) },
  };
  process.stdout.write(`\n${JSON.stringify(end, hex)}\n`);
  return state.status === 'running' ? 1 : 0;
}

main().then(
  (status) => { process.exitCode = status; },
  (error) => {
    process.stderr.write(`boot.mjs: ${error.message}\n`);
    process.exitCode = 2;
  },
);
