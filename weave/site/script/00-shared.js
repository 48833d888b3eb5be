// What the features below share. Each of them is a block, so that this is the one name they add.
const daybook = {
  /** The site's top, as an address that ends in a slash. */
  root: new URL(document.documentElement.dataset.root || './', location.href).href,

  make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  },

  /** Runs the script at `address`, once. A script element works from file://, where fetch does not. */
  load(address) {
    const {loads} = daybook;
    loads[address] ??= new Promise((resolve, reject) => {
      const script = daybook.make('script', {src: address});
      script.onload = resolve;
      script.onerror = () => {
        delete loads[address]; // so that one can try again
        script.remove();
        reject(new Error(`${address} cannot be loaded`));
      };
      document.head.append(script);
    });
    return loads[address];
  },
  loads: {},

  /** A dialog that closes itself; the browser gives the focus back to where it was. */
  dialog(id, title, ...children) {
    const {make} = daybook;
    const close = make('button', {type: 'button'}, 'Close');
    const dialog = make('dialog', {id, 'aria-labelledby': `${id}-title`, closedby: 'any'},
      make('div', {class: 'title'}, make('h2', {id: `${id}-title`}, title), close), ...children);
    close.addEventListener('click', () => dialog.close());
    document.body.append(dialog);
    return dialog;
  },

  /** What the journal calls the chunk that a figure shows. */
  chunkName: (figure) => figure.dataset.chunk ?? figure.querySelector('.name').textContent.slice(1, -1),

  // A page without storage forgets.
  stored(key) { try { return localStorage.getItem(key); } catch { return null; } },
  store(key, value) { try { localStorage.setItem(key, value); } catch { /* forgotten */ } },
};
