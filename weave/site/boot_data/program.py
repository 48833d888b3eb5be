"""Runs one of the binutils."""

import subprocess


class KernelError(Exception):
    """A kernel that cannot be read; the text begins with its name."""


def output_of(*command: str) -> str:
    """What the program prints. What it warns of is lost; if it fails, that is the error's text."""
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode != 0:
        raise KernelError(f"{command[-1]}: {command[0]} cannot read it: {run.stderr.strip()}")
    return run.stdout
