// A link to a chunk or an identifier shows what it leads to, on hover and on keyboard focus. The
// box stays while the pointer is on it, and Escape puts it away (WCAG 1.4.13).
{
  const {make} = daybook;
  const previewed = ':is(a.ref, a.id, .xref a)[href]';
  const hoverDelay = 300, focusDelay = 50;
  const mostLines = 16; // a tooltip cannot be scrolled with the keyboard
  const box = make('div', {id: '_preview', role: 'tooltip', hidden: ''});
  document.querySelector('main').append(box);

  let wanted, shown, opening, closing;

  const shorten = (figure) => {
    const lines = [...figure.querySelectorAll('.l')];
    const rest = lines.length - mostLines;
    if (rest < 2) return;
    while (lines[mostLines - 1].nextSibling) lines[mostLines - 1].nextSibling.remove();
    figure.append(make('p', {}, `and ${rest} more lines`));
  };

  const contentFor = async (link) => {
    const identifier = await daybook.identifier(link);
    if (identifier) {
      const {name, kind, signature, summary} = identifier;
      return [make('pre', {}, make('code', {}, signature || name)),
        make('p', {}, [kind, summary].filter(Boolean).join(': '))];
    }
    const figure = await daybook.piece(link).catch(() => null);
    if (!figure) return null;
    shorten(figure);
    for (const inner of figure.querySelectorAll('[href]')) inner.removeAttribute('href');
    return [figure];
  };

  const place = (link) => {
    const rows = link.getClientRects();
    const above = rows[0].top, below = rows[rows.length - 1].bottom;
    const room = innerHeight - below;
    const top = room >= box.offsetHeight || room > above ? below : above - box.offsetHeight;
    const rightmost = document.documentElement.clientWidth - box.offsetWidth - 8;
    box.style.top = `${top + scrollY}px`;
    box.style.left = `${Math.max(8, Math.min(rows[0].left, rightmost)) + scrollX}px`;
  };

  const hide = () => {
    clearTimeout(opening);
    shown?.removeAttribute('aria-describedby');
    wanted = shown = null;
    box.hidden = true;
  };

  const show = async (link) => {
    const content = await contentFor(link);
    if (!content || link !== wanted || !link.isConnected) return;
    hide();
    wanted = shown = link;
    box.replaceChildren(...content);
    box.hidden = false;
    place(link);
    link.setAttribute('aria-describedby', box.id);
  };

  const enter = (link, delay) => {
    clearTimeout(closing);
    if (link === wanted) return;
    clearTimeout(opening);
    wanted = link;
    opening = setTimeout(show, delay, link);
  };

  const leave = () => {
    clearTimeout(opening);
    clearTimeout(closing);
    wanted = shown;
    closing = setTimeout(() => {
      if (!shown || shown.matches(':hover, :focus-visible') || box.matches(':hover')) return;
      hide();
    }, hoverDelay); // time to reach the box
  };

  const linkAt = (target) => target.closest?.(previewed);

  // Only a pointer that moves shows anything: under one that rests, a page that scrolls leads links by.
  document.addEventListener('pointermove', (event) => {
    if (event.pointerType === 'touch' || !(event.movementX || event.movementY)) return; // a tap follows the link
    const link = linkAt(event.target);
    if (link) enter(link, hoverDelay);
  });
  document.addEventListener('pointerout', (event) => {
    const from = linkAt(event.target) || event.target.closest('#_preview');
    if (from && !from.contains(event.relatedTarget)) leave();
  });
  document.addEventListener('focusin', (event) => {
    const link = linkAt(event.target);
    if (link?.matches(':focus-visible')) enter(link, focusDelay);
  });
  document.addEventListener('focusout', (event) => { if (linkAt(event.target)) leave(); });
  document.addEventListener('keydown', (event) => { if (event.key === 'Escape') hide(); });
  document.addEventListener('click', (event) => { if (!box.contains(event.target)) hide(); });
}
