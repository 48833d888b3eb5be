"""tools/mkiso: what is in the image, that it is the same everywhere, and that it starts from a disk as from a CD."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from machine.machines import OVMF_VARS, Machine
from machine.slots import slot

TOP = Path(__file__).parents[2]
MKISO = TOP / "tools/mkiso"
KERNEL_SOURCE = Path(__file__).with_name("iso_kernel.asm")

GRUB_CFG = """\
set timeout=0
menuentry "Daybook" {
  multiboot2 /boot/daybook.elf
}
"""


def make_kernel(directory: Path, name: str = "a kernel") -> Path:
    """A kernel that writes `name`, with debug information like a real one."""
    object_file, elf = directory / "kernel.o", directory / "kernel.elf"
    nasm = ["nasm", "-f", "elf64", "-g", "-F", "dwarf", f"-DNAME='{name}'"]
    subprocess.run([*nasm, "-o", object_file, KERNEL_SOURCE], check=True)
    link = ["x86_64-linux-gnu-ld", "-n", "-Ttext-segment=0x100000", "--no-warn-rwx-segments"]
    subprocess.run([*link, "-o", elf, object_file], check=True)
    return elf


def make_input(directory: Path, name: str = "a kernel") -> list[str]:
    """mkiso's arguments for what lies in `directory`: OUT, ELF, GRUB_CFG, DAYS_DIR."""
    days = directory / "days"
    days.mkdir(parents=True)
    (days / "days.cfg").write_text('menuentry "An earlier day" {\n  multiboot2 /boot/days/one.elf\n}\n')
    (days / "one.elf").write_bytes(b"an earlier day's kernel")
    (directory / "grub.cfg").write_text(GRUB_CFG)
    (directory / "kernel.modules").mkdir()
    (directory / "kernel.modules/notes").write_bytes(b"a module")
    make_kernel(directory, name)
    return ["out.iso", "kernel.elf", "grub.cfg", "days"]


def mkiso(directory: Path, *arguments: str, before: tuple[str, ...] = ()) -> Path:
    """Runs mkiso, as `before mkiso arguments`, inside `directory`; the image it made."""
    subprocess.run([*before, MKISO, *arguments], cwd=directory, check=True)
    return directory / arguments[0]


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One image, made the plain way; its input lies beside it."""
    directory = tmp_path_factory.mktemp("image")
    return mkiso(directory, *make_input(directory))


def test_same_image_anywhere_at_any_time(image: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = tmp_path / "a much longer name than the other directory has" / "deep"
    arguments = make_input(directory)
    for file in directory.rglob("*"):
        os.utime(file, (86400, 86400))
    (directory / "home").mkdir()
    (directory / "home/.mtoolsrc").write_text("this is no mtools configuration\n")
    (directory / "home/.xorrisorc").write_text("-publisher SOMEONE\n")
    monkeypatch.setenv("HOME", str(directory / "home"))
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    # Only the clock is another one: the dates of files are what touch makes them.
    monkeypatch.setenv("NO_FAKE_STAT", "1")
    elsewhere = mkiso(directory, *arguments, before=("faketime", "2031-05-06 07:08:09", "sh", "-c", 'umask 077; exec "$@"', "sh"))
    here, there = image.read_bytes(), elsewhere.read_bytes()
    differing = [offset for offset, (one, other) in enumerate(zip(here, there)) if one != other]
    assert len(here) == len(there)
    assert not differing, f"{len(differing)} bytes differ, the first at {differing[0]:#x}"


def test_another_kernel_makes_another_image(image: Path, tmp_path: Path) -> None:
    other = mkiso(tmp_path, *make_input(tmp_path, "another kernel"))
    assert other.read_bytes() != image.read_bytes()


def test_image_is_small(image: Path) -> None:
    assert image.stat().st_size < 2 * 1024 * 1024


def write_entry(folder: Path, name: str, opening: str) -> None:
    (folder / "journal").mkdir(exist_ok=True)
    (folder / f"journal/{name}.nw").write_text(opening + "\nProse.\n")
    tree = folder / f"build/at/{name}"
    tree.mkdir(parents=True)
    make_kernel(tree).rename(tree / "product.elf")
    (tree / "product.modules").mkdir()
    (tree / "product.modules/notes").write_text(f"notes of {name}")
    (tree / "boot").mkdir()
    (tree / "boot/grub.cfg").write_text(GRUB_CFG.replace("elf\n", "elf quietly\n  module2 /boot/notes notes\n"))


def test_days_are_listed_for_grub_whatever_their_titles(tmp_path: Path) -> None:
    write_entry(tmp_path, "2026-01-01-one", '---\ntitle: >-\n  It\'s "$5" \\\n  {and} ünfolded\n---\n')
    write_entry(tmp_path, "2026-01-01b-two", "---\ntitle: 'plain: quoted'\n---\n")
    command: list[str | Path] = [TOP / "tools/days", "build/days", "2026-01-01-one", "2026-01-01b-two"]
    subprocess.run(command, cwd=tmp_path, check=True)
    listing = tmp_path / "build/days/days.cfg"
    assert [line for line in listing.read_text().splitlines() if line.startswith("menuentry")] == [
        "menuentry '2026-01-01b  plain: quoted' {",
        "menuentry '2026-01-01  It'\\''s \"$5\" \\ {and} ünfolded' {",
    ]
    subprocess.run(["grub-script-check", listing], check=True)
    assert sorted(file.name for file in listing.parent.iterdir()) == ["days.cfg", "kernels.squashfs"]


def test_a_day_is_booted_as_its_own_menu_does(tmp_path: Path) -> None:
    write_entry(tmp_path, "2026-01-01-one", "---\ntitle: one\n---\n")
    subprocess.run([TOP / "tools/days", "build/days", "2026-01-01-one"], cwd=tmp_path, check=True)
    assert (tmp_path / "build/days/days.cfg").read_text().splitlines()[1:] == [
        "loopback days /boot/days/kernels.squashfs",
        "menuentry '2026-01-01  one' {",
        "  multiboot2 (days)/2026-01-01-one/daybook.elf quietly",
        "  module2 (days)/2026-01-01-one/notes notes",
        "}",
    ]


def test_kernels_of_days_are_compressed_in_the_same_way_every_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_entry(tmp_path, "2026-01-01-one", "---\ntitle: one\n---\n")
    made: list[bytes] = []
    for folder, umask, clock in (("build/days", "022", "2027-01-01"), ("build/again", "077", "2031-05-06")):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", "1" if made else "1000000000")
        command = ["faketime", clock, "sh", "-c", f'umask {umask}; exec "$@"', "sh", str(TOP / "tools/days"), folder, "2026-01-01-one"]
        subprocess.run(command, cwd=tmp_path, check=True)
        made.append((tmp_path / folder / "kernels.squashfs").read_bytes())
    assert made[0] == made[1]
    subprocess.run(["unsquashfs", "-d", "there", "build/days/kernels.squashfs"], cwd=tmp_path, check=True, capture_output=True)
    subprocess.run(["grub-file", "--is-x86-multiboot2", tmp_path / "there/2026-01-01-one/daybook.elf"], check=True)
    assert (tmp_path / "there/2026-01-01-one/notes").read_text() == "notes of 2026-01-01-one"


@pytest.mark.parametrize(
    ("name", "opening", "message"),
    [
        ("2026-01-01-one", "title: T\n", "journal/2026-01-01-one.nw:1: the entry does not open with front matter"),
        ("2026-01-01-one", "---\nneeds: N\n---\n", "journal/2026-01-01-one.nw:1: the front matter has no title"),
        ("2026-01-01-one", "---\na: b\ntitle: 'T\n---\n", "journal/2026-01-01-one.nw:"),
        ("one", "---\ntitle: T\n---\n", "journal/one.nw:1: an entry's file name begins with its date"),
    ],
)
def test_an_entry_that_cannot_be_listed_is_an_error(tmp_path: Path, name: str, opening: str, message: str) -> None:
    write_entry(tmp_path, name, opening)
    run = subprocess.run([TOP / "tools/days", "build/days", name], cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode == 1 and run.stderr.startswith(message) and run.stderr.count("\n") == 1
    assert not list((tmp_path / "build").glob("days*"))


@pytest.mark.all
def test_image_of_all_days_is_small() -> None:
    assert (TOP / "build/daybook.iso").stat().st_size < 2_200_000


def test_image_holds_what_it_was_given(image: Path, tmp_path: Path) -> None:
    extract: list[str | Path] = ["xorriso", "-osirrox", "on", "-indev", image, "-extract", "/boot", tmp_path / "boot"]
    subprocess.run(extract, check=True, capture_output=True)
    given = image.parent
    assert (tmp_path / "boot/grub/grub.cfg").read_bytes() == (given / "grub.cfg").read_bytes()
    assert (tmp_path / "boot/grub/days.cfg").read_bytes() == (given / "days/days.cfg").read_bytes()
    assert (tmp_path / "boot/days/one.elf").read_bytes() == (given / "days/one.elf").read_bytes()
    assert (tmp_path / "boot/notes").read_bytes() == (given / "kernel.modules/notes").read_bytes()
    sections = subprocess.run(["readelf", "-SW", tmp_path / "boot/daybook.elf"], check=True, capture_output=True, text=True).stdout
    assert ".text" in sections and ".symtab" in sections
    assert ".debug" not in sections


def test_image_names_a_loader_for_each_firmware(image: Path) -> None:
    report = subprocess.run(
        ["xorriso", "-indev", image, "-report_el_torito", "plain", "-report_system_area", "plain"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert re.search(r"^El Torito boot img .* BIOS +y ", report, re.MULTILINE)
    assert re.search(r"^El Torito boot img .* UEFI +y ", report, re.MULTILINE)
    # A BIOS may refuse to start a disk without an active partition (0x80).
    assert re.search(r"^MBR partition +: +1 +0x80 ", report, re.MULTILINE)
    assert re.search(r"^MBR partition +: +2 +0x00 +0xef ", report, re.MULTILINE)


@pytest.mark.parametrize(
    ("broken", "content", "message"),
    [
        ("kernel.elf", b"no ELF", "kernel.elf: GRUB finds no Multiboot2 header in its first 32 KiB"),
        ("grub.cfg", b"menuentry {\n", "grub.cfg: GRUB cannot parse it"),
        ("days/days.cfg", b"menuentry {\n", "days/days.cfg: GRUB cannot parse it"),
        ("kernel.elf", None, "kernel.elf: no such kernel"),
        ("grub.cfg", None, "grub.cfg: no such GRUB configuration"),
        ("days/days.cfg", None, "days/days.cfg: no such list of earlier days"),
    ],
)
def test_bad_input_leaves_the_old_image_alone(tmp_path: Path, broken: str, content: bytes | None, message: str) -> None:
    arguments = make_input(tmp_path)
    (tmp_path / "out.iso").write_bytes(b"the image of yesterday")
    if content is None:
        (tmp_path / broken).unlink()
    else:
        (tmp_path / broken).write_bytes(content)
    before = sorted(tmp_path.iterdir())
    run = subprocess.run([MKISO, *arguments], cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode == 1
    assert run.stderr.splitlines()[-1] == f"mkiso: {message}"
    assert (tmp_path / "out.iso").read_bytes() == b"the image of yesterday"
    assert sorted(tmp_path.iterdir()) == before


def test_a_step_that_fails_leaves_the_old_image_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = make_input(tmp_path)
    (tmp_path / "out.iso").write_bytes(b"the image of yesterday")
    before = sorted(tmp_path.iterdir())
    monkeypatch.setenv("GRUB_LIB", "/nonexistent")
    run = subprocess.run([MKISO, *arguments], cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode == 1
    assert run.stderr.splitlines()[-1] == "mkiso: grub-mkimage failed; its output is above"
    assert (tmp_path / "out.iso").read_bytes() == b"the image of yesterday"
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("machine", ["bios-pc-512M", "uefi-q35-512M"])
def test_a_disk_starts_its_own_kernel(image: Path, tmp_path: Path, machine: str) -> None:
    """Two disks with an image each: the firmware starts the second, and so must GRUB."""
    other = mkiso(tmp_path, *make_input(tmp_path, "an older kernel"))
    serial = tmp_path / "serial.log"
    disks = []
    for number, (path, bootindex) in enumerate([(other, 2), (image, 1)]):
        disks += ["-drive", f"if=none,id=disk{number},format=raw,readonly=on,file={path}"]
        disks += ["-device", f"virtio-blk-pci,drive=disk{number},bootindex={bootindex}"]
    variables = shutil.copy(OVMF_VARS, tmp_path / "variables.fd")
    qemu = Machine.parse(machine).qemu_arguments(variables)
    with slot():
        run = subprocess.run([*qemu, "-serial", f"file:{serial}", *disks], timeout=120)
    assert run.returncode == 33
    lines = serial.read_text(errors="replace").splitlines()
    assert "a kernel" in lines
    assert "an older kernel" not in lines
