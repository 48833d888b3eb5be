// site.js: two conveniences. Every page is complete without them.

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
    try { localStorage.setItem('theme', root.dataset.theme); } catch { /* a page without storage forgets */ }
    label();
  });
  label();
  button.hidden = false;
}

// Copying a chunk gives the text that stands in the journal, references and verbs included.
if (navigator.clipboard) {
  const journalText = (code) => {
    const copy = code.cloneNode(true);
    for (const element of copy.querySelectorAll('[data-ref]')) {
      element.textContent = `<<${element.dataset.ref}>>`;
    }
    return copy.textContent;
  };
  for (const figure of document.querySelectorAll('figure.chunk')) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = 'Copy';
    button.setAttribute('aria-label', `Copy ${figure.dataset.chunk}`);
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(journalText(figure.querySelector('code')));
      button.textContent = 'Copied';
      setTimeout(() => { button.textContent = 'Copy'; }, 1500);
    });
    figure.querySelector('figcaption').append(button);
  }
}
