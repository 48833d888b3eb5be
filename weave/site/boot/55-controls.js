// Buttons and choices, and the choice of a place in the journal to run to.
{
  const {make} = daybook;

  const button = (text, does, attributes = {}) => {
    const element = make('button', {type: 'button', ...attributes}, text);
    element.addEventListener('click', does);
    return element;
  };
  const choice = (label, ...options) => {
    const id = `_machine-${label.toLowerCase()}`;
    const select = make('select', {id}, ...options);
    return [make('span', {class: 'field'}, make('label', {for: id}, label), select), select];
  };

  const typing = (label, attributes) => {
    const id = `_machine-${label.toLowerCase().replaceAll(' ', '-')}`;
    const input = make('input', {id, type: 'text', autocomplete: 'off', autocapitalize: 'off', autocorrect: 'off',
      spellcheck: 'false', ...attributes});
    return [make('span', {class: 'field'}, make('label', {for: id}, label), input), input];
  };

  /** Chooses a chunk of this page, or a line of one; `run` gets the addresses of the code that came from there. */
  daybookBoot.target = (chunks, run) => {
    const [chunkField, chunk] = choice('Chunk', ...chunks.map(([name], i) => new Option(name, i)));
    const [lineField, line] = choice('Line');
    const lines = () => chunks[chunk.value][1];
    const list = () => line.replaceChildren(new Option('any', ''),
      ...lines().map(([text], i) => new Option(text.slice(0, 60), i)));
    const go = button('Run to it', () => {
      const wanted = line.value ? [lines()[line.value]] : lines();
      run(wanted.flatMap(([, addresses]) => addresses));
    });
    chunk.addEventListener('change', list);
    if (chunks.length) list();
    return make('div', {class: 'controls', ...chunks.length ? {} : {hidden: ''}}, chunkField, lineField, go);
  };

  Object.assign(daybookBoot, {button, choice, typing});
}
