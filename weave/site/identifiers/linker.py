"""The names in a linker script: those that it gives, and those of others that it mentions."""

import re

from identifiers.model import Draft, Fragment, Place, Role, linkage_key
from identifiers.text import first_sentence, one_line, shorten

# Not within a file's pattern: *boot/*.o begins no comment.
_COMMENT = re.compile(r"(?<![\w.*?])/\*.*?\*/", re.DOTALL)
# A word, but neither a section (.text) nor a part of a file's pattern (*boot/*.o).
_WORD = re.compile(r"(?<![\w.$/*?])[A-Za-z_]\w*(?![\w./*?])")
_ASSIGNMENT = re.compile(r"\s*=(?!=)\s*([^;]*)")


def read_linker_script(file: str, text: str, linkage_names: set[str]) -> Fragment:
    """The script's symbols, and its uses of them and of the `linkage_names` of other files."""
    code = _COMMENT.sub(lambda comment: re.sub(r"[^\n]", " ", comment[0]), text)
    fragment = Fragment()
    words = [(match, number, line) for number, line in enumerate(code.split("\n"), start=1) for match in _WORD.finditer(line)]
    assigned: dict[str, int] = {}
    for order, (word, number, line) in enumerate(words):
        if (value := _ASSIGNMENT.match(line, word.end())) and word[0] not in assigned:
            assigned[word[0]] = order
            beside = re.search(r"/\*(.*?)\*/\s*$", text.split("\n")[number - 1])
            fragment.drafts[linkage_key(word[0])] = Draft(
                word[0],
                "linker symbol",
                "linker",
                shorten(one_line(f"{word[0]} = {value[1]}")),
                first_sentence(beside[1]) if beside else "",
            )
    for order, (word, number, _) in enumerate(words):
        if word[0] in assigned or word[0] in linkage_names:
            role: Role = "definition" if assigned.get(word[0]) == order else "use"
            fragment.see(Place(file, number, word.start() + 1), len(word[0]), linkage_key(word[0]), role)
    return fragment
