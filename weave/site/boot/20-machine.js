// A machine in a worker of its own. To be rid of it, one ends the worker: nothing is left.
{
  const FILES = {wasm: 'emulator/bochs.wasm', vgaRom: 'emulator/vgabios.bin', bootRom: 'emulator/boot.bin'};

  /** Everything that a machine for `kernel` is made of. */
  daybookBoot.load = async (kernel) => {
    const code = daybook.load(`${daybook.root}emulator/worker.js`);
    const bytes = await Promise.all([...Object.values(FILES).map(daybookBoot.bytes), daybookBoot.kernel(kernel)]);
    const lines = await daybookBoot.lines(kernel);
    await code;
    return {...Object.fromEntries([...Object.keys(FILES), 'kernel'].map((name, i) => [name, bytes[i]])), lines};
  };

  /** Makes a machine. `tell` hears what it says unasked, how a run came to a stop, and errors. */
  daybookBoot.machine = (tell) => {
    const address = URL.createObjectURL(new Blob([`(${window.daybookWorker})()`], {type: 'text/javascript'}));
    const worker = new Worker(address);
    URL.revokeObjectURL(address);
    const asked = new Map();
    let count = 0, over = false, booted;
    worker.onmessage = ({data}) => {
      if (over) return;
      if (data.type === 'answer') asked.get(data.id)(data);
      else tell(data);
      asked.delete(data.id);
    };
    worker.onerror = ({message}) => tell({type: 'error', text: message});
    const post = (type, request) => new Promise((resolve) => {
      count += 1;
      asked.set(count, resolve);
      worker.postMessage({...request, type, id: count});
    });
    return {
      /** Sends a request, which waits until the machine is there; its answer, if it gets one of its own. */
      ask(type, request) {
        if (type !== 'boot') return booted.then(() => post(type, request));
        booted = post(type, request);
        return booted;
      },
      end() {
        over = true;
        worker.terminate();
      },
    };
  };
}
