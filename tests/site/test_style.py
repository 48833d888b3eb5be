"""The style's colours can be read (WCAG 2.2, 1.4.3), and its two dark themes are the same one."""

import re

import pytest

from woven import TOP

STYLE = (TOP / "weave/site/style.css").read_text()
TEXT = ["ink", "soft", "rust", "keyword", "type", "string", "number", "comment"]
GROUNDS = ["paper", "code", "old", "new", "target"]
READABLE = 4.5


def palettes() -> list[dict[str, str]]:
    """The colours of the light theme, of the system's dark theme, and of the chosen dark theme."""
    blocks = re.findall(r":root[^{]*\{[^{}]*--paper[^{}]*\}", STYLE)
    return [dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6})", block)) for block in blocks[:3]]


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_there_is_one_dark_theme() -> None:
    light, system, chosen = palettes()
    assert system == chosen != light


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("text", TEXT)
def test_text_can_be_read(theme: str, ground: str, text: str) -> None:
    colours = palettes()[theme == "dark"]
    assert contrast(colours[text], colours[ground]) >= READABLE
