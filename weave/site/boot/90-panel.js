// The panel: a machine's console, screen, controls, and what is in it. There is one on a page.
{
  const {make} = daybook;
  const {hex, marked, change, exception, ending, button, choice, typing} = daybookBoot;
  const SIZES = [16, 32, 64, 128, 256];
  const TICK = 200; // milliseconds, when it runs slowly
  const SPEEDS = {'at full speed': '', '100,000 a second': 20000, '1,000 a second': 200, '5 a second': 1}; // instructions in a tick
  const CONTROL = ['mode', 'privilege', 'cr0', 'cr3', 'cr4', 'efer']; // what a step is about, and not a stop that was named; the others are folded
  const QUIET = ['rip', 'lastRip', 'instructions', 'microseconds', 'status', 'exitStatus', 'exceptions'];
  // When each of the bar's buttons can do something; it is off otherwise.
  const ON = {
    Restart: 'running standing over', 'To the start': 'running standing over', 'Guided tour': 'standing over',
    Back: 'standing over', 'Next change': 'standing', 'One instruction': 'standing', 'Run on': 'standing', Pause: 'running', 'Run to it': 'standing over',
  };

  let shut; // puts the panel that is open away

  /** Puts the panel in the place of `opener`. It runs `kernel`; to the end, or until it has done `until` instructions. */
  window.daybookPanel = async (opener, kernel, until) => {
    shut?.();
    const root = document.documentElement;
    const reads = opener.closest('[data-reads]');
    const status = make('p', {role: 'status'}, `Loading the emulator (bochs.wasm, worker.js, two ROMs) and ${kernel} …`);
    const stop = make('div', {class: 'at-stop'});
    const screen = make('div', {class: 'display'});
    const sheet = make('div', {class: 'sheet'}, make('div', {class: 'said'}, status, stop));
    const bar = make('div', {class: 'bar', role: 'group', 'aria-label': 'Run it and step through it'});
    const [, exhibit] = kernel.split('.').slice(0, -1);
    const panel = make('div',
      {id: '_machine', class: 'machine', role: 'group', tabindex: -1, 'aria-label': `The machine that runs ${kernel}`}, sheet, bar);
    let parts, hindsight;
    let journal = null; // until its parts are there
    let machine; // the one that there is, if it has not been stopped
    let last; // the state that it stood in
    let shown; // the address whose line is marked
    let stops = [], next = 0; // of the tour: all, and the number of the one that comes next
    let isTouring; // it runs for that one
    let isSlow; // it runs so slowly that one can watch
    let phase; // loading, running, standing, over
    let wanted; // it runs until it has done so many instructions
    let isTyped; // it has got what somebody typed: a run that does all again will not

    // Who looks for the panel with the keyboard need not walk through the page.
    const skip = document.querySelector('.skip[href="#_boot"]');
    skip?.setAttribute('href', '#_machine');
    // What is below the bar on the page can be scrolled to where one sees it.
    const measured = new ResizeObserver(() => root.style.setProperty('--bar', `${bar.offsetHeight}px`));
    const close = () => { // for this panel, or for the next one
      hindsight?.end();
      machine?.end();
      machine = undefined;
      journal?.mark();
      measured.disconnect();
      skip?.setAttribute('href', '#_boot');
      root.style.removeProperty('--bar');
      root.classList.remove('docks');
      history.replaceState(null, '', location.pathname + location.search);
      panel.replaceWith(opener);
      shut = undefined;
    };
    shut = close;

    const enter = (to) => {
      phase = to;
      for (const one of bar.querySelectorAll('button')) {
        const when = one === tourButton && !stops.length ? 'never' : ON[one.textContent]; // an exhibit may have none of its lines
        if (when) one.setAttribute('aria-disabled', String(!when.split(' ').includes(phase)));
      }
    };

    const [timeField, time] = daybookBoot.timeline((count) => goTo(count));
    /** The machine has come to a stop: the bar has that moment, and so has the page's address, which can be sent to somebody. */
    const come = ({instructions}) => {
      time.come(instructions);
      history.replaceState(null, '', `#boot=${exhibit ? `${exhibit}:` : ''}${instructions}`);
    };

    const follow = make('input', {type: 'checkbox'});
    follow.checked = true;
    /**
     * Goes along in the text: to the line that the code at `address` came from, with the panel below it. Once down there it
     * stays, for the next stop may well be in the text again, and a reader who is at that line when the run ends is not sent away.
     */
    const show = (address) => {
      const line = journal.mark(address);
      shown = address;
      if (!follow.checked) root.classList.remove('docks');
      else if (line) root.classList.add('docks');
      if (follow.checked) line?.scrollIntoView({block: 'center'});
    };
    follow.addEventListener('change', () => show(shown));

    const registers = make('pre', {tabindex: 0, role: 'group', 'aria-label': 'All registers'});
    const everything = make('details', {}, make('summary', {}, 'All registers'), registers);
    const look = (state) => {
      walk.show(state);
      inside.refresh();
      registers.textContent = Object.entries(state).filter(([name]) => !QUIET.includes(name) || name === 'rip')
        .map(([name, value]) => `${name.padEnd(9)}${typeof value === 'string' ? value : hex(value)}`).join('\n');
    };

    /**
     * What has changed since the machine last stood: the registers that the stop is about, and folded everything else. `by`: the
     * instruction, if it was one.
     */
    const changes = (state, about, by) => {
      const names = Object.keys(state).filter((name) => !QUIET.includes(name) && last[name] !== state[name]);
      const list = (those) => make('ul', {}, ...those.map((name) => make('li', {}, ...marked(change(name, last[name], state[name], by)))));
      const others = names.filter((name) => !about.includes(name));
      const found = [list(about.filter((name) => names.includes(name)))];
      if (others.length) {
        found.push(make('details', {}, make('summary', {}, `Other registers that changed: ${others.length}`), list(others)));
      }
      return found;
    };

    /** The machine stands before the next instruction. What a live region says again must differ, or nobody hears it. */
    const stand = async ({state, reason, instruction}) => {
      enter(isSlow ? 'running' : 'standing');
      const own = machine;
      if (isSlow) setTimeout(() => { if (isSlow && own === machine) runOn(); }, TICK);
      const isPast = reason === 'change'; // told of the instruction that changed a register
      const at = isPast ? state.lastRip : state.rip;
      const isStep = state.instructions - last.instructions === 1; // then one knows what has changed the ring
      const was = isPast || (isStep && state.privilege !== last.privilege) ? (await own.ask('disassemble', {address: state.lastRip})).text : '';
      const text = isPast ? was : instruction;
      if (own !== machine) return;
      const words = {
        target: isTouring && `Stop ${next + 1} of ${stops.length}: ${stops[next].text}`,
        silence: `${ending({reason: 'silence'})}${reads ? ' Or it waits for what you type.' : ''} “Run on” waits for it once more.`,
        pause: 'Paused.', budget: isTyped && 'What was typed has not been typed again.',
      }[reason];
      if (isTouring && reason === 'target') next += 1;
      status.replaceChildren(...marked(words ? `${words} ` : ''), isPast ? 'Executed: ' : 'Next: ',
        make('code', {}, `${hex(at)} ${text}`), ', ', journal.place(at), '.');
      stop.replaceChildren(make('p', {}, `Mode: ${state.mode}, ${state.instructions.toLocaleString('en')} instructions.`),
        ...changes(state, reason === 'target' ? [] : CONTROL, isStep && `${was} at ${hex(state.lastRip)}`));
      last = state;
      come(state);
      show(at);
      look(state);
    };

    const finish = (message) => {
      enter('over');
      const {state, exceptions} = message;
      const isFault = message.status === 'triple fault';
      status.textContent = ending(message);
      stop.replaceChildren();
      if (isFault) {
        stop.append(make('p', {}, 'What led to it:'), make('ol', {}, ...exceptions.map((one) => make('li', {},
          ...marked(`${exception(one)}, raised by the instruction at ${hex(one.rip)}, `), journal.place(one.rip)))));
      }
      come(state);
      show(isFault ? exceptions.at(-1)?.rip ?? state.rip : undefined);
      look(state);
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
      } else if (message.reason === 'budget' && message.state.instructions < wanted) {
        machine.ask('runTo', {addresses: [], budget: wanted - message.state.instructions}); // it has waited meanwhile
      } else if (message.reason !== 'replaced') {
        stand(message);
      }
    };

    const halt = () => {
      hindsight?.end();
      machine?.end();
      machine = undefined;
      enter('over');
    };
    /** A new machine, which stands at the reset. */
    const start = async () => {
      halt();
      enter('running');
      serial.clear();
      for (const box of [screen, stop]) box.replaceChildren();
      show();
      next = 0;
      isTyped = isSlow = false;
      status.textContent = 'Running …';
      const own = machine = daybookBoot.machine(hear);
      const {wasm, vgaRom, bootRom, kernel: image} = parts;
      const given = {memoryBytes: size.value * 2 ** 20, commandLine: command.value};
      hindsight = daybookBoot.hindsight(parts, given);
      const {state} = await own.ask('boot', {wasm, vgaRom, bootRom, kernel: image, ...given, stop: 'reset'});
      if (own === machine) last = state;
    };
    /** Every run is the same: where it has been, it comes again, if it does all again from the start. */
    const goTo = async (count) => {
      const isTypedBefore = isTyped;
      if (phase !== 'standing' || count < last.instructions) {
        await start();
        isTyped = isTypedBefore;
      }
      run('runTo', {addresses: [], budget: count - last.instructions});
      wanted = count;
    };
    // A machine that has come to its end starts anew. It always does one instruction after the other: what runs faster, “resume”, does
    // not come to the same number of them each time.
    const run = async (type, request, isTour = false) => {
      if (phase === 'over') await start();
      enter('running');
      isTouring = isTour;
      if (!isSlow) status.textContent = 'Running …';
      isSlow = false;
      wanted = 0;
      machine?.ask(type, request);
    };
    const runOn = async () => {
      const budget = Number(speed.value);
      await run('runTo', {addresses: [], budget: budget || undefined});
      isSlow = budget > 0;
    };
    const pause = async () => {
      isSlow = false;
      await machine?.ask('pause');
      if (phase === 'running') enter('standing'); // between two ticks
    };
    const tour = async () => {
      if (phase === 'over') await start();
      if (next < stops.length) run('runTo', {addresses: stops[next].addresses}, true);
      else run('runTo', {addresses: []});
    };

    const restart = async () => {
      await start();
      run('runTo', {addresses: []});
    };

    const closeButton = button('Close', () => {
      close();
      opener.focus({preventScroll: true});
    });
    const more = make('div', {class: 'controls', hidden: ''});
    const moreButton = button('More', () => {
      more.hidden = !more.hidden;
      moreButton.setAttribute('aria-expanded', String(!more.hidden));
    }, {'aria-expanded': 'false'});
    const tourButton = button('Guided tour', tour);
    const [speedField, speed] = choice('Speed', ...Object.entries(SPEEDS).map(([name, count]) => new Option(name, count)));
    const row = make('div', {class: 'controls'}, button('Restart', restart), button('To the start', () => goTo(0)),
      ...document.querySelector('.tour') ? [tourButton] : [], button('Next change', () => run('runToChange')),
      button('Back', () => goTo(last.instructions - 1)),
      button('One instruction', () => run('step')), button('Run on', runOn),
      button('Pause', pause), speedField, moreButton, closeButton);
    bar.append(more, timeField, row);
    enter('loading');

    opener.replaceWith(panel);
    measured.observe(bar);
    panel.focus({preventScroll: true});
    try {
      parts = await daybookBoot.load(kernel);
    } catch (error) {
      if (shut === close) status.textContent = `${error.message}.`;
      return;
    }
    if (shut !== close) return; // another was opened meanwhile

    journal = daybookBoot.journal(parts.lines);
    stops = daybookBoot.tour(journal);
    const serial = daybookBoot.console(reads && ((bytes) => {
      if (phase === 'over') return;
      isTyped = true;
      machine.ask('input', {bytes});
    }));
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
    const walk = daybookBoot.walk(() => machine, writer);
    const mebibytes = Number(opener.dataset.memory ?? 64);
    const sizes = [...new Set([...SIZES, mebibytes])].sort((a, b) => a - b);
    const [sizeLabel, size] = choice('Memory', ...sizes.map((one) => new Option(`${one} MiB`, one)));
    size.value = mebibytes;
    const [commandLabel, command] = typing('Command line', {value: opener.dataset.command ?? ''});
    const chunks = journal.chunks();
    if (chunks.length) {
      const [fields, chosen] = daybookBoot.target(chunks);
      more.append(...fields, button('Run to it', () => run('runTo', {addresses: chosen()})));
    }
    more.append(sizeLabel, commandLabel, make('label', {}, follow, 'Follow in the text'),
      make('a', {href: `${daybook.root}emulator.html#licences`}, 'Licences'));
    sheet.prepend(serial.element, screen);
    sheet.append(walk.element, make('details', {class: 'under'}, make('summary', {}, 'Machine'), everything, ...inside.elements));
    if (document.activeElement === panel) serial.log.focus({preventScroll: true});
    if (until === undefined) return restart();
    panel.scrollIntoView({block: 'center'});
    goTo(until);
  };
}
