"""One text with many mutants in it, each behind a switch: what is compiled once can be run with any of them."""

from itertools import groupby

from operators import Mutant


def woven(text: str, numbered: dict[int, Mutant]) -> str:
    """`text` with all of the mutants, each by its number (switch.hpp), that can be chosen at run time."""
    places = sorted(
        ((m.around[0], -m.around[1], number, m) for number, m in numbered.items() if m.around is not None),
        key=lambda each: each[:3],
    )
    groups = [(key, [(n, m) for _, _, n, m in each]) for key, each in groupby(places, key=lambda each: each[:2])]
    position = 0

    def rest_until(start: int, end: int) -> str:
        """[start, end) of the text, with the groups that lie in it."""
        nonlocal position
        parts = []
        while position < len(groups) and groups[position][0][0] < end:
            (inner_start, minus_end), mutants = groups[position]
            position += 1
            parts += [text[start:inner_start], switched(inner_start, -minus_end, mutants)]
            start = -minus_end
        return "".join([*parts, text[start:end]])

    def switched(start: int, end: int, mutants: list[tuple[int, Mutant]]) -> str:
        original = rest_until(start, end)
        is_void = any(m.new == "(void)0" for _, m in mutants)
        for number, mutant in reversed(mutants):
            changed = text[start : mutant.start] + mutant.new + text[mutant.end : end]
            if mutant.is_statement:
                original = f"{{ if (mutation::is({number})) {changed} else {original} }}"
            elif is_void:
                original = f"(mutation::is({number}) ? (void)({changed}) : (void)({original}))"
            else:
                original = f"(mutation::is({number}) ? ({changed}) : ({original}))"
        return original

    return rest_until(0, len(text))
