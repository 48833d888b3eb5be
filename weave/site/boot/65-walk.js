// The figure that goes along with the machine: how the processor comes from an address to memory, through the tables, now.
{
  const {make} = daybook;
  const {hex, set, button} = daybookBoot;

  /** The addresses that a machine in `state` is about: [what it is, address]. */
  const addresses = ({rip, rsp, cr2}) => [['Next instruction', rip], ['Stack', rsp], ...cr2 ? [['Last page fault', cr2]] : []];

  /**
   * The figure, and what shows it anew for a machine in `state`. Each step of a walk is a button that says what is in that entry, and
   * what wrote it: `writer` tells that, for the elements of a sentence.
   */
  daybookBoot.walk = (current, writer) => {
    const rows = make('dl', {class: 'walk'});
    const said = make('p', {'aria-live': 'polite'});
    const element = make('div', {role: 'group', 'aria-label': 'From addresses to memory, through the page tables'}, rows, said);
    let before = [];

    const step = ({level, table, index, entry}) => button(`${level}[${index}]`, async () => {
      const address = Number(table) + 8 * index;
      const words = [`${level}[${index}]`, ', at ', make('code', {}, hex(address)), ', is ', make('code', {}, hex(entry)),
        ` ${set('entry', entry).join(' ')}. `];
      said.replaceChildren(...words, 'Looking for what wrote it …');
      said.replaceChildren(...words, ...await writer(address, entry));
    });

    const row = async (machine, mode, [name, address]) => {
      const {physical, walk} = await machine.ask('translate', {address});
      const direct = mode === 'real' ? 'no table: to this, real mode adds a segment’s start' : 'no table: paging is off';
      const end = walk.length ? physical === null ? 'nothing' : hex(physical) : direct;
      const key = [name, ...walk.map(({table, index, entry}) => `${table} ${index} ${entry & ~0x60n}`)].join();
      return {key, parts: [make('dt', {}, `${name} `, make('code', {}, hex(address))),
        make('dd', before.length && !before.includes(key) ? {class: 'moved'} : {}, ...walk.map(step), make('code', {}, end))]};
    };

    /** Shows the walks of `state`; those that go another way than the last time are marked. */
    const show = async (state) => {
      const machine = current();
      const found = await Promise.all(addresses(state).map((one) => row(machine, state.mode, one)));
      if (machine !== current()) return;
      before = found.map(({key}) => key);
      rows.replaceChildren(...found.flatMap(({parts}) => parts));
      said.replaceChildren();
    };
    return {element, show};
  };
}
