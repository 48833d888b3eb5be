// A kernel of the site in the site's own worker script, without a browser: in a thread that has what a web worker has, and
// nothing else of Node's. It is the same every time.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { ROOT, scripted } from './site.js';

const MIB = 2 ** 20;
const bytesOf = (file) => new Uint8Array(scripted(file));

/** Boots the site's `kernel` in this thread, and hands every message of the machine to `tell`. */
function start({ kernel, memory, commandLine }, tell) {
  const scope = vm.createContext({
    MessageChannel, TextDecoder, TextEncoder, URL, WebAssembly, clearTimeout, console, performance, setTimeout,
    importScripts() { throw new Error('the worker loads a file'); },
    fetch() { throw new Error('the worker fetches a file'); },
    postMessage: tell,
  });
  vm.runInContext(`var self = globalThis, location = new URL('blob:null');
    class WorkerGlobalScope { static [Symbol.hasInstance](one) { return one === globalThis; } }
    globalThis.WorkerGlobalScope = WorkerGlobalScope;`, scope);
  // The page evaluates the script, and makes the worker of the function's text.
  const page = vm.createContext({});
  vm.runInContext(readFileSync(path.join(ROOT, 'emulator/worker.js'), 'utf8'), page);
  vm.runInContext(`(${page.daybookWorker})()`, scope);
  const [wasm, vgaRom, bootRom] = ['bochs.wasm', 'vgabios.bin', 'boot.bin'].map((name) => bytesOf(`emulator/${name}`));
  scope.onmessage({ data: {
    id: 1, type: 'boot', wasm, vgaRom, bootRom, kernel: bytesOf(kernel), memoryBytes: memory * MIB, commandLine,
  } });
}

if (!isMainThread && workerData?.kernel) {
  start(workerData, ({ type, ...message }) => {
    if (type === 'screen') parentPort.postMessage({ type, kind: message.screen.kind });
    else if (type !== 'answer') parentPort.postMessage({ type, ...message });
  });
}

/** What the boot of the site's `kernel` on a machine of `memory` MiB shows: its serial lines, and how it ended. */
export function emulated(kernel, { memory = 64, commandLine = '' } = {}) {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL(import.meta.url), { workerData: { kernel, memory, commandLine } });
    const decoder = new TextDecoder();
    let serial = '', screen = 'none';
    thread.on('error', reject);
    thread.on('message', ({ type, bytes, kind, ...end }) => {
      if (type === 'serial') {
        serial += decoder.decode(bytes, { stream: true });
      } else if (type === 'screen') {
        screen = kind;
      } else {
        thread.terminate();
        resolve({ lines: serial.replaceAll('\r', '').split('\n'), screen, end: { type, ...end } });
      }
    });
  });
}
