"""The header of a table without rules down: its cells, which of them head one column, and which several."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise
from typing import NamedTuple

from budgetlib.core.groups import in_groups
from budgetlib.pages.model import Box
from budgetlib.pages.pieces import Piece

_CENTRED = 3.0
"""Points by which a header over several rows may stand off their middle."""
_OFF = 0.15
"""The share of the width of its columns by which a header over several may stand off their middle."""
_LEVEL = 2.0
"""Points by which the headers of one row may differ in height."""


class Head(NamedTuple):
    """One cell of a header and the columns it heads, from the first to the one behind the last."""

    box: Box
    first: int
    end: int


def _middle(box: Box) -> float:
    return (box.x0 + box.x1) / 2


def _height(box: Box) -> float:
    return (box.top + box.bottom) / 2


def _over(one: Box, other: Box) -> bool:
    return one.x0 < other.x1 and other.x0 < one.x1


def leaves(cells: Sequence[Box], body: Sequence[Piece]) -> list[Box]:
    """The cells that head one column each, from left to right; `body` is what is printed below the header.

    A cell with another below it heads several. So does one above the lowest row that stands level with such a cell, or
    above a column that has its own head, unless it stands in the middle of the whole header.
    """
    around = Box.around(cells)
    parents = [cell for cell in cells if any(cell.bottom < low.top and _over(cell, low) for low in cells)]
    single = [cell for cell in cells if cell not in parents]
    lowest = [cell for cell in single if around.bottom - cell.bottom < _LEVEL]

    def heads_several(cell: Box) -> bool:
        if cell in lowest or abs(_height(cell) - _height(around)) < _CENTRED:
            return False
        if any(abs(cell.top - parent.top) < _LEVEL for parent in parents):
            return True
        below = [piece.box for piece in body if _over(piece.box, cell)]
        return not below or any(_over(piece, low) for piece in below for low in lowest)

    return sorted((cell for cell in single if not heads_several(cell)), key=_middle)


def borders(heads: Sequence[Box], body: Sequence[Piece]) -> list[float] | None:
    """Where between neighbouring `heads` of columns the fewest pieces of the body stand in the way.

    In the middle of the widest such gap; None where two heads stand one above the other.
    """
    if any(left.x1 >= right.x0 for left, right in pairwise(heads)):
        return None
    return [_border(_middle(left), _middle(right), body) for left, right in pairwise(heads)]


def _border(start: float, end: float, body: Sequence[Piece]) -> float:
    """A border between two columns with these middles: right of what belongs to the first, left of the rest."""
    between = [piece for piece in body if start < piece.box.x1 and piece.box.x0 < end]
    first = [p.box.x1 for p in between if p.box.x0 <= start or (p.leans_right and p.box.x1 < end)]
    second = [p.box.x0 for p in between if p.box.x1 >= end or not (p.leans_right or p.box.x0 <= start)]
    first, second = [x for x in first if x < end], [x for x in second if x > start]
    gaps = list(pairwise(sorted({start, end, *first, *second})))
    crossed = [sum(x > left for x in first) + sum(x < right for x in second) for left, right in gaps]
    left, right = max((gap for gap, count in zip(gaps, crossed, strict=True) if count == min(crossed)), key=_width)
    return (left + right) / 2


def _width(gap: tuple[float, float]) -> float:
    return gap[1] - gap[0]


def spans(cells: Sequence[Box], heads: Sequence[Box], xs: Sequence[float]) -> list[Head] | None:
    """Every cell of a header with the columns that it heads, where `xs` are the borders of the columns.

    The cells of one level share the columns below them; they stand in the middle of theirs. None where they do not fit.
    """
    column = {head: i for i, head in enumerate(heads)}
    found = [Head(head, i, i + 1) for head, i in column.items()]
    upper = sorted((cell for cell in cells if cell not in column), key=_height)
    while upper:
        level = [cell for cell in upper if abs(cell.top - upper[0].top) < _LEVEL]
        upper = [cell for cell in upper if cell not in level]
        under = [i for i, head in enumerate(heads) if _is_below(head, Box.around(level), Box.around(cells).bottom)]
        for run in in_groups(under, lambda before, column: column == before + 1):
            within = [cell for cell in level if xs[run[0]] <= _middle(cell) <= xs[run[-1] + 1]]
            if within:
                found += _shared(sorted(within, key=_middle), run, xs)
                level = [cell for cell in level if cell not in within]
        if level:
            return None
    centred = all(_off(head, xs) <= _OFF * (xs[head.end] - xs[head.first]) for head in found[len(heads) :])
    return found if centred else None


def _is_below(head: Box, level: Box, bottom: float) -> bool:
    """Whether a head stands in the middle of what is below a level of cells, rather than of that and the level."""
    below, beside = (level.bottom + bottom) / 2, (level.top + bottom) / 2
    return head.top > level.bottom and abs(_height(head) - below) < abs(_height(head) - beside)


def _off(head: Head, xs: Sequence[float]) -> float:
    """How far a head stands from the middle of its columns."""
    return abs(_middle(head.box) - (xs[head.first] + xs[head.end]) / 2)


def _shared(cells: Sequence[Box], run: Sequence[int], xs: Sequence[float]) -> list[Head]:
    """The columns of a run shared among the cells above them, so that each stands as near the middle of its own."""

    def heads(cuts: tuple[int, ...]) -> list[Head]:
        ends = [run[0], *cuts, run[-1] + 1]
        return [Head(cell, first, end) for cell, (first, end) in zip(cells, pairwise(ends), strict=True)]

    ways = combinations(run[1:], len(cells) - 1)
    return min((heads(cuts) for cuts in ways), key=lambda shared: sum(_off(head, xs) for head in shared), default=[])
