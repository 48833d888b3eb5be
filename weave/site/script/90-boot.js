// A kernel boots in its page when one asks for it, as often as one likes. Nothing is loaded before that.
{
  const {make, root} = daybook;
  const alert = make('p', {role: 'alert'}, 'The emulator cannot be loaded; the recorded boot is above.');
  let style;

  const boot = async ({currentTarget: button}) => {
    alert.remove();
    if (!style) document.head.append(style = make('link', {rel: 'stylesheet', href: `${root}emulator/panel.css`}));
    try {
      await daybook.load(`${root}emulator/panel.js`);
      if (button.isConnected) window.daybookPanel(button, button.closest('[data-kernel]').dataset.kernel);
    } catch {
      style.remove();
      style = undefined;
      button.after(alert);
    }
  };

  for (const button of document.querySelectorAll('.boot-it')) {
    button.hidden = false;
    button.addEventListener('click', boot);
  }
}
