// How it came to what one sees: a second machine, which nobody sees, does again what the first one did. Every run is the same, so
// the first need not have been watched.
{
  const SLICE = 256; // instructions between two looks; then once more, one by one
  const ALIKE = 1000; // instructions: a machine that was stepped is so little ahead of one that ran, or behind it
  const PATIENCE = 50_000_000;
  const BY_THE_PROCESSOR = 0x60n; // an entry's bits A and D

  /** A second machine for `parts`, made when it is needed: one question at a time. `given`: {memoryBytes, commandLine}. */
  daybookBoot.hindsight = (parts, given) => {
    const {wasm, vgaRom, bootRom, kernel} = parts;
    let machine, heard, turn = Promise.resolve();
    const end = () => machine?.end();
    /** The answer to a request, or how it came to a stop. */
    const ask = (type, request) => new Promise((resolve, reject) => {
      heard = (message) => (message.type === 'error' ? reject(new Error(message.text)) : resolve(message));
      machine.ask(type, request).then(resolve);
    });
    /** A new machine at the kernel's first instruction, and the number of that. */
    const again = async () => {
      end();
      machine = daybookBoot.machine((message) => {
        if (['stopped', 'ended', 'error'].includes(message.type)) heard(message);
      });
      const {state} = await ask('boot', {wasm, vgaRom, bootRom, kernel, ...given, stop: 'entry'});
      return state.instructions;
    };
    const inTurn = (question) => {
      turn = turn.catch(() => {}).then(question).finally(end);
      return turn;
    };

    /** The instructions one by one in a slice that a machine has found, which another one comes to from its `start`. */
    const oneByOne = async (question, start, {from, to}) => {
      await again();
      await ask('watch', {...question, count: from - start, slice: from});
      return (await ask('watch', {...question, count: to - from})).changes;
    };

    return {
      end,

      /**
       * The last of the first `count` instructions that made the page table entry at the physical `address` what it is, `entry`:
       * {rip, text, number}; {isLoaded} if it was that before them all; undefined if it never was.
       */
      writer: (address, entry, count) => inTurn(async () => {
        const question = {address, mask: ~BY_THE_PROCESSOR};
        const isIt = ({value}) => value === (entry & ~BY_THE_PROCESSOR);
        const start = await again();
        const most = Math.min(count - start + ALIKE, PATIENCE);
        const {before: loaded, changes} = await ask('watch', {...question, count: most, slice: SLICE});
        const slice = changes.filter(isIt).at(-1);
        if (!slice) return isIt({value: loaded}) ? {isLoaded: true} : undefined;
        const {rip, to} = (await oneByOne(question, start, slice)).filter(isIt).at(-1);
        return {rip, number: to, text: (await ask('disassemble', {address: rip})).text};
      }),
    };
  };
}
