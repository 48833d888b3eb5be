"""What a person reads on the kernel's screen: the picture's cells, looked up in the font."""

import io
import struct
from collections.abc import Iterable
from pathlib import Path

from PIL import Image

from .trees import BUILD

FONT = BUILD / "font.psf"
WIDTH, HEIGHT = 8, 16  # of a character, in pixels
# What a program sends to the serial port itself: the screen is the kernel's, which knows nothing of it.
PAST_THE_KERNEL = "These letters went through a port that a program holds."
FIRST_LINE = "Daybook: first light"
LAST_LINE = "No debug-exit device here: the kernel halts."


def read_font(path: Path = FONT) -> dict[bytes, str]:
    """A PSF 1 file's characters by their shapes: 16 bytes, a line of pixels each."""
    data = path.read_bytes()
    glyphs = 512 if data[2] & 1 else 256
    shapes = [data[4 + i * HEIGHT : 4 + (i + 1) * HEIGHT] for i in range(glyphs)]
    characters, number = {}, 0
    for (code,) in struct.iter_unpack("<H", data[4 + glyphs * HEIGHT :]):
        if code == 0xFFFF:
            number += 1
        elif code < 128:
            characters[shapes[number]] = chr(code)
    return characters


def read_screen(png: bytes, characters: dict[bytes, str]) -> list[str]:
    """The screen's rows of text; a cell that is no character of the font reads as U+FFFD."""
    picture = Image.open(io.BytesIO(png)).convert("L")
    paper = picture.getpixel((picture.width - 1, picture.height - 1))  # the last cell is empty
    pixels = picture.load()

    def cell(x: int, y: int) -> str:
        lines = (
            sum((pixels[x + column, y + line] != paper) << (7 - column) for column in range(WIDTH))
            for line in range(HEIGHT)
        )
        return characters.get(bytes(lines), "\N{REPLACEMENT CHARACTER}")

    rows = range(0, picture.height - HEIGHT + 1, HEIGHT)
    columns = range(0, picture.width - WIDTH + 1, WIDTH)
    return ["".join(cell(x, y) for x in columns).rstrip() for y in rows]


def shown(lines: Iterable[str], columns: int, rows: int) -> list[str]:
    """What a screen of that size shows of `lines`: long ones are wrapped, and the last are seen."""
    wrapped = [line[i : i + columns] for line in lines for i in range(0, max(len(line), 1), columns)]
    wrapped.append("")  # the line that the kernel would write next
    visible = wrapped[-rows:]
    return visible + [""] * (rows - len(visible))


def judge_screen(png: bytes, serial: str) -> list[str]:
    """What is wrong with the screen of a kernel that says on `serial` that it uses one. Without a serial log, only that it
    begins with the kernel's first words can be said, or where they have scrolled away, that it ends with the last ones."""
    rows = read_screen(png, read_font())
    lines = serial.splitlines()
    if not lines:
        if rows[0] == FIRST_LINE or (all(rows[:-1]) and rows[-2] == LAST_LINE):
            return []
        return [f"the screen begins with {rows[0]!r}, not with {FIRST_LINE!r}, and ends with {rows[-2]!r}"]
    kernel = [line for line in lines[lines.index(FIRST_LINE) :] if line != PAST_THE_KERNEL]
    expected = shown((line.rstrip() for line in kernel), Image.open(io.BytesIO(png)).width // WIDTH, len(rows))
    for number, (row, text) in enumerate(zip(rows, expected, strict=True), 1):
        if row != text:
            return [f"row {number} of the screen shows {row!r}, the serial port said {text!r}"]
    return []
