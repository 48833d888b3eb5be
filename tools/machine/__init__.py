"""Machines in QEMU: how they are described, what boots on them, and what is then seen and judged."""
