// The panel: a machine's console, screen, controls, and what is in it. There is one on a page.
{
  const {make} = daybook;
  const {hex, change, exception, ending, button, choice, typing} = daybookBoot;
  const SIZES = [16, 32, 64, 128, 256];
  const FIRST = ['mode', 'cr0', 'cr3', 'cr4', 'efer']; // of the registers that changed
  const QUIET = ['rip', 'lastRip', 'instructions', 'microseconds', 'status', 'exitStatus', 'exceptions', 'privilege'];

  let shut; // puts the panel that is open away

  window.daybookPanel = async (opener, kernel) => {
    shut?.();
    const status = make('p', {role: 'status'}, `Loading the emulator (bochs.wasm, worker.js, two ROMs) and ${kernel} …`);
    const panel = make('div',
      {class: 'machine', role: 'group', tabindex: -1, 'aria-label': `The machine that runs ${kernel}`}, status);
    let journal, parts;
    let machine; // the one that there is, if it has not been stopped
    let isOver = true; // it has come to its end, or there is none
    let last; // the state that it stood in
    let shown; // the address whose line is marked
    let tour; // while it is on: {ready, stops}, hindsight's stops and the promise of them
    let hindsight;
    const close = () => { // for this panel, or for the next one
      hindsight?.end();
      machine?.end();
      machine = undefined;
      journal?.mark();
      document.documentElement.classList.remove('docks');
      panel.replaceWith(opener);
      shut = undefined;
    };
    const closeButton = button('Close', () => {
      close();
      opener.focus();
    });
    shut = close;
    opener.replaceWith(panel);
    panel.focus({preventScroll: true});
    try {
      parts = await daybookBoot.load(kernel);
    } catch (error) {
      if (shut !== close) return;
      status.textContent = `${error.message}.`;
      panel.append(closeButton);
      return;
    }
    if (shut !== close) return; // another was opened meanwhile

    journal = daybookBoot.journal(parts.lines);
    const serial = daybookBoot.console((bytes) => { if (!isOver) machine.ask('input', {bytes}); });
    const screen = make('div', {class: 'screen'});
    const stop = make('div', {class: 'stop'});
    const registers = make('pre', {tabindex: 0, role: 'group', 'aria-label': 'All registers'});
    const everything = make('details', {}, make('summary', {}, 'All registers'), registers);
    /** What wrote an entry of a page table, in words. */
    const writer = async (address, entry) => {
      const {state} = await machine.ask('registers');
      const found = await hindsight.writer(address, entry, state.instructions).catch(() => undefined);
      if (!found) return ['What wrote it cannot be told.'];
      if (found.isLoaded) return ['It came with the kernel.'];
      return ['Written by ', journal.place(found.rip), ': ', make('code', {}, found.text),
        `, the instruction number ${found.number.toLocaleString('en')}.`];
    };
    const inside = daybookBoot.inside(parts.lines, () => machine, writer);
    const mebibytes = Number(opener.dataset.memory ?? 64);
    const sizes = [...new Set([...SIZES, mebibytes])].sort((a, b) => a - b);
    const [sizeLabel, size] = choice('Memory', ...sizes.map((one) => new Option(`${one} MiB`, one)));
    size.value = mebibytes;
    const [commandLabel, command] = typing('Command line', {value: opener.dataset.command ?? ''});

    const follow = make('input', {type: 'checkbox'});
    follow.checked = true;
    /** Goes along in the text: to the line that the code at `address` came from, with the panel below it. */
    const show = (address) => {
      const {classList} = document.documentElement;
      const wasDocked = classList.contains('docks');
      const line = journal.mark(address);
      shown = address;
      // Once down there it stays, for the next stop may well be in the text again.
      const docks = follow.checked && (line || wasDocked && address !== undefined);
      classList.toggle('docks', Boolean(docks));
      if (docks) line?.scrollIntoView({block: 'center'});
      else if (wasDocked) panel.scrollIntoView();
    };
    follow.addEventListener('change', () => show(shown));
    const listRegisters = (state) => {
      registers.textContent = Object.entries(state).filter(([name]) => !QUIET.includes(name) || name === 'rip')
        .map(([name, value]) => `${name.padEnd(9)}${typeof value === 'string' ? value : hex(value)}`).join('\n');
    };

    /** The machine stands: before the next instruction or, as the panel tells it, after the one that changed a register. */
    const stand = async ({state, reason, instruction}) => {
      const place = tour?.stops.find(({count, rip}) => count === state.instructions && rip === state.lastRip);
      const isPast = place || reason === 'change';
      const at = isPast ? state.lastRip : state.rip;
      const before = last;
      last = {...state, instruction};
      const own = machine;
      if (tour && reason === 'budget' && !place) { // it ran freely meanwhile, and is not where it was to be
        own.ask('runToChange', {});
        return;
      }
      let text = instruction;
      if (isPast) {
        text = before.rip === at ? before.instruction : (await own.ask('disassemble', {address: at})).text;
        if (own !== machine) return;
      }
      const changes = [...new Set([...FIRST, ...Object.keys(state)])]
        .filter((name) => !QUIET.includes(name) && before[name] !== state[name])
        .map((name) => make('li', {}, change(name, before[name], state[name])));
      const [said, changed] = place ? daybookBoot.explainStop(place) : [];
      if (place) changes.unshift(make('li', {}, changed));
      stop.replaceChildren(
        make('p', {}, isPast ? 'Executed: ' : 'Next: ', make('code', {}, `${hex(at)} ${text}`), ', ', journal.place(at), '. ',
          `Mode: ${state.mode}.`),
        make('ul', {}, ...changes));
      status.textContent = said ?? (tour && isPast ? daybookBoot.explain(before, state)
        : {budget: 'It was not reached.', pause: 'Paused.'}[reason] ?? 'Stopped.');
      show(at);
      listRegisters(state);
      inside.refresh();
      if (place?.kind === 'cursor') inside.open('Page table space');
      else if (tour && before.cr3 !== state.cr3) inside.open('Page tables');
    };

    const endTour = () => {
      tour = undefined;
      tourButton.textContent = 'Guided tour';
    };

    const finish = (message) => {
      isOver = true;
      endTour();
      last = undefined;
      const {state, exceptions} = message;
      const isFault = message.status === 'triple fault';
      status.textContent = ending(message);
      stop.replaceChildren();
      if (isFault) {
        stop.append(make('p', {}, 'What led to it:'), make('ol', {}, ...exceptions.map((one) => make('li', {},
          `${exception(one)}, raised by the instruction at ${hex(one.rip)}, `, journal.place(one.rip)))));
      }
      show(isFault ? exceptions.at(-1)?.rip ?? state.rip : undefined);
      listRegisters(state);
      everything.open = isFault;
      inside.refresh();
    };

    const hear = (message) => {
      if (message.type === 'serial') {
        serial.append(message.bytes);
      } else if (message.type === 'screen') {
        daybookBoot.draw(screen, message.screen);
      } else if (message.type === 'ended') {
        finish(message);
      } else if (message.type === 'error') {
        halt();
        status.textContent = `${message.text}.`;
      } else if (message.reason !== 'replaced') {
        stand(message);
      }
    };

    const halt = () => {
      hindsight?.end();
      machine?.end();
      machine = undefined;
      isOver = true;
      endTour();
    };
    const start = async (at) => {
      halt();
      isOver = false;
      serial.clear();
      for (const box of [screen, stop]) box.replaceChildren();
      show();
      status.textContent = 'Running …';
      const own = machine = daybookBoot.machine(hear);
      const {wasm, vgaRom, bootRom, kernel: image} = parts;
      const given = {memoryBytes: size.value * 2 ** 20, commandLine: command.value};
      hindsight = daybookBoot.hindsight(parts, given);
      const {state} = await own.ask('boot',
        {wasm, vgaRom, bootRom, kernel: image, ...given, stop: at});
      if (own === machine) last = state;
    };

    // A machine that has come to its end steps from the reset.
    const run = async (type, request) => {
      if (isOver) await start('reset');
      status.textContent = 'Running …';
      machine?.ask(type, request);
    };

    const tourButton = button('Guided tour', async () => {
      if (!tour) {
        await start('reset');
        tour = {stops: []};
        tourButton.textContent = 'Next stop of the tour';
        tour.ready = hindsight.stops().catch(() => []);
      }
      const own = tour;
      own.stops = await own.ready;
      if (own === tour) run('runToChange', {counts: own.stops.map(({count}) => count)});
    });

    const target = daybookBoot.target(journal.chunks(), (addresses) => run('runTo', {addresses}));
    panel.replaceChildren(
      make('div', {class: 'rows'},
        make('div', {class: 'controls'},
          button('Restart', () => start()),
          button('Stop', () => {
            halt();
            status.textContent = 'Stopped: the machine is gone.';
          }),
          sizeLabel, commandLabel, closeButton, make('a', {href: `${daybook.root}emulator.html#licences`}, 'Licences')),
        make('div', {class: 'controls', role: 'group', 'aria-label': 'Step through it'},
          tourButton, button('Next change', () => run('runToChange')), button('One instruction', () => run('step')),
          button('Run on', () => run('resume')), button('Pause', () => machine?.ask('pause')),
          make('label', {}, follow, 'Follow in the text'))),
      make('div', {}, status, stop), target, serial.element, screen, everything, ...inside.elements);
    if (document.activeElement === panel) serial.log.focus({preventScroll: true});
    start();
  };
}
