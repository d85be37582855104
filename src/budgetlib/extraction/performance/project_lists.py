"""Lists of projects: performance-target tables in which every project is some rows, under one head."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from budgetlib.core.money import parse_number
from budgetlib.core.text import squeeze
from budgetlib.definitions.vocabulary.performance import performance_words
from budgetlib.extraction.forms.titles import is_total
from budgetlib.extraction.performance.columns import IndicatorLayout, find_layout, same_place
from budgetlib.extraction.performance.header import LONG_CODE
from budgetlib.extraction.performance.model import (
    Indicator,
    PageRef,
    TargetAmount,
    TargetStatement,
    TargetTable,
    Token,
    tokens,
)
from budgetlib.extraction.records import Where
from budgetlib.pages.model import Grid

_HEAD_ROWS = 6
"""Rows in which the header of a list may begin."""
_BORDERS = 4
"""Fewer borders in the same places prove nothing."""
_SAME = 2.0
"""Points by which a border differs from page to page."""


@dataclass
class ProjectList:
    """A list of projects: where its columns stand, and what it has come to.

    `layout` is None for lists that give each project a goal and no indicators.
    """

    kind: str
    columns: dict[str, int]
    sources: dict[str, int]
    column_count: int
    edges: tuple[float, ...]
    layout: IndicatorLayout | None
    annual: bool
    headers: dict[int, str]
    """In a list of departments: what the columns of figures are of."""
    money_unit: str | None = None
    title: str | None = None
    owner: str | None = None
    """The unit whose projects come now, where it stands in a row of its own."""
    page_index: int = 0
    """The page of its last piece."""

    def on(self, grid: Grid, interrupted: bool, place: PageRef) -> ProjectList | None:
        """The list on a grid that goes on without a head: the same columns, or the same places on paper.

        None where the grid is further than the next page or a column of the list is not there; where text
        stands between (`interrupted`), also where a border stands elsewhere.
        """
        if place.page_index - self.page_index > 1:
            return None
        if interrupted and not (self.edges and grid.edges and _same_borders(self.edges, grid.edges)):
            return None
        layout = self.layout.on(grid) if self.layout else None
        columns = {name: here for name, index in self.columns.items() if (here := self._moved(index, grid)) is not None}
        sources = {name: here for name, index in self.sources.items() if (here := self._moved(index, grid)) is not None}
        if columns.keys() != self.columns.keys() or (self.layout and layout is None):
            return None
        moved = replace(self, column_count=grid.column_count, edges=grid.edges, page_index=place.page_index)
        return replace(moved, columns=columns, sources=sources, layout=layout)

    def _moved(self, index: int, grid: Grid) -> int | None:
        """Where a column of the list stands in another grid."""
        if not self.edges or not grid.edges:
            return index if grid.column_count == self.column_count else None
        here = same_place(self.edges[index], self.edges[index + 1], grid.edges)
        return here[0] if here else None

    def entry(self, grid: Grid, row: int, place: PageRef) -> TargetTable | None:
        """The project that stands in a row, merged cells included; None where the row names none."""
        name = self._text(grid, row, "project")
        if (not name and not self.nameless(grid, row)) or is_total(squeeze(name)):
            return None
        target = TargetTable(kind=self.kind, money_unit=self.money_unit, listed=self.layout is None)
        match = LONG_CODE.fullmatch(name)
        if name:
            target.names[match["name"] if match else name] += 1
        if match:
            target.fields["project_code"] = match["code"]
        if unit := self._text(grid, row, "unit") or self.owner:
            target.fields["unit"] = unit
        if self.title:
            target.fields["title"] = self.title
        scope = "annual" if self.annual else None
        for source, column in self.sources.items():
            cell = grid.cell(row, column)
            if cell and (number := parse_number(cell.text)) is not None:
                target.amounts[scope, source] = TargetAmount(
                    number, re.sub(r"\s+", "", cell.text), place.page, cell.spot
                )
                target.take(target.amount_spans, place, [cell])
        return target

    def say_figures(self, entry: TargetTable, grid: Grid, row: int, place: PageRef) -> None:
        """The key figures and the goal that stand beside a department."""
        for column, header in self.headers.items():
            cell = grid.cell(row, column)
            if cell and (number := parse_number(cell.text)) is not None:
                text = re.sub(r"\s+", "", cell.text)
                entry.statements.append(TargetStatement("figure", None, header, text, number, place.where(cell)))
                entry.take(entry.text_spans, place, [cell])
        if self.headers and (goal := self._text(grid, row, "goal")):
            cell = grid.cell(row, self.columns["goal"])
            where = place.where(cell) if cell else Where(place.page)
            entry.statements.append(TargetStatement("goal", None, None, goal, None, where))

    def say_indicators(self, entry: TargetTable, grid: Grid, row: int, place: PageRef) -> None:
        """The indicators that stand one after the other in one cell beside a project."""
        cell = grid.cell(row, self.columns["indicators"]) if "indicators" in self.columns else None
        text = re.sub(r"\s+", "", cell.text) if cell else ""
        for match in performance_words().listed_indicator.finditer(text):
            levels = match["level1"], match["level2"], match["level3"]
            for scope in ("whole_period", "annual"):
                spot = cell.spot if cell else None
                entry.indicators.append(Indicator(scope, *levels, match[scope] or None, place.page, spot))
        if cell and entry.indicators:
            entry.take(entry.text_spans, place, [cell])

    def is_head(self, grid: Grid, row: int) -> bool:
        """True for a row of the list's head that a page end repeated, however the rest of it is printed."""
        return performance_words().list_column(squeeze(self._text(grid, row, "project"))) == "project"

    def nameless(self, grid: Grid, row: int) -> bool:
        """True where a project begins whose name a page end cut off: an empty merged cell down to the last row."""
        cell = grid.cell(row, self.columns["project"])
        if not grid.edges or cell is None or squeeze(cell.text) or cell.row != row or row == 0:
            return False
        above = grid.cell(row - 1, self.columns["project"])
        return cell.row + cell.rows == grid.row_count and (cell.rows > 1 or (above is not None and above.rows > 1))

    def rest(self, grid: Grid, row: int) -> tuple[str, str] | None:
        """The rest of name and unit that a page end cut off: in the first row of a page, without an amount."""
        amounts = (grid.cell(row, column) for column in self.sources.values())
        if self.layout is not None or any(cell and parse_number(cell.text) is not None for cell in amounts):
            return None
        return self._text(grid, row, "project"), self._text(grid, row, "unit")

    def speaks(self, grid: Grid, row: int) -> bool:
        """True where a row says more than a name and money: an indicator, or a goal."""
        layout = self.layout
        third = layout.column("level3", 0) if layout else None
        if third is not None and (cell := grid.cell(row, third.first)) and squeeze(cell.text):
            return True
        return layout is None and bool(self._text(grid, row, "goal"))

    def _text(self, grid: Grid, row: int, name: str) -> str:
        cell = grid.cell(row, self.columns[name]) if name in self.columns else None
        text = re.sub(r"\s+", "", cell.text) if cell else ""
        return "" if text.strip("*") == "" else text


def find_list(grid: Grid, department: bool) -> tuple[ProjectList, int] | None:
    """The list whose head a grid begins with, and its first row below the head; None where it begins otherwise.

    `department`: the title says that the list is of whole departments.
    """
    words = performance_words()
    for row in range(min(grid.row_count, _HEAD_ROWS)):
        head = tokens(grid, row)
        wanted = "unit" if department else "project"
        if wanted not in {words.list_column(token.key) for token in head}:
            continue
        end = row + max(token.cell.rows for token in head)
        head = [token for below in range(row, end) for token in tokens(grid, below)]
        named = {words.list_column(token.key) for token in head}
        layout = _layout(grid, row, end)
        if "amount" not in named or not ("goal" in named or (layout and not department)):
            continue
        columns, sources = _columns(head)
        if department:
            columns["project"] = columns.pop("unit")
        annual = words.scope("".join(token.key for token in head)) == "annual"
        kind = "department" if department else "project"
        headers = _headers(head, layout) if department else {}
        return ProjectList(kind, columns, sources, grid.column_count, grid.edges, layout, annual, headers), end
    return None


def _columns(head: Sequence[Token]) -> tuple[dict[str, int], dict[str, int]]:
    """The columns of names and goals, and the columns of money by source."""
    words = performance_words()
    columns: dict[str, int] = {}
    sources: dict[str, int] = {}
    for token in head:
        name = words.list_column(token.key)
        if name == "amount":
            sources.setdefault("total", token.cell.column)
        elif name:
            columns.setdefault(name, token.cell.column)
        elif (source := words.source(token.key)) and source != "total":
            sources.setdefault(source, token.cell.column)
    return columns, sources


def _headers(head: Sequence[Token], layout: IndicatorLayout | None) -> dict[int, str]:
    """What stands above each column outside the indicators, from top to bottom."""
    words = performance_words()
    headers: dict[int, list[str]] = {}
    for token in head:
        for column in range(token.cell.column, token.cell.column + token.cell.columns):
            if not words.not_a_figure.search(token.key) and (layout is None or layout.at(column) is None):
                headers.setdefault(column, []).append(token.text)
    return {column: "、".join(texts) for column, texts in headers.items()}


def _layout(grid: Grid, start: int, end: int) -> IndicatorLayout | None:
    """The columns of the indicators, in whichever row of the head they are named."""
    layouts = (find_layout(tokens(grid, row), grid) for row in range(start, end))
    return next(filter(None, layouts), None)


def _same_borders(edges: Sequence[float], other: Sequence[float]) -> bool:
    """True where every border of the narrower grid is one of the other: its columns go on."""
    fewer, more = sorted((edges, other), key=len)
    return len(fewer) >= _BORDERS and all(any(abs(a - b) <= _SAME for b in more) for a in fewer)
