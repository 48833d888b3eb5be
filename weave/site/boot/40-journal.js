// From addresses to the journal's lines and back.
{
  const {make} = daybook;
  const here = location.href.split(/[?#]/)[0].slice(daybook.root.length);

  /** The last of `list` for which `isBefore` holds; all that hold come first. */
  const lastOf = (list, isBefore) => {
    let low = 0, high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(list[middle])) low = middle + 1;
      else high = middle;
    }
    return list[low - 1];
  };

  const lineOf = (anchor, number) => {
    const piece = document.getElementById(anchor);
    return piece?.querySelector(`.result [data-line="${number}"]:not(.expanded .l)`)
      ?? piece?.querySelectorAll('.l:not(.expanded .l, .result .l)')[number - 1];
  };

  // The page numbers a chunk's lines as its file does.
  const numberIn = ({anchor, number}) => lineOf(anchor, number)?.dataset.n ?? number;

  const spaced = (line) => line?.textContent.replace(/\s+/g, ' ') ?? '';

  let marked;

  /**
   * The runs of a kernel's code, by address: [start, [[offset, index of the piece or -1, line in it, 1 if a statement begins
   * there], …]].
   */
  const rowsOf = (runs) => {
    const summed = (differences) => {
      let sum = 0;
      return differences.map((step) => sum += step);
    };
    return runs.map(([start, ...lists]) => {
      const [offsets, pieces, lines] = lists.map(summed);
      return [BigInt(`0x${start}`), offsets.map((offset, i) => [offset, pieces[i], lines[i] >> 1, lines[i] & 1])];
    }).sort(([a], [b]) => (a < b ? -1 : 1));
  };

  /** What an entry's page knows of a kernel's lines. */
  daybookBoot.journal = ({pieces, runs}) => {
    const sorted = rowsOf(runs);

    const find = (address) => {
      const [start, rows] = lastOf(sorted, ([first]) => first <= address) ?? [0n, []];
      const [, piece = -1, number] = lastOf(rows, ([offset]) => offset <= Number(address - start)) ?? [];
      if (!pieces[piece]) return undefined;
      const [page, anchor, name] = pieces[piece];
      return {page, anchor, name, number};
    };

    /** Where statements of this page begin: addresses by line, by piece. What the compiler has moved elsewhere is left out. */
    const statements = () => {
      const found = new Map();
      for (const [start, rows] of sorted) {
        for (const [offset, piece, number, begins] of rows) {
          if (!begins || pieces[piece]?.[0] !== here) continue;
          if (!found.has(piece)) found.set(piece, new Map());
          const lines = found.get(piece);
          lines.set(number, [...lines.get(number) ?? [], start + BigInt(offset)]);
        }
      }
      return found;
    };

    return {
      /** Where the code at `address` came from: a link, or words if it came from nowhere in the journal. */
      place(address) {
        const found = find(address);
        if (!found) return address < 0x100000n ? 'the boot ROM' : 'no line of the journal';
        const isHere = found.page === here;
        const text = isHere
          ? `⟨${found.name}⟩, line ${numberIn(found)}`
          : `${found.page.replace(/\/(\d+[a-z]*).*/, '-$1')} ⟨${found.name}⟩, line ${found.number} of the chunk`;
        return make('a', {href: `${isHere ? '' : daybook.root + found.page}#${found.anchor}`}, text);
      },

      /** Marks the line of this page that the code at `address` came from, if one did, and returns it. */
      mark(address) {
        marked?.classList.remove('at');
        const found = address !== undefined && find(address);
        marked = found && found.page === here ? lineOf(found.anchor, found.number) : undefined;
        marked?.classList.add('at');
        return marked;
      },

      /** The chunks of this page that have statements: [name, [[text of the line, addresses], …]]. */
      chunks: () => [...statements()].sort(([a], [b]) => a - b).map(([piece, lines]) => [pieces[piece][2], [...lines]
        .sort(([a], [b]) => a - b)
        .map(([number, addresses]) => [`${numberIn({anchor: pieces[piece][1], number})}: `
          + (lineOf(pieces[piece][1], number)?.textContent.trim() ?? ''), addresses])]),

      /** Where the statements begin that the lines with `text` say, in the chunk of this page that `anchor` names. */
      addressesOf: (anchor, text) => [...statements()].filter(([piece]) => pieces[piece][1] === anchor)
        .flatMap(([, lines]) => [...lines].filter(([number]) => spaced(lineOf(anchor, number)).includes(text)))
        .flatMap(([, addresses]) => addresses),
    };
  };
}
