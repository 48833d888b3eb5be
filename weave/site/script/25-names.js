// What a screen reader calls a chunk's code, as a keyboard can go there to scroll it: what its caption says. A page that said so
// itself would say each name once more.
for (const figure of document.querySelectorAll('figure.chunk[id]')) {
  for (const box of figure.querySelectorAll('pre[tabindex]')) {
    box.role = 'group';
    box.ariaLabel = (box.closest('.was') ? 'Old against new: ' : '') + daybook.chunkName(figure);
  }
}
