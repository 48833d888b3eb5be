// A reference in code can be opened where it stands: the code that it leads to, below its line, and
// below that what continued or replaced it later.
{
  const {make} = daybook;
  const blank = make('button', {type: 'button', class: 'expand', 'aria-expanded': 'false'});

  const addToggles = (links) => {
    for (const link of links) {
      const button = blank.cloneNode();
      button.setAttribute('aria-label', `Expand ${link.textContent}`);
      link.after(button);
    }
  };

  const fill = async (block, link) => {
    const figure = await daybook.piece(link).catch(() => null);
    if (!figure) {
      block.append('The code cannot be shown here; the link leads to it.');
      return;
    }
    const code = figure.querySelector('code');
    block.classList.toggle('names', code.matches('.names'));
    block.append(...code.childNodes);
    block.append(...figure.querySelectorAll('.xref'));
    addToggles(block.querySelectorAll('a.ref, .xref a'));
  };

  const expand = (button) => {
    const link = button.previousElementSibling;
    const line = button.closest('.l, .xref');
    const block = make('span', {class: 'expanded', role: 'group', 'aria-label': link.textContent});
    // The line feed after the line stays with it.
    const end = line.nextSibling?.nodeType === Node.TEXT_NODE ? line.nextSibling : line;
    end.after(block);
    fill(block, link);
    return block;
  };

  const blocks = new WeakMap();
  document.addEventListener('click', (event) => {
    const button = event.target.closest?.('.expand');
    if (!button) return;
    const isOpen = blocks.has(button);
    button.setAttribute('aria-expanded', String(!isOpen));
    if (isOpen) {
      blocks.get(button).remove();
      blocks.delete(button);
    } else {
      blocks.set(button, expand(button));
    }
  });

  // A link without an anchor leads to a chunk's own page, which has many pieces.
  addToggles(document.querySelectorAll('main pre a.ref[href*="#"]'));
}
