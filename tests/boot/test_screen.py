"""The screen shows what the serial port says: read from the picture, cell by cell, with the font. Each kernel that has a screen is
looked at for it (cases.py)."""

import io
import tempfile
from pathlib import Path

import pytest
from PIL import Image

from machine.boot import boot, boot_kernel, direct
from machine.boots import Boots
from machine.machines import Machine
from machine.qmp import Qmp
from machine.screen import HEIGHT, LAST_LINE, WIDTH, judge_screen, read_font, read_screen, shown
from machine.trees import Exhibit, exhibits, newest

LEANING = [Exhibit(*names) for names in exhibits() if names[1] == "short-pitch"]
# Of the last entry that has both: the kernel as it was, and with a screen from early on; then the same of its 32-bit part.
BOTH = [entry for entry, name in exhibits() if name == "unseen" and (entry, "seen") in exhibits()]
REFUSING = [
    *(Exhibit(BOTH[-1], name) for name in ("unseen", "seen")),
    *(Exhibit(*names) for names in exhibits() if names[1] in ("early-unseen", "early-seen")),
]
AS_TEXT = [Exhibit(*names) for names in exhibits() if names[1] == "as-text"]


@pytest.mark.all
@pytest.mark.kept(*LEANING)
@pytest.mark.parametrize("exhibit", LEANING, ids=lambda exhibit: exhibit.name)
def test_a_leaning_picture_is_noticed(exhibit: Exhibit, boots: Boots) -> None:
    """The exhibit's own tests pass: only this look from outside sees that nothing can be read."""
    boot = boots.get((exhibit.iso, Machine.parse("bios-pc-64M"), True))
    assert "not ok" not in boot.serial
    assert judge_screen(boot.seen.screen, boot.whole_log)


@pytest.mark.all
@pytest.mark.kept(*REFUSING)
@pytest.mark.parametrize("exhibit", REFUSING, ids=lambda exhibit: exhibit.name)
def test_a_refusal_is_seen_without_a_serial_port(exhibit: Exhibit, boots: Boots) -> None:
    """From the moment on when the kernel knows of the screen; the exhibit `unseen` is the kernel before that."""
    boot = boots.get((exhibit.iso, Machine.parse("bios-pc-64M-noserial-nodebugexit"), True))
    rows = read_screen(boot.seen.screen, read_font())
    assert [row.endswith(": this is a trial") for row in rows].count(True) == (not exhibit.name.endswith("unseen")), rows


def vga_text(qmp: Qmp) -> list[str]:
    """The 25 rows of a VGA in its text mode, from its memory: a character, its colours, a character, ..."""
    with tempfile.TemporaryDirectory() as folder:
        qmp.execute("pmemsave", val=0xB8000, size=25 * 160, filename=f"{folder}/text")
        text = Path(folder, "text").read_bytes()[::2].decode("cp437")
    return [text[at : at + 80].rstrip() for at in range(0, len(text), 80)]


@pytest.mark.all
@pytest.mark.kept(*AS_TEXT)
@pytest.mark.parametrize("exhibit", AS_TEXT, ids=lambda exhibit: exhibit.name)
def test_the_vga_shows_the_last_rows(exhibit: Exhibit) -> None:
    rows = boot_kernel(Machine.parse("bios-pc-64M-noserial-nodebugexit"), exhibit.iso, vga_text).seen
    assert rows[0].startswith("Daybook: first light") or rows[0].startswith("ok "), rows
    assert any(row.endswith(": this is a trial") for row in rows), rows
    assert rows[-2:] == [LAST_LINE, ""], rows


@pytest.mark.kept(newest())
def test_a_start_without_boot_information_is_seen() -> None:
    seen = boot(Machine.parse("direct-pc-64M-noserial-nodebugexit"), direct(newest().elf), vga_text).seen
    assert seen[:3] == [
        "This kernel was started without a loader, and without boot information as its fi",
        "rst module.",
        LAST_LINE,
    ]


@pytest.mark.kept(newest())
def test_a_cpu_without_long_mode_is_told(boots: Boots) -> None:
    machine = Machine.parse("bios-pc-64M-cpu_qemu32-noserial-nodebugexit")
    rows = read_screen(boots.get((newest().iso, machine, True)).seen.screen, read_font())
    assert rows[:2] == [
        "Daybook: first light",
        "This kernel needs a 64-bit CPU; this one has no long mode (CPUID 0x80000001, EDX bit 29).",
    ]


def test_there_are_such_pictures() -> None:
    names = [exhibit.name for exhibit in [*LEANING, *REFUSING, *AS_TEXT]]
    assert names == ["short-pitch", "unseen", "seen", "early-unseen", "early-seen", "as-text"]


def picture_of(rows: list[str], columns: int) -> bytes:
    """A picture as the kernel would draw it."""
    shapes = {character: shape for shape, character in read_font().items()}
    picture = Image.new("RGB", (columns * WIDTH, len(rows) * HEIGHT), (23, 26, 31))
    for y, row in enumerate(rows):
        for x, character in enumerate(row.ljust(columns)):
            for line, bits in enumerate(shapes[character]):
                for column in range(WIDTH):
                    if bits << column & 0x80:
                        picture.putpixel((x * WIDTH + column, y * HEIGHT + line), (230, 225, 214))
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def test_a_picture_is_read_back() -> None:
    rows = ["Daybook: first light", "ok 1 (0x1f) #%&", ""]
    assert read_screen(picture_of(rows, 24), read_font()) == rows


def test_long_lines_wrap_and_old_lines_scroll_away() -> None:
    assert shown(["abcdef", "x"], columns=4, rows=3) == ["ef", "x", ""]
    assert shown(["a"], columns=4, rows=3) == ["a", "", ""]


@pytest.mark.parametrize("wrong", [["Daybook: first lighT", "ok"], ["Daybook: first light", "ok", "more"]])
def test_a_wrong_letter_and_a_line_too_many_are_complaints(wrong: list[str]) -> None:
    serial = "Booting\nDaybook: first light\nok\n"
    assert judge_screen(picture_of(["Daybook: first light", "ok", "", ""], 24), serial) == []
    assert judge_screen(picture_of([*wrong, *[""] * (4 - len(wrong))], 24), serial) != []


@pytest.mark.parametrize(
    ("rows", "sound"),
    [
        (["Daybook: first light", "ok", "", ""], True),
        (["ok 1", "ok 2", "No debug-exit device here: the kernel halts.", ""], True),
        (["ok 1", "", "No debug-exit device here: the kernel halts.", ""], False),
        (["ok 1", "ok 2", "ok 3", ""], False),
    ],
)
def test_without_a_serial_log_the_first_or_the_last_words_are_looked_for(rows: list[str], sound: bool) -> None:
    assert (judge_screen(picture_of(rows, 48), "") == []) == sound
