"""Tables that no rules down divide: their columns are where the paper stays blank between amounts.

The second way to find a table. It gives cells as `ruling` does, and only where a line above ends in 表, every
row prints an amount, and no text crosses from one column to another; what is less plain is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from budgetlib.core.groups import in_groups
from budgetlib.core.money import parse_number
from budgetlib.core.text import squeeze
from budgetlib.pages.layout import Char
from budgetlib.pages.model import Box

_LEAST_ROWS = 3
"""Fewer rows of amounts are no table: a sentence may wrap so."""
_WIDE = 0.9
"""A gap of so many heights of a character parts one cell from the next."""
_CLOSE = 0.3
"""What belongs to one number stands closer than so many heights of a character: sign, digits, separators."""
_NUMBER = re.compile(r"[-−–—－\d,.]$")
_FAR = 2.6
"""Rows further apart than so many times their usual distance belong to different things."""
_TITLE = re.compile(r"表([(（].*[)）])?$")
_ABOVE_A_HEAD = re.compile(r"单位[:：]|^(公开|预算|附)?\d*表\d*$|[。；]")
_BELOW = re.compile(r"注|备注|说明|[-—]?\d+[-—]?$")
_WORD = re.compile(r"[一-鿿]")
_HEAD_LINES = 4
"""So many lines the head of a table has at most, and so many above it may hold its title."""
_NEXT_ROW = 1.5
"""What follows nearer than so many times the distance of rows may be a row of the table, too."""


class Piece(NamedTuple):
    """One run of text without a wide gap."""

    text: str
    box: Box

    @property
    def is_amount(self) -> bool:
        """Whether it is an amount as forms print them, with a decimal point or separators."""
        return re.search(r"[.,]", self.text) is not None and parse_number(self.text) is not None


Row = list[Piece]


def find_unruled(printed: Sequence[Sequence[Char]]) -> list[list[Box]]:
    """The cells of each table without rules down in rows of characters."""
    if not any(_TITLE.search(squeeze("".join(char.text for char in row))) for row in printed):
        return []
    rows = [row for row in map(_pieces, printed) if row]
    tables = []
    for first, last in _runs(rows):
        head = _head(rows, first)
        titled = any(_TITLE.search("".join(p.text for p in row)) for row in rows[max(0, head - _HEAD_LINES) : head])
        if head < first and titled and (cells := _cells(rows[head:first], rows[first:last])):
            tables.append(cells)
    return tables


def _pieces(row: Sequence[Char]) -> Row:
    pieces = in_groups((char for char in row if char.text.strip()), _continues)
    return [Piece(squeeze("".join(c.text for c in piece)), Box.around(c.box for c in piece)) for piece in pieces]


def _continues(before: Char, char: Char) -> bool:
    number = _NUMBER.match(before.text) and _NUMBER.match(char.text)
    return char.x0 - before.x1 <= (_CLOSE if number else _WIDE) * (char.bottom - char.top)


def _top(row: Row) -> float:
    return min(piece.box.top for piece in row)


def _runs(rows: Sequence[Row]) -> Iterator[tuple[int, int]]:
    """Where rows that print amounts begin and end, with nothing else between and nothing close below."""
    start = 0
    while start < len(rows):
        end = start
        while end < len(rows) and any(p.is_amount for p in rows[end]) and len(rows[end]) > 1:
            end += 1
        if end - start >= _LEAST_ROWS:
            pitch = sorted(_top(b) - _top(a) for a, b in pairwise(rows[start:end]))[(end - start - 1) // 2]
            together = all(_top(b) - _top(a) <= _FAR * pitch for a, b in pairwise(rows[start:end]))
            note = end == len(rows) or _is_below(rows[end])
            if together and (note or _top(rows[end]) - _top(rows[end - 1]) > _NEXT_ROW * pitch):
                yield start, end
        start = max(end, start + 1)


def _is_below(row: Row) -> bool:
    """True for a note below a table, and for a page number."""
    return len(row) == 1 and _BELOW.match(row[0].text) is not None


def _head(rows: Sequence[Row], first: int) -> int:
    """Where the head of a table begins whose body begins at `first`."""
    head = first
    while head > max(0, first - _HEAD_LINES):
        above = rows[head - 1]
        words = "".join(piece.text for piece in above)
        if _TITLE.search(words) or _ABOVE_A_HEAD.search(words) or any(piece.is_amount for piece in above):
            break
        head -= 1
    return head


def _columns(head: Sequence[Row], body: Sequence[Row]) -> list[tuple[float, float]] | None:
    """From where to where each column prints; None where it is not plain what stands in which, and under which header.

    A column in which only the head prints is one too: without it, what stands beside it would go under its header.
    """
    columns: list[tuple[float, float]] = []
    for x0, x1 in sorted((p.box.x0, p.box.x1) for row in body for p in row):
        if columns and x0 < columns[-1][1]:
            columns[-1] = columns[-1][0], max(columns[-1][1], x1)
        else:
            columns.append((x0, x1))
    if any(_under(columns, a) == _under(columns, b) for row in body for a, b in pairwise(row)):
        return None
    if len(columns) == len(head[-1]) > 1:
        return _headed_one_by_one(columns, head[-1])
    money = {i for row in body for p in row if p.is_amount for i in _under(columns, p)}
    headed = {under[0] for row in head for piece in row if len(under := _under(columns, piece)) == 1}
    lowest = [_under(columns, piece) for piece in head[-1]]
    if len(columns) < 2 or len(headed) < len(columns) or not money & {i for under in lowest for i in under}:
        return None
    if any(len(under) > 1 for under in lowest) or any(a == b != [] for a, b in pairwise(lowest)):
        return None
    columns = sorted([*columns, *((p.box.x0, p.box.x1) for p, u in zip(head[-1], lowest, strict=True) if not u)])
    return _widened(columns, head)


def _widened(columns: list[tuple[float, float]], head: Sequence[Row]) -> list[tuple[float, float]] | None:
    """The columns with the headers over one alone; None where they meet then, or a header is over none."""
    wide = list(columns)
    for piece in (piece for row in head for piece in row):
        under = _under(columns, piece)
        if not under:
            return None
        if len(under) == 1:
            x0, x1 = wide[under[0]]
            wide[under[0]] = min(x0, piece.box.x0), max(x1, piece.box.x1)
    return wide if all(a[1] < b[0] for a, b in pairwise(wide)) else None


def _headed_one_by_one(columns: Sequence[tuple[float, float]], lowest: Row) -> list[tuple[float, float]] | None:
    """The columns with their headers, as many as they are; None where a header stands over another column."""
    if any(set(_under(columns, piece)) - {i} for i, piece in enumerate(lowest)):
        return None
    headed = [(min(x0, p.box.x0), max(x1, p.box.x1)) for (x0, x1), p in zip(columns, lowest, strict=True)]
    return headed if all(a[1] < b[0] for a, b in pairwise(headed)) else None


def _under(columns: Sequence[tuple[float, float]], piece: Piece) -> list[int]:
    """The columns that a piece stands in or over."""
    return [i for i, (x0, x1) in enumerate(columns) if piece.box.x0 < x1 and x0 < piece.box.x1]


def _cells(head: Sequence[Row], body: Sequence[Row]) -> list[Box] | None:
    worded = [row for row in head if any(_WORD.search(piece.text) for piece in row)]
    columns = _columns(worded, body) if worded else None
    if columns is None:
        return None
    boxes = [piece.box for row in (*head, *body) for piece in row]
    around = Box.around(boxes)
    xs = [min(around.x0, columns[0][0]) - 1, *((a[1] + b[0]) / 2 for a, b in pairwise(columns)), around.x1 + 1]
    bottoms = [max(piece.box.bottom for piece in row) for row in (*head, *body)]
    tops = [_top(row) for row in (*head, *body)]
    ys = [tops[0] - 1, *((a + b) / 2 for a, b in zip(bottoms, tops[1:], strict=False)), bottoms[-1] + 1]
    if sorted(ys) != ys:
        return None
    cells = [Box(x0, y0, x1, y1) for y0, y1 in list(pairwise(ys))[len(head) :] for x0, x1 in pairwise(xs)]
    for row, (y0, y1) in zip(head, pairwise(ys), strict=False):
        edges = [x for x in xs if not any(p.box.x0 < x < p.box.x1 for p in row)]
        cells += [Box(x0, y0, x1, y1) for x0, x1 in pairwise(edges)]
    return cells
