"""What a day costs: each function measures some rows of the table in clones, and yields their numbers in the rows' order."""

import re
import shlex
import socket
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from clone import Clone, Run, cpu_seconds, said_by
from directives import code
from made_journal import make_journal

FIRST_WORD = r"^Daybook: "  # what every kernel says first
ROUNDS = 15


@dataclass(frozen=True)
class Value:
    """A number, the CPU seconds that it took, and what is to be said of it."""

    number: float
    cpu: float | None = None
    note: str = ""


@dataclass(frozen=True)
class Row:
    title: str
    unit: str
    allowed: tuple[float, float] | None = None  # with 31 days, with 100


class Place:
    """Where a journal of some length is measured: clones that have seen nothing, and one in which somebody works."""

    def __init__(self, work: Path, days: int | None):
        self.work, self.days = work, days

    def fresh(self) -> Clone:
        return Clone(self.work, self.days)

    @cached_property
    def lived_in(self) -> Clone:
        clone = self.fresh()
        clone.make("iso")
        return clone

    @cached_property
    def tested(self) -> tuple[Clone, Run]:
        """A clone in which all tests have run, and that run."""
        clone = self.fresh()
        return clone, clone.run("make", "test-all")

    def add_day(self, clone: Clone) -> None:
        """Appends the day that a made journal one day longer has."""
        longer = clone.top.parent / f"journal-{len(clone.entries()) + 1}"
        make_journal(longer, len(clone.entries()) + 1)
        for file in (sorted(longer.glob("*.nw"))[-1], longer / "SEALS"):
            file.rename(clone.top / "journal" / file.name)


def add_word(clone: Clone, entry: Path) -> None:
    """A word of prose that moves the lines of code behind it."""
    entry.write_text(entry.read_text().replace("## Goal\n", "## Goal\n\nIndeed.\n", 1))


def add_line(clone: Clone, line: str) -> None:
    """A line of code behind the last function that begins in the newest entry which has one."""
    function = re.compile(r"^<<[a-z][^.\[\n]*>>=\n(?!<<\[)(?:(?!@$).*\n)*?\w.*\)\n\{\n(?:(?!@).*\n)*?\}\n", re.MULTILINE)
    for entry in reversed(clone.entries()):
        text = entry.read_text()
        if found := list(function.finditer(text)):
            entry.write_text(f"{text[:found[-1].end()]}{line}\n{text[found[-1].end():]}")
            return
    raise RuntimeError(f"no entry in {clone.top}/journal begins a function")


def tests_said(run: Run) -> str:
    """What went wrong, of all that the tests say last."""
    counts = re.findall(r"^\d+ passed, (\d+) failed", "\n".join(run.lines), re.MULTILINE)
    return f"{counts[-1]} failed" if counts and counts[-1] != "0" else "" if run.status == 0 else f"status {run.status}"


# -- the measures


def run(place: Place) -> Iterator[Value]:
    clone = place.fresh()
    ran = clone.make("run", until=FIRST_WORD)
    yield Value(ran.lines_before)
    yield Value(ran.seconds_before, ran.cpu)
    clone.remove()


def serve(place: Place) -> Iterator[Value]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    clone, start, before = place.fresh(), time.monotonic(), cpu_seconds()
    with clone.started("make", "serve", PORT=str(port)) as server:
        said = []
        for line in said_by(server):
            said.append(line)
            if address := re.search(r"http://\S+", line):
                break
        else:
            raise RuntimeError(f"make serve in {clone.top} ended:\n" + "".join(said[-20:]))
        home = urllib.request.urlopen(address[0]).read().decode()
        page = re.search(r'href="(\d{4}-\d\d/[^"#]+)"', home)
        urllib.request.urlopen(address[0] + (page[1] if page else "")).read()
        seconds = time.monotonic() - start
    yield Value(seconds, cpu_seconds() - before)
    clone.remove()


def image(place: Place) -> Iterator[Value]:
    clone = place.fresh()
    made = clone.make("iso")
    yield Value(made.cpu)
    yield Value(clone.compilations())
    yield Value((clone.top / "build/daybook.iso").stat().st_size / 1e6)
    clone.remove()


def prose(place: Place) -> Iterator[Value]:
    clone = place.lived_in
    clone.make("iso")
    before = clone.compilations()
    add_word(clone, clone.entries()[3])
    made = clone.make("iso")
    yield Value(clone.compilations() - before)
    yield Value(made.seconds, made.cpu)


def change(place: Place) -> Iterator[Value]:
    clone = place.lived_in
    clone.make("run")
    best = min((run_changed(clone, round_) for round_ in range(3)), key=lambda value: value.number)
    yield best


def run_changed(clone: Clone, round_: int) -> Value:
    # A comment would be no change to a compiler's cache.
    add_line(clone, f"static_assert({round_} < 10);")
    ran = clone.make("run", until=FIRST_WORD)
    return Value(ran.seconds_before, ran.cpu)


def tangle(place: Place) -> Iterator[Value]:
    """weave/tangle beside the least that could do it: noweb's parser and its tangler, with the same line directives, but
    without amendments, checks, comparing and installing; it writes to memory, for ours writes only what is new."""
    clone = place.lived_in
    clone.make("tangle")
    with tempfile.TemporaryDirectory(prefix="daybook-bare-", dir="/dev/shm") as folder:
        bare = write_plain_journal(clone.top, Path(folder))
        ours = "weave/tangle '' build/"
        least = {command: min(clone.run("bash", "-c", command).cpu for _ in range(ROUNDS)) for command in (bare, ours)}
    yield Value(least[ours] / least[bare], least[ours])


def write_plain_journal(top: Path, out: Path) -> str:
    """Today's files as a journal that stock noweb can tangle, in chunks of about the journal's size and with as much prose.
    Returns the command that tangles it into `out`."""
    text, options = [], []
    for suffixes, directive in ((("asm", "inc"), "%%line %-1L+1 %F%N"), (("cpp", "hpp"), '#line %L "%F"%N'), ((), "")):
        options += [f"-L{directive}"] if directive else []
        for path in sorted(p for d in ("boot", "tangled", "linker.ld") for p in [top / d, *(top / d).rglob("*")] if p.is_file()):
            language = path.suffix[1:]
            if language not in suffixes and (suffixes or language in ("asm", "inc", "cpp", "hpp")):
                continue
            root = f"{path.relative_to(top)}{'*' if directive else ''}"
            options.append(root)
            (out / root).parent.mkdir(parents=True, exist_ok=True)
            lines = [line for _, line in code(path.read_text())]
            pieces = [lines[i : i + 10] for i in range(0, len(lines), 10)] or [[]]
            text.append(f"\n<<{root}>>=\n" + "".join(f"<<{root} {i}>>\n" for i in range(len(pieces))) + "@\n")
            for i, piece in enumerate(pieces):
                body = "\n".join(line.replace("<<", "@<<") for line in piece)
                text.append(f"\nSome prose.\n\n<<{root} {i}>>=\n{body}\n@\n")
    journal = sum(len(p.read_text()) for p in (top / "journal").glob("*.nw"))
    line = "A line of prose, as long as the journal has them on average, to be read over.\n"
    text.append("\n" + line * max((journal - sum(map(len, text))) // len(line), 0))
    (top / "plain.nw").write_text("".join(text))
    return f"/usr/lib/noweb/markup -t plain.nw | (cd {out} && /usr/lib/noweb/mnt {shlex.join(options)})"


def site(place: Place) -> Iterator[Value]:
    clone = place.lived_in
    clone.make("site")
    clone.make("site")
    again = clone.make("site")
    yield Value(again.seconds, again.cpu)
    add_word(clone, clone.entries()[-1])
    word = clone.make("site")
    yield Value(word.seconds, word.cpu)
    yield Value(sum(path.stat().st_size for path in (clone.top / "site").rglob("*") if path.is_file()) / 1e6)
    place.add_day(clone)
    boots = clone.make("evidence")
    day = clone.make("site")
    yield Value(day.seconds, day.cpu, f"and {boots.seconds:.0f} s of boots before")


def test(place: Place) -> Iterator[Value]:
    clone = place.fresh()
    ran = clone.run("make", "test")
    yield Value(ran.seconds / 60, ran.cpu, tests_said(ran))
    clone.remove()


def test_all(place: Place) -> Iterator[Value]:
    _, ran = place.tested
    yield Value(ran.seconds / 60, ran.cpu, tests_said(ran))


def test_day(place: Place) -> Iterator[Value]:
    clone, _ = place.tested
    place.add_day(clone)
    ran = clone.run("make", "test-all")
    yield Value(ran.seconds / 60, ran.cpu, tests_said(ran))


# What a reader waits for: the slowest of the heaviest pages, on a phone; the kernel in a page, after the click.
def pages(place: Place) -> Iterator[Value]:
    clone = place.lived_in
    clone.make("site")
    suite = clone.run("env", "DAYBOOK_BENCH=1", "tests/site/browser/run", "site", "build/pages.xml", "lighthouse")
    yield Value(max(int(n) for n in re.findall(r"LCP (\d+) ms", "\n".join(suite.lines))))
    node = next((clone.top / "tests/site/node_modules").glob("node-linux-*/bin/node"))
    clicks = clone.run("env", "DAYBOOK_SITE=site", str(node), "tests/site/browser/click.bench.js")
    yield Value(max(int(n) for n in re.findall(r"first line (\d+) ms", "\n".join(clicks.lines))))


Measure = Callable[[Place], Iterator[Value]]

# By what ROWS= calls it: those that take minutes, and those that take up to an hour.
QUICK: dict[str, tuple[Measure, list[Row]]] = {
    "run": (run, [Row("make run: lines", "", (25, 25)), Row("  to the kernel's first word", "s", (10, 10))]),
    "serve": (serve, [Row("make serve to a page", "s", (20, 30))]),
    "image": (
        image,
        [Row("make iso, cold: CPU", "s"), Row("  compilations", ""), Row("  size of the image", "MB", (1.8, 2.2))],
    ),
    "prose": (prose, [Row("make iso, an old word more: compilations", "", (0, 0)), Row("  seconds", "s", (5, 5))]),
    "change": (change, [Row("make run, a line of code more: first word", "s")]),
    "tangle": (tangle, [Row("tangling, as times noweb's own", "×", (2, 2))]),
}
COSTLY: dict[str, tuple[Measure, list[Row]]] = {
    "site": (
        site,
        [
            Row("make site, nothing changed", "s", (1, 1)),
            Row("  a word more", "s", (2, 2)),
            Row("  size of the site", "MB", (60, 150)),
            Row("  a new day", "s", (20, 20)),
        ],
    ),
    "test": (test, [Row("make test, cold", "min", (8, 10))]),
    "test-all": (test_all, [Row("make test-all, cold", "min", (22, 45))]),
    "test-day": (test_day, [Row("make test-all, a new day", "min", (8, 12))]),
    "pages": (
        pages,
        [
            Row("the slowest page's largest paint", "ms", (1500, 1500)),
            Row("from a click to a kernel's line", "ms", (1000, 1000)),
        ],
    ),
}
