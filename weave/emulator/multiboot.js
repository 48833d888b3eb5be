// multiboot.js: the boot information that a Multiboot2 loader leaves for a kernel (Multiboot2 §3.6).
'use strict';

{
  const COMMAND_LINE = 1, LOADER_NAME = 2, MODULE = 3, BASIC_MEMORY = 4, MEMORY_MAP = 6, FRAMEBUFFER = 8, END = 0;
  const USABLE = 1, RESERVED = 2;
  const RGB = 1; // a framebuffer's type
  const KIB = 1024, MIB = KIB * KIB;
  const MAP_ENTRY_BYTES = 24;

  // Where QEMU's BIOS has its tables, at the end of memory. The machine here has none, but with the same map a kernel
  // shows the same addresses on both.
  const FIRMWARE_BYTES = 128 * KIB;
  const LOW_MEMORY_END = 0x9fc00;

  const LOADER = 'Daybook in a page';
  const LEAST_MEMORY = 2 * MIB, MOST_MEMORY = 8192 * MIB;

  // From so much on, a part of the memory lies above 4 GiB, and so much below.
  const SPLIT = 0xe0000000, LOW_PART = 0xc0000000;

  /** Where memory below and above 4 GiB ends; there may be none above. */
  const memoryEnds = (memoryBytes) => (memoryBytes < SPLIT ? [memoryBytes, 2 ** 32] : [LOW_PART, 2 ** 32 + memoryBytes - LOW_PART]);

  /** The memory map, as GRUB would find it on QEMU's board `pc`: [start, end, type] of each region. */
  function memoryMap(memoryBytes) {
    const [low, high] = memoryEnds(memoryBytes);
    return [
      [0, LOW_MEMORY_END, USABLE],
      [LOW_MEMORY_END, 0xa0000, RESERVED],
      [0xf0000, 0x100000, RESERVED],
      [0x100000, low - FIRMWARE_BYTES, USABLE],
      [low - FIRMWARE_BYTES, low, RESERVED],
      [0xfffc0000, 2 ** 32, RESERVED],
      [2 ** 32, high, USABLE],
    ].filter(([start, end]) => start < end);
  }

  /** Little-endian numbers, [bytes, value] each, one after the other. */
  function pack(fields) {
    const packed = new Uint8Array(fields.reduce((total, [size]) => total + size, 0));
    let at = 0;
    for (const [size, value] of fields) {
      for (let byte = 0; byte < size; byte++) packed[at++] = Number((BigInt(value) >> BigInt(8 * byte)) & 255n);
    }
    return packed;
  }

  const text = (string) => [...new TextEncoder().encode(string), 0].map((byte) => [1, byte]);

  /** One tag, padded to a multiple of 8. */
  function tag(type, fields) {
    const content = pack(fields);
    const whole = new Uint8Array((8 + content.length + 7) & ~7);
    whole.set(pack([[4, type], [4, 8 + content.length]]));
    whole.set(content, 8);
    return whole;
  }

  function framebufferTag({ address, width, height, depth }) {
    // Red, green and blue: the lowest bit of each, and how many bits it has.
    const colours = [[1, 16], [1, 8], [1, 8], [1, 8], [1, 0], [1, 8]];
    const pitch = (width * depth) / 8;
    return tag(FRAMEBUFFER, [
      [8, address], [4, pitch], [4, width], [4, height], [1, depth], [1, RGB], [2, 0], ...colours,
    ]);
  }

  function memoryMapTag(regions) {
    const entries = regions.flatMap(([start, end, type]) => [[8, start], [8, end - start], [4, type], [4, 0]]);
    return tag(MEMORY_MAP, [[4, MAP_ENTRY_BYTES], [4, 0], ...entries]);
  }

  /**
   * The boot information for a machine of `memoryBytes`, as bytes. `framebuffer` is {address, width, height, depth}, with
   * 32 bits a pixel, or undefined for text mode; a module is {start, end, name}.
   */
  function bootInformation({ memoryBytes, commandLine = '', framebuffer, modules = [] }) {
    if (memoryBytes < LEAST_MEMORY || memoryBytes > MOST_MEMORY || memoryBytes % MIB) {
      throw new Error('the machine can have whole MiB of memory, from 2 to 8192');
    }
    const tags = [
      tag(COMMAND_LINE, text(commandLine)),
      tag(LOADER_NAME, text(LOADER)),
      ...modules.map(({ start, end, name }) => tag(MODULE, [[4, start], [4, end], ...text(name)])),
      tag(BASIC_MEMORY, [
        [4, Math.floor(LOW_MEMORY_END / KIB)], [4, (memoryEnds(memoryBytes)[0] - FIRMWARE_BYTES - MIB) / KIB],
      ]),
      memoryMapTag(memoryMap(memoryBytes)),
      ...(framebuffer ? [framebufferTag(framebuffer)] : []),
      tag(END, []),
    ];
    const bytes = tags.reduce((total, { length }) => total + length, 8);
    const information = new Uint8Array(bytes);
    information.set(pack([[4, bytes], [4, 0]]));
    let at = 8;
    for (const one of tags) {
      information.set(one, at);
      at += one.length;
    }
    return information;
  }

  globalThis.daybookMultiboot = { bootInformation, memoryEnds, memoryMap };
  if (typeof module === 'object') module.exports = globalThis.daybookMultiboot;
}
