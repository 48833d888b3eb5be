"""The way through: months, month, entry, and back."""

import re
from pathlib import Path
from typing import Any

import yaml

from pages import Element
from woven import TOP, Anchor, Site, page_of


def hrefs(site: Site, page: str, tag_class: str) -> list[Anchor]:
    return [
        site.target(page, link.attributes["href"])
        for list_ in site.pages[page].all("ol", class_=tag_class)
        for link in list_.all("a")
    ]


def test_home_leads_to_every_month(site: Site) -> None:
    home = site.pages["index.html"]
    months = {f"{entry.stem[:7]}/index.html" for entry in site.entries}
    assert months <= {site.target("index.html", link.attributes["href"]).page for link in home.one("main").all("a")}


def test_home_has_every_entry_in_its_part_in_order(site: Site) -> None:
    """On the core path, or beside it as its front matter says."""
    parts = [line for line in (TOP / "weave/site/parts.md").read_text().splitlines() if line and line[0] not in ": "]
    shown = []
    for element in site.pages["index.html"].one("main").all():
        if element.tag == "h3":
            part = element.text
        elif element.tag == "li" and any(element in path.all("li") for path in site.pages["index.html"].all("ol", class_="path")):
            link = next(iter(element.all("a")))
            shown.append((part, site.target("index.html", link.attributes["href"]).page))
    wanted = [(values["part"], page_of(entry.stem)) for entry, values in front_matter(site)]
    assert shown == sorted(wanted, key=lambda one: parts.index(one[0]))
    beside = {site.target("index.html", link.attributes["href"]).page for link in asides(site.pages["index.html"])}
    assert beside == {page_of(entry.stem) for entry, values in front_matter(site) if values.get("aside")}


def front_matter(site: Site) -> list[tuple[Path, dict[str, Any]]]:
    return [(entry, yaml.safe_load(entry.read_text().split("---\n")[1])) for entry in site.entries]


def asides(home: Element) -> list[Element]:
    """The links of what hangs beside an entry, or stands alone."""
    paths = list(home.all("ol", class_="path"))
    inner = [link for path in paths for list_ in path.all("ul") for link in list_.all("a")]
    return inner + [next(iter(item.all("a"))) for path in paths for item in path.all("li", class_="aside")]


def test_what_an_entry_needs_is_linked_and_on_the_map(site: Site) -> None:
    by_day = {re.match(r"\d{4}-\d\d-\d\d[a-z]*", entry.stem)[0]: page_of(entry.stem) for entry in site.entries}  # type: ignore[index]
    rows = site.pages["map.html"].one("tbody").all("tr")
    for (entry, values), row in zip(front_matter(site), rows, strict=True):
        page, days = page_of(entry.stem), re.findall(r"\d{4}-\d\d-\d\d[a-z]*", values.get("needs") or "")
        linked = [site.target(page, link.attributes["href"]).page for link in site.pages[page].one("p", class_="needs").all("a")]
        assert linked == [by_day[day] for day in days]
        cells = [[site.target("map.html", link.attributes["href"]).page for link in cell.all("a")] for cell in row.all("td")]
        assert cells[1] == linked


def test_the_map_draws_every_entry_and_an_arrow_for_what_is_needed_first_hand(site: Site) -> None:
    page = site.pages["map.html"]
    drawn = {site.target("map.html", link.attributes["href"]).page for link in page.one("svg").all("a")}
    assert drawn == {page_of(entry.stem) for entry in site.entries}
    arrows = len(list(page.one("svg").all("g", class_="edge")))
    assert len(site.entries) - 1 <= arrows <= sum(len(list(row.all("td"))[1].text.split(", ")) for row in page.one("tbody").all("tr"))


def test_an_aside_says_so_and_the_core_path_goes_on(site: Site) -> None:
    values = front_matter(site)
    for number, (entry, own) in enumerate(values):
        page = site.pages[page_of(entry.stem)]
        crumb = page.one("p", class_="crumb").text
        assert own["part"] in crumb and crumb.endswith(", an aside") == bool(own.get("aside"))
        core = next((one for one, its in values[number + 1 :] if not its.get("aside")), None)
        onward = [site.target(page_of(entry.stem), link.attributes["href"]).page for p in page.all("p", class_="onward") for link in p.all("a")]
        assert onward == ([page_of(core.stem)] if core and core != site.entries[number + 1] else [])


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
        assert re.search(rf" · entry {number} of {len(pages)} · \d+ min · (build it, what you need · )?\d+ files?$", line), line


def test_every_page_has_the_rail_with_every_month_and_the_entries_around_it(site: Site) -> None:
    entries, stems = [page_of(e.stem) for e in site.entries], [f"{e.stem}.html" for e in site.entries]
    months = sorted({f"{e.stem[:7]}/index.html" for e in site.entries})
    for name, page in site.pages.items():
        rail = page.one("nav", class_="rail")
        found = [site.target(name, link.attributes["href"]).page for ol in rail.all("ol") for link in ol.all("a")]
        beside = name.replace("/", "-", 1) if name in entries else name.split("/")[-1]  # what an entry's own is named by
        at = stems.index(beside) if beside in stems else len(entries) - 1
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
