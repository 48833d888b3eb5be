// What is in the machine's memory: the page tables behind CR3, the memory map, the page table space.
{
  const {make} = daybook;
  const {hex, set, button} = daybookBoot;
  const LEVELS = ['PML4', 'PDPT', 'PD', 'PT'];
  const ADDRESS = 0x000ffffffffff000n;
  const INFORMATION = 0x10000, MAP_TAG = 6;
  const KINDS = ['', 'available', 'reserved', 'ACPI, reclaimable', 'ACPI, to be kept', 'defective'];
  const WORDS = {P: 'present', RW: 'writable', US: 'for user mode, too', PWT: 'written through', PCD: 'not cached',
    A: 'accessed', D: 'written to', PS: 'a large page', PAT: 'memory type from the PAT', G: 'global', NX: 'no execution'};

  const view = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const row = (kind, attributes, texts) => make('tr', {}, ...texts.map((text) => make(kind, attributes, text)));
  const table = (name, head, rows) => make('div', {class: 'table', tabindex: 0, role: 'group', 'aria-label': name},
    make('table', {class: 'facts'}, make('thead', {}, row('th', {scope: 'col'}, head)),
      make('tbody', {}, ...rows.map((texts) => row('td', {}, texts)))));

  /**
   * The tables, from CR3 down. `steps` are the indices on the way to the one that is shown. `writer` finds what wrote an entry.
   */
  const explorer = (box, writer) => {
    let steps = [];
    const go = async (machine, to) => {
      steps = to;
      await show(machine);
      box.querySelector('button:last-of-type')?.focus();
    };
    const readTable = async (machine, address) => {
      const {bytes} = await machine.ask('readPhysical', {address, length: 4096});
      return Array.from({length: bytes.length >> 3}, (_, i) => view(bytes).getBigUint64(8 * i, true));
    };
    const isTable = (entry, level) => level < 3 && (level === 0 || !set('entry', entry).includes('PS'));

    // The row of an entry, which is at `address`: a button, and when it is pressed what the entry says.
    const item = (machine, entry, index, virtual, address) => {
      const level = steps.length, target = hex(entry & ADDRESS);
      const bits = set('entry', entry).map((bit) => (bit === 'PS' && level === 3 ? 'PAT' : bit));
      const opened = make('p', {hidden: ''},
        `From ${hex(virtual >> 47n ? virtual | 0xffffn << 48n : virtual)} on: `,
        bits.map((bit) => WORDS[bit]).join(', ') || 'not present', '. ');
      if (bits.includes('P')) {
        if (isTable(entry, level)) {
          opened.append(button(`Go down to the ${LEVELS[level + 1]} at ${target}`, () => go(machine, [...steps, index])));
        } else {
          opened.append(`It maps the ${['', '1 GiB', '2 MiB', '4 KiB'][level]} at ${target}.`);
        }
      }
      const by = make('span', {'aria-live': 'polite'});
      opened.append(' ', by);
      const choose = button(`${index}: ${target} ${bits.join(' ')}`, async () => {
        opened.hidden = !opened.hidden;
        choose.setAttribute('aria-expanded', String(!opened.hidden));
        if (by.hasChildNodes()) return;
        by.append('Looking for what wrote it …');
        by.replaceChildren(...await writer(address, entry));
      }, {'aria-expanded': 'false'});
      return make('li', {}, choose, opened);
    };

    const show = async (machine) => {
      const {state} = await machine.ask('registers');
      const paged = set('efer', state.efer).includes('LMA');
      if (!paged && !state.cr3) return box.replaceChildren('CR3 is 0: there are no tables yet.');
      let address = state.cr3 & ADDRESS, entries = await readTable(machine, Number(address)), virtual = 0n;
      const crumbs = [[0, address]];
      for (const [level, index] of steps.entries()) {
        const entry = entries[index] ?? 0n;
        if (!(entry & 1n) || !isTable(entry, level)) { // it is no longer there
          steps = steps.slice(0, level);
          break;
        }
        address = entry & ADDRESS;
        virtual |= BigInt(index) << BigInt(39 - 9 * level);
        entries = await readTable(machine, Number(address));
        crumbs.push([level + 1, address]);
      }
      const list = make('ul');
      let empty = 0;
      const fold = (end) => {
        if (empty) list.append(make('li', {}, `${empty > 1 ? `${end - empty} to ` : ''}${end - 1}: empty`));
        empty = 0;
      };
      entries.forEach((entry, index) => {
        if (!entry) {
          empty += 1;
          return;
        }
        fold(index);
        list.append(item(machine, entry, index, virtual | BigInt(index) << BigInt(39 - 9 * steps.length),
          Number(address) + 8 * index));
      });
      fold(entries.length);
      return box.replaceChildren(make('p', {}, paged ? '' : 'Paging is still off. ',
        ...crumbs.map(([level, at]) => button(`${level ? `${steps[level - 1]} › ` : ''}${LEVELS[level]} ${hex(at)}`,
          () => go(machine, steps.slice(0, level)), level === steps.length ? {'aria-current': 'true'} : {}))),
      make('div',
        {class: 'entries-of-table', tabindex: 0, role: 'group', 'aria-label': `Entries of the ${LEVELS[steps.length]}`}, list));
    };
    return show;
  };

  /** The memory map in the boot information (Multiboot2 §3.6.8). */
  const memoryMap = (box) => async (machine) => {
    const read = async (length) => view((await machine.ask('readPhysical', {address: INFORMATION, length})).bytes);
    const information = await read((await read(4)).getUint32(0, true));
    const rows = [];
    for (let at = 8; at + 8 <= information.byteLength; at += (information.getUint32(at + 4, true) + 7) & ~7) {
      if (information.getUint32(at, true) !== MAP_TAG) continue;
      const size = information.getUint32(at + 8, true);
      for (let one = at + 16; one + 20 <= at + information.getUint32(at + 4, true); one += size) {
        const [start, length] = [information.getBigUint64(one, true), information.getBigUint64(one + 8, true)];
        rows.push([hex(start), hex(start + length), `${length / 1024n} KiB`,
          KINDS[information.getUint32(one + 16, true)] ?? 'unknown']);
      }
    }
    box.replaceChildren(table('Memory map', ['From', 'To', 'Size', 'Kind'], rows));
  };

  /** The pool that page tables come from: start, end, cursor (page/pt_space.hpp). */
  const tableSpace = (box, symbol) => async (machine) => {
    const {bytes} = await machine.ask('readVirtual', {address: BigInt(`0x${symbol}`), length: 24});
    if (bytes.length < 24) return box.replaceChildren('Nothing maps it yet.');
    const [start, end, current] = [0, 8, 16].map((at) => view(bytes).getBigUint64(at, true));
    return box.replaceChildren(table('kernel_pt_space_manager', ['Member', 'Value'],
      [['start_addr', hex(start)], ['end_addr', hex(end)], ['current_addr', hex(current)],
        ['in use', `${(current - start) / 1024n} of ${(end - start) / 1024n} KiB`]]));
  };

  /**
   * The folded parts of the panel that look into a machine: their elements, and what shows them anew.
   * `writer` tells, for the elements of a sentence, what wrote an entry of a page table: its address and itself.
   */
  daybookBoot.inside = ({symbols}, current, writer) => {
    const parts = [];
    const add = (title, part, extra) => {
      const box = make('div');
      const details = make('details', {}, make('summary', {}, title), box);
      const show = part(box, extra);
      const refresh = () => {
        if (!details.open) return;
        if (current()) show(current());
        else box.replaceChildren('There is no machine.');
      };
      details.addEventListener('toggle', refresh);
      parts.push([details, refresh]);
    };
    add('Page tables', explorer, writer);
    add('Memory map', memoryMap);
    const space = symbols.kernel_pt_space_manager;
    if (space) add('Page table space', tableSpace, space);
    return {
      elements: parts.map(([element]) => element),
      refresh: () => parts.forEach(([, refresh]) => refresh()),
    };
  };
}
