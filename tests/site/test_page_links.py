"""Every link leads somewhere, and cross-references lead both ways."""

import json
from collections import Counter, defaultdict

import pytest

from noweb_files import OPEN
from pages import Element, written
from woven import Anchor, Site


def links(page: Element) -> list[str]:
    found = [e.attributes["href"] for e in page.all() if "href" in e.attributes]
    return found + [e.attributes["src"] for e in page.all() if "src" in e.attributes]


def is_elsewhere(link: str) -> bool:
    return link.startswith(("https:", "data:"))


# weave/site/book puts them there, and test_book.py looks at them.
BOOKS = ("daybook.epub", "daybook.pdf")


def test_links_and_fragments_resolve(site: Site) -> None:
    ids = {name: {e.attributes.get("id") for e in page.all()} for name, page in site.pages.items()}
    for name, page in site.pages.items():
        for link in filter(lambda link: not is_elsewhere(link), links(page)):
            if name == "404.html" and link == "/" or link in BOOKS:
                continue
            assert not link.startswith("/"), f"{name}: {link} does not work below a sub-path"
            target = site.target(name, link)
            assert (site.root / target.page).is_file(), f"{name}: {link}"
            if target.id and name != "404.html":
                assert target.id in ids[target.page], f"{name}: {link}"


def test_nothing_is_loaded_from_another_host(site: Site) -> None:
    for name, page in site.pages.items():
        for tag in ("script", "img", "link"):
            for element in page.all(tag):
                address = element.attributes.get("src", element.attributes.get("href", ""))
                assert not address.startswith(("http", "//")), f"{name}: {address}"
    for style in site.root.rglob("*.css"):
        assert "//" not in style.read_text(), style


def test_ids_are_unique(site: Site) -> None:
    for name, page in site.pages.items():
        ids = Counter(e.attributes["id"] for e in page.all() if "id" in e.attributes)
        assert [id for id, count in ids.items() if count > 1] == [], name


def test_every_reference_in_code_leads_to_its_chunk(site: Site) -> None:
    for anchor, (piece, figure) in site.pieces.items():
        for reference in written(figure).all():
            name = reference.attributes.get("data-ref", "[")
            if name.startswith("["):
                continue
            assert reference.tag == "a", f"{anchor}: {name} is not a link"
            target, _ = site.pieces[site.target(anchor.page, reference.attributes["href"])]
            assert target.name.partition(" [exhibit ")[0] == name, anchor


def footer(site: Site, anchor: Anchor, figure: Element) -> dict[str, set[Anchor]]:
    """What stands below a chunk: where each of "Used in", "Replaces", … leads."""
    result: dict[str, set[Anchor]] = defaultdict(set)
    for item in (item for list_ in figure.all("ul", class_="xref") for item in list_.all("li")):
        relation = str(item.children[0]).strip()
        for link in item.all("a"):
            result[relation].add(site.target(anchor.page, link.attributes["href"]))
    return result


def test_every_chunk_names_its_users(site: Site) -> None:
    users: dict[str, set[Anchor]] = defaultdict(set)
    for anchor, (piece, _) in site.pieces.items():
        for name in piece.uses():
            users[name].add(anchor)
    assert users
    for anchor, (piece, figure) in site.pieces.items():
        assert footer(site, anchor, figure)["Used in"] == users[piece.name], anchor


BACK = {
    "Continues": "Continued in",
    "Replaces": "Replaced by",
    "Changes": "Changed in",
    "Deletes": "Deleted in",
    "Renames": "Renamed in",
    "Varies": "Varied in",
}


def test_amendments_link_both_ways(site: Site) -> None:
    forth, back = set(), set()
    for anchor, (_, figure) in site.pieces.items():
        footers = footer(site, anchor, figure)
        for word, answer in BACK.items():
            forth |= {(word, anchor, other) for other in footers[word]}
            back |= {(word, other, anchor) for other in footers[answer]}
    assert forth == back


def test_an_amending_piece_says_what_it_amends(site: Site) -> None:
    former: dict[str, set[str]] = defaultdict(set)  # the names that a file had
    for anchor, (piece, figure) in site.pieces.items():
        verb, line = (piece.lines_by_verb() or [("", "")])[0]
        if verb != "verb" or "[exhibit" in piece.name:
            continue
        word = line.strip().removeprefix(OPEN + "[").split("]")[0].split()[0]
        relation = {"replace": "Replaces", "delete": "Deletes", "rename": "Renames"}.get(word, "Changes")
        amended = footer(site, anchor, figure)[relation]
        old = line.strip().removeprefix(OPEN + "[rename ").split("]")[0] if word == "rename" else piece.name
        names = {site.pieces[other][0].name for other in amended}
        assert names and names <= {old, *former[old]}, anchor
        if word == "rename":
            former[piece.name] |= {old, *former[old]}


def test_an_exhibit_says_what_it_varies(site: Site) -> None:
    everywhere = {piece.name for piece, _ in site.pieces.values()}
    for anchor, (piece, figure) in site.pieces.items():
        names = everywhere
        base, _, exhibit = piece.name.partition(" [exhibit ")
        if exhibit:
            varied = footer(site, anchor, figure)["Varies"]
            if piece.name.endswith(" before]"):  # on the day before there is what that day had
                names = {other.name for (place, (other, _)) in site.pieces.items() if place.page < anchor.page}
            assert {site.pieces[other][0].name for other in varied} == names & {base}, anchor


FIRST, SECOND, THIRD = "2024-01/30-a-start.html", "2024-01/31b-a-second-thought.html", "2024-02/01-undone.html"


@pytest.mark.parametrize(
    "page, id, relation, others",
    [
        (FIRST, "say-hello-2", "Continues", {(FIRST, "say-hello")}),
        (SECOND, "a-name", "Continues", {(FIRST, "a-name")}),
        (SECOND, "say-hello", "Replaces", {(FIRST, "say-hello"), (FIRST, "say-hello-2")}),
        (SECOND, "say-goodbye", "Replaces", {(FIRST, "say-goodbye")}),
        # what an edit quotes to find its place is not what it wrote
        (SECOND, "boot-start-asm", "Changes", {(FIRST, "boot-start-asm")}),
        (SECOND, "boot-start-asm-2", "Changes", {(SECOND, "boot-start-asm")}),
        (THIRD, "boot-start-asm", "Changes", {(FIRST, "boot-start-asm")}),
        (THIRD, "say-goodbye", "Deletes", {(SECOND, "say-goodbye")}),
        (THIRD, "say-goodbye-2", "Continues", set()),
        (THIRD, "say-hello", "Replaces", {(SECOND, "say-hello")}),
        (THIRD, "kernel-ld", "Renames", {(FIRST, "linker-ld")}),
        (SECOND, "say-hello-exhibit-no-cli", "Varies", {(SECOND, "say-hello")}),
    ],
)
def test_relations_of_the_sample(
    sample: Site, page: str, id: str, relation: str, others: set[tuple[str, str]]
) -> None:
    anchor = Anchor(page, id)
    _, figure = sample.pieces[anchor]
    assert footer(sample, anchor, figure)[relation] == {Anchor(*other) for other in others}


@pytest.mark.parametrize(
    "page, id, reference, target",
    [
        # a reader of an entry is led to the chunk as of that entry
        (FIRST, "boot-start-asm", "say hello", (FIRST, "say-hello")),
        (THIRD, "boot-start-asm", "say hello", (THIRD, "say-hello")),
        (THIRD, "say-hello", "say goodbye", (THIRD, "say-goodbye-2")),
        (SECOND, "say-hello", "[previous]", (FIRST, "say-hello")),
    ],
)
def test_references_of_the_sample(
    sample: Site, page: str, id: str, reference: str, target: tuple[str, str]
) -> None:
    _, figure = sample.pieces[Anchor(page, id)]
    for link in written(figure).all("a", **{"data-ref": reference}):
        assert sample.target(page, link.attributes["href"]) == Anchor(*target)
        break
    else:
        pytest.fail("no such reference")


def test_quotations_lead_to_what_they_name(sample: Site) -> None:
    paragraph = next(p for p in sample.pages[FIRST].all("p") if p.text.startswith("At the end"))
    quoted = {a.text: sample.target(FIRST, a.attributes["href"]).id for a in paragraph.all("a")}
    assert quoted.pop("1") == "_note1"
    assert quoted == {
        "_start": "boot-start-asm.3",
        "print()": "tangled-print-cpp.5",
        "⟨say hello⟩": "say-hello",
        "⟨boot/start.asm⟩": "boot-start-asm",
    }
    assert "eax" in {code.text for code in paragraph.all("code")}


def test_identifiers_in_code_are_links(sample: Site) -> None:
    _, figure = sample.pieces[Anchor(FIRST, "say-goodbye")]
    link = written(figure).one("a", class_="id")
    assert link.text == "_start"
    assert sample.target(FIRST, link.attributes["href"]) == Anchor(FIRST, "boot-start-asm.3")
    script = (sample.root / FIRST.replace(".html", ".pieces.js")).read_text()
    known = json.loads(script[script.rindex("}, {") + 3 : script.rindex(");")])
    assert known[link.attributes["data-id"]]["name"] == "_start"


def test_the_indexes_know_every_piece(site: Site) -> None:
    indexed = {
        site.target("chunks.html", link.attributes["href"])
        for row in site.pages["chunks.html"].one("tbody").all("tr")
        for link in list(row.all("td"))[0].all("a")
    }
    assert indexed == set(site.pieces)
    for anchor, (_, figure) in site.pieces.items():
        for target in footer(site, anchor, figure)["Defines"]:
            row = site.pages[target.page].one("tr", id=target.id)
            places = (site.target(target.page, a.attributes["href"]) for a in row.all("a"))
            assert anchor in {Anchor(place.page, place.id.partition(".")[0]) for place in places}  # the chunk, or a line of it
            listed = site.pages["identifiers.html"].one("li", id=target.id).one("a")
            assert site.target("identifiers.html", listed.attributes["href"]) == target
