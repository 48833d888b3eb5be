"""The files that the chunks make, and where they stand."""

from pathlib import Path
from typing import Iterator

from reader.book import Line
from reader.follow import FollowError, Kernel, width

_AT_TOP = ("boot/", "linker.ld")


def assemble(kernel: Kernel) -> dict[str, str]:
    """The text of every file, by the name of its chunk."""
    return {name: _text(kernel, name) for name in sorted(kernel.files)}


def assemble_so_far(kernel: Kernel) -> dict[str, str]:
    """Those files that need no chunk which is still to come."""
    texts = {}
    for name in sorted(kernel.files):
        try:
            texts[name] = _text(kernel, name)
        except FollowError:
            continue
    return texts


def place(name: str) -> str:
    """Where the file of that name stands: boot/ and linker.ld at the top, all else below tangled/."""
    return name if name.startswith(_AT_TOP) else f"tangled/{name}"


def write_tree(files: dict[str, str], folder: Path) -> None:
    """Writes the files to their places below `folder`."""
    for name, text in files.items():
        path = folder / place(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


# In these languages a chunk's lines stand in the file as they stand on the page.
_AS_WRITTEN = (".cpp", ".hpp", ".asm", ".inc")


def _text(kernel: Kernel, name: str) -> str:
    out: list[str] = []
    if name.endswith(_AS_WRITTEN):
        _expand_as_written(kernel, name, out, ())
    else:
        _expand(kernel, name, 0, 0, out, ())
    return "".join(out) + "\n"


def _lines(kernel: Kernel, name: str, within: tuple[str, ...]) -> Iterator[tuple[Line, Line]]:
    """The chunk's lines, each as indented by amendments and as written on its page."""
    if name not in kernel.chunks:
        raise FollowError(f"⟨{name}⟩, which ⟨{within[-1]}⟩ uses, is on no page")
    if name in within:
        raise FollowError(f"⟨{name}⟩ is part of itself")
    for piece in kernel.chunks[name]:
        yield from zip(piece.lines, piece.written, strict=True)


def _expand_as_written(kernel: Kernel, name: str, out: list[str], within: tuple[str, ...]) -> None:
    """Puts a chunk's text where its name stands; the blanks before a name that opens its line go."""
    for number, (_, line) in enumerate(_lines(kernel, name, within)):
        if number:
            out.append("\n")
        start = len(out)
        for part in line:
            if isinstance(part, str):
                out.append(part)
                continue
            if "".join(out[start:]).isspace():
                del out[start:]
            _expand_as_written(kernel, part.name, out, (*within, name))


def _expand(
    kernel: Kernel, name: str, indent: int, column: int, out: list[str], within: tuple[str, ...]
) -> None:
    """Puts a chunk's text where the line is `column` wide; its further lines are indented by `indent`.

    What noweb does, and what matters for blanks only: an empty line is not indented; behind a name, the line
    counts as if the name still stood there.
    """
    for number, (line, _) in enumerate(_lines(kernel, name, within)):
        if number:
            out.append("\n")
            column = 0
        for part in line:
            if column == 0:
                out.append(" " * indent)
                column = indent
            if isinstance(part, str):
                out.append(part)
            else:
                _expand(kernel, part.name, column, column, out, (*within, name))
            column += width((part,))
