"""The way through: months, month, entry, and back."""

import re

from woven import Anchor, Site, page_of


def hrefs(site: Site, page: str, tag_class: str) -> list[Anchor]:
    return [
        site.target(page, link.attributes["href"])
        for list_ in site.pages[page].all("ol", class_=tag_class)
        for link in list_.all("a")
    ]


def test_home_leads_to_every_month_and_entry_in_order(site: Site) -> None:
    assert [a.page for a in hrefs(site, "index.html", "entries")] == [page_of(e.stem) for e in site.entries]
    months = sorted({entry.stem[:7] for entry in site.entries})
    headings = [link.attributes["href"] for h3 in site.pages["index.html"].all("h3") for link in h3.all("a")]
    assert headings == [f"{month}/index.html" for month in months]


def test_a_month_leads_to_its_entries_in_order(site: Site) -> None:
    for month in {entry.stem[:7] for entry in site.entries}:
        listed = [a.page for a in hrefs(site, f"{month}/index.html", "entries")]
        assert listed == [page_of(e.stem) for e in site.entries if e.stem.startswith(month)]


def test_months_and_entries_lead_back_to_the_months_list(site: Site) -> None:
    pages = {page_of(e.stem) for e in site.entries} | {f"{e.stem[:7]}/index.html" for e in site.entries}
    for page in pages:
        crumb = site.pages[page].one("p", class_="crumb")
        back = next(link for link in crumb.all("a") if link.text == "back to the months list")
        assert site.target(page, back.attributes["href"]) == Anchor("index.html", "months")


def test_entries_are_chained_and_counted(site: Site) -> None:
    pages = [page_of(e.stem) for e in site.entries]
    for number, page in enumerate(pages, start=1):
        around = site.pages[page].one("nav", class_="around")
        chain = {a.attributes["rel"]: site.target(page, a.attributes["href"]).page for a in around.all("a")}
        expected = {"prev": pages[number - 2]} if number > 1 else {}
        expected |= {"next": pages[number]} if number < len(pages) else {}
        assert chain == expected
        line = site.pages[page].one("p", class_="dateline").text
        assert re.search(rf" · entry {number} of {len(pages)} · \d+ min · \d+ files?$", line), line


def test_every_page_has_the_rail_with_every_month_and_the_entries_around_it(site: Site) -> None:
    entries = [page_of(e.stem) for e in site.entries]
    months = sorted({f"{e.stem[:7]}/index.html" for e in site.entries})
    for name, page in site.pages.items():
        rail = page.one("nav", class_="rail")
        found = [site.target(name, link.attributes["href"]).page for ol in rail.all("ol") for link in ol.all("a")]
        at = entries.index(name) if name in entries else len(entries) - 1
        assert found == entries[max(at - 4, 0) : at + 5], name
        assert [site.target(name, h2.one("a").attributes["href"]).page for h2 in rail.all("h2")] == months, name
        current = [a for a in rail.all("a") if a.attributes.get("aria-current") == "page"]
        assert len(current) == (name in found), name


def test_headings_descend_from_one_title(site: Site) -> None:
    for name, page in site.pages.items():
        levels = [int(e.tag[1]) for e in page.one("main").all() if e.tag in {"h1", "h2", "h3", "h4", "h5"}]
        assert levels[0] == 1 and levels.count(1) == 1, name
        assert all(after <= before + 1 for before, after in zip(levels, levels[1:])), name


def test_an_entry_is_named_with_its_letter(site: Site) -> None:
    """Of several on a day, the date alone says which only of the first."""
    for entry in site.entries:
        day = re.match(r"(\d{4}-\d\d-\d\d)([a-z])-", entry.stem)
        if not day:
            continue
        title = site.pages[page_of(entry.stem)].one("h1").text
        wrong = re.compile(rf"{day[1]}\W{{1,3}}{re.escape(title)}")
        texts = {name: (site.root / name).read_text() for name in [*site.pages, "search.js"]}
        assert [name for name, text in texts.items() if wrong.search(text)] == []
        assert f"{day[1]}{day[2]}" in texts["search.js"]
