// What the panel's parts share, and the files that it loads. A script element works from file://, where fetch does not.
const daybookBoot = {};
{
  const scripted = {};
  window.daybookBytes = (name, base64) => {
    scripted[name] = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  };
  const fetched = async (path) => {
    const answer = await fetch(daybook.root + path).catch(() => ({}));
    if (!answer.ok) throw new Error(`${daybook.root + path} cannot be loaded`);
    return answer;
  };

  // A file may lie on the site packed, for hosts that do not pack it themselves.
  const unpacked = async (bytes) => (bytes[0] === 0x1f && bytes[1] === 0x8b
    ? new Uint8Array(await new Response(
      new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).arrayBuffer())
    : bytes);

  const loaded = async (path) => {
    await daybook.load(`${daybook.root + path}.js`);
    return unpacked(scripted[path]);
  };

  /** The bytes of the emulator's file `path`. */
  daybookBoot.bytes = async (path) => (location.protocol === 'file:'
    ? loaded(path)
    : unpacked(new Uint8Array(await (await fetched(path)).arrayBuffer())));

  /** The bytes of the kernel `path`, which is on the site as a script alone. */
  daybookBoot.kernel = loaded;

  /** The journal's lines that the code of `kernel` came from. */
  daybookBoot.lines = async (kernel) => {
    const bytes = await loaded(kernel.replace(/kernel$/, 'lines'));
    return JSON.parse(new TextDecoder().decode(bytes));
  };
}
