"""Pages → `self_evaluation`, `self_evaluation_indicators`: how a department evaluates its projects, and itself.

A table begins with the grid that has a column for what was executed, and ends with the row of the total score, on that
page or a later one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from budgetlib.core.money import parse_number, to_yuan
from budgetlib.core.text import squeeze
from budgetlib.definitions.vocabulary.self_evaluation import self_evaluation_words
from budgetlib.extraction.forms.titles import find_unit
from budgetlib.extraction.performance.evaluated_indicators import EvaluatedIndicators
from budgetlib.extraction.printed_amounts import Span
from budgetlib.extraction.records import GridPlace, Record, spot_columns
from budgetlib.pages.model import Cell, Grid, Page


class SelfEvaluation(NamedTuple):
    """The records of a document, without `document_id`, the grids that hold them, and what of these they took."""

    records: list[Record]
    indicators: list[Record]
    places: set[GridPlace]
    spans: list[Span]


@dataclass
class _Table:
    record: Record
    indicators: EvaluatedIndicators
    page_index: int
    spans: list[Span]


class _Evaluated(NamedTuple):
    """Who is evaluated."""

    table_kind: str
    project: str


def read_self_evaluation(pages: Sequence[Page], form_places: Collection[GridPlace] = ()) -> SelfEvaluation:
    """One record for each table; amounts in yuan, None where a cell is blank or its unit is not printed.

    `form_places` are the grids that were read as statutory forms.
    """
    tables: list[_Table] = []
    places: set[GridPlace] = set()
    for index, page in enumerate(pages):
        for grid in page.grids:
            if (index, grid.box) in form_places:
                continue
            if table := _begun(page, index, grid):
                tables.append(table)
            elif not (tables and _goes_on(tables[-1], page, index, grid)):
                continue
            places.add((index, grid.box))
    indicators = []
    for table in tables:
        if table.record["score"] is None:
            table.record["score"] = table.indicators.score
        whose = {name: table.record[name] for name in ("table_kind", "project", "unit")}
        indicators += [{**whose, **record} for record in table.indicators.records]
    spans = [span for table in tables for span in (*table.spans, *table.indicators.spans)]
    return SelfEvaluation([table.record for table in tables], indicators, places, spans)


def _begun(page: Page, index: int, grid: Grid) -> _Table | None:
    """The table that begins in `grid`; None where it shows no column of executed money, or not whose it is."""
    words = self_evaluation_words()
    executed = next((cell for cell in grid.cells if words.executed.search(squeeze(cell.text))), None)
    evaluated = _evaluated(grid, executed.row) if executed else None
    if executed is None or evaluated is None:
        return None
    header = {squeeze(cell.text): cell for cell in grid.row(executed.row)}
    columns = {
        name: next((cell for text, cell in header.items() if pattern.search(text)), None)
        for name, pattern in words.column.items()
    }
    below = executed.row + executed.rows
    total = next((c.row for c in grid.cells if c.row >= below and words.total.search(squeeze(c.text))), below)
    amounts = {"budget": columns["budget"], "adjusted": columns["adjusted"], "executed": executed}
    money_unit = find_unit([*(line.text for line in page.lines), *(cell.text for cell in grid.cells)])
    cells = [grid.cell(total, column.column) for column in amounts.values() if column]
    spots = [cell.spot for cell in cells if cell and cell.spot]
    indicators = EvaluatedIndicators()
    indicators.read(grid, page, index)
    record: Record = {
        **evaluated._asdict(),
        "unit": _beside(grid, words.unit),
        **{f"{name}_yuan": _money(grid, total, column, money_unit) for name, column in amounts.items()},
        "rate_pct": _number(grid, total, columns["rate"]),
        "score": _score_in_head(grid, executed.row),
        "page": page.number,
        **spot_columns(spots[-1] if spots else executed.spot),
    }
    return _Table(record, indicators, index, [Span(index, spot) for spot in spots])


def _goes_on(table: _Table, page: Page, index: int, grid: Grid) -> bool:
    """True where `grid` is the next piece of a table, whose indicators it takes."""
    if table.indicators.ended or index - table.page_index > 1 or not table.indicators.read(grid, page, index):
        return False
    table.page_index = index
    return True


def _evaluated(grid: Grid, head: int) -> _Evaluated | None:
    """The project that a table is about, or the department: where no project is named and points are given."""
    words = self_evaluation_words()
    if project := _beside(grid, words.project, head):
        return _Evaluated("project", project)
    listed = any(words.project.search(squeeze(cell.text)) for cell in grid.cells)
    scored = any(words.indicator["score"].search(squeeze(cell.text)) for cell in grid.cells)
    department = _beside(grid, words.department, head) if scored and not listed else None
    return _Evaluated("department", department) if department else None


def _beside(grid: Grid, label: re.Pattern[str], above: int | None = None) -> str | None:
    """What the cell to the right of a label says, without blanks; of a label `above` a row where one is given."""
    cells = (c for c in grid.cells if (above is None or c.row < above) and label.search(squeeze(c.text)))
    cell = next(cells, None)
    value = grid.cell(cell.row, cell.column + cell.columns) if cell else None
    return (squeeze(value.text) or None) if value else None


def _score_in_head(grid: Grid, head: int) -> Decimal | None:
    """The total score that is printed above the money."""
    printed = _beside(grid, self_evaluation_words().score, head)
    return parse_number(printed.removesuffix("分")) if printed else None


def _money(grid: Grid, row: int, column: Cell | None, money_unit: str | None) -> Decimal | None:
    number = _number(grid, row, column)
    return None if number is None or money_unit is None else to_yuan(number, money_unit)


def _number(grid: Grid, row: int, column: Cell | None) -> Decimal | None:
    cell = grid.cell(row, column.column) if column else None
    return parse_number(squeeze(cell.text).removesuffix("%")) if cell else None
