// A kernel boots in its page when one asks for it, as often as one likes. Nothing is loaded before that.
{
  const {make, root} = daybook;
  const alert = make('p', {role: 'alert'}, 'The emulator cannot be loaded; the recorded boot is above.');
  const kernels = new Map(); // by their buttons
  let style;

  const boot = async (button, until) => {
    alert.remove();
    if (!style) document.head.append(style = make('link', {rel: 'stylesheet', href: `${root}emulator/panel.css`}));
    try {
      await daybook.load(`${root}emulator/panel.js`);
      if (button.isConnected || until !== undefined) window.daybookPanel(button, kernels.get(button), until);
    } catch {
      style.remove();
      style = undefined;
      button.after(alert);
    }
  };

  const buttons = [...document.querySelectorAll('.boot-it')];
  for (const button of buttons) {
    kernels.set(button, button.closest('[data-kernel]').dataset.kernel);
    button.hidden = false;
    button.addEventListener('click', () => boot(button));
  }

  // A moment of a run has an address: #boot=12345 is of the page's kernel, #boot=EXHIBIT:12345 of an exhibit's.
  const follow = () => {
    const [, name, count] = /^#boot=(?:([\w-]+):)?(\d+)$/.exec(location.hash) ?? [];
    const button = count && buttons.find((one) => kernels.get(one).split('.')[1] === (name ?? 'kernel'));
    if (!button) return;
    for (let fold = button.closest('details'); fold; fold = fold.parentElement.closest('details')) fold.open = true;
    boot(button, Number(count));
  };
  window.addEventListener('hashchange', follow);
  follow();
}
