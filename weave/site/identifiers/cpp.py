"""The C++ of a day: its translation units, what each depends on, and what is kept of each."""

import re
import subprocess
from collections.abc import Iterable
from functools import cache as once
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING

from identifiers import cache as kept
from identifiers.model import Fragment

if TYPE_CHECKING:
    from identifiers.cpp_unit import Facts

_BUILD = Path(__file__).resolve().parents[3] / "tools/build"
# The kernel's flags that clang does not know, or that change no name's meaning.
_NOT_FOR_CLANG = ("-fno-toplevel-reorder", "-g", "-O", "-W", "-I")
_IFDEF = re.compile(r"^#ifdef (\w+)$", re.MULTILINE)
_DEFINE = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)", re.MULTILINE)
_OF_COMPILER = re.compile(r"^[ \t]*#[ \t]*include[ \t]*<([^<>]*)>", re.MULTILINE)
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*["<]([^">]+)[">]', re.MULTILINE)

_Build = tuple[str, tuple[str, ...]]  # a file, and the macros that it is read with
_read_before: dict[str, tuple[Fragment, "Facts"]] = {}  # by this process; by key


@once
def _flags() -> list[str]:
    """The flags that the kernel is compiled with, for the kernel's machine on every machine."""
    flags = subprocess.run([_BUILD, "--options", "compiler"], check=True, capture_output=True, text=True).stdout.split()
    known = [flag for flag in flags if not flag.startswith(_NOT_FOR_CLANG)]
    return ["-x", "c++", "--target=x86_64-linux-gnu", *known, "-w"]


def fragments(files: dict[str, str], cache: Path | None) -> list[Fragment]:
    """What each C++ file says.

    What only another build has is read, too: a file that asks for macros that nobody defines is read once more with them.
    """
    sources = {name: text for name, text in files.items() if name.endswith((".cpp", ".hpp"))}
    includes = {name: _included(name, text, sources) for name, text in sources.items()}
    reached = {name: _reached(name, includes) for name in sources}
    units = sorted(name for name in sources if name.endswith(".cpp"))
    seen = {header for unit in units for header in reached[unit]}
    units += sorted(set(sources) - seen - set(units))

    defined = {macro for text in sources.values() for macro in _DEFINE.findall(text)}
    asked = {name: tuple(sorted(set(_IFDEF.findall(text)) - defined)) for name, text in sources.items()}
    builds = [*dict.fromkeys([(), *asked.values()])]
    wanted = [(name, macros) for macros in builds for name in sources if macros in ((), asked[name])]
    texts = {name: kept.digest([name, text]) for name, text in sources.items()}
    start = [kept.code_digest(), *_flags()]
    keys = {
        (name, macros): kept.digest([*start, *macros, name, *(texts[other] for other in sorted(reached[name]))])
        for macros in builds
        for name in sources
    }
    found: dict[_Build, Fragment] = {}
    for build in wanted:
        if cache is not None and (fragment := kept.load(cache, keys[build])):
            found[build] = fragment
        elif keys[build] in _read_before:
            found[build] = _read_before[keys[build]][0]
            if cache is not None:
                kept.store(cache, keys[build], found[build])
    missing = {build for build in wanted if build not in found}
    headers = tuple(sorted({header for text in sources.values() for header in _OF_COMPILER.findall(text)}))
    for macros in builds:
        for unit in [*units, *sorted(sources)]:  # of what a unit includes only in another build, at last the file itself
            lacking = {build for name in reached[unit] if (build := (name, macros)) in missing}
            if not lacking:
                continue
            part = {name: sources[name] for name in reached[unit]}
            for name, fragment in _read(unit, macros, part, headers, {name: keys[name, macros] for name in part}):
                if (build := (name, macros)) in lacking:
                    found[build] = fragment
                    missing.remove(build)
                    if cache is not None:
                        kept.store(cache, keys[build], fragment)
    return [found[build] for build in wanted]


def _included(name: str, text: str, sources: dict[str, str]) -> list[str]:
    """The project's files that a file may include, whatever the condition: beside it, else for the proof, else from the top."""
    result = []
    for path in _INCLUDE.findall(text):
        beside = normpath(join(dirname(name), path))
        result += [beside] if beside in sources else [each for each in (f"proof/{path}", path) if each in sources]
    return result


def _reached(name: str, includes: dict[str, list[str]]) -> set[str]:
    """The file and all that it includes."""
    reached, waiting = set(), [name]
    while waiting:
        if (file := waiting.pop()) not in reached:
            reached.add(file)
            waiting += includes[file]
    return reached


def _read(
    unit: str, macros: tuple[str, ...], sources: dict[str, str], headers: tuple[str, ...], keys: dict[str, str]
) -> Iterable[tuple[str, Fragment]]:
    """What the unit and the headers say that it includes, but for headers that this process has read before."""
    from identifiers.cpp_unit import read_unit  # loading libclang takes longer than a day that is all in the cache

    known = {name: _read_before[key][1] for name, key in keys.items() if key in _read_before}
    flags = [*_flags(), *(f"-D{macro}" for macro in macros)]
    for name, result in read_unit(unit, sources, headers, flags, known).items():
        _read_before[keys[name]] = result
        yield name, result[0]
