// engine.js: one emulated machine, as an object. It knows the runner's functions (bochs/runner.cc) and no messages.
'use strict';

{
  const inNode = typeof require === 'function';
  const { readElf } = inNode ? require('./elf.js') : globalThis.daybookElf;
  const { bootInformation, memoryEnds } = inNode ? require('./multiboot.js') : globalThis.daybookMultiboot;

  const KIB = 1024, MIB = 2 ** 20, FOUR_GIB = 2 ** 32;
  const PAGE = 4096;
  const LARGEST_BLOCK = 8; // MiB, of Bochs
  const ROM = 0xffff0000;
  const HANDOVER = 0x600; // boot.asm's `handover`
  const INFORMATION = 0x10000; // where the boot information goes, as GRUB does: below 1 MiB
  const FRAMEBUFFER = 0xe0000000; // where Bochs has it
  const MOST_TOUCHED = 1024 * MIB; // a machine with more memory than this ends when its kernel has used so much
  const LARGEST_SCREEN = [2560, 1600];

  const GENERAL = ['rax', 'rcx', 'rdx', 'rbx', 'rsp', 'rbp', 'rsi', 'rdi',
    'r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15'];
  // The fields of machine_state (bochs/runner.h), in its order.
  const STATE = [...GENERAL, 'rip', 'rflags', 'cr0', 'cr2', 'cr3', 'cr4', 'efer', 'cs', 'ss', 'ds', 'es', 'fs', 'gs',
    'tr', 'gdtBase', 'gdtLimit', 'idtBase', 'idtLimit', 'mode', 'privilege', 'instructions', 'microseconds', 'status',
    'exitStatus', 'exceptions', 'lastRip'];
  const SMALL = ['cs', 'ss', 'ds', 'es', 'fs', 'gs', 'tr', 'gdtLimit', 'idtLimit', 'privilege', 'instructions',
    'microseconds', 'exitStatus', 'exceptions'];
  const MODES = ['real', 'virtual 8086', 'protected', 'compatibility', '64-bit'];
  const STATUSES = ['running', 'halted', 'exited', 'triple fault', 'reset'];
  const SCREENS = ['none', 'text', 'graphics'];
  const EXCEPTIONS_KEPT = 8, EXCEPTION_FIELDS = 5;

  const LONG_MODE_ACTIVE = 1n << 10n;
  const PRESENT = 1n, LARGE = 1n << 7n, ADDRESS = 0x000ffffffffff000n;
  const LEVELS = [['PML4', 39n], ['PDPT', 30n], ['PD', 21n], ['PT', 12n]];

  // Ten million instructions a second: enough for a kernel's loops that wait by counting, and the less there are in a
  // millisecond, the sooner a wait is over. The time is fixed, so that every run is the same.
  const settings = (guest, host, block) => `
config_interface: textconfig
display_library: nogui
memory: guest=${guest}, host=${host}, block_size=${block}
romimage: file=/boot.bin, address=0xfffff000
vgaromimage: file=/vga.bin
vga: extension=vbe
cpu: model=corei7_sandy_bridge_2600k, ips=10000000, reset_on_triple_fault=0
clock: sync=none, time0=1700000000
com1: enabled=1, mode=null
port_e9_hack: enabled=0
ata0: enabled=0
log: -
panic: action=report, memory=fatal
error: action=ignore
info: action=ignore
debug: action=ignore
`;

  /** How large the parts are that Bochs divides memory into: of many, it takes long to make a list. */
  const blockKib = (mebibytes) => Math.min(mebibytes & -mebibytes, LARGEST_BLOCK) * KIB;

  class Engine {
    /**
     * Builds a machine that stands at its first instruction. `createBochs` is the loader's function, `wasm`, `vgaRom` and
     * `bootRom` are bytes. A machine is never taken down: end the worker or process that it is in.
     */
    static async create({ createBochs, wasm, vgaRom, bootRom, memoryBytes }) {
      const said = [];
      // To Bochs all addresses up to the highest are memory, also those below 4 GiB that should not be.
      const [low, high] = memoryEnds(memoryBytes);
      const top = high > FOUR_GIB ? high : low;
      const bochs = await createBochs({
        wasmBinary: wasm,
        print: () => {},
        printErr: (line) => said.length < 100 && said.push(line),
      });
      bochs.FS.writeFile('/boot.bin', bootRom);
      bochs.FS.writeFile('/vga.bin', vgaRom);
      bochs.FS.writeFile('/settings', settings(top / MIB, Math.min(top, MOST_TOUCHED) / MIB, blockKib(top / MIB)));
      bochs.callMain(['-q', '-f', '/settings']);
      if (!bochs._machine_built()) throw new Error(`the machine could not be built: ${said.join(' / ')}`);
      return new Engine(bochs, memoryBytes, said);
    }

    constructor(bochs, memoryBytes, said) {
      this.bochs = bochs;
      this.memoryBytes = memoryBytes;
      [this.low, this.high] = memoryEnds(memoryBytes);
      this.said = said; // what Bochs itself had to say
    }

    /**
     * Puts the ELF64 file `kernel` and its boot information into memory, before the first instruction. Returns {entry,
     * information, at}: the entry point, the information's bytes and address.
     */
    load(kernel, commandLine = '') {
      const elf = readElf(kernel);
      const framebuffer = this.#framebuffer(elf.framebuffer);
      const modules = this.#placed(elf);
      const information = bootInformation({ memoryBytes: this.memoryBytes, commandLine, framebuffer, modules });
      for (const { offset, physical, fileBytes, memoryBytes } of elf.segments) {
        if (physical < 0x100000 || physical + memoryBytes > this.low) {
          throw new Error(`the kernel's memory, to ${(physical + memoryBytes).toString(16)}, is not all there`);
        }
        this.write(physical, kernel.subarray(offset, offset + fileBytes)); // the rest is zero already
      }
      for (const { start, file } of modules) this.write(start, file);
      this.write(INFORMATION, information);
      const handover = new DataView(new ArrayBuffer(14));
      handover.setUint32(0, elf.entry, true);
      handover.setUint32(4, INFORMATION, true);
      handover.setUint16(8, framebuffer?.width ?? 0, true);
      handover.setUint16(10, framebuffer?.height ?? 0, true);
      handover.setUint16(12, framebuffer?.depth ?? 0, true);
      this.write(HANDOVER, new Uint8Array(handover.buffer));
      return { entry: elf.entry, information, at: INFORMATION };
    }

    /** The modules of a kernel's file, each at a page of its own behind the kernel: {name, file, start, end}. */
    #placed({ segments, modules }) {
      let end = Math.max(...segments.map(({ physical, memoryBytes }) => physical + memoryBytes));
      return modules.map(([name, file]) => {
        const start = Math.ceil(end / PAGE) * PAGE;
        end = start + file.length;
        if (end > this.low) throw new Error(`there is no memory for the module ${name}`);
        return { name, file, start, end };
      });
    }

    /** What the machine gives a kernel that asks for `wanted`: 0 means that the loader may choose. */
    #framebuffer(wanted) {
      if (!wanted) return undefined;
      const [width, height] = [wanted.width || 1024, wanted.height || 768];
      if (width > LARGEST_SCREEN[0] || height > LARGEST_SCREEN[1]) return undefined;
      return { address: FRAMEBUFFER, width, height, depth: 32 };
    }

    /** Runs for about `budget` instructions, fast. These four return the machine's status, in words. */
    run(budget) {
      return STATUSES[this.#call('run', budget)];
    }

    /** Executes `count` instructions. */
    step(count) {
      return STATUSES[this.#call('step', count)];
    }

    /** Runs until CR0, CR3, CR4, EFER or the mode has changed: true; or for `budget` instructions: false. */
    runToChange(budget) {
      return Boolean(this.#call('run_to_change', budget));
    }

    /** Runs until RIP is one of the targets: true; or for `budget` instructions: false. */
    runTo(budget) {
      return Boolean(this.#call('run_to', budget));
    }

    /** Runs the machine; an Error with Bochs' reason if it gives up, after which there is nothing more to be had of it. */
    #call(name, budget) {
      try {
        return this.bochs[`_machine_${name}`](budget);
      } catch (error) {
        const reason = this.said.map((line) => />>PANIC<< (.*)/.exec(line)?.[1]).filter(Boolean).at(-1);
        throw new Error(`the machine cannot go on: ${reason ?? error}`);
      }
    }

    /** Where runTo() stops: `addresses` are BigInts. */
    setTargets(addresses) {
      const at = this.bochs._machine_targets(addresses.length);
      const view = this.#view();
      addresses.forEach((address, index) => view.setBigUint64(at + 8 * index, BigInt.asUintN(64, address), true));
    }

    /**
     * Executes `count` instructions, or fewer if the machine ends, `slice` at a time, and looks at the bits `mask` of the 8
     * bytes at the physical `address`, a multiple of 8, after each slice. Returns {before, changes}: what was there, and for
     * each slice that has changed it {from, to, was, value, rip}: between which instructions, counted from the reset, from
     * what to what, and where the last one of them is.
     */
    watch(address, { count = Infinity, slice = 1, mask = ~0n }) {
      const changes = [];
      const look = () => this.#word(address) & mask;
      const before = look();
      let [last, from] = [before, this.look().instructions];
      for (let left = count; left > 0 && this.run(0) === 'running'; left -= slice) {
        this.step(Math.min(slice, left));
        const value = look();
        const to = from + Math.min(slice, left);
        if (value !== last) changes.push({ from, to, was: last, value, rip: this.look().lastRip });
        [last, from] = [value, to];
      }
      return { before, changes };
    }

    /** The 8 bytes at the physical `address`, a multiple of 8, as a BigInt; 0 where no memory is. */
    #word(address) {
      const page = this.bochs._machine_page(address - (address % PAGE));
      return page ? this.#view().getBigUint64(page + (address % PAGE), true) : 0n;
    }

    /** The registers and how the machine stands: an address or a register is a BigInt, everything else a number. */
    look() {
      const at = this.bochs._machine_look();
      const view = this.#view();
      const state = {};
      STATE.forEach((name, index) => {
        const value = view.getBigUint64(at + 8 * index, true);
        state[name] = SMALL.includes(name) ? Number(value) : value;
      });
      state.mode = MODES[Number(state.mode)];
      state.status = STATUSES[Number(state.status)];
      return state;
    }

    /** The last exceptions, at most eight, the oldest first: {vector, errorCode, rip, address, instructions}. */
    exceptions() {
      const { exceptions: count } = this.look();
      const start = this.bochs._machine_exceptions();
      const view = this.#view();
      const found = [];
      for (let index = Math.max(0, count - EXCEPTIONS_KEPT); index < count; index++) {
        const at = start + 8 * EXCEPTION_FIELDS * (index % EXCEPTIONS_KEPT);
        const [vector, errorCode, rip, address, instructions] =
          Array.from({ length: EXCEPTION_FIELDS }, (_, field) => view.getBigUint64(at + 8 * field, true));
        found.push({ vector: Number(vector), errorCode: Number(errorCode), rip, address, instructions: Number(instructions) });
      }
      return found;
    }

    /** The bytes that the serial port has sent since the last call. */
    takeSerial() {
      const count = this.bochs._machine_serial_take();
      const at = this.bochs._machine_serial_bytes();
      return this.bochs.HEAPU8.slice(at, at + count);
    }

    /** Bytes for the serial port to receive. */
    sendSerial(bytes) {
      for (const byte of bytes) this.bochs._machine_serial_send(byte);
    }

    /**
     * The screen: {kind, width, height, cursorX, cursorY, version}, and with another version than `known` also `content`:
     * for `text` a character and an attribute a cell, for `graphics` RGBA.
     */
    screen(known) {
      const at = this.bochs._machine_screen() >> 2;
      const [kind, width, height, content, cursorX, cursorY, version] = this.bochs.HEAPU32.slice(at, at + 7);
      const screen = { kind: SCREENS[kind], width, height, cursorX, cursorY, version };
      if (version !== known) {
        const bytes = width * height * { none: 0, text: 2, graphics: 4 }[screen.kind];
        screen.content = this.bochs.HEAPU8.slice(content, content + bytes);
      }
      return screen;
    }

    /** Physical memory: at most `length` bytes from `address`; fewer where no RAM or ROM is. */
    read(address, length) {
      const bytes = new Uint8Array(length);
      let done = 0;
      this.#eachPage(address, length, (place, count) => {
        if (!place) return false;
        bytes.set(this.bochs.HEAPU8.subarray(place, place + count), done);
        done += count;
        return true;
      });
      return bytes.subarray(0, done);
    }

    /** Writes `bytes` to physical memory, all of which must be RAM. */
    write(address, bytes) {
      let done = 0;
      this.#eachPage(address, bytes.length, (place, count, page) => {
        if (!place || !this.#isMemory(page)) throw new Error(`there is no memory at 0x${page.toString(16)}`);
        this.bochs._machine_page_will_change(page);
        this.bochs.HEAPU8.set(bytes.subarray(done, done + count), place);
        done += count;
        return true;
      });
    }

    #eachPage(address, length, visit) {
      for (let at = address; at < address + length;) {
        const page = at - (at % PAGE);
        const count = Math.min(page + PAGE, address + length) - at;
        const start = (this.#isMemory(page) || page >= ROM) && this.bochs._machine_page(page);
        if (!visit(start && start + (at - page), count, page)) return;
        at += count;
      }
    }

    #isMemory(page) {
      return page < this.low || (page >= FOUR_GIB && page < this.high);
    }

    /** The physical address of the BigInt `virtual`, or null. */
    translate(virtual) {
      const [low, high] = halves(virtual);
      const physical = this.bochs._machine_translate(low, high);
      return physical < 0 ? null : physical;
    }

    /** Virtual memory: at most `length` bytes from the BigInt `virtual`; fewer where nothing is mapped. */
    readVirtual(virtual, length) {
      const bytes = new Uint8Array(length);
      let done = 0;
      while (done < length) {
        const at = BigInt.asUintN(64, virtual + BigInt(done));
        const physical = this.translate(at);
        const count = Math.min(length - done, PAGE - Number(at % BigInt(PAGE)));
        const part = physical === null ? [] : this.read(physical, count);
        bytes.set(part, done);
        done += part.length;
        if (part.length < count) break;
      }
      return bytes.subarray(0, done);
    }

    /**
     * The entries that the processor would read for the BigInt `virtual` in long mode, the PML4's first: {level, table,
     * index, entry}. The last one is not present, or maps a page. Empty outside long mode.
     */
    walk(virtual) {
      const { cr3, efer } = this.look();
      const found = [];
      let table = cr3 & ADDRESS;
      for (const [level, shift] of efer & LONG_MODE_ACTIVE ? LEVELS : []) {
        const index = Number((virtual >> shift) & 511n);
        const bytes = this.read(Number(table) + index * 8, 8);
        if (bytes.length < 8) break;
        const entry = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
        found.push({ level, table, index, entry });
        if (!(entry & PRESENT) || (entry & LARGE && level !== 'PML4')) break;
        table = entry & ADDRESS;
      }
      return found;
    }

    /** The instruction at the BigInt `address`, in Intel's syntax; empty if nothing is mapped there. */
    disassemble(address) {
      const [low, high] = halves(address);
      return this.bochs.UTF8ToString(this.bochs._machine_disassemble(low, high)).trim();
    }

    #view() {
      return new DataView(this.bochs.HEAPU8.buffer);
    }
  }

  const halves = (address) => [Number(address & 0xffffffffn), Number((address >> 32n) & 0xffffffffn)];

  globalThis.daybookEngine = { Engine };
  if (typeof module === 'object') module.exports = globalThis.daybookEngine;
}
