// machine.js: the machine behind messages, in a web worker or a worker thread of Node. README.md lists the messages.
'use strict';

{
  const threads = typeof require === 'function' ? require('node:worker_threads') : undefined;
  const { Engine } = threads ? require('./engine.js') : globalThis.daybookEngine;

  // A slice of running is so long that messages are answered at once.
  const SLICE_INSTRUCTIONS = 200000;
  const SLICE_STEPS = 20000;
  const TURN_MILLISECONDS = 12;
  // A screen is drawn and sent no sooner than this after the one before; and as all pixels take a slow computer long, ten times as
  // long after it as that took.
  const SCREEN_MILLISECONDS = 50;
  const SCREEN_REST = 10;
  // A machine that idles runs no faster than the clock on the wall; but a boot does not wait for it.
  const LEAD_MILLISECONDS = 5000;
  // A machine that runs so long, or raises so many exceptions, without a word on the serial port or a change on its screen
  // hangs: 1,000 million instructions. The longest silence of a kernel that does not is half of that.
  const SILENCE = { microseconds: 100e6, exceptions: 20000 };

  /** Whether two screens of one kind have the same on them. */
  function isSame(one, other) {
    if (one.length !== other.length) return false;
    const [words, others] = [one, other].map(({ buffer }) => new Uint16Array(buffer));
    for (let index = 0; index < words.length; index++) if (words[index] !== others[index]) return false;
    return true;
  }

  /** One machine; `post` takes what it has to tell. */
  class Machine {
    constructor(post) {
      this.post = post;
      this.engine = undefined;
      this.goal = undefined; // what it runs for: {kind, left, id}; undefined while it stands
      this.turnIsDue = false;
      this.screenVersion = 0;
      this.screen = undefined; // as it was told last
      this.screenDue = 0;
      this.lastWord = undefined; // how the machine stood when it last had something to tell
      this.channel = new MessageChannel();
      this.channel.port1.onmessage = () => this.#turn();
    }

    /** Does what a message asks for, and answers it. */
    async receive({ id, type, ...request }) {
      try {
        const does = this.#requests[type];
        if (!does) throw new Error(`there is no request '${type}'`);
        if (type !== 'boot' && !this.engine) throw new Error('the machine has not been booted');
        const answer = await does(request, id);
        if (answer !== undefined) this.post({ type: 'answer', id, ...answer });
      } catch (error) {
        this.post({ type: 'error', id, text: error.message });
      }
    }

    #requests = {
      boot: (request) => this.#boot(request),
      input: ({ bytes }) => {
        this.engine.sendSerial(bytes);
        return {};
      },
      pause: () => {
        this.#stop('pause');
        return { state: this.engine.look() };
      },
      resume: (_, id) => this.#start({ kind: 'run', left: Infinity, id }),
      step: ({ count = 1 }, id) => this.#start({ kind: 'step', left: count, id }),
      runToChange: ({ budget = Infinity }, id) => this.#start({ kind: 'change', left: budget, id }),
      runTo: ({ addresses, budget = Infinity }, id) => {
        this.engine.setTargets(addresses);
        return this.#start({ kind: 'target', left: budget, id });
      },
      watch: ({ address, count, slice, mask }) => this.engine.watch(address, { count, slice, mask }),
      registers: () => ({ state: this.engine.look(), exceptions: this.engine.exceptions() }),
      disassemble: ({ address }) => ({ text: this.engine.disassemble(address) }),
      readPhysical: ({ address, length }) => ({ bytes: this.engine.read(address, length).slice() }),
      readVirtual: ({ address, length }) => ({ bytes: this.engine.readVirtual(address, length).slice() }),
      writePhysical: ({ address, bytes }) => {
        this.engine.write(address, bytes);
        return {};
      },
      translate: ({ address }) => ({ physical: this.engine.translate(address), walk: this.engine.walk(address) }),
      screen: () => ({ screen: this.engine.screen() }),
    };

    async #boot({ wasm, vgaRom, bootRom, kernel, createBochs = globalThis.createBochs, memoryBytes, commandLine, stop }) {
      if (this.engine) throw new Error('this machine has been booted; end its worker and take a new one');
      this.engine = await Engine.create({ createBochs, wasm, vgaRom, bootRom, memoryBytes });
      const { entry } = this.engine.load(kernel, commandLine);
      this.wallStart = performance.now();
      if (stop === 'entry') {
        this.engine.setTargets([BigInt(entry)]);
        while (!this.engine.runTo(SLICE_STEPS));
      } else if (stop !== 'reset') {
        this.#start({ kind: 'run', left: Infinity });
      }
      return { entry, state: this.engine.look() };
    }

    /** Takes a new goal. Its answer is the message `stopped`. */
    #start(goal) {
      this.#stop('replaced');
      this.goal = goal;
      this.lastWord = this.engine.look();
      this.#schedule();
    }

    /** Ends the goal, if there is one, and says why. */
    #stop(reason) {
      if (!this.goal) return;
      const { id } = this.goal;
      this.goal = undefined;
      this.#report();
      const state = this.engine.look();
      this.post({ type: 'stopped', id, reason, state, instruction: this.engine.disassemble(state.rip) });
    }

    #schedule(delay = 0) {
      if (this.turnIsDue) return;
      this.turnIsDue = true;
      if (delay) setTimeout(() => this.#turn(), delay);
      else this.channel.port2.postMessage(0);
    }

    #turn() {
      this.turnIsDue = false;
      const start = performance.now();
      let reason;
      try {
        while (this.goal && !reason && performance.now() - start < TURN_MILLISECONDS) reason = this.#slice();
      } catch (error) {
        this.post({ type: 'error', id: this.goal.id, text: error.message });
        this.goal = undefined;
      }
      if (!this.goal) return;
      if (reason === 'end') {
        this.#end();
      } else if (reason) {
        this.#stop(reason);
      } else {
        this.#report(performance.now() >= this.screenDue);
        if (this.#isSilent()) this.#stop('silence');
        this.#schedule(this.#lead() > LEAD_MILLISECONDS ? TURN_MILLISECONDS : 0);
      }
    }

    /** Runs a slice for the goal. Returns why it is over, or undefined. */
    #slice() {
      const { goal, engine } = this;
      const size = Math.min(goal.left, goal.kind === 'run' ? SLICE_INSTRUCTIONS : SLICE_STEPS);
      let reached = false;
      if (goal.kind === 'run') engine.run(size);
      else if (goal.kind === 'step') engine.step(size);
      else if (goal.kind === 'change') reached = engine.runToChange(size);
      else reached = engine.runTo(size);
      goal.left -= size;
      if (engine.run(0) !== 'running') return 'end';
      if (reached) return goal.kind;
      if (goal.left > 0) return undefined;
      return goal.kind === 'step' ? 'step' : 'budget';
    }

    #lead() {
      return this.engine.look().microseconds / 1000 - (performance.now() - this.wallStart);
    }

    /** Posts what is new on the serial port and, unless that is not due yet, on the screen. */
    #report(withScreen = true) {
      const bytes = this.engine.takeSerial();
      if (bytes.length) this.#tell({ type: 'serial', bytes });
      if (!withScreen) return;
      const start = performance.now();
      this.#reportScreen();
      const end = performance.now();
      this.screenDue = end + Math.max(SCREEN_MILLISECONDS, SCREEN_REST * (end - start));
    }

    #reportScreen() {
      const screen = this.engine.screen(this.screenVersion);
      if (screen.version === this.screenVersion) return;
      this.screenVersion = screen.version;
      // Bochs draws anew what a loop has drawn a second time.
      if (screen.kind === this.screen?.kind && isSame(screen.content, this.screen.content)) return;
      this.screen = screen;
      this.#tell({ type: 'screen', screen });
    }

    #tell(message) {
      this.lastWord = this.engine.look();
      this.post(message);
    }

    #isSilent() {
      const now = this.engine.look();
      return Object.entries(SILENCE).some(([name, most]) => now[name] - this.lastWord[name] > most);
    }

    /** The machine has come to its end: all that it said and showed, then how it ended. */
    #end() {
      const { id } = this.goal;
      this.goal = undefined;
      this.#report();
      const state = this.engine.look();
      this.post({ type: 'ended', id, status: state.status, state, exceptions: this.engine.exceptions() });
    }

    /** Nothing more can happen; in Node, the process may then end. */
    close() {
      this.channel.port1.close();
    }
  }

  globalThis.daybookMachine = { Machine };
  if (threads) module.exports = globalThis.daybookMachine;

  // In a worker, it serves whoever made the worker.
  if (threads?.parentPort && threads.workerData?.daybookMachine) {
    const machine = new Machine((message) => threads.parentPort.postMessage(message));
    const createBochs = require(threads.workerData.daybookMachine);
    threads.parentPort.on('message', (message) => machine.receive({ createBochs, ...message }));
  } else if (!threads && typeof WorkerGlobalScope === 'function' && globalThis instanceof WorkerGlobalScope) {
    const machine = new Machine((message) => globalThis.postMessage(message));
    globalThis.onmessage = ({ data }) => machine.receive(data);
  }
}
