// Numbers of the processor in words.
{
  const bits = (names) => Object.fromEntries(names.split(',').map((name, bit) => [name, 1n << BigInt(bit)])
    .filter(([name]) => name));
  const NAMES = {
    cr0: bits('PE,MP,EM,TS,ET,NE,,,,,,,,,,,WP,,AM,,,,,,,,,,,NW,CD,PG'),
    cr4: bits('VME,PVI,TSD,DE,PSE,PAE,MCE,PGE,PCE,OSFXSR,OSXMMEXCPT,UMIP,LA57,VMXE,SMXE,,FSGSBASE,PCIDE,'
      + 'OSXSAVE,,SMEP,SMAP'),
    efer: bits('SCE,,,,,,,,LME,,LMA,NXE'),
    rflags: bits('CF,,PF,,AF,,ZF,SF,TF,IF,DF,OF,,,NT,,RF,VM,AC,,,ID'),
    entry: {...bits('P,RW,US,PWT,PCD,A,D,PS,G'), NX: 1n << 63n},
  };
  const EXCEPTIONS = ['#DE, divide error', '#DB, debug exception', 'an NMI', '#BP, breakpoint', '#OF, overflow',
    '#BR, bound exceeded', '#UD, invalid opcode', '#NM, no FPU', '#DF, double fault', '', '#TS, invalid TSS',
    '#NP, segment not present', '#SS, stack fault', '#GP, general protection', '#PF, page fault'];
  const ENDINGS = {33: 'done', 35: 'panic', 37: 'a test failed', 39: 'refused, with a reason'};

  const RINGS = {0: 'the kernel runs', 3: 'a program runs, without the kernel’s rights'};

  const hex = (value) => `0x${BigInt(value).toString(16)}`;

  /** The names of the bits that are set in `value`, which is a `kind` of NAMES. */
  const set = (kind, value) => Object.keys(NAMES[kind]).filter((name) => value & NAMES[kind][name]);

  /** `text` for an element, with its hexadecimal numbers in code. */
  const marked = (text) => text.split(/(0x[0-9a-f]+)/).map((part, i) => (i % 2 ? daybook.make('code', {}, part) : part));

  /** What became of a register: "CR0 0x10 → 0x11: PE set; now PE ET". Of the ring by which instruction, if that is known. */
  const change = (name, from, to, by) => {
    const label = name.toUpperCase();
    if (name === 'mode') return `Mode: ${from} → ${to}`;
    if (name === 'privilege') return `CPL ${from} → ${to}${by ? `, by ${by}` : ''}: ${RINGS[to] ?? `ring ${to}`}`;
    const text = `${label} ${hex(from)} → ${hex(to)}`;
    if (!NAMES[name]) return text;
    const [before, after] = [set(name, from), set(name, to)];
    const parts = [[after.filter((bit) => !before.includes(bit)), 'set'],
      [before.filter((bit) => !after.includes(bit)), 'cleared']]
      .filter(([list]) => list.length).map(([list, word]) => `${list.join(' ')} ${word}`);
    return `${text}: ${[...parts, `now ${after.join(' ') || 'none'}`].join('; ')}`;
  };

  const exception = ({vector, errorCode, address}) => {
    const name = EXCEPTIONS[vector] || `exception ${vector}`;
    if (vector !== 14) return errorCode ? `${name}, error code ${hex(errorCode)}` : name;
    const how = errorCode & 16 ? 'an instruction fetch' : errorCode & 2 ? 'a write' : 'a read';
    return `${name}: ${how} at ${hex(address)}, which ${errorCode & 1 ? 'is not allowed' : 'nothing maps'}`;
  };

  const ENDED = {
    halted: 'The processor halted with interrupts off: nothing can wake it.',
    reset: 'The kernel asked for a reset.',
    'triple fault': 'Triple fault: an exception, none of whose handlers could be called. A PC would reset.',
  };
  const SILENT = 'It has run 1,000 million instructions, or raised 20,000 exceptions, without a word: it hangs.';

  /** How the machine came to its end, or to no end. */
  const ending = ({status, state, reason}) => {
    if (reason === 'silence') return SILENT;
    const meaning = ENDINGS[state.exitStatus];
    return ENDED[status] ?? `Exit status ${state.exitStatus}${meaning ? `: ${meaning}` : ''}.`;
  };

  Object.assign(daybookBoot, {hex, set, marked, change, exception, ending});
}
