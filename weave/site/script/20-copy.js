// Copying a chunk gives the text that stands in the journal, references and verbs included, and
// nothing that was expanded into it; a source page its file as of the day that it shows; commands themselves.
if (navigator.clipboard) {
  const journalText = (code) => {
    const copy = code.cloneNode(true);
    for (const added of copy.querySelectorAll('.expand, .expanded')) added.remove();
    for (const element of copy.querySelectorAll('[data-ref]')) {
      element.textContent = `<<${element.dataset.ref}>>`;
    }
    return copy.textContent;
  };
  const shownLines = (figure) => [...figure.querySelectorAll('.origin:not(.went)')].filter((run) => run.checkVisibility())
    .flatMap((run) => [...run.querySelectorAll('.l')]).map((line) => line.textContent).join('');

  const button = (name, text) => {
    const made = daybook.make('button', {type: 'button', 'aria-label': `Copy ${name}`}, 'Copy');
    made.addEventListener('click', async () => {
      await navigator.clipboard.writeText(text());
      made.textContent = 'Copied';
      setTimeout(() => { made.textContent = 'Copy'; }, 1500);
    });
    return made;
  };
  for (const figure of document.querySelectorAll('figure.chunk[id]')) {
    figure.querySelector('figcaption').append(button(daybook.chunkName(figure), () => journalText(figure.querySelector('pre:not(.result) code'))));
  }
  for (const figure of document.querySelectorAll('figure.source')) {
    figure.before(daybook.make('p', {class: 'copy'}, button('the file', () => shownLines(figure))));
  }
  for (const block of document.querySelectorAll('.session:is(.type, .file)')) {
    block.append(button(block.dataset.file ?? 'these commands', () => block.querySelector('code').textContent));
  }
}
