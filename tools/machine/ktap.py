"""KTAP, as the in-kernel tests print it: one document or several in one serial log.

    KTAP version 1
    1..2
    ok 1 align_address rounds up
    not ok 2 the pool ends inside its chunk
"""

import re
from dataclasses import dataclass, field

_VERSION = re.compile(r"KTAP version \d+$")
_PLAN = re.compile(r"1\.\.(\d+)$")
_RESULT = re.compile(r"(not )?ok (\d+)\b")


@dataclass
class Results:
    """What the documents of one log say together."""

    passed: int = 0
    complaints: list[str] = field(default_factory=list)


@dataclass
class _Document:
    line: int
    plan: int | None = None
    results: int = 0


def read_ktap(log: str) -> Results:
    """Reads every KTAP document in `log`; lines that are not KTAP are left alone."""
    results = Results()
    document: _Document | None = None
    for number, line in enumerate(log.splitlines(), start=1):
        if _VERSION.match(line):
            _close(document, results)
            document = _Document(number)
        elif document and document.plan is None and (match := _PLAN.match(line)):
            document.plan = int(match[1])
        elif match := _RESULT.match(line):
            if document is None:
                results.complaints.append(f"line {number} is a result outside any KTAP document: {line}")
                continue
            document.results += 1
            if match[1]:
                results.complaints.append(f"an in-kernel test failed, line {number}: {line}")
            else:
                results.passed += 1
            if int(match[2]) != document.results:
                results.complaints.append(f"line {number} should be result {document.results}: {line}")
    _close(document, results)
    return results


def _close(document: _Document | None, results: Results) -> None:
    if document is None:
        return
    where = f"the KTAP document at line {document.line}"
    if document.plan is None:
        results.complaints.append(f"{where} has no plan (1..N)")
    elif document.plan != document.results:
        results.complaints.append(f"{where} plans {document.plan} results and has {document.results}")
