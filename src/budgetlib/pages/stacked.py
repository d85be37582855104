"""Rows of a table that no rule divides: their texts stand one above the other in the same cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from budgetlib.core.text import squeeze
from budgetlib.pages.model import Box, Line

_AMOUNT = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+(?=\.))(?:\.(?P<decimals>\d+))?")
"""A number that is no piece of a longer one: with separators or decimals."""
_LEVEL = 0.4
"""Lines whose middles are nearer than so many of their heights stand beside one another."""


def row_breaks(rows: Sequence[Sequence[Sequence[Line]]]) -> Iterator[float]:
    """The heights at which rows of a table are to be divided; each row is given as its cells, each as its lines.

    A row is divided where a cell of it holds several amounts and all that it prints stands at the height of one of
    them, a label too: then no line is the rest of the one above.
    """
    for row in rows:
        stack = max(filter(_is_stack, row), key=len, default=())
        boxes = [line.box for line in stack if line.box]
        cells = [[line.box for line in cell if line.box] for cell in row]
        labelled = any(len(cell) == len(stack) and not _is_stack(cell) for cell in row)
        if stack and labelled and all(any(_beside(box, one) for one in boxes) for cell in cells for box in cell):
            yield from ((above.bottom + below.top) / 2 for above, below in pairwise(boxes))


def divided(cells: Sequence[Box], breaks: Sequence[float]) -> list[Box]:
    """`cells` with a border at each of the heights `breaks`."""
    return [
        Box(cell.x0, top, cell.x1, bottom)
        for cell in cells
        for top, bottom in pairwise([cell.top, *(y for y in breaks if cell.top < y < cell.bottom), cell.bottom])
    ]


def _is_stack(cell: Sequence[Line]) -> bool:
    """True where a cell holds several amounts, all printed to the same decimals."""
    matches = [_AMOUNT.fullmatch(squeeze(line.text)) for line in cell]
    return len(cell) > 1 and all(matches) and len({len(match["decimals"] or "") for match in matches if match}) == 1


def _beside(one: Box, other: Box) -> bool:
    return abs(one.top + one.bottom - other.top - other.bottom) / 2 < _LEVEL * (other.bottom - other.top)
