#!/usr/bin/env python3
"""Checks what you made of a day of Daybook: your files against the pages', line by line, then a boot of your image.

usage: python3 check-mine-ENTRY.py [IMAGE]

Say it in the folder that has boot/ and linker.ld in it. IMAGE is build/daybook.iso if you name none. The exit status is 0 if all
is as it must be. It needs Python and QEMU, and nothing from the network: the day is in it, each line as a sum.
"""

import base64
import gzip
import hashlib
import json
import re
import subprocess
import sys
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, Iterator

SITE = "THE SITE"
DAY: dict[str, Any] = json.loads(gzip.decompress(base64.b64decode("THE DAY")))
IMAGE = "build/daybook.iso"
PATIENCE = 120  # seconds for a boot
EXACT, SUM = 5, 8  # a line's sum: digits for the line, the rest for the line without its blanks
ESCAPES = re.compile(r"\x1b\[[0-9;?=]*[A-Za-z]|\x1b[()][A-Z0-9]|[\r\0]")


def digits(text: str, count: int) -> str:
    return hashlib.sha1(text.encode(errors="surrogateescape")).hexdigest()[:count]


def sum_of(line: str) -> str:
    return digits(line, EXACT) + digits("".join(line.split()), SUM - EXACT)


def paragraph(place: int, words: str) -> str:
    """The words, and the paragraph at this place of the list; nothing for place 0."""
    if not place:
        return ""
    name, address = DAY["paragraphs"][place - 1]
    return f"\n    {words} ⟨{name}⟩, {SITE}{address}"


def author(writers: list[list[int]], line: int) -> str:
    """The paragraph that wrote the line, which counts from 0."""
    for count, place in writers:
        if line < count:
            break
        line -= count
    return paragraph(place, "it belongs to")


def without_blanks(sums: list[str]) -> list[str]:
    return [each[EXACT:] for each in sums if each != sum_of("")]


def complaint(path: str, wanted: dict[str, Any]) -> tuple[bool, str]:
    """Whether the file will do, and what is to be said of it."""
    theirs = [wanted["sums"][at : at + SUM] for at in range(0, len(wanted["sums"]), SUM)]
    try:
        text = Path(path).read_bytes().decode(errors="surrogateescape")
    except OSError as error:
        return False, f"{path}: {error.strerror}{author(wanted['writers'], 0)}"
    lines = text.removesuffix("\n").split("\n")
    ours = [sum_of(line) for line in lines]
    if ours == theirs:
        return True, ""
    if without_blanks(ours) == without_blanks(theirs):
        return True, f"{path}: only blanks and empty lines differ, which matters between quotation marks alone"
    edits = SequenceMatcher(None, theirs, ours, autojunk=False).get_opcodes()
    verb, a, b, c, d = next(edit for edit in edits if edit[0] != "equal")
    yours = f"yours is\n    {lines[c]!r}" if c < len(lines) else "yours has ended"
    what = {
        "replace": f"differs from line {a + 1} of the page's file; {yours}",
        "delete": f"missing lines: {b - a}, from line {a + 1} of the page's file on; {yours}",
        "insert": f"too many lines: {d - c}; {yours}",
    }[verb]
    return False, f"{path}:{c + 1}: {what}{author(wanted['writers'], min(a, len(theirs) - 1))}"


def check_files() -> bool:
    """Says what is wrong with the files; whether they will do."""
    found = {path: complaint(path, wanted) for path, wanted in sorted(DAY["files"].items())}
    for _, said in found.values():
        if said:
            print(said)
    for path in sorted(str(file) for folder in ("boot", "tangled") for file in Path(folder).rglob("*")):
        if path not in DAY["files"] and path.endswith((".asm", ".cpp", ".hpp", ".inc")):
            print(f"{path}: this day has no such file (any more)")
    wrong = sum(not is_sound for is_sound, _ in found.values())
    print(f"files: {len(found) - wrong} of {len(found)} are as on the pages" + (f"; how blanks are meant: {SITE}need.html" if wrong else ""))
    return wrong == 0


def boot(image: str) -> tuple[int, list[str]]:
    """QEMU's exit status, and the log."""
    command = [image if word == "build/daybook.iso" else word for word in DAY["command"]]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE)
    except FileNotFoundError:
        sys.exit(f"there is no {command[0]} on this machine: {SITE}need.html")
    except subprocess.TimeoutExpired as late:
        print(f"image: it has not ended after {PATIENCE} seconds")
        return -1, ESCAPES.sub("", (late.stdout or b"").decode(errors="replace")).splitlines()
    if done.returncode == 1:
        sys.exit(f"QEMU does not start: {done.stderr.decode(errors='replace').strip()}")
    return done.returncode, ESCAPES.sub("", done.stdout.decode(errors="replace")).splitlines()


def in_order(patterns: list[str], log: list[str]) -> Iterator[int | None]:
    """For each pattern the line that it matches, behind those before; from the first that finds none on, None."""
    at = 0
    for pattern in patterns:
        found = next((n for n in range(at, len(log)) if re.search(pattern, log[n])), None)
        yield found
        at = len(log) if found is None else found + 1


def check_block(block: dict[str, Any], log: list[str]) -> bool:
    """Says which line is missing or should not be there; whether all is well."""
    recorded = [text for text, _ in DAY["log"]]
    last = "GRUB"
    for pattern, here, there in zip(block["expected"], in_order(block["expected"], log), in_order(block["expected"], recorded)):
        if here is None:
            print(f"image: after {last}, no line of the log matches {pattern}")
            if there is not None:
                text, place = DAY["log"][there]
                print(f"    when the day was recorded it was {text!r}{paragraph(place, 'printed by')}")
            return False
        last = repr(log[here])
    bad = [(line, pattern) for pattern in block["forbidden"] for line in log if re.search(pattern, line)]
    for line, pattern in bad:
        print(f"image: no line may match {pattern}, and this one does: {line!r}")
    return not bad


def check_image(image: str) -> bool:
    """Boots it, and says what is wrong; whether it passes the day's proof."""
    if not Path(image).is_file():
        print(f"image: there is no {image}")
        return False
    status, log = boot(image)
    sound = [check_block(block, log) for block in DAY["blocks"]]
    for wanted in {block["status"] for block in DAY["blocks"]} - {status}:
        meaning = " (a reset: an exception found no handler)" if status == 0 else ""
        print(f"image: it must end with status {wanted}, not {status}{meaning}; the last that it said: {(log or [''])[-1]!r}")
        sound.append(False)
    if all(sound):
        print(f"image: {sum(len(block['expected']) for block in DAY['blocks'])} lines in their order, and status {status}: {DAY['name']} is yours")
    return all(sound)


if __name__ == "__main__":
    if len(sys.argv) > 2 or any(argument.startswith("-") for argument in sys.argv[1:]):
        sys.exit(__doc__)
    files, kernel = check_files(), check_image(sys.argv[1] if len(sys.argv) > 1 else IMAGE)
    sys.exit(0 if files and kernel else 1)
