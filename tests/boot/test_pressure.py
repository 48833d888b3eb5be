"""The newest kernel on many machines, with holes in their memory and modules in it. A table at the end says how many passed."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from boot import boot, cdrom
from boot_information import RESERVED, USABLE, Region
from boots import Boots
from machines import Machine
from pool_oracle import pool
from pressure import TABLE, PressureCase, direct_machines, grub_machines, sample
from trees import ROOT, Day, entries
from verdict import judge_tests

HOLES = {
    "cutmem": ["cutmem 16M 20M"],
    "badram": ["badram 0x2000000,0xfffff000"],
    "two-modules": ["module2 /boot/grub/grub.cfg one", "module2 /boot/daybook.elf two"],
}


@pytest.mark.parametrize("case", map(PressureCase, sample(direct_machines()) + sample(grub_machines())))
def test_boots(case: PressureCase, boots: Boots) -> None:
    failure = case.prove(boots)
    TABLE.note(case.machine, not failure)
    if failure:
        pytest.fail(failure, pytrace=False)


def test_the_matrix_is_as_large_as_promised() -> None:
    direct, grub = direct_machines(), grub_machines()
    assert len(set(direct)) == 240
    assert len({machine for machine in grub if machine.firmware == "bios"}) == 60
    assert len({machine for machine in grub if machine.firmware == "uefi"}) == 12
    for part in (direct, direct[::11]):
        assert len({machine.cpu_model.partition(",")[0] for machine in part}) == 12
        assert len({machine.memory for machine in part}) == 10
        assert {machine.board for machine in part} == {"pc", "q35"}


def image(folder: Path, commands: list[str], option: str) -> Path:
    """The newest kernel behind these commands of GRUB."""
    day = Day(entries()[-1])
    config = (day.folder / "boot/grub.cfg").read_text()
    boot_line = "  multiboot2 /boot/daybook.elf"
    before = [command for command in commands if not command.startswith("module2")]
    after = [command for command in commands if command.startswith("module2")]
    assert boot_line in config
    lines = [*before, f"{boot_line} {option}", *after]
    (folder / "grub.cfg").write_text(config.replace(boot_line, "\n".join(lines), 1))
    subprocess.run([ROOT / "tools/mkiso", folder / "daybook.iso", day.elf, folder / "grub.cfg"], check=True)
    shutil.copyfile(day.elf, folder / "daybook.elf")
    return folder / "daybook.iso"


@pytest.mark.parametrize("hole", HOLES)
@pytest.mark.parametrize("machine", ["bios-pc-64M", "bios-q35-512M"])
def test_holes_in_memory(hole: str, machine: str, tmp_path: Path) -> None:
    """The kernel keeps off what GRUB took out of the map, and off its modules; and it runs."""
    iso = image(tmp_path, HOLES[hole], "show-pool")
    shown = boot(Machine.parse(machine), cdrom(iso))
    assert shown.outcome == "exit 33", shown.serial
    rows = re.findall(r"^  (0x[0-9a-f]+) - (0x[0-9a-f]+) (usable)?", shown.serial, re.MULTILINE)
    regions = [Region(int(start, 16), int(end, 16), USABLE if kind else RESERVED) for start, end, kind in rows]
    usable = [region for region in regions if region.kind == USABLE]
    areas = re.search(r"^danger areas: (\S+)$", shown.serial, re.MULTILINE)[1].split(",")
    danger = [tuple(int(end, 16) for end in area.split("-")) for area in areas]
    limit = int(re.search(r"^limit: (\S+)$", shown.serial, re.MULTILINE)[1], 16)
    start, end = pool(regions, danger, limit)
    assert f"\npool {start:#x} {end:#x}\n" in shown.serial
    holes = {"cutmem": (16 << 20, 20 << 20), "badram": (0x2000000, 0x2001000)}
    if hole in holes:
        assert all(region.end <= holes[hole][0] or holes[hole][1] <= region.start for region in usable)
    else:
        assert len(danger) == 7

    run = boot(Machine.parse(machine), cdrom(image(tmp_path, HOLES[hole], "")))
    assert run.outcome == "exit 33", run.serial
    assert judge_tests(run.serial, Day(entries()[-1]).elf) == []
