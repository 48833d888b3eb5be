"""Comments and code as one line."""

import re

# Full stops after these do not end a sentence.
_ABBREVIATION = re.compile(r"(?:\b(?:vol|fig|sec|ch|no|cf|e\.g|i\.e|etc|resp|vs)|§\d*)\.$", re.IGNORECASE)
_END = re.compile(r"[.!?][)\"'\u201d]*(?=\s|$)")

LONGEST_SIGNATURE = 100


def one_line(text: str) -> str:
    """The text with every run of white space made one space."""
    return " ".join(text.split())


def first_sentence(comment: str) -> str:
    """The first sentence of a comment's words, or all of them if none ends."""
    words = one_line(comment)
    for end in _END.finditer(words):
        sentence = words[: end.end()]
        following = words[end.end() :].lstrip()
        if not _ABBREVIATION.search(sentence) and not following[:1].islower():
            return sentence
    return words


def shorten(signature: str) -> str:
    """A signature that fits beside a name."""
    if len(signature) <= LONGEST_SIGNATURE:
        return signature
    return signature[: LONGEST_SIGNATURE - 1].rstrip() + "…"
