"""What the CPU can forbid the kernel: on exactly where the CPU has it."""

import re

# Intel SDM vol. 3A 2.5.
CR4_BITS = {"UMIP": 1 << 11, "SMEP": 1 << 20, "SMAP": 1 << 21}


def judge_protections(cr4: int, in_cpu: frozenset[str], expected: frozenset[str]) -> list[str]:
    """Complaints about CR4, on a CPU that has `in_cpu`, of a kernel that turns on what is `expected`."""
    return [
        f"CR4 is {cr4:#x}: {name} is {'on' if cr4 & bit else 'off'}, and the CPU {'has' if name in in_cpu else 'lacks'} it"
        for name, bit in CR4_BITS.items()
        if bool(cr4 & bit) != (name in expected)
    ]


def judge_said(log: str, cr4: int, in_cpu: frozenset[str]) -> list[str]:
    """Complaints about what the log says of them, and about what else is on: only what it said before it turned them on."""
    before, said = (re.search(pattern, log, re.MULTILINE) for pattern in (r"CR4 = (0x[0-9a-f]+)", r"^protections:((?: \w+)+)$"))
    if not before or not said:
        return ["the log does not say what CR4 was, and what the CPU can forbid"]
    complaints = []
    if set(said[1].split()) != (in_cpu or {"none"}):
        complaints.append(f"it says that the CPU can forbid{said[1]}, and it has {', '.join(sorted(in_cpu)) or 'nothing'}")
    if (others := cr4 & ~sum(CR4_BITS.values())) != int(before[1], 16):
        complaints.append(f"CR4 is {cr4:#x}: without those bits it is {others:#x}, and it was {before[1]}")
    return complaints
