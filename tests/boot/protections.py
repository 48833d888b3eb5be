"""What the CPU can forbid the kernel: on exactly where the CPU has it."""

from pathlib import Path

from elf import symbols

# Intel SDM vol. 3A 2.5.
CR4_BITS = {"UMIP": 1 << 11, "SMEP": 1 << 20, "SMAP": 1 << 21}
_PROTECT = "_ZN3cpu7protectEv"  # a kernel that turns them on has this function


def judge_protections(cr4: int, in_cpu: frozenset[str], elf: Path) -> list[str]:
    """Complaints about CR4, on a CPU that has `in_cpu`. Kernels before 2026-11-25j turn on none."""
    expected = in_cpu if _PROTECT in symbols(elf) else frozenset()
    return [
        f"CR4 is {cr4:#x}: {name} is {'on' if cr4 & bit else 'off'}, and the CPU {'has' if name in in_cpu else 'lacks'} it"
        for name, bit in CR4_BITS.items()
        if bool(cr4 & bit) != (name in expected)
    ]
