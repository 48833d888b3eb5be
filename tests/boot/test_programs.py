"""Programs, seen from outside while they run: what is theirs, and what is not."""

import re
import subprocess
import time
from dataclasses import replace

import pytest

from machine.boot import boot, medium
from machine.cpus import read_cpus
from machine.elf import source_line, symbols
from machine.halted import Look, look
from machine.machines import Machine
from machine.programs import (
    Page,
    boot_into_program,
    expected_pages,
    judge_program,
    judge_registers,
    judge_spaces,
    look_at_program,
    ring,
)
from machine.qmp import Qmp
from machine.trees import newest
from machine.walker import Extent

pytestmark = pytest.mark.kept(newest())


@pytest.fixture(scope="module", params=["direct-pc-64M-cpu_qemu64", "direct-q35-6G-cpu_max"])
def seen(request: pytest.FixtureRequest) -> Look:
    pages = [page.address for page in expected_pages(newest().folder / "user/waits.elf")]
    space = symbols(newest().elf)["_ZN6kernel5spaceE"]
    return look_at_program(newest().iso, Machine.parse(request.param), "waits", pages, space)


def test_it_runs_in_ring_3_on_pages_of_its_own(seen: Look) -> None:
    elf = newest().folder / "user/waits.elf"
    extents = seen.page_tables[seen.cpus[0].cr3]
    assert ring(seen) == 3
    assert len(expected_pages(elf)) == 7
    assert judge_program(seen, extents, elf) == []


def test_its_space_is_not_the_kernels(seen: Look) -> None:
    programs, kernels = seen.page_tables.values()
    assert judge_spaces(kernels, [programs]) == []
    low, high = programs[0], programs[-1]
    assert judge_spaces([low, *kernels], [programs]) == [f"in the lower half of the kernel's space: {low}"]
    assert judge_spaces(kernels, [programs[:-1]]) == [f"not in both upper halves: {high}"]
    assert len(judge_spaces(kernels, [programs, [low, *(each for each in kernels)]])) == low.length >> 12


def test_it_begins_with_nothing(seen: Look) -> None:
    assert judge_registers(seen) == []


def test_a_defect_is_found(seen: Look) -> None:
    """Each is planted in what was seen."""
    elf = newest().folder / "user/waits.elf"
    extents = seen.page_tables[seen.cpus[0].cr3]
    user = next(each for each in extents if each.user)
    kernels = next(each for each in extents if each.executable and not each.user)
    in_its_place: list[list[Extent]] = [
        [replace(user, writable=not user.writable)],
        [user, replace(user, virtual=1 << 40, length=4096)],
        [user, replace(kernels, virtual=1 << 40)],
        [],
    ]
    for planted in in_its_place:
        others = [each for each in extents if each != user]
        assert judge_program(seen, planted + others, elf)
    spoilt = replace(seen.cpus[0], registers=seen.cpus[0].registers | {"R12": 1})
    assert judge_registers(replace(seen, cpus=[spoilt])) == ["R12 is 0x1"]


def test_what_comes_from_outside_is_not_the_programs() -> None:
    def act(qmp: Qmp) -> None:
        qmp.execute("inject-nmi")
        qmp.execute("cont")

    ended = boot_into_program(newest().iso, Machine.parse("direct-pc-64M"), "waits", act)
    assert (ended.outcome, "EXCEPTION 2 " in ended.serial) == ("exit 35", True)


def test_what_ends_a_program_is_a_line_of_the_journal() -> None:
    """The address that the report names leads to where the instruction was written."""
    where = source_line(newest().folder / "user/first.elf", 0x40_0030)
    assert where and where.startswith("journal/")


def test_two_programs_keep_what_is_theirs_while_they_take_turns() -> None:
    """Wherever one is stopped, registers, page and space are all the same program's."""
    known = symbols(newest().folder / "user/left.elf")
    waits, page = known["keep_registers.wait"], known["_ZL4kept"]
    kernels_space = symbols(newest().elf)["_ZN6kernel5spaceE"]
    numbers = (0x1EF7_0000, ~0x816_0000 & (1 << 64) - 1)  # that are a program's own
    looks: dict[int, Look] = {}

    def act(qmp: Qmp) -> None:
        for _ in range(1000):
            cpu = read_cpus(qmp)[0]
            if cpu.registers["RIP"] in (waits, waits + 3):  # `dec rsi` and the jump back
                [number] = (int(word, 16) for word in re.findall(r": (0x\w+)", qmp.monitor(f"x /1gx {page:#x}")))
                held = [cpu.registers[name] for name in ("RBX", "RBP", "R12", "R13", "R14", "R15")]
                assert held == [number + more for more in range(1, 7)]
                looks.setdefault(number, look(qmp, [], kernels_space))
                assert looks[number].cpus[0].cr3 == cpu.cr3
                if looks.keys() == set(numbers):
                    return qmp.execute("quit")
            qmp.execute("cont")
            time.sleep(0.02)
            qmp.execute("stop")

    boot_into_program(newest().iso, Machine.parse("direct-pc-64M"), "left right", act)
    (left, kernels), (right, _) = (looks[number].page_tables.values() for number in numbers)
    assert judge_spaces(kernels, [left, right]) == []


def test_what_a_program_has_mapped_is_there_and_no_more() -> None:
    """Beside what it was started with it has two pages, each with the rights that it asked for; what it has unmapped is gone."""
    elf, here, last = newest().folder / "user/mapped.elf", 0x1000_0000, 0x7FFF_FFFF_E000
    kernels_space = symbols(newest().elf)["_ZN6kernel5spaceE"]
    seen: list[Look] = []

    def act(qmp: Qmp) -> None:
        while f"{0x1234:#018x}" not in qmp.monitor(f"x /1gx {here:#x}"):  # the last thing that it does
            qmp.execute("cont")
            time.sleep(0.02)
            qmp.execute("stop")
        seen.append(look(qmp, [page.address for page in expected_pages(elf)], kernels_space))
        qmp.execute("quit")

    boot_into_program(newest().iso, Machine.parse("direct-pc-64M"), "mapped", act)
    programs, kernels = seen[0].page_tables.values()
    assert judge_spaces(kernels, [programs]) == []
    mapped = [Page(here, writable=True, executable=False), Page(last, writable=False, executable=True)]
    assert judge_program(seen[0], programs, elf) == [f"{page} is not the program's to have" for page in mapped]


def test_a_program_is_interrupted_at_each_of_its_instructions() -> None:
    """A tick is an instruction there, and a slice one instruction of the program's."""
    elf, machine = newest().folder / "user/mixes.elf", Machine.parse("direct-pc-64M-cpu_max")
    known = symbols(elf)
    part = [f"--start-address={known['mix']:#x}", f"--stop-address={known['mix_end']:#x}"]
    listing = subprocess.run(["objdump", "-d", "--no-show-raw-insn", *part, elf], capture_output=True, text=True, check=True).stdout
    instructions = {int(address, 16) for address in re.findall(r"^ *([0-9a-f]+):\t", listing, re.M)}
    with medium(machine, newest().iso, "each-instruction") as arguments:
        log = boot(machine, [*arguments, "-icount", "shift=0,sleep=off"], slower=8).serial
    [(ends, places)] = re.findall(r"^interrupted: ended with (\d+, beside it with \d+); at(.*)$", log, re.M)
    assert ends == "0, beside it with 0"
    assert len(instructions) > 80 and instructions <= {int(place, 16) for place in places.split()}
