"""What the script adds to a page, in a real browser."""

from browser import dom_after_load
from pages import chunk_name, parse_page
from woven import Site


def test_theme_and_copy_buttons_appear(sample: Site) -> None:
    page = "2024-01/30-a-start.html"
    seen = parse_page(dom_after_load((sample.root / page).as_uri()))
    theme = seen.one("button", id="_theme")
    assert "hidden" not in theme.attributes and theme.text in {"Dark", "Light"}
    for figure in seen.all("figure", class_="chunk"):
        button = figure.one("figcaption").one("button")
        assert button.attributes["aria-label"] == f"Copy {chunk_name(figure)}"
        for box in figure.all("pre", tabindex="0"):
            assert box.attributes["role"] == "group"
            assert box.attributes["aria-label"].removeprefix("Old against new: ") == chunk_name(figure)
