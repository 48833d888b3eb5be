"""Looks up by C++'s scopes the few names that libclang 14 does not enter.

Those are in alignas, noexcept and the like, in a lambda's captures, concepts where they constrain,
alias templates, types that a using-declaration brought here. A name that is a local one anywhere in the file, or that is overloaded, is left alone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from identifiers import cpp_text

# Where a word is no name: preprocessor lines, attributes.
_NO_CODE = re.compile(r"^[ \t]*#(?:[^\n\\]|\\.|\\\n)*|\[\[.*?\]\]|__attribute__\s*\(\(.*?\)\)\)?", re.MULTILINE | re.DOTALL)
_USING = re.compile(r"^[ \t]*using\s+(\w+::[\w:\s,]*);", re.MULTILINE)


@dataclass(frozen=True)
class Scope:
    """A stretch of a file, and what names in it are looked up in."""

    start: int
    end: int
    names: tuple[str, ...]


def look_up(code: str, known: set[int], scopes: list[Scope], names: dict[str, set[str]], local: set[str]) -> Iterator[tuple[int, str, str]]:
    """Every word not `known` that is one of the `names` (keys by qualified name): offset, word, key."""
    last_words = {name.rpartition("::")[2] for name in names}
    brought = {name.rpartition("::")[2]: name for using in _USING.finditer(code) for name in re.sub(r"\s", "", using[1]).split(",")}
    for chain in _chains(code):
        if all(offset in known or word not in last_words for offset, word in chain):
            continue
        first, first_word = chain[0]
        if first_word in local:
            continue
        around = max((scope for scope in scopes if scope.start <= first < scope.end), key=_start, default=None)
        scope = around.names if around else ()
        found = _outwards(scope, first_word, names) or _outwards(scope, brought.get(first_word, ""), names)
        for position, (offset, word) in enumerate(chain):
            found = f"{found}::{word}" if position else found
            keys = names.get(found, set())
            if len(keys) != 1:
                break
            if offset not in known:
                yield offset, word, next(iter(keys))


def words_of_code(code: str) -> list[tuple[int, str]]:
    """The words that may be names, and their offsets."""
    blank = _NO_CODE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), code)
    return cpp_text.words(blank)


def _start(scope: Scope) -> int:
    return scope.start


def _outwards(scope: tuple[str, ...], word: str, names: dict[str, set[str]]) -> str:
    """The qualified name of `word` in the innermost scope that has one."""
    for depth in range(len(scope), -1, -1):
        qualified = "::".join([*scope[:depth], word])
        if qualified in names:
            return qualified
    return ""


def _chains(code: str) -> Iterator[list[tuple[int, str]]]:
    """The words of the code, those that :: joins in one chain; without the members of objects."""
    chain: list[tuple[int, str]] = []
    end = 0
    for offset, word in words_of_code(code):
        between = code[end:offset].strip()
        if chain and between == "::":
            chain.append((offset, word))
        else:
            if chain:
                yield chain
            chain = [] if between.endswith(("::", ".", "->")) else [(offset, word)]
        end = offset + len(word)
    if chain:
        yield chain
