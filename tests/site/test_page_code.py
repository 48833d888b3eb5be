"""The code on the pages is the code in the journal, byte for byte, and amendments read as what they are."""

import re
from collections import Counter

from building.trees import only_proves
from noweb_files import CLOSE, OPEN
from pages import written
from woven import Anchor, Site


def test_every_chunk_reads_as_it_was_written(site: Site) -> None:
    assert site.pieces
    for anchor, (piece, figure) in site.pieces.items():
        assert written(figure).noweb == piece.body, anchor


def test_a_reference_shows_the_name_of_its_chunk(site: Site) -> None:
    seen = 0
    for _, figure in site.pieces.values():
        for link in written(figure).all("a", class_="ref"):
            name = link.attributes["data-ref"]
            shown = "what was here before" if name == "[previous]" else name
            assert link.text == f"⟨{shown}⟩"
            seen += 1
    assert seen


def test_lines_of_a_change_are_marked_as_old_and_new(site: Site) -> None:
    tag_under = {"change": "del", "to": "ins", "add": "ins"}
    for anchor, (piece, figure) in site.pieces.items():
        shown = [(e.tag, e.noweb) for e in written(figure).all(class_="l")]
        there = [(tag_under.get(verb, "span"), line) for verb, line in piece.lines_by_verb()]
        assert shown == there, anchor


def test_a_change_shows_what_came_of_it_first(site: Site) -> None:
    """Its new lines, as far as the day has left them, others that stayed, and none of those that went."""
    changed = Counter((anchor.page, piece.name) for anchor, (piece, _) in site.pieces.items())
    seen = 0
    for anchor, (piece, figure) in site.pieces.items():
        lines = piece.lines_by_verb()
        is_change = any(verb in ("change", "after", "before") for verb, _ in lines) and not piece.name.endswith("]")
        results = list(figure.all("pre", class_="result"))
        is_alone = changed[anchor.page, piece.name] == 1
        assert bool(results) == is_change or is_change and not is_alone, anchor
        for result in results:
            seen += 1
            new = Counter("".join(line.split()) for verb, line in lines if verb in ("to", "add") and line.strip())
            marked = Counter("".join(line.noweb.split()) for line in result.all("ins") if line.noweb.strip())
            assert marked == new or marked <= new and not is_alone, anchor
            assert not list(result.all("del"))
            assert list(figure.all("details", class_="was")), anchor
    assert seen


def test_what_guards_the_code_is_folded_and_an_empty_chunk_is_a_line(site: Site) -> None:
    for anchor, (piece, figure) in site.pieces.items():
        is_folded = any(pre is written(figure) for fold in figure.all("details") for pre in fold.all("pre"))
        is_folded = is_folded and not list(figure.all("pre", class_="result"))
        is_proof = piece.name.partition(" [")[0].endswith(".expect")
        assert is_folded == (is_proof and not list(figure.all("details", class_="was"))), anchor
        assert ("hidden" in written(figure).attributes) == (piece.body.strip() == ""), anchor
        for relation in ("Changed in", "Continued in", "Replaced by", "Deleted in"):
            asked = [item for fold in figure.all("details", class_="later") for item in fold.all("li")]
            assert all(item in asked for item in figure.all("li") if item.text.startswith(relation)), anchor


def test_verbs_are_said_in_words(site: Site) -> None:
    for anchor, (_, figure) in site.pieces.items():
        for line in written(figure).all(class_="verb"):
            assert line.text and not set(line.text) & set("[]<>⟨⟩" + OPEN + CLOSE), anchor


def test_exhibits_are_marked(site: Site) -> None:
    for piece, figure in site.pieces.values():
        place = "".join(element.text for element in figure.all(class_="place"))
        exhibit = piece.name.endswith("]")
        assert exhibit == ("not part of the kernel" in place), piece.name


def test_what_belongs_to_the_second_kernel_alone_is_marked(sample: Site) -> None:
    marked = {}
    for piece, figure in sample.pieces.values():
        place = "".join(element.text for element in figure.all(class_="place"))
        if file := re.match(r"(?:a file: |in )([^\s:]+)", place):
            marked[file[1]] = "second kernel" in place
    assert marked == {name: only_proves(name) and not name.endswith(".expect") for name in marked}
    assert set(marked.values()) == {True, False}


def test_code_is_coloured(sample: Site) -> None:
    """Falling back to plain text is right for code that cannot be coloured, and only for that."""
    page = "2024-01/30-a-start.html"
    for id in ("boot-start-asm", "tangled-print-cpp", "print-the-text", "linker-ld", "boot-grub-cfg"):
        _, figure = sample.pieces[Anchor(page, id)]
        classes = {e.attributes.get("class") for e in written(figure).all("span")}
        assert "co" in classes and len(classes) > 2, id


def test_a_glob_in_a_linker_script_is_no_comment(sample: Site) -> None:
    _, figure = sample.pieces[Anchor("2024-01/30-a-start.html", "linker-ld")]
    comments = [e.text for e in written(figure).all(class_="co")]
    assert comments == ["/* linker.ld: where everything", "   goes. */", "/* and */"]
    assert "ENTRY" in {e.text for e in written(figure).all(class_="kw")}
