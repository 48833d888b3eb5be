"""A kept verdict is asked for again when anything that it depends on is another: the code, not the place of its lines."""

from pathlib import Path

import pytest

import depends
import store

CODE = {"a.cpp": '#line 7 "journal/x.nw"\n#include "a.hpp"\nint f() { return 1; }\n', "a.hpp": "int f();\n", "b.hpp": "int g();\n"}


def key(tree: Path) -> str:
    return store.key("proof", text=depends.text_of.__wrapped__((tree / "a.cpp",), tree))


@pytest.mark.parametrize(
    ("file", "old", "new", "is_another"),
    [
        ("a.cpp", "return 1", "return 2", True),
        ("a.hpp", "int f();", "int f(); int h();", True),
        ("a.cpp", "#line 7", "#line 9", False),
        ("b.hpp", "int g();", "int h();", False),  # which nobody includes
    ],
)
def test_of_code(tmp_path: Path, file: str, old: str, new: str, is_another: bool) -> None:
    for name, text in CODE.items():
        (tmp_path / name).write_text(text)
    before = key(tmp_path)
    (tmp_path / file).write_text(CODE[file].replace(old, new))
    assert (key(tmp_path) != before) == is_another


def test_of_all_else(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = [store.key("proof", **depends.fuzzer("page", seconds)) for seconds in ("10", "60")]
    keys.append(store.key("proof", **depends.proof(depends.TREE)))
    for change in ("version", "CXX"):
        with monkeypatch.context() as patch:
            patch.setattr(depends, change, (lambda *_: "another") if change == "version" else ["-O3"])
            keys.append(store.key("proof", **depends.proof(depends.TREE)))
    assert len(set(keys)) == len(keys)
