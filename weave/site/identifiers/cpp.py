"""The C++ of a day: its translation units, what each depends on, and what is kept of each."""

import re
from collections.abc import Iterable
from functools import cache as once
from pathlib import Path
from posixpath import dirname, join, normpath

from identifiers import cache as kept
from identifiers.model import Fragment

_CONFIG = Path(__file__).resolve().parents[2] / "config.mk"
# The kernel's flags that clang does not know, or that change no name's meaning.
_NOT_FOR_CLANG = ("-fno-toplevel-reorder", "-g", "-O", "-W", "-I")
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*["<]([^">]+)[">]', re.MULTILINE)


@once
def _flags() -> list[str]:
    """The flags that the kernel is compiled with, for the kernel's machine on every machine."""
    text = _CONFIG.read_text().replace("\\\n", " ")
    flags = re.search(r"^cxxflags := (.*)$", text, re.MULTILINE)[1].split()
    known = [flag for flag in flags if not flag.startswith(_NOT_FOR_CLANG)]
    return ["-x", "c++", "--target=x86_64-linux-gnu", *known, "-w"]


def fragments(files: dict[str, str], cache: Path | None) -> list[Fragment]:
    """What each .cpp says, and each header that none of them includes."""
    sources = {name: text for name, text in files.items() if name.endswith((".cpp", ".hpp"))}
    includes = {name: _included(name, text, sources) for name, text in sources.items()}
    reached = {name: _reached(name, includes) for name in sources}
    units = sorted(name for name in sources if name.endswith(".cpp"))
    seen = {header for unit in units for header in reached[unit]}
    units += sorted(set(sources) - seen - set(units))

    found: dict[str, Fragment] = {}
    keys: dict[str, str] = {}
    if cache is not None:
        start = [kept.code_digest(), *_flags()]
        texts = {name: kept.digest([name, text]) for name, text in sources.items()}
        keys = {
            unit: kept.digest([*start, unit, *(texts[name] for name in sorted(reached[unit]))])
            for unit in units
        }
        found = {unit: fragment for unit in units if (fragment := kept.load(cache, keys[unit]))}
    for unit, fragment in _parse(sources, [unit for unit in units if unit not in found]):
        found[unit] = fragment
        if cache is not None:
            kept.store(cache, keys[unit], fragment)
    return [found[unit] for unit in units]


def _included(name: str, text: str, sources: dict[str, str]) -> list[str]:
    """The project's files that a file includes, whatever the condition: beside it, else from the top."""
    result = []
    for path in _INCLUDE.findall(text):
        beside = normpath(join(dirname(name), path))
        result += [beside] if beside in sources else [path] if path in sources else []
    return result


def _reached(name: str, includes: dict[str, list[str]]) -> set[str]:
    """The file and all that it includes."""
    reached, waiting = set(), [name]
    while waiting:
        if (file := waiting.pop()) not in reached:
            reached.add(file)
            waiting += includes[file]
    return reached


def _parse(sources: dict[str, str], units: list[str]) -> Iterable[tuple[str, Fragment]]:
    if not units:
        return
    from identifiers.cpp_unit import read_unit  # loading libclang takes longer than a day that is all in the cache

    for unit in units:
        yield unit, read_unit(unit, sources, _flags())
