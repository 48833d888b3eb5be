"""What the pages show as proof is what was recorded, and stands where the Proof section ends."""

import json

from pages import Element
from woven import Site, page_of


def readable(log: bytes) -> str:
    """A recorded log as a page can hold it: control characters as their pictures."""
    text = log.decode(errors="replace").replace("\r\n", "\n")
    return "".join(chr(0x2400 + ord(c)) if ord(c) < 32 and c not in "\t\n" else c for c in text)


def box(page: Element, id: str) -> str:
    """The text of a log; that of an empty one is nothing, whatever the page says about it."""
    return "".join(samp.text for samp in page.one(id=id).all("samp"))


def test_logs_are_the_recorded_ones(site: Site) -> None:
    for entry in site.entries:
        page = site.pages[page_of(entry.stem)]
        folder = site.evidence / entry.stem
        proof = json.loads((folder / "proof.json").read_text())
        for run in proof["machines"]:
            log = (folder / run["serial"]).read_bytes()
            assert box(page, f"_log-{run['name']}") == readable(log), run
        for run in proof["exhibits"]:
            log = (folder / run["serial"]).read_bytes()
            assert box(page, f"_log-{run['name']}-{run['machine']}") == readable(log), run
        boxes = sum(1 for _ in page.all(class_="log"))
        assert boxes == len(proof["machines"]) + len(proof["exhibits"])


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
    assert order[proof:] == ["proof", "a-heading-inside-the-proof", "evidence", "what-this-does-not-do-yet"]


def test_the_screen_is_shown_here_and_at_home(sample: Site) -> None:
    recorded = sample.evidence / "2024-01-30-a-start/screen.png"
    for page in ("2024-01/30-a-start.html", "index.html"):
        image = sample.pages[page].one("img")
        file = sample.root / sample.target(page, image.attributes["src"]).page
        assert file.read_bytes() == recorded.read_bytes()
        assert (image.attributes["width"], image.attributes["height"]) == ("64", "40")
        assert image.attributes["alt"]


def test_the_run_in_full_is_the_recorded_one(site: Site) -> None:
    for entry in site.entries:
        run = json.loads((site.evidence / entry.stem / "run.json").read_text())
        block = site.pages[page_of(entry.stem)].one("details", class_="run")
        assert f"{run['instructions']:,} instructions" in block.one("summary").text
        cells = {
            tuple(cell.text for cell in row.all() if cell.tag in {"th", "td"}) for row in block.all("tr")
        }
        shown = [cell[::2] for cell in cells]
        for line in run["serial"]:
            assert (f"{line['instructions']:,}", line["text"]) in shown
        cpu = run["cpus"][0]
        assert ("CR0", cpu["registers"]["CR0"], " ".join(cpu["flags"]["CR0"])) in cells
        for extent in run["paging"]["extents"] if run["paging"] else []:
            assert any(cell[:2] == (extent["virtual"], extent["physical"]) for cell in cells)
        for region in run["memory_map"]:
            assert (region["start"], region["end"], region["type"]) in cells
        assert (".text", f"{run['sizes']['sections']['.text']:,}") in cells
