"""Pages → `self_evaluation`: what each table of a department's evaluation of its own projects says of their money.

A table begins with the grid that has a column for what was executed, and ends with the row of the total score, on that
page or on the first grid of the next.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from budgetlib.core.money import parse_number, to_yuan
from budgetlib.core.text import squeeze
from budgetlib.definitions.vocabulary.self_evaluation import self_evaluation_words
from budgetlib.extraction.forms.titles import find_unit
from budgetlib.extraction.printed_amounts import Span
from budgetlib.extraction.records import GridPlace, Record
from budgetlib.pages.model import Cell, Grid, Page


class SelfEvaluation(NamedTuple):
    """The records of a document, without `document_id`, the grids that hold them, and what of these they took."""

    records: list[Record]
    places: set[GridPlace]
    spans: list[Span]


@dataclass
class _Table:
    record: Record
    complete: bool
    page_index: int
    spans: list[Span]


def read_self_evaluation(pages: Sequence[Page]) -> SelfEvaluation:
    """One record for each table; amounts in yuan, None where a cell is blank or its unit is not printed."""
    tables: list[_Table] = []
    places: set[GridPlace] = set()
    for index, page in enumerate(pages):
        for grid in page.grids:
            table = _begun(page, index, grid)
            if table:
                tables.append(table)
            elif tables and not tables[-1].complete and index - tables[-1].page_index <= 1:
                tables[-1].record["score"] = _score(grid)
                tables[-1].complete = tables[-1].record["score"] is not None
                tables[-1].page_index = index
            else:
                continue
            places.add((index, grid.box))
    spans = [span for table in tables for span in table.spans]
    return SelfEvaluation([table.record for table in tables], places, spans)


def _begun(page: Page, index: int, grid: Grid) -> _Table | None:
    """The table that begins in `grid`; None where it shows no column of executed money and no project."""
    words = self_evaluation_words()
    executed = next((cell for cell in grid.cells if words.executed.search(squeeze(cell.text))), None)
    project = _beside(grid, words.project)
    if executed is None or project is None:
        return None
    header = {squeeze(cell.text): cell for cell in grid.row(executed.row)}
    columns = {
        name: next((cell for text, cell in header.items() if pattern.search(text)), None)
        for name, pattern in words.column.items()
    }
    total = next((c.row for c in grid.cells if c.row > executed.row and words.total.search(squeeze(c.text))), None)
    amounts = {"budget": columns["budget"], "adjusted": columns["adjusted"], "executed": executed}
    money_unit = find_unit([*(line.text for line in page.lines), *(cell.text for cell in grid.cells)])
    score = _score(grid)
    record: Record = {
        "project": project,
        "unit": _beside(grid, words.unit),
        **{f"{name}_yuan": _money(grid, total, column, money_unit) for name, column in amounts.items()},
        "rate_pct": _number(grid, total, columns["rate"]),
        "score": score,
        "page": page.number,
    }
    cells = [grid.cell(total, column.column) for column in amounts.values() if total is not None and column]
    spans = [Span(index, cell.spot) for cell in cells if cell and cell.spot]
    return _Table(record, score is not None, index, spans)


def _beside(grid: Grid, label: re.Pattern[str]) -> str | None:
    """What the cell to the right of a label says, without blanks."""
    cell = next((c for c in grid.cells if label.search(squeeze(c.text))), None)
    value = grid.cell(cell.row, cell.column + cell.columns) if cell else None
    return (squeeze(value.text) or None) if value else None


def _score(grid: Grid) -> Decimal | None:
    """The total score: the last number in its row, of which the first is what could be reached."""
    cell = next((c for c in grid.cells if self_evaluation_words().score.search(squeeze(c.text))), None)
    numbers = [n for c in (grid.row(cell.row) if cell else ()) if (n := parse_number(c.text)) is not None]
    return numbers[-1] if numbers else None


def _money(grid: Grid, row: int | None, column: Cell | None, money_unit: str | None) -> Decimal | None:
    number = _number(grid, row, column)
    return None if number is None or money_unit is None else to_yuan(number, money_unit)


def _number(grid: Grid, row: int | None, column: Cell | None) -> Decimal | None:
    cell = grid.cell(row, column.column) if row is not None and column else None
    return parse_number(squeeze(cell.text).removesuffix("%")) if cell else None
