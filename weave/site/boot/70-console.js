// The serial console: shows what the machine sends, and sends what is typed.
{
  const {make} = daybook;
  const MOST_PIECES = 2000; // of text; a kernel may never end
  const KEYS = {Enter: '\r', Backspace: '\x7f'};
  // What is always in the field: to a phone's keyboard, there is nothing to delete in an empty one.
  const FILLER = ' ';

  // As in the recorded logs.
  const readable = (text) => text.replaceAll('\r', '')
    .replace(/[\0-\x08\x0b-\x1f\x7f]/g, (one) => (one === '\x7f' ? '␡' : String.fromCharCode(0x2400 + one.charCodeAt(0))));

  /**
   * The field for typing; `send` gets texts. What is typed comes as text, not as keys: a phone's keyboard has none, and a
   * letter may be composed of several.
   */
  const field = (send) => {
    const [label, input] = daybookBoot.typing('Type to the kernel', {enterkeyhint: 'enter'});
    const empty = () => {
      input.value = FILLER;
      input.setSelectionRange(1, 1);
    };
    const take = () => {
      const {value} = input;
      empty();
      if (!value) send(KEYS.Backspace);
      else send(value.startsWith(FILLER) ? value.slice(1) : value);
    };
    input.addEventListener('input', ({isComposing}) => { if (!isComposing) take(); });
    input.addEventListener('compositionend', take);
    input.addEventListener('beforeinput', ({inputType}) => { if (inputType === 'insertLineBreak') send(KEYS.Enter); });
    input.addEventListener('focus', empty);
    empty();
    return [label, input];
  };

  /** Lets one type into `element`; `send` gets the bytes. Tab leads on, as everywhere. */
  const listen = (element, send) => {
    const encoder = new TextEncoder();
    const say = (text) => { if (text) send(encoder.encode(text)); };
    const [label, input] = field(say);
    element.append(label);
    element.addEventListener('keydown', (event) => {
      const {key, ctrlKey, metaKey, altKey, isComposing} = event;
      if (ctrlKey || metaKey || altKey || isComposing) return;
      if (KEYS[key]) {
        event.preventDefault();
        say(KEYS[key]);
      } else if (key.length > 1 && !['Dead', 'Process', 'Unidentified'].includes(key)) {
        return;
      }
      event.stopPropagation(); // it is for the kernel, not for the page's shortcuts
      input.focus({preventScroll: true}); // what is typed in the text comes into the field
    });
  };

  /** A console; `send` gets the bytes that are typed, if the kernel reads any. */
  daybookBoot.console = (send) => {
    const log = make('pre', {
      role: 'log', tabindex: 0, 'aria-label': send ? 'Serial console: what you type is sent' : 'Serial console'});
    const element = make('div', {class: 'console'}, log);
    if (send) listen(element, send);
    let decoder;
    return {
      element,
      log,
      append(bytes) {
        log.append(readable(decoder.decode(bytes, {stream: true})));
        if (log.childNodes.length > MOST_PIECES) log.firstChild.remove();
        log.scrollTop = log.scrollHeight;
      },
      clear() {
        decoder = new TextDecoder();
        log.replaceChildren();
      },
    };
  };
}
