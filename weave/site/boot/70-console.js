// The serial console: shows what the machine sends, and sends what is typed.
{
  const MOST_PIECES = 2000; // of text; a kernel may never end
  const KEYS = {Enter: '\r', Backspace: '\x7f'};

  // As in the recorded logs.
  const readable = (text) => text.replaceAll('\r', '')
    .replace(/[\0-\x08\x0b-\x1f\x7f]/g, (one) => (one === '\x7f' ? '␡' : String.fromCharCode(0x2400 + one.charCodeAt(0))));

  /** A console; `send` gets the bytes that are typed. Tab leads on, as everywhere. */
  daybookBoot.console = (send) => {
    const element = daybook.make('pre', {role: 'log', tabindex: 0, 'aria-label': 'Serial console: what you type is sent'});
    let decoder;
    element.addEventListener('keydown', (event) => {
      const {key, ctrlKey, metaKey, altKey} = event;
      const text = KEYS[key] ?? (key.length === 1 ? key : '');
      if (!text || ctrlKey || metaKey || altKey) return;
      event.preventDefault();
      event.stopPropagation(); // it is for the kernel, not for the page's shortcuts
      send(new TextEncoder().encode(text));
    });
    return {
      element,
      append(bytes) {
        element.append(readable(decoder.decode(bytes, {stream: true})));
        if (element.childNodes.length > MOST_PIECES) element.firstChild.remove();
        element.scrollTop = element.scrollHeight;
      },
      clear() {
        decoder = new TextDecoder();
        element.replaceChildren();
      },
    };
  };
}
