// The piece of a chunk that a link leads to, from this page or from another entry's.
{
  const pages = {};
  const known = document.getElementById('_identifiers');

  // What the weave knows of the identifiers, by the number in a link's data-id: here, or in the page's own script.
  const identifiers = known ? JSON.parse(known.textContent) : {};

  // An entry's page has a script beside it, which calls this with the page's figures by anchor, and its identifiers.
  window.daybookPieces = (page, figures, more) => {
    pages[page] = figures;
    Object.assign(identifiers, more);
  };

  // The path of the entry's page at that address, once its script is there; null for other pages.
  const entry = async (address) => {
    const page = address.startsWith(daybook.root) ? address.slice(daybook.root.length) : '';
    if (!/^\d{4}-\d\d\/\d.*\.html$/.test(page)) return null;
    await daybook.load(address.replace(/html$/, 'pieces.js'));
    return page;
  };

  /** What is known of the identifier that `link`, on this page, leads to; undefined for a link to something else. */
  daybook.identifier = async ({dataset: {id}}) => {
    if (id && !identifiers[id]) await entry(location.href.split(/[?#]/)[0]).catch(() => null);
    return identifiers[id];
  };

  const elsewhere = async (address, anchor) => {
    const page = await entry(address);
    if (!page) return null;
    const template = daybook.make('template');
    template.innerHTML = pages[page]?.[anchor] ?? '';
    for (const link of template.content.querySelectorAll('[href]')) {
      link.href = new URL(link.getAttribute('href'), address);
    }
    return template.content.firstElementChild;
  };

  /** A copy of the figure that `link` leads to: caption, code and what became of it later. */
  daybook.piece = async (link) => {
    const url = new URL(link.href);
    const anchor = decodeURIComponent(url.hash.slice(1));
    const address = url.href.split(/[?#]/)[0];
    const original = address === location.href.split(/[?#]/)[0]
      ? document.getElementById(anchor)
      : await elsewhere(address, anchor);
    if (!original?.matches('figure.chunk')) return null;
    const figure = original.cloneNode(true);
    for (const extra of figure.querySelectorAll('button, .expanded, .was, .place, .about > .xref, summary')) extra.remove();
    for (const fold of figure.querySelectorAll('details')) fold.replaceWith(...fold.childNodes);
    if (!figure.querySelector('.xref')) figure.querySelector('.about')?.remove();
    const code = figure.querySelector('code');
    code.parentElement.hidden = false;
    if (!code.hasChildNodes()) code.append(daybook.make('em', {class: 'l'}, 'nothing in this piece'));
    for (const element of [figure, ...figure.querySelectorAll('[id], [tabindex]')]) {
      element.removeAttribute('id');
      element.removeAttribute('tabindex');
    }
    return figure;
  };
}
