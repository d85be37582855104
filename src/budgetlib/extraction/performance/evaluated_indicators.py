"""The indicators of one self-evaluation table: what was aimed at, what came of it, the points for it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from budgetlib.core.money import parse_number
from budgetlib.core.text import squeeze
from budgetlib.definitions.vocabulary.self_evaluation import self_evaluation_words
from budgetlib.extraction.performance.columns import IndicatorColumn, IndicatorLayout
from budgetlib.extraction.printed_amounts import Span
from budgetlib.extraction.records import Record, spot_columns
from budgetlib.pages.model import Cell, Grid, Page

_CUT = ("level3", "target", "achieved", "reason")
"""What a page end may cut off."""


class EvaluatedIndicators:
    """The records of one table, grid by grid.

    `score` is the total below them, `ended` says that its row was read, `spans` are the cells of all these.
    """

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.score: Decimal | None = None
        self.ended = False
        self.spans: list[Span] = []
        self._layout: IndicatorLayout | None = None

    def read(self, grid: Grid, page: Page, page_index: int) -> bool:
        """Take what a grid has of the indicators and of the total below them; False where that is nothing."""
        first = 0
        layout = self._layout.on(grid) if self._layout else None
        if head := _head(grid):
            first, layout = head
        self._layout, before = layout, len(self.spans)
        for row in range(first, grid.row_count):
            columns = layout.columns if layout else ()
            cells = {column.role: cell for column in columns if (cell := grid.cell(row, column.first))}
            if _is_total(grid, row, bool(layout)):
                self.score, self.ended = _total(grid, row, cells), True
            elif not self._take(cells, page, opens=row == 0):
                continue
            self.spans += [Span(page_index, cell.spot) for cell in grid.row(row) if cell.spot]
            if self.ended:
                break
        return self.ended or len(self.spans) > before

    def _take(self, cells: Mapping[str, Cell], page: Page, opens: bool) -> bool:
        """Take one row; False where it is no indicator.

        `opens` says that it is the first of a piece: the rest of the last row may stand there, cut off by a page end.
        """
        third = cells.get("level3")
        if third is None or sum(cell is third for cell in cells.values()) > 1:
            return False
        words = {role: re.sub(r"\s+", "", cell.text) or None for role, cell in cells.items()}
        numbers = {role: _number(cells.get(role)) for role in ("points", "score")}
        last = self.records[-1] if self.records else None
        scored = any(number is not None for number in numbers.values())
        if opens and last and not scored:
            last.update({role: (last[role] or "") + rest for role in _CUT if (rest := words.get(role))})
            return True
        if not words["level3"] or not (scored if numbers.keys() & cells.keys() else words.get("achieved")):
            return False
        first, second = words.get("level1"), words.get("level2")
        if last and first in (None, last["level1"]):
            first, second = last["level1"], second or last["level2"]
        target = "".join(words.get(role) or "" for role in ("relation", "target", "measure_unit"))
        texts = {"level1": first, "level2": second, "level3": words["level3"], "target": target or None}
        texts |= {role: words.get(role) for role in ("achieved", "reason")}
        self.records.append({**texts, **numbers, "page": page.number, **spot_columns(third.spot)})
        return True


def _head(grid: Grid) -> tuple[int, IndicatorLayout] | None:
    """The row below the head of the indicators, and their columns; None where a grid has no such head."""
    words = self_evaluation_words().indicator
    for row in range(grid.row_count):
        named: dict[str, Cell] = {}
        for cell in grid.row(row):
            if role := next((role for role, word in words.items() if word.search(squeeze(cell.text))), None):
                named.setdefault(role, cell)
        if {"level3", "achieved"} <= named.keys():
            columns = tuple(
                IndicatorColumn(role, 0, cell.column, cell.column + cell.columns - 1) for role, cell in named.items()
            )
            return row + named["level3"].rows, IndicatorLayout(columns, grid.column_count, grid.edges)
    return None


def _is_total(grid: Grid, row: int, below_indicators: bool) -> bool:
    words = self_evaluation_words()
    keys = [squeeze(cell.text) for cell in grid.row(row)]
    return any(words.score.search(key) or (below_indicators and words.sum.search(key)) for key in keys)


def _total(grid: Grid, row: int, cells: Mapping[str, Cell]) -> Decimal | None:
    """The total score: below the other scores, or the last number of its row, whose first is what could be reached."""
    if "score" in cells:
        return _number(cells["score"])
    numbers = [number for cell in grid.row(row) if (number := _number(cell)) is not None]
    return numbers[-1] if numbers else None


def _number(cell: Cell | None) -> Decimal | None:
    return parse_number(squeeze(cell.text).removesuffix("分")) if cell else None
