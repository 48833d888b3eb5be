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
_IFDEF = re.compile(r"^#ifdef (\w+)$", re.MULTILINE)
_DEFINE = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)", re.MULTILINE)
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*["<]([^">]+)[">]', re.MULTILINE)
_Build = tuple[str, tuple[str, ...]]  # a file, and the macros that it is read with


@once
def _flags() -> list[str]:
    """The flags that the kernel is compiled with, for the kernel's machine on every machine."""
    text = _CONFIG.read_text().replace("\\\n", " ")
    flags = re.search(r"^cxxflags := (.*)$", text, re.MULTILINE)[1].split()
    known = [flag for flag in flags if not flag.startswith(_NOT_FOR_CLANG)]
    return ["-x", "c++", "--target=x86_64-linux-gnu", *known, "-w"]


def fragments(files: dict[str, str], cache: Path | None) -> list[Fragment]:
    """What each .cpp says, and each header that none of them includes.

    What only another build has is read, too: a .cpp that asks for a macro that no file defines is read once more with it.
    """
    sources = {name: text for name, text in files.items() if name.endswith((".cpp", ".hpp"))}
    includes = {name: _included(name, text, sources) for name, text in sources.items()}
    reached = {name: _reached(name, includes) for name in sources}
    units = sorted(name for name in sources if name.endswith(".cpp"))
    seen = {header for unit in units for header in reached[unit]}
    units += sorted(set(sources) - seen - set(units))

    defined = {macro for text in sources.values() for macro in _DEFINE.findall(text)}
    asked = {unit: sorted(set(_IFDEF.findall(sources[unit])) - defined) for unit in units}
    builds = [(unit, ()) for unit in units] + [(unit, tuple(asked[unit])) for unit in units if asked[unit]]

    found: dict[_Build, Fragment] = {}
    keys: dict[_Build, str] = {}
    if cache is not None:
        start = [kept.code_digest(), *_flags()]
        texts = {name: kept.digest([name, text]) for name, text in sources.items()}
        keys = {
            (unit, macros): kept.digest([*start, unit, *macros, *(texts[name] for name in sorted(reached[unit]))])
            for unit, macros in builds
        }
        found = {build: fragment for build in builds if (fragment := kept.load(cache, keys[build]))}
    for build, fragment in _parse(sources, [build for build in builds if build not in found]):
        found[build] = fragment
        if cache is not None:
            kept.store(cache, keys[build], fragment)
    return [found[build] for build in builds]


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


def _parse(sources: dict[str, str], builds: list[_Build]) -> Iterable[tuple[_Build, Fragment]]:
    if not builds:
        return
    from identifiers.cpp_unit import read_unit  # loading libclang takes longer than a day that is all in the cache

    for unit, macros in builds:
        yield (unit, macros), read_unit(unit, sources, [*_flags(), *(f"-D{macro}" for macro in macros)])
