"""The code on the pages is the code in the journal, byte for byte, and amendments read as what they are."""

from noweb_files import CLOSE, OPEN
from woven import Anchor, Site


def test_every_chunk_reads_as_it_was_written(site: Site) -> None:
    assert site.pieces
    for anchor, (piece, figure) in site.pieces.items():
        assert figure.one("pre").noweb == piece.body, anchor


def test_a_reference_shows_the_name_of_its_chunk(site: Site) -> None:
    seen = 0
    for _, figure in site.pieces.values():
        for link in figure.one("pre").all("a", class_="ref"):
            name = link.attributes["data-ref"]
            shown = "what was here before" if name == "[previous]" else name
            assert link.text == f"⟨{shown}⟩"
            seen += 1
    assert seen


def test_lines_of_a_change_are_marked_as_old_and_new(site: Site) -> None:
    tag_under = {"change": "del", "to": "ins", "add": "ins"}
    for anchor, (piece, figure) in site.pieces.items():
        shown = [(e.tag, e.noweb) for e in figure.one("pre").all(class_="l")]
        written = [(tag_under.get(verb, "span"), line) for verb, line in piece.lines_by_verb()]
        assert shown == written, anchor


def test_verbs_are_said_in_words(site: Site) -> None:
    for anchor, (_, figure) in site.pieces.items():
        for line in figure.one("pre").all(class_="verb"):
            assert line.text and not set(line.text) & set("[]<>⟨⟩" + OPEN + CLOSE), anchor


def test_exhibits_are_marked(site: Site) -> None:
    for piece, figure in site.pieces.values():
        place = "".join(element.text for element in figure.all(class_="place"))
        exhibit = piece.name.endswith("]")
        assert exhibit == ("not part of the kernel" in place), piece.name


def test_code_is_coloured(sample: Site) -> None:
    """Falling back to plain text is right for code that cannot be coloured, and only for that."""
    page = "2024-01/30-a-start.html"
    for id in ("boot-start-asm", "tangled-print-cpp", "print-the-text", "linker-ld", "boot-grub-cfg"):
        _, figure = sample.pieces[Anchor(page, id)]
        classes = {e.attributes.get("class") for e in figure.one("pre").all("span")}
        assert "co" in classes and len(classes) > 2, id


def test_a_glob_in_a_linker_script_is_no_comment(sample: Site) -> None:
    _, figure = sample.pieces[Anchor("2024-01/30-a-start.html", "linker-ld")]
    comments = [e.text for e in figure.one("pre").all(class_="co")]
    assert comments == ["/* linker.ld: where everything", "   goes. */", "/* and */"]
    assert "ENTRY" in {e.text for e in figure.one("pre").all(class_="kw")}
