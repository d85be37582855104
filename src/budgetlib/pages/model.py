"""What is on a page and where: text and grids, without any meaning.

Every reader gives the same model, so everything after the readers is one code.
Coordinates are PDF points from the top left of the page as a viewer shows it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

UNREAD = "\ufffd"
"""Stands where something is printed that could not be recognised."""


_NEAR_EDGE = 1.5
"""Times its height that a line which is full may end before the edge of the text."""


class Box(NamedTuple):
    """A rectangle on a page, in PDF points from the top left."""

    x0: float
    top: float
    x1: float
    bottom: float

    @classmethod
    def around(cls, boxes: Iterable[Box]) -> Box:
        """The smallest box around `boxes` (at least one)."""
        lefts, tops, rights, bottoms = zip(*boxes, strict=True)
        return cls(min(lefts), min(tops), max(rights), max(bottoms))


Spot = Box | str
"""Where something stands: its box on a page; in a file without pages what the format has, such as `Sheet1!C7`."""


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line of text outside any grid; `box` is None in files without pages, `place` elsewhere.

    `confidence` says from 0 to 1 how sure the recognition of its characters in a picture is; None where they are given.
    """

    text: str
    box: Box | None = None
    confidence: float | None = None
    place: str | None = None

    @property
    def spot(self) -> Spot | None:
        """Its box or its place; None in plain text."""
        return self.box or self.place

    def reaches(self, edge: float) -> bool:
        """True where it ends near the right `edge` of the text: what it says may go on in the next line."""
        return self.box is not None and self.box.x1 > edge - _NEAR_EDGE * (self.box.bottom - self.box.top)

    def moved(self, move: Callable[[Box], Box]) -> Line:
        """The line in another place."""
        return replace(self, box=move(self.box)) if self.box else self


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a grid, merged cells included once.

    `text` keeps the cell's printed lines, separated by newlines. `box` is the place of the
    printed text, or of the cell itself where it is blank; None in files without pages. `place` and `confidence` are
    as in `Line`.
    `indent` says how far from the left border its first line begins; None where nothing is printed or no place known.
    """

    text: str
    row: int
    column: int
    rows: int = 1
    columns: int = 1
    box: Box | None = None
    confidence: float | None = None
    indent: float | None = None
    place: str | None = None

    @property
    def spot(self) -> Spot | None:
        """Its box or its place; None in plain text."""
        return self.box or self.place

    def moved(self, move: Callable[[Box], Box]) -> Cell:
        """The cell in another place."""
        return replace(self, box=move(self.box)) if self.box else self


@dataclass(frozen=True)
class Grid:
    """A table as drawn: `row_count` x `column_count` places, covered by cells."""

    cells: tuple[Cell, ...]
    row_count: int
    column_count: int
    box: Box | None = None
    edges: tuple[float, ...] = ()
    """The x positions of the column borders (`column_count + 1`); empty in files without pages."""
    ruled: bool = True
    """False where no rules down divide the columns, only white space does."""

    @cached_property
    def _places(self) -> dict[tuple[int, int], Cell]:
        return {
            (row, column): cell
            for cell in self.cells
            for row in range(cell.row, cell.row + cell.rows)
            for column in range(cell.column, cell.column + cell.columns)
        }

    def mapped(self, change: Callable[[Cell], Cell]) -> Grid:
        """The same grid with each of its cells changed."""
        return replace(self, cells=tuple(map(change, self.cells)))

    def moved(self, move: Callable[[Box], Box]) -> Grid:
        """The grid with its cells in another place; `edges` stay as they were read."""
        box = move(self.box) if self.box else None
        return replace(self.mapped(lambda cell: cell.moved(move)), box=box)

    def cell(self, row: int, column: int) -> Cell | None:
        """The cell that covers a place, merged cells included; None where nothing is drawn."""
        return self._places.get((row, column))

    def row(self, row: int) -> list[Cell]:
        """The cells that begin in `row`, from left to right."""
        return self._rows[row]

    @cached_property
    def _rows(self) -> list[list[Cell]]:
        rows: list[list[Cell]] = [[] for _ in range(self.row_count)]
        for cell in sorted(self.cells, key=lambda cell: cell.column):
            rows[cell.row].append(cell)
        return rows


@dataclass(frozen=True)
class Page:
    """One page: its lines and grids, and whether it could be read.

    `number` counts from 1 as a PDF viewer does. In files without pages it is None: a page is what stands above one
    table, and the table; `place` says which. `turn` is how many degrees clockwise a viewer has to turn the sheet to
    read it (0, 90, 180 or 270). `source` is `text`, `ocr` or `none`; with `none`, `fault` says why nothing could be
    read. `remarks` say what else was not.
    """

    number: int | None
    width: float = 0.0
    height: float = 0.0
    lines: tuple[Line, ...] = ()
    grids: tuple[Grid, ...] = ()
    turn: int = 0
    source: str = "text"
    fault: str | None = None
    remarks: tuple[str, ...] = ()
    place: str | None = None

    @property
    def blocks(self) -> list[Line | Grid]:
        """Lines and grids in reading order (without boxes: the lines, then the grid below them)."""
        return sorted([*self.lines, *self.grids], key=self._reading_order)

    def _reading_order(self, block: Line | Grid) -> tuple[float, float]:
        if block.box is None:
            return 0.0, 0.0
        x0, top, x1, bottom = block.box
        return {0: (top, x0), 90: (x0, -bottom), 180: (-bottom, -x1), 270: (-x1, top)}[self.turn]
