// What a change of the processor's registers means: the sentences of the tour. The sections are those of the
// Intel SDM's edition of April 2022, as in the journal.
{
  const {hex} = daybookBoot;
  const STOPS = [
    ['cr0', 'PE',
      'CR0.PE is set: protected mode begins. From here a segment register holds a selector into the '
      + 'GDT, not an address (vol. 3A §2.5, §9.9.1). The boot ROM does this, as GRUB does on a PC.'],
    ['cr4', 'PAE',
      'CR4.PAE is set: a table entry has 8 bytes now, which long mode demands (vol. 3A §9.8.5). Paging '
      + 'is still off.'],
    ['efer', 'LME',
      'EFER.LME asks for long mode (vol. 3A §2.2.1). Nothing happens until paging is on.'],
    ['efer', 'NXE', 'EFER.NXE lets a table entry forbid execution (vol. 3A §4.6).'],
    ['cr0', 'PG',
      'CR0.PG is set: paging is on, and every address is looked up in the tables (vol. 3A §2.5).'],
    ['efer', 'LMA',
      'Because EFER.LME waited for it, the processor sets EFER.LMA: long mode (vol. 3A §9.8.5). The code '
      + 'segment is still one of 32 bits, so this is compatibility mode.'],
    ['cr0', 'WP', 'CR0.WP makes read-only pages read-only for the kernel, too (vol. 3A §4.6).'],
  ];
  const FIRST_TABLES =
    'CR3 gets the physical address of the topmost table, the PML4 (vol. 3A §4.5). The boot code has '
    + 'built the tables; look at them below. Paging is still off.';
  const NEXT_TABLES =
    'CR3 is moved: the boot mapping is gone, and the kernel\'s own tables hold, with the kernel at the '
    + 'top of the address space only. The next instruction is found because both sets of tables have it '
    + '(vol. 3A §4.10.4.1).';
  const FAR_JUMP =
    'The far jump loads CS with a code segment of 64 bits: from here instructions have 64-bit registers '
    + 'and addresses (vol. 3A §9.8.5).';

  /** What is to be said of a stop where no register of these changes (see hindsight's `stops`), and what has. */
  daybookBoot.explainStop = ({kind, from, to}) => (kind === 'jump'
    ? ['The jump to the higher half: from here the kernel runs at the addresses that it was linked to. The tables map the same '
      + 'memory at the low addresses, too (vol. 3A §4.5), so the code before the jump was found, and the code after it is.',
    `RIP ${hex(from)} → ${hex(to)}`]
    : ['alloc_pt_space gives page table space away for the first time, and moves its cursor. A table has 4 KiB, at a multiple '
      + 'of that (vol. 3A §4.5), and each one comes from here.',
    `kernel_pt_space_manager.current_addr ${hex(from)} → ${hex(to)}`]);

  /** What is to be said of the step from the state `from` to the state `to`. */
  daybookBoot.explain = (from, to) => {
    const isNew = (name, bit) => daybookBoot.set(name, to[name] & ~from[name]).includes(bit);
    const said = STOPS.filter(([name, bit]) => isNew(name, bit)).map(([, , text]) => text);
    if (from.cr3 !== to.cr3) said.push(daybookBoot.set('cr0', from.cr0).includes('PG') ? NEXT_TABLES : FIRST_TABLES);
    if (from.mode !== to.mode && to.mode === '64-bit') said.push(FAR_JUMP);
    return said.join(' ') || 'A register of the processor has changed.';
  };
}
