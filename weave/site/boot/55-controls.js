// Buttons and choices, and the choice of a place in the journal to run to.
{
  const {make} = daybook;

  /** A button that does nothing while it is off; it keeps its place, and the focus. */
  const button = (text, does, attributes = {}) => {
    const element = make('button', {type: 'button', ...attributes}, text);
    element.addEventListener('click', () => { if (element.getAttribute('aria-disabled') !== 'true') does(); });
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

  /**
   * Chooses a chunk of this page, or a line of one: their fields, and what gives the addresses where its statements begin.
   */
  daybookBoot.target = (chunks) => {
    const [chunkField, chunk] = choice('Chunk', ...chunks.map(([name], i) => new Option(name, i)));
    const [lineField, line] = choice('Line');
    const lines = () => chunks[chunk.value][1];
    const list = () => line.replaceChildren(new Option('any', ''),
      ...lines().map(([text], i) => new Option(text.slice(0, 60), i)));
    chunk.addEventListener('change', list);
    list();
    const chosen = () => (line.value ? [lines()[line.value]] : lines()).flatMap(([, addresses]) => addresses);
    return [[chunkField, lineField], chosen];
  };

  /**
   * The bar of a run's instructions: its field, and the bar, which `come`s along to a number of them. `go` is told of a number that
   * is chosen. The run is as long as one has seen it.
   */
  daybookBoot.timeline = (go) => {
    const bar = make('input', {id: '_machine-time', type: 'range', min: 0, max: 0, value: 0});
    const said = make('output', {for: bar.id});
    const say = () => {
      said.textContent = Number(bar.value).toLocaleString('en');
      bar.setAttribute('aria-valuetext', `${said.textContent} of ${Number(bar.max).toLocaleString('en')} instructions`);
    };
    bar.addEventListener('input', say);
    bar.addEventListener('change', () => go(Number(bar.value)));
    const come = (count) => {
      bar.max = Math.max(bar.max, count);
      bar.value = count;
      say();
    };
    return [make('span', {class: 'field time'}, make('label', {for: bar.id}, 'Instruction'), bar, said), {come}];
  };

  Object.assign(daybookBoot, {button, choice, typing});
}
