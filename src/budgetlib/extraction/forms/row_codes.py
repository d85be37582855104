"""Codes of rows, printed in three columns, without what stands above or among codes of units, made whole."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from budgetlib.extraction.forms.nesting import levels_of_indents
from budgetlib.extraction.forms.rows import PrintedRow
from budgetlib.extraction.forms.sums import nested

_CLASS, _SECTION, _SHORT = 3, 5, 2  # digits of a class, of a section, and of what is printed of one below it
_UNIT_LENGTHS = (6, 9)
"""So many digits the code of a spending unit has; functions and economic items have 3, 5 or 7."""


def complete_codes(rows: Sequence[PrintedRow]) -> None:
    """Make the codes of `rows` whole: of three columns, of units, of two digits below their class."""
    _join_columns(rows)
    _restore_zeros(rows)
    _tell_units(rows)
    _prefix_short(rows)


def _join_columns(rows: Sequence[PrintedRow]) -> None:
    """Class, section and item printed in three columns become one code; what is left out is taken from above."""
    last: list[str] = ["", "", ""]
    for row in rows:
        if row.code is None or "|" not in row.code:
            continue
        parts = [part.rjust(_SHORT, "0") if part else "" for part in row.code.split("|")]
        deepest = max(i for i, part in enumerate(parts) if part)
        parts = [parts[i] or (last[i] if i < deepest else "") for i in range(3)]
        last = [p if i <= deepest else "" for i, p in enumerate(parts)]
        whole = "".join(parts)
        row.code = whole if whole.isdigit() else None


def _restore_zeros(rows: Sequence[PrintedRow]) -> None:
    """Sections and items that a workbook holds as numbers (5) are of two digits (05), where there are classes."""
    if any(row.code and len(row.code) == _CLASS for row in rows):
        for row in rows:
            row.code = row.code and row.code.rjust(_SHORT, "0")


def _tell_units(rows: Sequence[PrintedRow]) -> None:
    """Codes of units that stand among others (125001), and that of the department above them (125)."""
    for row in rows:
        if row.code and len(row.code) in _UNIT_LENGTHS:
            row.unit_code, row.code = row.code, None
    for row, below in pairwise(rows):
        if row.code and len(row.code) == _CLASS and below.unit_code and below.unit_code.startswith(row.code):
            row.unit_code, row.code = row.code, None


def _prefix_short(rows: Sequence[PrintedRow]) -> None:
    """Sections and items printed as two digits (05) get the code of the row that they are part of in front."""
    start = 0
    while start < len(rows):
        whole = rows[start].code
        end = start + 1
        while end < len(rows) and not _is_whole(rows[end]):
            end += 1
        short = [row for row in rows[start + 1 : end] if row.code]
        if whole and short:
            levels = _levels(rows[start], short, rows, end) if len(whole) == _CLASS else [0] * len(short)
            _prefix(whole if len(whole) <= _SECTION else whole[:_CLASS], short, levels)
        start = end


def _is_whole(row: PrintedRow) -> bool:
    return row.unit_code is not None or (row.code is not None and len(row.code) != _SHORT)


def _levels(head: PrintedRow, short: Sequence[PrintedRow], rows: Sequence[PrintedRow], end: int) -> list[int]:
    """Which of the rows of two digits below a class are sections (0), which are items (1).

    Where whole codes follow, or nothing tells, they are sections.
    """
    follows = rows[end].code if end < len(rows) else None
    if follows and len(follows) > _SECTION:
        return [0] * len(short)
    indented = levels_of_indents([row.code_indent for row in short])
    if indented and max(indented) == 1:
        return indented
    part_of = nested([row.by_measure() for row in short], head.by_measure(), depth=2)
    return [0 if head_of is None else 1 for head_of in part_of or [None] * len(short)]


def _prefix(whole: str, short: Sequence[PrintedRow], levels: Sequence[int]) -> None:
    section = whole
    for row, level in zip(short, levels, strict=True):
        prefix = whole if level == 0 else section
        row.code = f"{prefix}{row.code}"
        if level == 0:
            section = row.code
