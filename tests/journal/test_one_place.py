"""What stands in one place: nobody repeats it elsewhere, or works around it."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def programs(*folders: str) -> dict[str, str]:
    """The text of every program that git knows (or could add), by name."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", *folders]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    texts = {name: (ROOT / name).read_bytes().decode(errors="replace") for name in names if (ROOT / name).is_file()}
    return {name: text for name, text in texts.items() if re.search(r"\.(py|lua|m?js)$", name) or text.startswith("#!")}


# A pattern, the folders in which none may match it, and the file that may.
FORBIDDEN = {
    "a folder that Python is told of: pytest.ini and PYTHONPATH say where modules are": (r"\bsys\.path\b", "", ""),
    "a date of the journal in the harness: a day's .expect says what it can be asked": (r"\b20\d\d-\d\d-\d\d", "tools/machine", ""),
    "a pattern of line directives: tools/directives.py reads them": (r"""\w\(.*r?["'][^"']*[#%]line ?[\\(|.]""", "", "tools/directives.py"),
}


def matches(pattern: str, texts: dict[str, str]) -> list[str]:
    """Where the pattern matches a line, as FILE:LINE."""
    return [
        f"{name}:{number}: {line.strip()}"
        for name, text in texts.items()
        for number, line in enumerate(text.splitlines(), 1)
        if re.search(pattern, line)
    ]


@pytest.mark.parametrize("what", FORBIDDEN)
def test_nobody_has(what: str) -> None:
    pattern, folder, but = FORBIDDEN[what]
    here = str(Path(__file__).relative_to(ROOT))
    texts = {name: text for name, text in programs(*[folder] * bool(folder)).items() if name not in (here, but)}
    assert len(texts) > 20
    assert not matches(pattern, texts)


def test_they_would_be_found() -> None:
    examples = ["import sys; sys.path.append('x')", "    # before 2026-11-25j", r"""lines = re.sub(r"^#line.*$", "", text)"""]
    for (pattern, _, _), line in zip(FORBIDDEN.values(), examples, strict=True):
        assert matches(pattern, {"it": f"\n{line}\n"}) == [f"it:2: {line.strip()}"]
    one_place = {"it": (ROOT / "tools/directives.py").read_text()}
    assert matches(list(FORBIDDEN.values())[-1][0], one_place)
