// The machine behind its messages, in a worker thread: node --test messages.test.mjs, with EMULATOR (the built folder),
// KERNEL (a day's kernel that comes to the higher half) and ECHO (that kernel of endings.asm) in the environment.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { Worker } from 'node:worker_threads';

const { EMULATOR, KERNEL, ECHO } = process.env;
const MACHINE = new URL('../../weave/emulator/machine.js', import.meta.url);
const bytes = (path) => new Uint8Array(readFileSync(path));

/** A machine in a thread of its own: ask() sends a request, until() waits for a message. */
class Client {
  constructor() {
    this.worker = new Worker(MACHINE, { workerData: { daybookMachine: join(EMULATOR, 'bochs.js') } });
    this.messages = [];
    this.waiting = [];
    this.serial = '';
    this.worker.on('message', (message) => {
      if (message.type === 'serial') this.serial += new TextDecoder().decode(message.bytes);
      this.messages.push(message);
      this.waiting = this.waiting.filter((wakes) => !wakes());
    });
    this.lastId = 0;
  }

  until(wanted) {
    return new Promise((resolve) => {
      const look = () => {
        const found = this.messages.find(wanted);
        if (found) resolve(found);
        return Boolean(found);
      };
      if (!look()) this.waiting.push(look);
    });
  }

  ask(type, request = {}) {
    const id = ++this.lastId;
    this.worker.postMessage({ id, type, ...request });
    return this.until((message) => message.id === id);
  }

  boot(kernel, request = {}) {
    return this.ask('boot', {
      wasm: bytes(join(EMULATOR, 'bochs.wasm')),
      vgaRom: bytes(join(EMULATOR, 'vgabios.bin')),
      bootRom: bytes(join(EMULATOR, 'boot.bin')),
      kernel: bytes(kernel),
      memoryBytes: 64 << 20,
      ...request,
    });
  }
}

/** A test with a machine that is ended after it. */
function withMachine(name, body) {
  test(name, { timeout: 120000 }, async () => {
    const client = new Client();
    try {
      await body(client);
    } finally {
      await client.worker.terminate();
    }
  });
}

withMachine('the way from the reset to the kernel', async (machine) => {
  const { state, entry } = await machine.boot(KERNEL, { stop: 'reset' });
  assert.equal(state.mode, 'real');
  assert.equal(state.instructions, 0);
  assert.equal(state.rip, 0xfff0n);
  const change = await machine.ask('runToChange');
  assert.equal(change.reason, 'change');
  assert.equal(change.state.cr0, 0x11n);
  assert.equal(change.state.mode, 'protected');
  const kernel = await machine.ask('runTo', { addresses: [BigInt(entry)] });
  assert.equal(kernel.reason, 'target');
  assert.equal(kernel.state.rip, BigInt(entry));
  assert.equal(kernel.state.rax, 0x36d76289n);
  assert.equal(kernel.state.rflags & 0x200n, 0n);
  assert.equal(kernel.state.cr0, 0x11n);
  const information = await machine.ask('readPhysical', { address: Number(kernel.state.rbx), length: 4 });
  assert.ok(information.bytes[0] > 8);
});

withMachine('stepping, looking and a budget', async (machine) => {
  const { state } = await machine.boot(KERNEL, { stop: 'entry' });
  const stopped = await machine.ask('step', { count: 5 });
  assert.equal(stopped.reason, 'step');
  assert.equal(stopped.state.instructions, state.instructions + 5);
  assert.notEqual(stopped.instruction, '');
  assert.equal((await machine.ask('runTo', { addresses: [1n], budget: 1000 })).reason, 'budget');
  assert.equal((await machine.ask('disassemble', { address: stopped.state.rip })).text, stopped.instruction);
  assert.equal((await machine.ask('readPhysical', { address: 64 << 20, length: 8 })).bytes.length, 0);
  await machine.ask('writePhysical', { address: 0x200ffe, bytes: new Uint8Array([1, 2, 3, 4]) });
  assert.deepEqual([...(await machine.ask('readVirtual', { address: 0x200ffen, length: 4 })).bytes], [1, 2, 3, 4]);
  assert.match((await machine.ask('writePhysical', { address: 64 << 20, bytes: new Uint8Array(1) })).text, /no memory/);
  assert.match((await machine.ask('dance')).text, /no request 'dance'/);
});

withMachine('what has written a word of memory', async (machine) => {
  const { state } = await machine.boot(KERNEL, { stop: 'entry' });
  const handover = 0x600; // the boot ROM read it, nobody writes to it
  assert.deepEqual((await machine.ask('watch', { address: handover, count: 100 })).changes, []);
  let now;
  do now = (await machine.ask('runToChange')).state;
  while (now.cr3 === 0n);
  const address = Number(now.cr3) + 0xff8; // the last entry of the PML4
  const pml4 = async (request) => {
    const client = new Client();
    await client.boot(KERNEL, { stop: 'entry' });
    const answer = await client.ask('watch', { address, ...request });
    await client.worker.terminate();
    return answer;
  };
  const count = now.instructions - state.instructions;
  const { bytes } = await machine.ask('readPhysical', { address, length: 8 });
  const entry = new DataView(bytes.buffer).getBigUint64(0, true);
  const [coarse, fine] = [await pml4({ count, slice: 256 }), await pml4({ count })];
  assert.equal(fine.before, 0n);
  const writer = fine.changes.find(({ value }) => value === entry);
  assert.equal(writer.to, writer.from + 1);
  const slice = coarse.changes.find(({ value }) => value === entry);
  assert.ok(slice.from <= writer.from && writer.to <= slice.to && slice.to === slice.from + 256);
  assert.match((await machine.ask('disassemble', { address: writer.rip })).text, /^mov dword ptr/);
  assert.ok(writer.from > state.instructions);
});

withMachine('the tables behind CR3, and the end', async (machine) => {
  await machine.boot(KERNEL, { stop: 'entry' });
  let stopped;
  do stopped = await machine.ask('runToChange');
  while (stopped.type === 'stopped' && stopped.state.mode !== '64-bit');
  const low = await machine.ask('translate', { address: 0x123456n });
  assert.equal(low.physical, 0x123456);
  assert.deepEqual(low.walk.map(({ level }) => level), ['PML4', 'PDPT', 'PD']);
  const high = await machine.ask('translate', { address: 0xffffffff80123456n });
  assert.equal(high.physical, 0x123456);
  assert.deepEqual(high.walk.map(({ index }) => index), [511, 510, 0]);
  assert.equal((await machine.ask('translate', { address: 0xffff800000000000n })).physical, null);
  const end = await machine.ask('resume');
  assert.equal(end.type, 'ended');
  assert.equal(end.state.exitStatus, 33);
  assert.equal(machine.messages.at(-1).type, 'ended');
  const [, last] = [...machine.serial.matchAll(/\n1\.\.(\d+)\r?\n/g)].at(-1);
  assert.match(machine.serial, new RegExp(`\nok ${last} `));
  const { screen } = await machine.ask('screen');
  assert.deepEqual([screen.kind, screen.width, screen.height], ['graphics', 1024, 768]);
  assert.ok(screen.content.some((byte, index) => index % 4 !== 3 && byte !== 0));
});

withMachine('typing, pause and resume', async (machine) => {
  await machine.boot(ECHO);
  await machine.until(() => machine.serial.includes('an end'));
  await machine.ask('input', { bytes: new TextEncoder().encode('hello') });
  await machine.until(() => machine.serial.includes('hello'));
  const first = await machine.ask('pause');
  const second = await machine.ask('registers');
  assert.equal(second.state.instructions, first.state.instructions);
  await machine.ask('input', { bytes: new TextEncoder().encode('q') });
  const end = await machine.ask('resume');
  assert.equal(end.status, 'exited');
  assert.match(machine.serial, /helloq$/);
});

withMachine('what cannot be booted', async (machine) => {
  assert.match((await machine.ask('pause')).text, /has not been booted/);
  assert.match((await machine.boot(MACHINE)).text, /no ELF64 file/);
});
