"""Reads chunks straight from noweb files: a small parser that shares nothing with the weave."""

import re
from dataclasses import dataclass, field
from pathlib import Path

# A reference is written with these two around its name, so that `@<<` can never be taken for one.
OPEN, CLOSE = "\ue000", "\ue001"

_DEFINITION = re.compile(r"<<(.*)>>=\s*$")
_CODE_TOKEN = re.compile(r"@<<|@>>|<<(.*?)>>")
_VERB_LINE = re.compile(rf"\s*{OPEN}\[([a-z]+).*\]{CLOSE}\s*$")


@dataclass
class Piece:
    """One definition of a chunk."""

    entry: str
    name: str
    line: int
    lines: list[str] = field(default_factory=list)

    @property
    def body(self) -> str:
        return "\n".join(self.lines)

    def lines_by_verb(self) -> list[tuple[str, str]]:
        """Every line with the verb that it stands under ("" for none); a verb's own line is ("verb", …)."""
        verb, result = "", []
        for line in self.lines:
            if (match := _VERB_LINE.match(line)) and match[1] != "previous":
                verb = match[1]
                result.append(("verb", line))
            else:
                result.append((verb, line))
        return result

    def uses(self) -> set[str]:
        """The chunks that this piece has the text of; what a change looks for is not counted."""
        quoted = {"verb", "change", "after", "before"}
        lines = [line for verb, line in self.lines_by_verb() if verb not in quoted]
        return {n for n in re.findall(f"{OPEN}(.*?){CLOSE}", "\n".join(lines)) if n[0] != "["}


def _unescape(line: str) -> str:
    if line.startswith("@@"):
        line = line[1:]

    def token(match: re.Match[str]) -> str:
        return match[0][1:] if match[0].startswith("@") else OPEN + match[1] + CLOSE

    return _CODE_TOKEN.sub(token, line)


def read_pieces(file: Path) -> list[Piece]:
    """The pieces of one entry, in order."""
    pieces: list[Piece] = []
    in_code = False
    for number, line in enumerate(file.read_text().removesuffix("\n").split("\n"), start=1):
        if match := _DEFINITION.match(line):
            pieces.append(Piece(file.stem, match[1], number))
            in_code = True
        elif line == "@" or line.startswith("@ "):
            in_code = False
        elif in_code:
            pieces[-1].lines.append(_unescape(line))
    return pieces
