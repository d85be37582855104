"""A table of a file without pages → the part of it around cited cells: what a picture is to paper."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from budgetlib.core.errors import UnreadableDocument
from budgetlib.definitions.labels import label
from budgetlib.pages.archive import unpacked
from budgetlib.pages.model import Grid
from budgetlib.pages.reader import read_document

_ROWS_OF_HEAD = 6
"""Among so many rows is the head of a table."""
_AROUND = 1
"""Rows shown above and below a cited one."""
_LONGEST = 120
"""Characters of a cell that are shown."""
_PLACES = {
    "cell": re.compile(r"table (?P<table>\d+), row (?P<row>\d+), column (?P<column>\d+)"),
    "table": re.compile(r"table (?P<table>\d+)"),
    "paragraph": re.compile(r"paragraph (?P<paragraph>\d+)(?:, line \d+)?"),
}
_NUMBER = re.compile(r"-?[\d,]*\d\.?\d*")


class ExcerptCell(NamedTuple):
    """A cell as it is shown: its text, how many rows and columns it covers, and where it stands in its file."""

    text: str
    rows: int
    columns: int
    place: str | None


def table_of(place: str) -> str:
    """The sheet or table that a place is in; of a paragraph the paragraph.

    >>> table_of("Sheet1!C7"), table_of("table 3, row 5, column 2"), table_of("paragraph 41")
    ('Sheet1', 'table 3', 'paragraph 41')
    """
    return place.rpartition("!")[0] or place.partition(",")[0]


def place_in_words(place: str, language: str) -> str:
    """A place in a file without pages as a report says it; that in a workbook is the name of the cell.

    >>> place_in_words("table 3, row 5, column 2", "zh").replace("\xa0", " "), place_in_words("Sheet1!C7", "zh")
    ('表 3 第 5 行第 2 列', 'Sheet1!C7')
    """
    for kind, pattern in _PLACES.items():
        if match := pattern.fullmatch(place):
            return label(f"cite.{kind}", language, **match.groupdict())
    return place


def excerpt(file: Path, places: Sequence[str], changed: int) -> list[list[ExcerptCell]]:
    """The head of the table that holds the first of `places`, and its rows around them; nothing where none does.

    `changed` is when the file was last changed: it is read once.
    """
    tables = _tables(file, changed)
    grid = next((tables[place] for place in places if place in tables), None)
    return _shown(grid, places) if grid else []


@lru_cache(maxsize=4)
def _tables(file: Path, changed: int) -> Mapping[str, Grid]:
    """The tables of a file by the places of their cells."""
    try:
        with unpacked(file) as path:
            grids = [grid for page in read_document(path, ocr="never") for grid in page.grids]
    except (UnreadableDocument, OSError):
        return {}
    return {cell.place: grid for grid in grids for cell in grid.cells if cell.place}


def _shown(grid: Grid, places: Collection[str]) -> list[list[ExcerptCell]]:
    cited = {cell.row for cell in grid.cells if cell.place in places}
    around = {row + step for row in cited for step in range(-_AROUND, _AROUND + 1)}
    rows = [row for row in range(grid.row_count) if row in around or row < _head(grid)]
    shown: list[list[ExcerptCell]] = []
    seen: set[tuple[int, int]] = set()
    for row in rows:
        cells = []
        for column in range(grid.column_count):
            cell = grid.cell(row, column)
            if cell and (cell.row, cell.column) not in seen:
                seen.add((cell.row, cell.column))
                covered = sum(cell.row <= other < cell.row + cell.rows for other in rows)
                text = cell.text if len(cell.text) <= _LONGEST else f"{cell.text[:_LONGEST]}…"
                cells.append(ExcerptCell(text, covered, cell.columns, cell.place))
        shown.append(cells)
    return shown


def _head(grid: Grid) -> int:
    """How many rows stand above the first number."""
    rows = (row for row in range(grid.row_count) if any(_NUMBER.fullmatch(cell.text.strip()) for cell in grid.row(row)))
    return min(next(rows, 0), _ROWS_OF_HEAD)
