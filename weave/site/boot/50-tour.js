// The tour of an entry: the stops that its text has for it, at lines of its own chunks.
{
  /** The stops for a kernel of `journal`: {addresses, text}, without those whose line has no code in it. */
  daybookBoot.tour = (journal) => [...document.querySelectorAll('.tour dt')].map((line) => ({
    addresses: journal.addressesOf(
      decodeURIComponent(line.querySelector('a.ref').hash.slice(1)), line.querySelector('code').textContent),
    text: line.nextElementSibling.textContent.trim(),
  })).filter(({addresses}) => addresses.length);
}
