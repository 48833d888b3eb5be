"""A day's files to take away: one archive. The sum of each file is in it, and beside it, by which it is known again."""

import gzip
import hashlib
import io
import os
import tarfile
from pathlib import Path

_AT_TOP = ("boot/", "linker.ld")


def place(root: str) -> str:
    """Where `make tangle` puts the file."""
    return root if root.startswith(_AT_TOP) else "tangled/" + root


def write_archive(folder: Path, name: str, files: dict[str, str]) -> None:
    """Writes NAME.tar.gz unless it is there already; the same files give the same bytes."""
    contents = {place(root): text.encode() for root, text in sorted(files.items())}
    sums = "".join(f"{hashlib.sha256(data).hexdigest()}  {path}\n" for path, data in sorted(contents.items()))
    sums_file, archive = folder / f"{name}.sha256", folder / f"{name}.tar.gz"
    if archive.exists() and sums_file.exists() and sums_file.read_text() == sums:
        return
    folder.mkdir(parents=True, exist_ok=True)
    contents["SHA256SUMS"] = sums.encode()
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path, data in sorted(contents.items()):
            member = tarfile.TarInfo(f"daybook-{name}/{path}")
            member.size, member.mode = len(data), 0o644
            tar.addfile(member, io.BytesIO(data))
    _install(archive, gzip.compress(buffer.getvalue(), compresslevel=6, mtime=0))
    _install(sums_file, sums.encode())


def _install(file: Path, data: bytes) -> None:
    part = file.with_name(file.name + ".part")
    part.write_bytes(data)
    os.replace(part, file)
