// Boots a kernel in the site's worker, made as a page makes it: node boot_in_worker.mjs EMULATOR KERNEL. Prints the serial text
// and how it ended.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import vm from 'node:vm';
import { gunzipSync } from 'node:zlib';

const [folder, kernel] = process.argv.slice(2);
const bytes = (path) => new Uint8Array(gunzipSync(readFileSync(path)));
const unpacked = (name) => bytes(join(folder, name));

// What a worker has, and nothing of Node's: no require, no process, no module.
const scope = {
  MessageChannel, TextDecoder, TextEncoder, URL, WebAssembly, clearTimeout, console, performance, setTimeout,
  importScripts() { throw new Error('the worker loads a file'); },
  fetch() { throw new Error('the worker fetches a file'); },
};
vm.createContext(scope);
const inScope = (text) => vm.runInContext(text, scope);
inScope(`var self = globalThis, location = new URL('blob:null');
  class WorkerGlobalScope { static [Symbol.hasInstance](one) { return one === globalThis; } }
  globalThis.WorkerGlobalScope = WorkerGlobalScope;`);

const decoder = new TextDecoder();
scope.postMessage = (message) => {
  if (message.type === 'serial') process.stdout.write(decoder.decode(message.bytes));
  if (message.type === 'error') throw new Error(message.text);
  if (message.type === 'ended') {
    process.stdout.write(`\n${message.status} ${message.state.exitStatus}\n`);
    process.exit(0);
  }
};

// The page evaluates the script, and makes the worker of the function's text.
const page = vm.createContext({});
vm.runInContext(readFileSync(join(folder, 'worker.js'), 'utf8'), page);
inScope(`(${page.daybookWorker})()`);
scope.onmessage({
  data: {
    id: 1,
    type: 'boot',
    wasm: unpacked('bochs.wasm'),
    vgaRom: unpacked('vgabios.bin'),
    bootRom: unpacked('boot.bin'),
    kernel: bytes(kernel),
    memoryBytes: 64 << 20,
  },
});
