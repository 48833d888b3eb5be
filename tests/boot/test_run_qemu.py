"""tools/run-qemu: QEMU's status in words, and a status of its own that scripts can trust."""

import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from machine.slots import slot

TOOLS = Path(__file__).parents[2] / "tools"


@pytest.fixture(scope="module")
def isos(kernels: Path) -> Path:
    """The folder of images, one for each kernel of must_fail/ that a test here boots."""
    config = kernels / "grub.cfg"
    menu = ["serial --unit=0", "terminal_output --append serial", "set timeout=0", "menuentry x {", "multiboot2 /boot/daybook.elf", "}"]
    config.write_text("\n".join(menu) + "\n")
    for kernel in ("control", "triple_fault", "keyboard_reset", "panic", "wrong_code", "spin"):
        elf, iso = kernels / f"{kernel}.elf", kernels / f"{kernel}.iso"
        subprocess.run([TOOLS / "mkiso", iso, elf, config], check=True)
    return kernels


def run_qemu(iso: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    with slot():
        return subprocess.run(
            [TOOLS / "run-qemu", iso],
            env=os.environ | {"MEM": "64M"} | variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )


def test_a_kernel_that_is_done(isos: Path) -> None:
    result = run_qemu(isos / "control.iso")
    assert result.returncode == 0
    assert re.search(r"Daybook: last line\s+the kernel is done \(status 33\)\n$", result.stdout)
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("kernel", "sentence"),
    [
        ("triple_fault", r"triple fault at 0x\w+ \(.*/triple_fault.asm:12 in start\): an exception found no"),
        ("keyboard_reset", "the machine was reset or switched off without a word from the kernel"),
        ("panic", r"the kernel panicked \(status 35\)"),
        ("wrong_code", "QEMU ended with status 65, which the kernel does not use"),
    ],
)
def test_a_kernel_that_fails(isos: Path, kernel: str, sentence: str) -> None:
    result = run_qemu(isos / f"{kernel}.iso")
    assert result.returncode == 1
    assert re.fullmatch(rf"run-qemu: {sentence}.*\n", result.stderr), result.stderr
    assert "Daybook: first line" in result.stdout


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"FIRMWARE": "coreboot"}, "FIRMWARE is bios or uefi, not 'coreboot'"),
        ({"BOARD": "isapc"}, "BOARD is pc or q35, not 'isapc'"),
        ({"MEM": "lots"}, "MEM is a size like 64M, 512M or 6G, not 'lots'"),
        ({"MEM": "1M"}, "a machine with 1M of memory does not get as far as the kernel; that takes 4M"),
        ({"MACHINE": "uefi-q35-32M"}, "a machine with 32M of memory does not get as far as the kernel; that takes 64M"),
    ],
)
def test_a_machine_that_there_is_not(isos: Path, variables: dict[str, str], sentence: str) -> None:
    result = run_qemu(isos / "control.iso", **variables)
    assert (result.returncode, result.stderr) == (1, f"run-qemu: {sentence}\n")


def test_a_machine_by_the_name_that_a_proof_has(isos: Path) -> None:
    result = run_qemu(isos / "control.iso", MACHINE="bios-pc-64M-nodebugexit-what")
    assert result.returncode == 1 and '"what" is not an option' in result.stderr and result.stderr.count("\n") == 1
    assert run_qemu(isos / "control.iso", MACHINE="bios-q35-64M-cpu_max", MEM="lots").returncode == 0


def test_the_terminal_is_not_cleared(isos: Path) -> None:
    """GRUB's escapes are left out, the kernel's text is not."""
    result = run_qemu(isos / "control.iso")
    assert "Booting" in result.stdout and "Daybook: last line" in result.stdout and "\x1b" not in result.stdout


def test_an_image_that_there_is_not(tmp_path: Path) -> None:
    result = run_qemu(tmp_path / "none.iso")
    assert result.returncode == 1
    assert result.stderr == f"run-qemu: there is no image {tmp_path / 'none.iso'}; make iso makes it\n"


@pytest.mark.parametrize(
    ("kernel", "keep", "status", "words"),
    [
        ("control", "1", 0, "run-qemu: the machine stays until Ctrl-C"),  # which it would not without
        ("spin", "0", 130, "run-qemu: stopped"),
    ],
)
def test_ctrl_c_ends_the_machine(isos: Path, kernel: str, keep: str, status: int, words: str) -> None:
    with slot():
        process = subprocess.Popen(
            [TOOLS / "run-qemu", isos / f"{kernel}.iso"],
            env=os.environ | {"MEM": "64M", "KEEP": keep},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            # A shell that runs in the background ignores Ctrl-C, and so does all that it starts.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        try:
            assert process.stdout
            while b"Daybook: last line" not in process.stdout.readline():
                assert process.poll() is None
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(timeout=1)
            os.killpg(process.pid, signal.SIGINT)
            _, said = process.communicate(timeout=30)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == status
    assert words in said.decode()
