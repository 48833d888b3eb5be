"""One kernel, made ready for the pages, in files that are kept until the kernel is another.

BASE.kernel.js  the ELF file without symbols and debug information, but with its modules (modules.py), as a script: a site that is read
                from a folder can load that
BASE.rows.lua   for weave/site/lua/kernel_lines.lua: {entries = names of entries, runs = {{address, {offset,
                number of the entry in `entries` or 0, twice the line and one if a statement begins there, …}}, …}, symbols = JSON}
BASE.key        what they were made from
"""

import base64
import functools
import hashlib
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

from boot_data.elf import addresses, code_segments
from boot_data.line_table import line_table
from boot_data.modules import add_modules, modules_of
from boot_data.program import KernelError, output_of
from history import lua


# What the panel looks at in a running kernel: these symbols (weave/site/boot).
_LOOKED_INTO = ("kernel_pt_space_manager",)


@dataclass(frozen=True)
class Kernel:
    """The kernel of an entry, or of one of its exhibits."""

    entry: str
    exhibit: str | None
    elf: Path
    folder: Path  # where its files are kept

    @property
    def base(self) -> Path:
        return self.folder / (f"{self.entry}.{self.exhibit}" if self.exhibit else self.entry)

    @property
    def path(self) -> str:
        """The kernel's path on the site."""
        day = f"{self.entry[:7]}/{self.entry[8:]}"
        return f"{day}.{self.exhibit}.kernel" if self.exhibit else f"{day}.kernel"

    @property
    def command_line(self) -> str:
        """What GRUB gives this kernel."""
        menu = self.elf.parent / "boot/grub.cfg"
        given = menu.exists() and re.search(r"^ *multiboot2 \S+ (.+)", menu.read_text(), re.MULTILINE)
        return given[1] if given else ""

    @functools.cached_property
    def key(self) -> str:
        modules = b"".join(file.read_bytes() for file in modules_of(self.elf))
        return hashlib.sha256(_code() + self.path.encode() + self.elf.read_bytes() + modules).hexdigest()

    @property
    def is_ready(self) -> bool:
        kept = self._file("key")
        return kept.exists() and kept.read_text() == self.key

    def make_ready(self) -> None:
        """Makes its files. A KernelError if the ELF file is not a kernel's."""
        self._file("key").unlink(missing_ok=True)
        rows = self._rows()
        stripped = self._file("stripped")
        output_of("strip", "--strip-all", "-o", str(stripped), str(self.elf))
        add_modules(self.elf, stripped)
        output_of("libdeflate-gzip", "-12", str(stripped))
        packed = self._file("stripped.gz")
        text = base64.b64encode(packed.read_bytes()).decode()
        packed.unlink()
        self._write("kernel.js", f'daybookBytes({json.dumps(self.path)}, "{text}");\n')
        self._write("rows.lua", f"return {lua.to_lua(rows)}\n")
        self._write("key", self.key)

    def _rows(self) -> dict[str, object]:
        table = line_table(self.elf)
        if not any(place for _, place in table):
            raise KernelError(f"{self.elf}: no line of the journal is in its debug information")
        entries = sorted({place.entry for _, place in table if place})
        number = {entry: i + 1 for i, entry in enumerate(entries)}
        runs = []
        for start, end in code_segments(self.elf):
            flat: list[int] = []
            for address, place in table:
                if start <= address < end:
                    flat += [address - start, *((number[place.entry], 2 * place.line + place.begins) if place else (0, 0))]
            flat += [end - start, 0, 0]
            runs.append((f"{start:x}", flat))
        named = {name: f"{address:x}" for name, address in addresses(self.elf, _LOOKED_INTO).items()}
        return {"entries": entries, "runs": runs, "symbols": json.dumps(named, separators=(",", ":"))}

    def _file(self, suffix: str) -> Path:
        return Path(f"{self.base}.{suffix}")

    def _write(self, suffix: str, text: str) -> None:
        unfinished = self._file(f"{suffix}.{os.getpid()}")
        unfinished.write_text(text)
        os.replace(unfinished, self._file(suffix))


@functools.cache
def _code() -> bytes:
    """The digest of this package: what other code made is made anew."""
    total = hashlib.sha256()
    for file in sorted(Path(__file__).parent.glob("*.py")):
        total.update(file.read_bytes())
    return total.digest()
