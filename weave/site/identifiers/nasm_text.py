"""NASM as text: what each line says."""

import functools
import re
from typing import NamedTuple

from identifiers.text import first_sentence

_TOKEN = re.compile(
    r"""(?P<comment>;.*)
    |(?P<string>"[^"]*"|'[^']*'|`(?:\\.|[^`\\])*`)
    |(?P<directive>%[%$]*[A-Za-z_?][\w?@#~.$]*|%[-+]?\d+|%\{[^}]*\})
    |(?P<number>\d[\w.]*|\$[0-9A-Fa-f]*[0-9][0-9A-Fa-f]*\b)
    |(?P<word>\$?[A-Za-z_.?@][\w.?@\#~$]*)
    |(?P<other>\S)""",
    re.VERBOSE,
)
# What makes the word before it a label even without a colon.
_DATA = {
    *("db", "dw", "dd", "dq", "dt", "do", "dy", "dz", "equ", "incbin"),
    *("resb", "resw", "resd", "resq", "rest", "reso", "resy", "resz"),
}
_BRACKETED = {"section", "segment", "bits", "global", "extern", "common", "static", "absolute", "default", "org"}
# Lines that do not separate a routine from the comment above it.
_TRANSPARENT = {"global", "align", "bits", "extern"}


class Token(NamedTuple):
    kind: str  # a group of _TOKEN
    text: str
    start: int  # from 0

    @property
    def end(self) -> int:
        return self.start + len(self.text)


class Line(NamedTuple):
    """A line's label and operation, if it has them, and what follows them."""

    label: Token | None
    operation: Token | None
    operands: list[Token]
    comment: str

    @property
    def verb(self) -> str:
        return self.operation.text.lower() if self.operation else ""

    @property
    def is_comment(self) -> bool:
        return bool(self.comment) and not (self.label or self.operation or self.operands)


@functools.cache
def parse(text: str) -> list[Line]:
    """The lines of a file; nobody may change the list."""
    return [_line([Token(match.lastgroup or "", match[0], match.start()) for match in _TOKEN.finditer(raw)]) for raw in text.split("\n")]


def _line(tokens: list[Token]) -> Line:
    comment = tokens.pop().text if tokens and tokens[-1].kind == "comment" else ""
    label = None
    if len(tokens) > 1 and tokens[0].text == "[" and tokens[1].text.lower() in _BRACKETED:
        tokens = tokens[1:]
    if len(tokens) > 1 and tokens[0].kind in ("word", "directive") and tokens[1].text == ":":
        label, tokens = tokens[0], tokens[2:]
    elif len(tokens) > 1 and tokens[0].kind == "word" and tokens[1].text.lower() in _DATA:
        label, tokens = tokens[0], tokens[1:]
    operation = tokens[0] if tokens and tokens[0].kind in ("word", "directive") else None
    return Line(label, operation, tokens[1:] if operation else tokens, comment)


def summary(lines: list[Line], number: int) -> str:
    """The first sentence about what line `number` (from 0) defines: beside a datum, else above it."""
    line = lines[number]
    is_code = line.operation and line.operation.kind == "word" and line.verb not in _DATA
    if line.comment and not is_code:
        return _sentence([line.comment])
    end = number
    while end > 0 and not lines[end - 1].label and lines[end - 1].verb in _TRANSPARENT:
        end -= 1
    first = end
    while first > 0 and lines[first - 1].is_comment:
        first -= 1
    # The comment at a file's top is about the file.
    return _sentence([line.comment for line in lines[first:end]]) if first else ""


def _sentence(comments: list[str]) -> str:
    return first_sentence(" ".join(comment.lstrip("; ") for comment in comments))
