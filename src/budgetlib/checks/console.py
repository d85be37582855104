"""Failed checks as lines for a terminal: the worst document first, nothing wider than the terminal."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import pandas as pd

from budgetlib.checks import SEVERITIES
from budgetlib.core.groups import in_groups
from budgetlib.tables.corpus import Corpus, faults

Row = Mapping[Hashable, Any]

_OF_ONE_CHECK = 5
"""So many failures of one check are listed; the others are alike."""
_INDENT = 9
"""Columns before a message: the longest severity and a blank."""
_CLOSING = "，。、；：？！）〕】》”"


def listing(corpus: Corpus, language: str = "en", width: int = 80) -> Iterator[str]:
    """What does not add up, document by document, then how much was tested; lines of at most `width` columns."""
    checks = corpus.rows("checks", ["document_id", "severity", "state", "follows_from"])
    passed = Counter(checks.document_id[checks.state == "pass"])
    failures = faults(corpus.rows("checks", state="fail")).groupby("document_id", sort=False)
    failed = {str(name): rows for name, rows in failures}
    for document in _worst_first(corpus.documents, failed):
        name = document["document_id"]
        yield from _document(document, failed[name], passed[name], language, width)
    yield from _totals(checks, len(corpus.documents))
    for correction in corpus.corrections.to_dict("records"):
        if correction["outcome"] == "refused":
            yield from wrapped(f"refused: {correction['message']}", width)


def wrapped(text: str, width: int, indent: int = 0) -> Iterator[str]:
    """`text` in lines of at most `width` columns; a Chinese character takes two, control characters are left out.

    >>> list(wrapped("公用经费 27.86", 8))
    ['公用经费', '27.86']
    """
    line, used = " " * indent, indent
    for piece in _pieces(text):
        size = sum(_columns(character) for character in piece)
        if used + size > width and line.strip():
            yield line.rstrip()
            line, used = " " * indent, indent
            piece, size = piece.lstrip(), sum(_columns(character) for character in piece.lstrip())
        if line.strip() or piece.strip():
            line, used = line + piece, used + size
    if line.strip():
        yield line.rstrip()


def _document(document: Row, failed: pd.DataFrame, passed: int, language: str, width: int) -> Iterator[str]:
    yield from wrapped(f"{document['path']}: {passed + len(failed)} tested, {passed} hold", width)
    ranked = failed.sort_values("severity", key=lambda column: column.map(SEVERITIES.index), kind="stable")
    for name, group in ranked.groupby("check", sort=False):
        for finding in group.head(_OF_ONE_CHECK).to_dict("records"):
            yield f"{finding['severity']:<{_INDENT - 1}} {name}{_place(finding)}"
            yield from wrapped(finding[f"message_{language}"], width, _INDENT)
        if len(group) > _OF_ONE_CHECK:
            yield " " * _INDENT + f"and {len(group) - _OF_ONE_CHECK} more of {name}"
    yield ""


def _place(finding: Row) -> str:
    row: str = "" if pd.isna(finding["row"]) else f", row {finding['row']}"
    page: str = "" if pd.isna(finding["page"]) else f", page {finding['page']}"
    verdict: str = "" if pd.isna(finding["verdict"]) else f", {finding['verdict']}"
    return f"{row}{page}{verdict}"


def _worst_first(documents: pd.DataFrame, failed: Mapping[str, pd.DataFrame]) -> list[Row]:
    """The documents with failures: by the number of errors, then of warnings, then of notes."""
    counts = {name: Counter(rows.severity) for name, rows in failed.items()}
    listed = documents[documents.document_id.isin(set(failed))].to_dict("records")
    return sorted(listed, key=lambda one: [-counts[one["document_id"]][severity] for severity in SEVERITIES])


def _totals(checks: pd.DataFrame, documents: int) -> Iterator[str]:
    states = Counter(checks.state)
    severities = Counter(faults(checks).severity)
    counts = ((severities[severity], severity) for severity in SEVERITIES)
    failures = ", ".join(f"{count} {severity}{'' if count == 1 else 's'}" for count, severity in counts)
    tested = states["pass"] + severities.total()
    yield f"{documents} documents, {tested} identities tested, {states['pass']} hold; {failures}"
    yield f"not tested: {states['not_applicable']} not applicable, {states['insufficient_data']} without the data"


def _pieces(text: str) -> Iterator[str]:
    """Where a line may end: at a blank, before and after a wide character, but not before one that closes."""
    printed = (character for character in text if unicodedata.category(character)[0] != "C")
    return map("".join, in_groups(printed, _stays_with))


def _stays_with(before: str, character: str) -> bool:
    apart = character == " " or 2 in (_columns(before), _columns(character))
    return not apart or character in _CLOSING


def _columns(character: str) -> int:
    return 0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
