// The panel: a machine's console, screen, controls, and what is in it. There is one on a page.
{
  const {make} = daybook;
  const {hex, change, exception, ending, button, choice} = daybookBoot;
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
    let onTour = false;
    const close = () => { // for this panel, or for the next one
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
    const inside = daybookBoot.inside(parts.lines, () => machine);
    const [sizeLabel, size] = choice('Memory', ...SIZES.map((mebibytes) => new Option(`${mebibytes} MiB`, mebibytes)));
    size.value = 64;

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
      const isChange = reason === 'change';
      const at = isChange ? state.lastRip : state.rip;
      const before = last;
      last = {...state, instruction};
      const own = machine;
      let text = instruction;
      if (isChange) {
        text = before.rip === at ? before.instruction : (await own.ask('disassemble', {address: at})).text;
        if (own !== machine) return;
      }
      const changes = [...new Set([...FIRST, ...Object.keys(state)])]
        .filter((name) => !QUIET.includes(name) && before[name] !== state[name])
        .map((name) => make('li', {}, change(name, before[name], state[name])));
      stop.replaceChildren(
        make('p', {}, isChange ? 'Executed: ' : 'Next: ', make('code', {}, `${hex(at)} ${text}`), ', ', journal.place(at), '. ',
          `Mode: ${state.mode}.`),
        make('ul', {}, ...changes));
      status.textContent = onTour && isChange ? daybookBoot.explain(before, state)
        : {budget: 'It was not reached.', pause: 'Paused.'}[reason] ?? 'Stopped.';
      show(at);
      listRegisters(state);
      inside.refresh();
    };

    const endTour = () => {
      onTour = false;
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
      const {state} = await own.ask('boot',
        {wasm, vgaRom, bootRom, kernel: image, memoryBytes: size.value * 2 ** 20, commandLine: '', stop: at});
      if (own === machine) last = state;
    };

    // A machine that has come to its end steps from the reset.
    const run = async (type, request) => {
      if (isOver) await start('reset');
      status.textContent = 'Running …';
      machine?.ask(type, request);
    };

    const tourButton = button('Guided tour', async () => {
      if (!onTour) {
        await start('reset');
        onTour = true;
        tourButton.textContent = 'Next stop of the tour';
      }
      run('runToChange');
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
          sizeLabel, closeButton),
        make('div', {class: 'controls', role: 'group', 'aria-label': 'Step through it'},
          tourButton, button('Next change', () => run('runToChange')), button('One instruction', () => run('step')),
          button('Run on', () => run('resume')), button('Pause', () => machine?.ask('pause')),
          make('label', {}, follow, 'Follow in the text'))),
      make('div', {}, status, stop), target, serial.element, screen, everything, ...inside.elements);
    if (document.activeElement === panel) serial.element.focus({preventScroll: true});
    start();
  };
}
