// The theme: the system's, unless the reader chose otherwise.
{
  const root = document.documentElement;
  const button = document.getElementById('_theme');
  const isDark = () => (root.dataset.theme
    ? root.dataset.theme === 'dark'
    : matchMedia('(prefers-color-scheme: dark)').matches);
  const label = () => { button.textContent = isDark() ? 'Light' : 'Dark'; };
  button.addEventListener('click', () => {
    root.dataset.theme = isDark() ? 'light' : 'dark';
    daybook.store('theme', root.dataset.theme);
    label();
  });
  label();
  button.hidden = false;
}
