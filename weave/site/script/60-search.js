// Search: over the prose, the chunks and the identifiers, by an index that is a script.
{
  const {make} = daybook;
  const opener = document.getElementById('_search');
  const input = make('input', {
    id: '_query', type: 'search', autocomplete: 'off', spellcheck: 'false', autofocus: '',
  });
  const status = make('p', {role: 'status'});
  const results = make('ul');
  const dialog = daybook.dialog('_find', 'Search',
    make('label', {for: '_query'}, 'A word, a chunk, an identifier'), input, status, results);

  const item = ({kind, title, where, url, excerpt}) => {
    const words = excerpt.map((text, i) => (i % 2 ? make('mark', {}, text) : text));
    return make('li', {}, make('a', {href: daybook.root + url},
      make('span', {class: 'kind'}, kind), ' ', make('b', {}, title), ' ',
      make('span', {class: 'where'}, where), ' ', make('span', {class: 'excerpt'}, ...words)));
  };

  const answer = () => {
    const text = input.value.trim();
    if (!text || !window.daybookSearch) return;
    const {total, found} = window.daybookSearch.query(text);
    results.replaceChildren(...found.map(item));
    results.scrollTop = 0;
    if (!total) status.textContent = `No result for “${text}”.`;
    else if (total > found.length) status.textContent = `The best ${found.length} of ${total} results`;
    else status.textContent = total === 1 ? '1 result' : `${total} results`;
  };

  const search = async () => {
    results.replaceChildren();
    status.textContent = window.daybookSearch ? '' : 'Loading the index …';
    try {
      await daybook.load(`${daybook.root}search.js`);
      status.textContent = '';
      answer();
    } catch {
      status.textContent = 'The index cannot be loaded. '
        + 'The pages “Chunks” and “Identifiers” list every name.';
    }
  };

  /** From the field to the results and back, for the arrow keys. */
  const move = (step) => {
    const stops = [input, ...results.querySelectorAll('a')];
    stops[stops.indexOf(document.activeElement) + step]?.focus();
  };

  input.addEventListener('input', search);
  dialog.addEventListener('click', (event) => { if (event.target.closest('a')) dialog.close(); });
  dialog.addEventListener('keydown', (event) => {
    const {key} = event;
    if (key === 'ArrowDown') move(1);
    else if (key === 'ArrowUp') move(-1);
    else if (key === 'Escape') dialog.close(); // a search field would only be emptied
    else if (key === 'Enter' && event.target === input) results.querySelector('a')?.click();
    else return;
    event.preventDefault();
  });
  opener.addEventListener('click', () => {
    dialog.showModal();
    input.select();
    search();
  });
  opener.hidden = false;
}
