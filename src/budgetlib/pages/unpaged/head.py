"""The head of a table whose merged cells are lost: an empty cell belongs to the one at its left."""

from __future__ import annotations

import re
from collections.abc import Sequence

from budgetlib.core.money import parse_number
from budgetlib.core.text import squeeze

_CODE = re.compile(r"\d{3}(?:\d\d){0,2}")
_NUMBERED = re.compile(r"[(（]?[一二三四五六七八九十]+[)）、]|[①②③]|\d[、.]")


def spans_in_head(rows: Sequence[Sequence[str]]) -> list[dict[int, int]]:
    """For each row of a table the columns in which a cell begins, and how many each covers; rows are of one length.

    >>> spans_in_head([["科目", "", "金额"], ["编码", "名称", ""], ["201", "", "1.00"]])
    [{0: 2, 2: 1}, {0: 1, 1: 1, 2: 1}, {0: 1, 1: 1, 2: 1}]
    """
    spans: list[dict[int, int]] = []
    above = [0] * len(rows[0])
    head = True
    for r, row in enumerate(rows):
        alone = r > 0 and row[0] != "" and not any(row[1:])
        head = head and not alone and not any(map(_is_body, row))
        owners: list[int] = []
        for c, text in enumerate(row):
            merged = head and not text and c > 0 and row[owners[-1]] and above[c] == above[owners[-1]]
            owners.append(owners[-1] if merged else c)
        spans.append({c: owners.count(c) for c in sorted(set(owners))})
        if head:
            above = [owner if row[owner] else above[c] for c, owner in enumerate(owners)]
    return spans


def _is_body(text: str) -> bool:
    """True where a cell cannot stand in a table's head: an amount, a code, a numbered item."""
    key = squeeze(text)
    return parse_number(key) is not None or _CODE.fullmatch(key) is not None or _NUMBERED.match(key) is not None
