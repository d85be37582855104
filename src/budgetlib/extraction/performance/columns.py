"""The printed head of the indicators: which column holds what, in one half or in two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from budgetlib.definitions.vocabulary.performance import performance_words
from budgetlib.extraction.performance.model import Token
from budgetlib.pages.model import Grid

LEVELS = {"level1", "level2", "level3", "target"}


@dataclass(frozen=True)
class IndicatorColumn:
    """A column of the indicators: what it holds, in which half, and the columns of the grid it covers."""

    role: str
    half: int
    first: int
    last: int


@dataclass(frozen=True)
class IndicatorLayout:
    """The columns of the indicators of one table, as its head names them."""

    columns: tuple[IndicatorColumn, ...]
    column_count: int
    edges: tuple[float, ...]

    @property
    def halves(self) -> int:
        """How many halves stand side by side."""
        return max((column.half for column in self.columns), default=0) + 1

    @property
    def roles(self) -> set[str]:
        """What the columns hold."""
        return {column.role for column in self.columns}

    @property
    def boundary(self) -> int | None:
        """The grid column in which the second half begins; None where there is one half."""
        return min((column.first for column in self.columns if column.half == 1), default=None)

    def column(self, role: str, half: int) -> IndicatorColumn | None:
        """The column of a role in a half; the first level is shared by both halves."""
        return next((c for c in self.columns if c.role == role and (c.half == half or role == "level1")), None)

    def at(self, index: int) -> IndicatorColumn | None:
        """The column that covers a column of the grid."""
        return next((column for column in self.columns if column.first <= index <= column.last), None)

    def on(self, grid: Grid) -> IndicatorLayout | None:
        """The layout on a grid that goes on without a head: the same columns, or the same places on paper.

        None where neither tells.
        """
        if grid.column_count == self.column_count:
            return replace(self, edges=grid.edges)
        if not grid.edges or not self.edges:
            return None
        moved = (
            replace(column, first=here[0], last=here[1])
            for column in self.columns
            if (here := same_place(self.edges[column.first], self.edges[column.last + 1], grid.edges))
        )
        return IndicatorLayout(tuple(moved), grid.column_count, grid.edges)


def same_place(left: float, right: float, edges: Sequence[float]) -> tuple[int, int] | None:
    """The first and last of the columns between `edges` whose middle lies between `left` and `right`.

    >>> same_place(5, 45, (0, 20, 40, 60)), same_place(5, 45, (0, 60))
    ((0, 1), (0, 0))
    """
    inside = [i for i, (a, b) in enumerate(pairwise(edges)) if left <= (a + b) / 2 <= right]
    return (inside[0], inside[-1]) if inside else None


def find_layout(row: Sequence[Token], grid: Grid) -> IndicatorLayout | None:
    """The layout that a row of header words gives; None where the row is no head of indicators."""
    words = performance_words()
    roles = [(token, words.column(token.key)) for token in row]
    named = {role for _, role in roles}
    if "level3" not in named and "target" in named:
        rubrics = [token for token in row if words.rubric.search(token.key) and token.cell.rows == 1]
        roles = [(token, "level3" if token in rubrics else role) for token, role in roles]
    if len({role for _, role in roles} & LEVELS) < 2:
        return None
    columns: list[IndicatorColumn] = []
    half = 0
    for token, role in roles:
        if role is None:
            continue
        if role not in ("level1", "skip") and any(c.role == role and c.half == half for c in columns):
            half += 1
        cell = token.cell
        columns.append(IndicatorColumn(role, half, cell.column, cell.column + cell.columns - 1))
    return IndicatorLayout(tuple(columns), grid.column_count, grid.edges)
