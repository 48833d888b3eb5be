"""What the pages show as proof is what was recorded, and stands where the Proof section ends; in full on a page of its own."""

import json
import re

from pages import Element
from woven import TOP, Anchor, Site, page_of, runs_of


def readable(log: bytes) -> str:
    """A recorded log as a page can hold it: control characters as their pictures."""
    text = log.decode(errors="replace").replace("\r\n", "\n")
    return "".join(chr(0x2400 + ord(c)) if ord(c) < 32 and c not in "\t\n" else c for c in text)


def box(page: Element, id: str) -> str:
    """The text of a log; that of an empty one is nothing, whatever the page says about it."""
    return "".join(samp.text for samp in page.one(id=id).all("samp"))


def test_logs_are_the_recorded_ones(site: Site) -> None:
    for entry in site.entries:
        page = site.pages[runs_of(entry.stem)]
        folder = site.evidence / entry.stem
        proof = json.loads((folder / "proof.json").read_text())
        for run in proof["machines"]:
            log = (folder / run["serial"]).read_bytes()
            assert box(page, f"_log-{run['name']}") == readable(log), run
        for run in proof["exhibits"]:
            log = (folder / run["serial"]).read_bytes()
            assert box(page, f"_log-{run['name']}-{run['machine']}") == readable(log), run
        boxes = [box_.attributes["id"] for box_ in page.all("section", class_="log")]
        assert len(boxes) == len(proof["machines"]) + len(proof["exhibits"])
        leading = site.pages[page_of(entry.stem)]
        for id in boxes:
            link = next(iter(leading.one(id=id).all("a")))
            assert site.target(page_of(entry.stem), link.attributes["href"]) == Anchor(runs_of(entry.stem), id)


def words(line: str) -> str:
    return re.sub(r"\d+", "", re.sub("0x[0-9a-f]+", "", line))


def test_an_entry_shows_what_is_new_in_its_log(site: Site) -> None:
    """The lines that the day before did not say, whatever the numbers in them were."""
    before: set[str] = set()
    seen = 0
    for entry in site.entries:
        log = [line["text"] for line in json.loads((site.evidence / entry.stem / "run.json").read_text())["serial"]]
        shown = [line for figure in site.pages[page_of(entry.stem)].all("figure", class_="log") for line in figure.one("samp").text.split("\n")]
        assert shown == [line for line in log if words(line) not in before], entry
        before = {words(line) for line in log}
        seen += bool(shown)
    assert seen


def test_the_table_has_every_machine(site: Site) -> None:
    for entry in site.entries:
        proof = json.loads((site.evidence / entry.stem / "proof.json").read_text())
        table = site.pages[page_of(entry.stem)].one("table", class_="machines")
        rows = [[cell.text for cell in row.all() if cell.tag in {"th", "td"}] for row in table.all("tr")]
        shown = [(row[0], row[1].split(" ")[0], row[2]) for row in rows[1:]]
        assert shown == [
            (run["name"], str(run["status"] or run["outcome"]).split("-")[0], str(run["tests"]))
            for run in proof["machines"]
        ]


def test_evidence_stands_at_the_end_of_the_proof(sample: Site) -> None:
    main = sample.pages["2024-01/30-a-start.html"].one("main")
    order = [
        e.attributes.get("id") or e.attributes["class"]
        for e in main.children
        if isinstance(e, Element) and (e.tag in {"h2", "h3"} or e.attributes.get("class") == "evidence")
    ]
    proof = order.index("proof")
    assert order[proof:] == ["proof", "a-heading-inside-the-proof", "evidence", "what-this-does-not-do-yet", "_changes"]


def test_the_screen_is_shown_here_and_at_home(sample: Site) -> None:
    recorded = sample.evidence / "2024-01-30-a-start/screen.png"
    for page in ("2024-01/30-a-start.html", "index.html"):
        image = sample.pages[page].one("img")
        file = sample.root / sample.target(page, image.attributes["src"]).page
        assert file.read_bytes() == recorded.read_bytes()
        assert (image.attributes["width"], image.attributes["height"]) == ("64", "40")
        assert image.attributes["alt"]


def test_a_picture_stands_for_each_entry_elsewhere(site: Site) -> None:
    """Its kernel's screen, or what came through the serial port of one that has none: large enough for a card."""
    for entry in site.entries:
        page = page_of(entry.stem)
        folder = site.evidence / entry.stem
        proof = json.loads((folder / "proof.json").read_text())
        if not (folder / proof["machines"][0]["serial"]).read_bytes():
            continue
        address = site.pages[page].one("meta", property="og:image").attributes["content"]
        name = page.removesuffix(".html") + ("-screen.png" if "screen" in proof else "-log.png")
        assert address.endswith("/" + name)
        picture = (site.root / name).read_bytes()
        assert picture.startswith(b"\x89PNG"), name
        assert "screen" in proof or picture[16:24] == (1200).to_bytes(4, "big") + (630).to_bytes(4, "big"), name


def test_the_run_in_full_is_the_recorded_one(site: Site) -> None:
    for entry in site.entries:
        run = json.loads((site.evidence / entry.stem / "run.json").read_text())
        block = site.pages[runs_of(entry.stem)].one("div", class_="run")
        assert f"{run['instructions']:,} instructions" in next(iter(block.all("p"))).text
        cells = {
            tuple(cell.text for cell in row.all() if cell.tag in {"th", "td"}) for row in block.all("tr")
        }
        replay = list(site.pages[runs_of(entry.stem)].one("ol", class_="replay").all("li"))
        assert [line.one("samp").text for line in replay] == [line["text"] for line in run["serial"]]
        waited = [int(line.attributes["data-waited"]) for line in replay]
        last = run["serial"][-1]["instructions"] * run["nanoseconds_per_instruction"]
        assert sum(waited) == last
        cpu = run["cpus"][0]
        assert ("CR0", cpu["registers"]["CR0"], " ".join(cpu["flags"]["CR0"])) in cells
        for extent in run["paging"]["extents"] if run["paging"] else []:
            assert any(cell[:2] == (extent["virtual"], extent["physical"]) for cell in cells)
        for region in run["memory_map"]:
            assert (region["start"], region["end"], region["type"]) in cells
        assert (".text", f"{run['sizes']['sections']['.text']:,}") in cells


def test_a_line_of_the_log_leads_to_what_printed_it(journal: Site) -> None:
    """The recorded source is the line of the journal whose anchor the page links to."""
    seen = 0
    for entry in journal.entries:
        run = json.loads((journal.evidence / entry.stem / "run.json").read_text())
        page = runs_of(entry.stem)
        for line, item in zip(run["serial"], journal.pages[page].one("ol", class_="replay").all("li"), strict=True):
            for link in item.all("a"):
                target = journal.target(page, link.attributes["href"])
                source = run["serial"] and line["source"]
                assert target.page == page_of(source["file"].split("/")[-1].removesuffix(".nw"))
                written = (TOP / source["file"]).read_text().split("\n")[source["line"] - 1]
                shown = journal.pages[target.page].one(id=target.id).noweb
                assert "".join(shown.split())[:8] == "".join(written.replace("@<<", "<<").split())[:8]
                seen += 1
    assert seen > 20


def test_what_was_recorded_is_drawn(journal: Site) -> None:
    """The run's end on the runs' page, and where the entry before left the machine on the entry's."""
    newest = journal.entries[-1].stem
    titles = [figure.one("figcaption").text for figure in journal.pages[runs_of(newest)].all("figure", class_="diagram")]
    assert len(titles) >= 3, titles
    assert list(journal.pages[page_of(newest)].one("details", class_="stand").all("figure", class_="diagram"))


def test_nothing_that_was_recorded_is_missing_from_its_page(journal: Site) -> None:
    for name, page in journal.pages.items():
        assert "nil" not in [cell.text.split()[0] for cell in page.all("td") if cell.text.split()], name
