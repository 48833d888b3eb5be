#!/usr/bin/env python3
"""A journal of as many days as one likes, for measuring: PYTHONPATH=tools tests/bench/made_journal.py FOLDER DAYS

Copies the journal to FOLDER, which is not there yet, and appends days, or leaves out the last ones, until it has as many DAYS.
What is appended is like what people append: a header, a source and a test; a line at boot; calls of the day before, whose code is
amended, as is that of a day long past; three exhibits or four; a proof on three machines; prose of the usual length. A made
journal is the same every time. Each of its days boots, proves itself and is sealed.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from datetime import date, timedelta
from importlib.machinery import SourceFileLoader
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
QUALITIES = "amber brisk calm dusty early frosty gentle hollow iron jolly keen lunar".split()
THINGS = "anchor basket candle drum engine feather gate hammer island jar kettle lantern".split()
WORDS = 105  # of prose in a section, on average
LONG_PAST = 9  # days

# Where the first made day hangs all of them into the kernel: the chunk of its includes, and one that runs at boot.
HOOKS = [("what the 64-bit kernel is made of", "what the kernel does once it is up")]


@dataclass
class Day:
    """A made day: its entry's name, the name of what it makes, and the steps from a number to that thing's number."""

    entry: str
    thing: str
    steps: list[tuple[str, int]]
    weights: list[int]
    uses: "Day | None"
    extensions: list[int] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.thing.replace(" ", "_")

    def number(self, x: int) -> int:
        for step, n in self.steps:
            x = apply(step, n, x)
            x = (x + self.weights[x % len(self.weights)]) % 2**64 if step == "weigh" else x
        return (x + self.uses.number(x % 97)) % 2**64 if self.uses else x

    def code(self) -> str:
        lines = [f"    {STEPS[step].format(n=n)}\n" for step, n in self.steps]
        return "".join(lines) + (f"    x += {self.uses.name}(x % 97);\n" if self.uses else "")

    def numbers(self) -> str:
        return "".join(f"    {{{x}, {self.number(x):#x}}},\n" for x in (0, 1, 10, 1000))


STEPS = {
    "shift": "x ^= x >> {n};",
    "times": "x *= {n:#x};",
    "plus": "x += {n:#x};",
    "turn": "x = std::rotl(x, {n});",
    "weigh": "x += weights[x % 8];",
}


def apply(step: str, n: int, x: int) -> int:
    """What the step's line of C++ does to 64 bits; the weights are for the caller to add."""
    match step:
        case "shift":
            return x ^ x >> n
        case "times":
            return x * n % 2**64
        case "plus":
            return (x + n) % 2**64
        case "turn":
            return (x << n | x >> 64 - n) % 2**64
    return x


def steps(random: Random) -> list[tuple[str, int]]:
    """The second one is what the next day will amend, the last one what an exhibit spoils."""
    middle = [(random.choice(["shift", "turn"]), random.randrange(1, 64)) for _ in range(random.randrange(1, 6))]
    plus = ("plus", random.getrandbits(63) | 1)
    return [("times", random.getrandbits(63) | 1), plus, *middle, ("weigh", 0), ("times", random.getrandbits(62) * 2 + 1)]


ENTRY = """\
---
title: What the {thing} is good for
subtitle: A number for every number, and {before} is mended
summary: >-
  The {thing} makes a number of every number, and the kernel says so when it boots. What {before} made of some numbers was
  wrong, and {long_past} can do more than before.
part: Trust
aside: true
needs: The entry {needs}.
machines:
  - bios-pc-64M
  - bios-q35-512M-smp2
  - uefi-q35-512M
---

## Goal

{prose[0]}

At the end the serial port shows:

    {thing}: {shown:#x}

## Where we stand

{prose[1]}

## It fails first

{prose[2]}

{fails_first}
## Why

{prose[3]}

## The change

{change}
{amendments}
## Proof

{prose[4]}

<<proof/{entry}.expect>>=
on bios-pc-64M bios-q35-512M-smp2 uefi-q35-512M
exit 33
| ^{thing}: 0x[0-9a-f]+$
| ^ok \\d+ the {thing} makes four numbers of four$
@

## Break it

{prose[5]}

{exhibits}
## What this does not do yet

{prose[6]}

## References and errata

- Intel SDM vol. 2, `ROL` and `SHR`.

Next: another one.
"""

CHANGE = """\
<<made/{name}.hpp>>=
// made/{name}.hpp: the {thing}.
#pragma once
#include <cstdint>

namespace made {{

/// The {thing}'s number for `x`, which may be any.
std::uint64_t {name}(std::uint64_t x);

/// Prints the {thing}'s number for 0.
void say_{name}();

<<what else the {thing} can do>>

}}  // namespace made
@ %def {name} say_{name}

{prose[7]}

<<made/{name}.cpp>>=
// made/{name}.cpp: the {thing}.
#include "made/{name}.hpp"
#include "console/print.hpp"
#include "ending/panic.hpp"
{uses}#include <bit>

namespace made {{

<<weights of the {thing}>>

<<turn the {thing}>>

<<say what the {thing} makes>>

}}  // namespace made
@

<<weights of the {thing}>>=
static constexpr std::uint64_t weights[] = {{{weights}}};
@

{prose[8]}

<<turn the {thing}>>=
std::uint64_t {name}(std::uint64_t x)
{{
{code}    return x;
}}
@

<<say what the {thing} makes>>=
void say_{name}()
{{
    if ({name}(0) == {name}(1))
        kernel::panic("the {thing} makes one number of two");
    console::print("{thing}: ", console::hex{{{name}(0)}}, "\\n");
}}
@

<<what else the {thing} can do>>=
@

{prose[9]}

<<made/{name}_test.cpp>>=
// made/{name}_test.cpp: tests of the {thing}.
#include "made/{name}.hpp"
#include "kernel/test.hpp"

<<numbers of the {thing}>>

<<test the {thing}>>

<<further tests of the {thing}>>
@

<<numbers of the {thing}>>=
static constexpr std::uint64_t numbers[][2] = {{
{numbers}}};
@

<<test the {thing}>>=
KERNEL_TEST({name}_turns, "the {thing} makes four numbers of four")
{{
    bool same = true;
    for (const auto& [given, made] : numbers)
        same &= made::{name}(given) == made;
    return kernel::check(same, "one of them is another");
}}
@

<<further tests of the {thing}>>=
@

<<headers of the made days>>=
#include "made/{name}.hpp"
@

<<what the made days say>>=
    say_{name}();
@
"""

FIRST = """\
<<made/made.hpp>>=
// made/made.hpp: days that were made.
#pragma once

namespace made {{

/// Prints a line for each of them.
void say_all();

}}  // namespace made
@

<<made/made.cpp>>=
// made/made.cpp: days that were made.
#include "made/made.hpp"
<<headers of the made days>>

void made::say_all()
{{
    <<what the made days say>>
}}
@

<<{includes}>>=
#include "made/made.hpp"
@

<<{boot}>>=
    made::say_all();
@

"""

FAILS_FIRST = """\
<<further tests of the {before} [exhibit old-number before]>>=

KERNEL_TEST(old_number, "the {before} makes the wrong number of 7")
{{
    return kernel::check(made::{before_name}(7) == {old:#x}, "it makes another");
}}
@

<<proof/{entry}.old-number.expect>>=
on bios-pc-64M
exit 33
| ^ok \\d+ the {before} makes the wrong number of 7$
@

"""

MEND = """\
{prose[10]}

<<turn the {thing}>>=
<<[change]>>
    {old}
<<[to]>>
    {new}
@

<<numbers of the {thing}>>=
<<[replace]>>
static constexpr std::uint64_t numbers[][2] = {{
{numbers}}};
@
"""

EXTEND = """
{prose[11]}

<<what else the {thing} can do>>=
/// Both numbers of the {thing} in one, for day {number}.
inline std::uint64_t {name}_{number}(std::uint64_t x) {{ return {name}(x) ^ {name}(x + {number}); }}
@

<<further tests of the {thing}>>=

KERNEL_TEST({name}_does_more, "the {thing} can do more")
{{
    return kernel::check(made::{name}_{number}(1) == {both:#x}, "it makes another number");
}}
@
"""

EXHIBIT = """\
**{title}:**

<<{chunk} [exhibit {exhibit}]>>=
<<[change]>>
    {old}
<<[to]>>
    {new}
@

<<proof/{entry}.{exhibit}.expect>>=
on bios-pc-64M
exit {status}
| {line}
@

"""


def paragraphs(journal: Path) -> list[str]:
    """The journal's own prose, without what is only right in its place."""
    found = []
    for entry in sorted(journal.glob("*.nw")):
        prose = re.sub(r"^<<.*?>>=\n.*?^@.*?$", "", entry.read_text(), flags=re.MULTILINE | re.DOTALL)
        for text in prose.split("\n\n"):
            text = text.strip()
            if re.match(r"[A-Z][a-z]", text) and not re.search(r"\*\*|<<|\[\^|\]\(|\n\s|:$", text):
                found.append(text)
    return found


class Prose:
    """Hands the journal's paragraphs out, over and over again."""

    def __init__(self, texts: list[str], start: int):
        self.texts, self.next = texts, start

    def section(self) -> str:
        taken: list[str] = []
        while sum(len(text.split()) for text in taken) < WORDS * 2 // 3:
            taken.append(self.texts[self.next % len(self.texts)])
            self.next += 1
        return "\n\n".join(taken)


def exhibits(day: Day, number: int) -> str:
    """What a reader may break, and what is seen then."""
    fails = rf"^not ok \d+ the {day.thing} makes four numbers of four # one of them is another$"
    panics = rf"^PANIC at journal/{day.entry}\.nw:\d+: the {day.thing} makes one number of two$"
    turn, say = f"turn the {day.thing}", f"say what the {day.thing} makes"
    last, first = (STEPS[step].format(n=n) for step, n in (day.steps[-1], day.steps[0]))
    other = STEPS["times"].format(n=day.steps[-1][1] ^ 4)
    condition = f"if ({day.name}(0) == {day.name}(1))"
    found = [
        ("Multiply by something else", turn, "other-factor", last, other, 37, fails),
        ("See one number as two", say, "one-of-two", condition, condition.replace("(1)", "(0)"), 35, panics),
    ]
    if number % 2:
        found.append(("Forget the first step", turn, "no-first-step", first, "x += 1;", 37, fails))
    keys = ("title", "chunk", "exhibit", "old", "new", "status", "line")
    return "".join(EXHIBIT.format(entry=day.entry, **dict(zip(keys, each))) for each in found)


def write_entry(days: list[Day], number: int, needs: str, texts: list[str], hooks: tuple[str, str]) -> str:
    """The text of the last of the `days`; mends the one before, and extends one that is long past."""
    day, before = days[-1], days[-2] if len(days) > 1 else None
    past = days[-1 - LONG_PAST] if len(days) > LONG_PAST else None
    source = Prose(texts, number * 31)
    prose = [source.section() for _ in range(12)]
    fails_first = amendments = ""
    if before:
        plus = before.steps[1]
        names = {"before": before.thing, "before_name": before.name, "name": day.name, "entry": day.entry}
        fails_first = FAILS_FIRST.format(old=before.number(7), **names)
        before.steps[1] = ("plus", plus[1] ^ 2**62)
        old, new = (STEPS[step].format(n=n) for step, n in (plus, before.steps[1]))
        amendments = MEND.format(thing=before.thing, old=old, new=new, numbers=before.numbers(), prose=prose)
    if past:
        both = past.number(1) ^ past.number(1 + number)
        amendments += EXTEND.format(thing=past.thing, name=past.name, number=number, both=both, prose=prose)
    change = "" if before else FIRST.format(includes=hooks[0], boot=hooks[1])
    change += CHANGE.format(
        name=day.name,
        thing=day.thing,
        uses=f'#include "made/{before.name}.hpp"\n' if before else "",
        weights=", ".join(map(str, day.weights)),
        code=day.code(),
        numbers=day.numbers(),
        prose=prose,
    )
    return ENTRY.format(
        thing=day.thing,
        entry=day.entry,
        before=f"the {before.thing}" if before else "nothing",
        long_past=f"the {past.thing}" if past else "nothing",
        needs=needs,
        shown=day.number(0),
        fails_first=fails_first,
        change=change,
        amendments=amendments,
        exhibits=exhibits(day, number),
        prose=prose,
    )


def hooks_of(journal: Path) -> tuple[str, str]:
    """The chunks of the newest kernel that the first made day amends."""
    markup = subprocess.run(["/usr/lib/noweb/markup", *sorted(journal.glob("*.nw"))], stdout=subprocess.PIPE, check=True)
    amend = [ROOT / "build/amend"]
    stream = subprocess.run(amend, input=markup.stdout, stdout=subprocess.PIPE, check=True).stdout.decode()
    for hooks in HOOKS:
        if all(f"@defn {hook}\n" in stream for hook in hooks):
            return hooks
    sys.exit(f"{__file__}: none of HOOKS is a pair of chunks of the newest kernel; add one that is")


def append_days(journal: Path, count: int) -> None:
    """Appends made days to a journal that has none of them."""
    entries = sorted(journal.glob("*.nw"))
    year, month, day_of_month = map(int, entries[-1].stem[:10].split("-"))
    newest, needs = date(year, month, day_of_month), entries[-1].stem
    texts, hooks = paragraphs(journal), hooks_of(journal)
    days: list[Day] = []
    for number in range(count):
        random = Random(f"day {number}")
        thing = f"{QUALITIES[number % 12]} {THINGS[number // 12 % 12]}"
        entry = f"{newest + timedelta(days=number + 1)}-the-{thing.replace(' ', '-')}"
        weights = [random.getrandbits(16) for _ in range(8)]
        days.append(Day(entry, thing, steps(random), weights, days[-1] if days else None))
        (journal / f"{entry}.nw").write_text(write_entry(days, number, needs, texts, hooks))
        needs = entry


def seal(journal: Path) -> None:
    """Seals what has no seal yet, and forgets seals of what is not there."""
    loader = SourceFileLoader("seals", str(ROOT / "weave/seals"))
    seals: Any = ModuleType("seals")
    sys.modules["seals"] = seals
    loader.exec_module(seals)
    seals.JOURNAL, seals.SEALS = journal, journal / "SEALS"
    entries = [path.stem for path in sorted(journal.glob("*.nw"))]
    known = {entry: seal for entry, seal in seals.read_seals().items() if entry in entries}
    for number, entry in enumerate(entries):
        if entry in known:
            continue
        with tempfile.TemporaryDirectory() as folder:
            tree = Path(folder) / "tree"
            tangle = ["weave/tangle", f"{tree}/", f"{folder}/build/", entry]
            subprocess.run(tangle, cwd=ROOT, env={**os.environ, "JOURNAL": str(journal)}, check=True)
            files = seals.digests(tree)
        before = seals.sealed_files(known, entries[number - 1]) if number else {}
        known[entry] = seals.Seal(seals.digest_of(files), entry[:10], "as made", seals.changes_between(before, files))
    seals.write_seals(known)


def make_journal(folder: Path, days: int) -> None:
    """The journal with as many days, in a folder that is not there yet."""
    shutil.copytree(ROOT / "journal", folder)
    entries = sorted(folder.glob("*.nw"))
    for entry in entries[days:]:
        entry.unlink()
    append_days(folder, max(0, days - len(entries)))
    seal(folder)


if __name__ == "__main__":
    if len(sys.argv) != 3 or not sys.argv[2].isdigit() or Path(sys.argv[1]).exists():
        sys.exit("usage: made_journal.py FOLDER DAYS, where FOLDER is not there yet")
    make_journal(Path(sys.argv[1]), int(sys.argv[2]))
