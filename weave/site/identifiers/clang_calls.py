"""The calls into libclang that clang.cindex lacks, or makes slowly."""

from collections.abc import Callable
from ctypes import POINTER, byref, c_uint, c_void_p, cast
from typing import Any

from clang.cindex import Cursor, File, SourceLocation, TranslationUnit, c_object_p, callbacks, conf

clang = conf.lib
# The place in a file: of a macro's argument where it is written, of a macro's body where the macro is used.
clang.clang_getSpellingLocation.argtypes = [SourceLocation, POINTER(c_void_p), POINTER(c_uint), POINTER(c_uint), POINTER(c_uint)]
clang.clang_getSpellingLocation.restype = None

_CONTINUE, _RECURSE = 1, 2


class Locations:
    """Where locations are: the file's name and the offset in bytes; the file is "" where there is none."""

    def __init__(self) -> None:
        self._names: dict[int | None, str] = {None: ""}

    def of(self, location: SourceLocation) -> tuple[str, int]:
        file, line, column, offset = c_void_p(), c_uint(), c_uint(), c_uint()
        clang.clang_getSpellingLocation(location, byref(file), byref(line), byref(column), byref(offset))
        if file.value not in self._names:
            self._names[file.value] = clang.clang_getFileName(File(cast(file, c_object_p)))
        return self._names[file.value], offset.value

    def of_cursor(self, cursor: Cursor) -> tuple[str, int]:
        return self.of(clang.clang_getCursorLocation(cursor))


def walk(unit: TranslationUnit, visit: Callable[[Cursor, bool], bool]) -> None:
    """Calls `visit` with every cursor, and whether it is at the top; False from it: not to be entered."""
    failures: list[BaseException] = []
    top = unit.cursor.kind.value

    def call(cursor: Cursor, parent: Cursor, _: Any) -> int:
        cursor._tu = unit
        if failures:
            return 0
        try:
            return _RECURSE if visit(cursor, parent._kind_id == top) else _CONTINUE
        except BaseException as failure:  # C code is in between: it must not see it
            failures.append(failure)
            return 0

    clang.clang_visitChildren(unit.cursor, callbacks["cursor_visit"](call), None)
    if failures:
        raise failures[0]
