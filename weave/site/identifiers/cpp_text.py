"""C++ as text: tokens, signatures, comments."""

import re

from identifiers.text import LONGEST_SIGNATURE, first_sentence, one_line, shorten

_TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)
    |(?P<string>\b(?:u8|[uUL])?R"(?P<delimiter>[^()\\\s]*)\(.*?\)(?P=delimiter)"
        |"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+')
    |(?P<number>\.?\d(?:'?[\w.])*)
    |(?P<word>[A-Za-z_]\w*)
    |(?P<other>\S)""",
    re.DOTALL | re.VERBOSE | re.ASCII,
)
_ATTRIBUTE = re.compile(r"\[\[.*?\]\]\s*|__attribute__\s*\(\(.*?\)\)\)?\s*", re.DOTALL)
_OPEN, _CLOSE = "([", ")]"


def words(code: str) -> list[tuple[int, str]]:
    """The identifiers in C++ (keywords, too) and their offsets."""
    return [(match.start(), match["word"]) for match in _TOKEN.finditer(code) if match["word"]]


def _depth_zero(code: str, wanted: str) -> int | None:
    """The offset of the first of the `wanted` characters that is in no parentheses."""
    depth = 0
    for match in _TOKEN.finditer(code):
        other = match["other"]
        if not other:
            continue
        if depth == 0 and other in wanted:
            return match.start()
        depth += (other in _OPEN) - (other in _CLOSE)
    return None


def head(code: str) -> str:
    """A declaration up to its body: a function's, a class's or an enumeration's."""
    code = _uncommented(code)
    end = _depth_zero(code, "{;")
    code = code[:end]
    # A constructor's initializers belong to the body; `::` and an enumeration's type do not.
    initializers = re.search(r"\)(?:\s*noexcept)?\s*(:)(?!:)", code)
    if initializers:
        code = code[: initializers.start(1)]
    return shorten(one_line(_ATTRIBUTE.sub("", code)))


def with_value(code: str) -> str:
    """A variable's declaration with its value, if that is short."""
    line = one_line(_ATTRIBUTE.sub("", _uncommented(code)))
    value = _depth_zero(line, "={")
    return line if len(line) <= LONGEST_SIGNATURE or value is None else shorten(line[:value].rstrip())


def macro(code: str) -> str:
    """A macro's name, parameters and, if it is short and has none of them, its body."""
    line = one_line(_uncommented(code).replace("\\\n", " "))
    parameters = re.match(r"\w+\([^)]*\)", line)
    if parameters:
        return f"#define {parameters[0]}"
    return f"#define {line}" if len(line) <= LONGEST_SIGNATURE else f"#define {line.split()[0]}"


def _uncommented(code: str) -> str:
    return _TOKEN.sub(lambda token: " " if token["comment"] else token[0], code)


def summary(comment: str | None) -> str:
    """The first sentence of a /// comment."""
    lines = (re.sub(r"^\s*(?:///?<?|/\*\*<?|\*/?)|\*/\s*$", "", line) for line in (comment or "").split("\n"))
    return first_sentence("\n".join(lines))


def comment_above(lines: list[str], line: int) -> str:
    """The /// comment that ends above a line (from 1), as it is written."""
    first = line - 1
    while first > 0 and lines[first - 1].lstrip().startswith("///"):
        first -= 1
    return "\n".join(lines[first : line - 1])
