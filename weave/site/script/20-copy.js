// Copying a chunk gives the text that stands in the journal, references and verbs included, and
// nothing that was expanded into it.
if (navigator.clipboard) {
  const journalText = (code) => {
    const copy = code.cloneNode(true);
    for (const added of copy.querySelectorAll('.expand, .expanded')) added.remove();
    for (const element of copy.querySelectorAll('[data-ref]')) {
      element.textContent = `<<${element.dataset.ref}>>`;
    }
    return copy.textContent;
  };
  for (const figure of document.querySelectorAll('figure.chunk[data-chunk]')) {
    const name = figure.dataset.chunk;
    const button = daybook.make('button', {type: 'button', 'aria-label': `Copy ${name}`}, 'Copy');
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(journalText(figure.querySelector('code')));
      button.textContent = 'Copied';
      setTimeout(() => { button.textContent = 'Copy'; }, 1500);
    });
    figure.querySelector('figcaption').append(button);
  }
}
