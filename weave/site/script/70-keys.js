// Keystrokes. Those of a single key can be switched off (WCAG 2.1.4), and none is an arrow.
{
  const {make} = daybook;
  const press = (element) => element?.click();
  const button = (id) => document.getElementById(id);
  const around = (rel) => document.querySelector(`nav.around a[rel=${rel}]`);

  // From the chunk that has the focus, if one can see it; else from the top of the window.
  const toChunk = (step) => {
    const chunks = [...document.querySelectorAll('main figure.chunk[id]')]
      .filter((chunk) => chunk.getClientRects().length > 0);
    const top = (chunk) => chunk.getBoundingClientRect().top;
    const focused = document.activeElement.closest('figure.chunk');
    const isSeen = focused && top(focused) < innerHeight && focused.getBoundingClientRect().bottom > 0;
    const edge = parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop) || 0;
    let next;
    if (isSeen) next = chunks[chunks.indexOf(focused) + step];
    else if (step > 0) next = chunks.find((chunk) => top(chunk) > edge + 1);
    else next = chunks.findLast((chunk) => top(chunk) < edge - 1);
    if (!next) return;
    next.scrollIntoView({behavior: 'instant', block: 'start'});
    next.querySelector('.name').focus({preventScroll: true});
  };

  const keys = {
    '/': ['search, as Ctrl+K does', () => press(button('_search'))],
    n: ['next entry', () => press(around('next'))],
    p: ['previous entry', () => press(around('prev'))],
    j: ['next chunk', () => toChunk(1)],
    k: ['previous chunk', () => toChunk(-1)],
    t: ['light or dark', () => press(button('_theme'))],
    '?': ['these keys', () => press(button('_keys'))],
  };

  const list = make('dl');
  for (const [key, [does]] of Object.entries(keys)) {
    list.append(make('dt', {}, make('kbd', {}, key)), make('dd', {}, does));
  }
  const single = make('input', {type: 'checkbox'});
  single.checked = daybook.stored('keys') !== 'off';
  single.addEventListener('change', () => daybook.store('keys', single.checked ? 'on' : 'off'));
  const dialog = daybook.dialog('_shortcuts', 'Keys', list,
    make('label', {}, single, ' Single-key shortcuts'));

  button('_keys').addEventListener('click', () => dialog.showModal());
  button('_keys').hidden = false;

  document.addEventListener('keydown', (event) => {
    if (document.querySelector('dialog[open]')) return;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      press(button('_search'));
      return;
    }
    if (!single.checked || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest('input, textarea, select, [contenteditable], .machine')) return;
    if (!Object.hasOwn(keys, event.key)) return;
    event.preventDefault(); // the "/" must not arrive in the field that it opens
    keys[event.key][1]();
  });
}
