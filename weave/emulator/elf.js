// elf.js: what a loader reads of a kernel's ELF64 file: its segments, its entry point and its Multiboot2 header; and the modules that
// are to be handed over with it, which are sections of the file here (weave/site/boot_data/modules.py).
'use strict';

{
  const PT_LOAD = 1;
  const HEADER_MAGIC = 0xe85250d6;
  const HEADER_REACH = 32768; // the header is within so many bytes (Multiboot2 §3.1)
  const ENTRY_TAG = 3, FRAMEBUFFER_TAG = 5;
  const MODULE = '.module.';

  const number = (view, offset) => Number(view.getBigUint64(offset, true));

  function programHeader(view, at) {
    return {
      kind: view.getUint32(at, true),
      offset: number(view, at + 8),
      virtual: view.getBigUint64(at + 16, true),
      physical: number(view, at + 24),
      fileBytes: number(view, at + 32),
      memoryBytes: number(view, at + 40),
    };
  }

  /** The tags of the file's Multiboot2 header: what the kernel asks a loader for (Multiboot2 §3.1). */
  function readHeader(view) {
    const reach = Math.min(view.byteLength, HEADER_REACH) - 16;
    for (let at = 0; at <= reach; at += 8) {
      const sum = [0, 4, 8, 12].reduce((total, field) => total + view.getUint32(at + field, true), 0);
      if (view.getUint32(at, true) === HEADER_MAGIC && sum % 2 ** 32 === 0) return readTags(view, at);
    }
    throw new Error('the kernel has no Multiboot2 header in its first 32 KiB');
  }

  function readTags(view, start) {
    const end = start + view.getUint32(start + 8, true);
    const found = {};
    for (let at = start + 16; at + 8 <= end; at += (view.getUint32(at + 4, true) + 7) & ~7) {
      const type = view.getUint16(at, true);
      if (view.getUint32(at + 4, true) < 8) throw new Error('a tag of the Multiboot2 header is shorter than 8 bytes');
      if (type === ENTRY_TAG) found.entry = view.getUint32(at + 8, true);
      if (type === FRAMEBUFFER_TAG) {
        const [width, height, depth] = [8, 12, 16].map((field) => view.getUint32(at + field, true));
        found.framebuffer = { width, height, depth };
      }
    }
    return found;
  }

  /** The modules: [name, bytes] of each section .module.NAME. */
  function readModules(view, bytes) {
    const table = number(view, 40);
    const [size, count, names] = [58, 60, 62].map((at) => view.getUint16(at, true));
    const content = (index) => {
      const start = number(view, table + index * size + 24);
      return bytes.subarray(start, start + number(view, table + index * size + 32));
    };
    const nameOf = (index) => {
      const all = content(names), start = view.getUint32(table + index * size, true);
      return new TextDecoder().decode(all.subarray(start, all.indexOf(0, start)));
    };
    if (table + size * count > bytes.length) throw new Error("the kernel's section headers lie beyond its end");
    return Array.from({ length: count }, (_, index) => [nameOf(index), content(index)])
      .filter(([name]) => name.startsWith(MODULE))
      .map(([name, file]) => [name.slice(MODULE.length), file]);
  }

  /**
   * Reads `bytes`, an ELF64 file. Returns {entry, segments, modules, framebuffer}: `entry` is the physical address of the first
   * instruction, a segment has {offset, physical, fileBytes, memoryBytes}, and `framebuffer` is {width, height, depth}
   * if the kernel asks for one. Throws an Error that says what is wrong.
   */
  function readElf(bytes) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length < 64 || view.getUint32(0, false) !== 0x7f454c46 || bytes[4] !== 2) {
      throw new Error('the kernel is no ELF64 file');
    }
    const [table, size, count] = [number(view, 32), view.getUint16(54, true), view.getUint16(56, true)];
    if (table + size * count > bytes.length) throw new Error("the kernel's program headers lie beyond its end");
    const segments = Array.from({ length: count }, (_, index) => programHeader(view, table + index * size))
      .filter((segment) => segment.kind === PT_LOAD);
    if (segments.some((segment) => segment.offset + segment.fileBytes > bytes.length)) {
      throw new Error('a segment of the kernel lies beyond its end');
    }
    const header = readHeader(view);
    const entry = header.entry ?? physicalEntry(view.getBigUint64(24, true), segments);
    return { entry, segments, modules: readModules(view, bytes), ...header };
  }

  /** The ELF header's entry point is a virtual address. */
  function physicalEntry(virtual, segments) {
    const inside = ({ virtual: start, memoryBytes }) => virtual >= start && virtual < start + BigInt(memoryBytes);
    const segment = segments.find(inside);
    if (!segment) throw new Error("the kernel's entry point is in none of its segments");
    return segment.physical + Number(virtual - segment.virtual);
  }

  globalThis.daybookElf = { readElf };
  if (typeof module === 'object') module.exports = globalThis.daybookElf;
}
