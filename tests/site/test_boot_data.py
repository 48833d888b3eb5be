"""What the site has for booting a kernel in its page: kernels, their lines, the emulator, the buttons."""

import base64
import gzip
import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest
from elftools.elf.constants import P_FLAGS

from emulator import FILES, folder
from machine import elf
from machine.expect import BUILD_ERROR
from machine.trees import Day, Exhibit, entries, exhibits
from pages import chunk_name
from woven import EVIDENCE, JOURNAL, TOP, Anchor, Site, files_of, page_of, run_weave

# The kernels of all days are looked at.
pytestmark = pytest.mark.all

DAYS = [Day(entry) for entry in entries()]
KERNELS: list[Day | Exhibit] = [*DAYS, *(Exhibit(entry, name) for entry, name in exhibits())]
OLD, NEW = DAYS[0], DAYS[-1]


def path_of(kernel: Day | Exhibit) -> str:
    """The kernel's path on the site."""
    day = page_of(kernel.entry).removesuffix(".html")
    return f"{day}.{kernel.name}.kernel" if isinstance(kernel, Exhibit) else f"{day}.kernel"


def name_of(kernel: Day | Exhibit) -> str:
    return path_of(kernel).removesuffix(".kernel")


def builds(kernel: Day | Exhibit) -> bool:
    """What some exhibits show is how the compiler or the linker refuses them."""
    return isinstance(kernel, Day) or kernel.proof().blocks[0].outcome != BUILD_ERROR


@pytest.fixture(scope="session")
def booting(journal: Site) -> Site:
    """The journal's site, if it can boot its kernels."""
    if not folder():
        pytest.skip("the emulator is not built; `make emulator` builds it")
    return journal


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The journal's site as it is where no emulator is built."""
    out = tmp_path_factory.mktemp("recorded") / "site"
    files = sorted(JOURNAL.glob("*.nw"))
    result = run_weave(out, files, EVIDENCE, XDG_CACHE_HOME=str(out.parent))
    assert result.returncode == 0, result.stderr
    return Site(out, files, EVIDENCE)


@dataclass
class Lines:
    """A kernel's script of lines, read as a reader of BOOT's format would."""

    file: Path

    @cached_property
    def data(self) -> dict[str, Any]:
        return json.loads(gzip.decompress(scripted(self.file)[1]))

    @cached_property
    def runs(self) -> list[tuple[int, list[tuple[int, int, int]]]]:
        """Where a run of code starts, and its rows: offset, piece, line. They are kept as differences, and beside the line is a
        bit that says whether a statement begins there."""
        return [
            (int(start, 16), [(offset, piece, line >> 1) for offset, piece, line in zip(*map(accumulate, steps), strict=True)])
            for start, *steps in self.data["runs"]
        ]

    def at(self, address: int) -> tuple[Anchor, int] | None:
        """The piece that the code at an address is of, and the number of the line in it."""
        found = None
        for start, rows in self.runs:
            for offset, piece, line in rows:
                if start + offset <= address and (not found or found[0] <= start + offset):
                    found = start + offset, piece, line
        if not found or found[1] == -1:
            return None
        page, anchor, _ = self.data["pieces"][found[1]]
        return Anchor(page, anchor), found[2]


def instructions(kernel: Path) -> list[int]:
    """The address of every instruction, and of what fills the gaps between functions."""
    listing = subprocess.run(["objdump", "-d", "--no-show-raw-insn", kernel], check=True, capture_output=True, text=True)
    return [int(address, 16) for address in re.findall(r"^ *([0-9a-f]+):\t", listing.stdout, re.MULTILINE)]


def expected(site: Site, file: str, line: int) -> tuple[Anchor, int] | None:
    """Where on the site a line of the journal is."""
    entry = Path(file).stem
    for anchor, (piece, _) in site.pieces.items():
        if piece.entry == entry and piece.line < line <= piece.line + len(piece.lines):
            return anchor, line - piece.line
    return None


@pytest.mark.parametrize("kernel", [OLD, DAYS[len(DAYS) // 2], NEW, KERNELS[len(DAYS)], KERNELS[-1]], ids=name_of)
def test_the_lines_are_those_that_addr2line_finds(booting: Site, kernel: Day | Exhibit) -> None:
    """For C++ and NASM, on old days and new ones. What fills the gaps between functions is of no line."""
    lines = Lines(booting.root / f"{name_of(kernel)}.lines.js")
    assert scripted(lines.file)[0] == f"{name_of(kernel)}.lines"
    sample = instructions(kernel.elf)[::3]
    known = 0
    for address, frames in zip(sample, elf.frames(kernel.elf, sample), strict=True):
        place = lines.at(address)
        if frames and place:
            assert place == expected(booting, frames[0].file, frames[0].line), hex(address)
            known += 1
        elif place:
            raise AssertionError(f"{address:#x} has the line {place}, and addr2line has none")
        elif frames:
            assert not expected(booting, frames[0].file, frames[0].line), hex(address)
    assert known > len(sample) * 0.8


@pytest.mark.parametrize("kernel", KERNELS, ids=name_of)
def test_lines_and_pieces_are_on_their_pages(booting: Site, kernel: Day | Exhibit) -> None:
    if not builds(kernel):
        assert not (booting.root / f"{name_of(kernel)}.lines.js").exists()
        return
    lines = Lines(booting.root / f"{name_of(kernel)}.lines.js")
    sizes = []
    for page, anchor, name in lines.data["pieces"]:
        figure = booting.pages[page].one("figure", id=anchor)
        assert chunk_name(figure).startswith(name)
        sizes.append(sum(1 for _ in figure.all(class_="l")))
    rows = [row for _, run in lines.runs for row in run]
    assert rows and all(piece == -1 or 1 <= line <= sizes[piece] for _, piece, line in rows)
    assert [start for start, _ in lines.runs] == sorted(each.virtual for each in elf.segments(kernel.elf) if each.flags & P_FLAGS.PF_X)
    for _, run in lines.runs:
        offsets = [offset for offset, _, _ in run]
        assert offsets == sorted(set(offsets)), "from each row to the next"
        assert run[-1][1] == -1, "the code ends"


def test_what_the_panel_looks_into_is_where_the_kernel_has_it(booting: Site) -> None:
    """The allocator came with the sixth entry."""
    found = [Lines(booting.root / f"{name_of(day)}.lines.js").data["symbols"] for day in DAYS]
    name = "kernel_pt_space_manager"
    assert found[:5] == [{}] * 5
    assert [int(symbols[name], 16) for symbols in found[5:]] == [elf.symbols(day.elf)[name] for day in DAYS[5:]]


@pytest.mark.parametrize("kernel", KERNELS, ids=name_of)
def test_the_kernel_has_the_very_same_segments(booting: Site, kernel: Day | Exhibit, tmp_path: Path) -> None:
    if not builds(kernel):
        assert not (booting.root / f"{path_of(kernel)}.js").exists()
        return
    name, packed = scripted(booting.root / f"{path_of(kernel)}.js")
    assert name == path_of(kernel) and not (booting.root / name).exists()
    stripped = tmp_path / "daybook.elf"
    stripped.write_bytes(gzip.decompress(packed))
    segments = elf.segments(kernel.elf)
    assert elf.segments(stripped) == segments
    built, given = kernel.elf.read_bytes(), stripped.read_bytes()
    assert built[:40] == given[:40], "the entry point"
    for segment in segments:
        part = slice(segment.offset, segment.offset + segment.file_size)
        assert built[part] == given[part]
    assert b".debug_" not in given and b".symtab" not in given


def scripted(file: Path) -> tuple[str, bytes]:
    """What a script has for a site in a folder: the name and the bytes."""
    call = re.fullmatch(r'daybookBytes\(("[^"]*"), "([^"]*)"\);\n', file.read_text())
    assert call, f"{file} is no call of daybookBytes"
    return json.loads(call[1]), base64.b64decode(call[2], validate=True)


def test_every_kernel_has_its_button(booting: Site) -> None:
    for day in DAYS:
        page = booting.pages[page_of(day.entry)]
        section = page.one("section", class_="boot")
        assert section.attributes["data-kernel"] == path_of(day)
        assert "hidden" in section.one("button", class_="boot-it").attributes
        links = [booting.target(page_of(day.entry), a.attributes["href"]) for a in section.all("a")]
        assert links[:2] == [Anchor("emulator.html", ""), Anchor("emulator.html", "licences")]
        assert set(links[2:]) <= booting.pieces.keys(), "a tour stops at chunks"
        assert {link.page for link in links[2:]} <= {page_of(day.entry)}, "of its own page, where the lines are"
        for run in (item for fold in page.all("details", class_="runs") for item in fold.all("li")):
            offered = [button.attributes["data-kernel"] for button in run.all("button", class_="boot-it")]
            name = re.match(r"Exhibit ([\w-]+), on", run.one("a").text)
            assert offered == ([path_of(Exhibit(day.entry, name[1]))] if name else [])


def test_every_exhibit_that_was_built_is_offered(booting: Site) -> None:
    built = {path_of(k) for k in KERNELS if isinstance(k, Exhibit) and builds(k)}
    buttons = (button for page in booting.pages.values() for button in page.all("button", class_="boot-it"))
    assert {b.attributes["data-kernel"] for b in buttons if "data-kernel" in b.attributes} == built


def test_the_emulator_is_there_with_its_notices(booting: Site) -> None:
    built = folder()
    assert built
    for name in FILES[1:]:
        packed = (booting.root / "emulator" / name).read_bytes()
        assert gzip.decompress(packed) == (built / name).read_bytes()
        assert scripted(booting.root / f"emulator/{name}.js") == (f"emulator/{name}", packed)
    notices = {f"emulator/notices/{path}" for path in files_of(built / "notices")}
    assert notices
    links = {booting.target("emulator.html", a.attributes["href"]).page for a in booting.pages["emulator.html"].all("a")}
    assert notices <= links and all((booting.root / path).is_file() for path in notices)


def test_the_notices_are_what_the_licences_ask_for(booting: Site) -> None:
    """The licences' texts, whose source it is, and everything that the same files can be made of again."""
    notices = booting.root / "emulator/notices"
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in (notices / "COPYING").read_text()
    assert re.search(r"Lesser\s+General\s+Public", (notices / "vgabios-copyright.txt").read_text())
    assert (notices / "LICENSE-of-the-recipe").read_bytes() == (TOP / "LICENSE").read_bytes()
    made_by = (TOP / "weave/emulator/build").read_text()
    readme = (notices / "README").read_text()
    for name in ("ARCHIVE", "ARCHIVE_SHA256"):
        value = re.search(rf"^{name}=(\S+)$", made_by, re.MULTILINE)
        assert value and value[1] in readme
    recipe = [TOP / "weave/emulator" / name for name in ("build", "boot.asm")]
    recipe += [file for file in (TOP / "weave/emulator/bochs").rglob("*") if file.is_file()]
    assert any(file.suffix == ".patch" for file in recipe)
    for file in recipe:
        copy = notices / "recipe" / file.relative_to(TOP / "weave/emulator")
        assert copy.read_bytes() == file.read_bytes()


def test_the_panel_is_there(booting: Site) -> None:
    """All its parts, as small as they can be."""
    style, *others = (TOP / "weave/site/boot").glob("*.css")
    styled = (booting.root / "emulator/panel.css").read_text()
    classes = {name for selector in re.findall(r"[^{}]+(?=\{)", style.read_text()) for name in re.findall(r"\.[a-z][\w-]*", selector)}
    assert not others and len(classes) > 10 and all(name in styled for name in classes)
    assert len(styled) < len(style.read_text())
    panel = booting.root / "emulator/panel.js"
    subprocess.run(["node", "--check", panel], check=True)
    parts = "".join(part.read_text() for part in (TOP / "weave/site/boot").glob("*.js"))
    names = set(re.findall(r"\bdaybookBoot\.\w+ = ", parts))
    assert len(names) > 10 and all(name.replace(" ", "") in panel.read_text() for name in names)
    assert len(panel.read_text()) < 0.6 * len(parts)


def test_without_an_emulator_a_page_says_so(recorded: Site) -> None:
    for entry in entries():
        page = recorded.pages[page_of(entry)]
        section = page.one("section", class_="boot")
        assert "recorded" in section.one("p").text and "make emulator" in section.one("p").text
        assert not list(page.all(class_="boot-it")) and "data-kernel" not in section.attributes
    there = files_of(recorded.root)
    assert not [p for p in there if p.startswith("emulator/") or re.search(r"\.(kernel|lines)\.js$", p)]


@pytest.fixture
def kernels(tmp_path: Path) -> dict[str, Path]:
    """A tree of its own for the first day's kernel."""
    tree = tmp_path / "trees" / OLD.entry
    tree.mkdir(parents=True)
    shutil.copy(OLD.elf, tree)
    return {"out": tmp_path / "out.lua", "cache": tmp_path / "cache", "elf": tree / "daybook.elf", "trees": tree.parent}


def run_kernels(given: dict[str, Path]) -> subprocess.CompletedProcess[str]:
    none = given["trees"] / "none"
    command: list[str | Path] = [TOP / "weave/site/kernels", given["out"], none, given["cache"], given["trees"], none, OLD.entry]
    return subprocess.run(command, capture_output=True, text=True)


def test_a_kernel_is_made_ready_again_only_when_it_is_another(kernels: dict[str, Path]) -> None:
    made = kernels["cache"] / f"{OLD.entry}.kernel.js"
    times = []
    for change in (lambda: None, lambda: os.utime(kernels["elf"]), lambda: shutil.copy(NEW.elf, kernels["elf"])):
        change()
        assert run_kernels(kernels).returncode == 0
        times.append(made.stat().st_mtime_ns)
    assert times[0] == times[1] < times[2]


def test_what_is_no_kernel_is_named(kernels: dict[str, Path]) -> None:
    kernels["elf"].write_text("a kernel")
    result = run_kernels(kernels)
    assert result.returncode == 1 and not kernels["out"].exists()
    assert result.stderr.startswith(f"kernels: {kernels['elf']}: ") and result.stderr.count("\n") == 1


@pytest.mark.all
def test_an_exhibit_without_its_kernel_is_named(tmp_path: Path) -> None:
    if not folder():
        pytest.skip("the emulator is not built; `make emulator` builds it")
    entry, name = exhibits()[0]
    (tmp_path / "exhibits").mkdir()
    result = run_weave(tmp_path / "site", sorted(JOURNAL.glob("*.nw")), EVIDENCE, DAYBOOK_EXHIBITS=str(tmp_path / "exhibits"))
    assert result.returncode == 1 and not (tmp_path / "site").exists()
    assert f'journal/{entry}.nw: there is no kernel of the exhibit {name}; "make exhibits" makes it\n' in result.stderr
