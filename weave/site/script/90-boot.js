// A kernel boots in its page when one asks for it. Nothing is loaded before that.
{
  const {make, root} = daybook;

  const boot = async ({currentTarget: button}) => {
    const style = make('link', {rel: 'stylesheet', href: `${root}emulator/panel.css`});
    document.head.append(style);
    try {
      await daybook.load(`${root}emulator/panel.js`);
      window.daybookPanel(button, button.closest('[data-kernel]').dataset.kernel);
    } catch {
      style.remove();
      button.after(make('p', {role: 'alert'}, 'The emulator cannot be loaded; the recorded boot is above.'));
      listen(button);
    }
  };
  const listen = (button) => button.addEventListener('click', boot, {once: true});

  for (const button of document.querySelectorAll('.boot-it')) {
    button.hidden = false;
    listen(button);
  }
}
