"""Characters with their places → lines of text, and cells of a grid.

What every reader of ink shares: it gives characters and the cells that rules draw, and gets lines
and grids.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from budgetlib.core.money import parse_number
from budgetlib.pages.model import Box, Cell, Grid, Line


class Char(NamedTuple):
    """One printed character, or one recognised piece of text, and its place.

    `base` is the height of the line it stands on: fonts lie about the height of their characters, not about that.
    `confidence` says from 0 to 1 how sure the recognition is; None where the character is given.
    """

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    base: float
    confidence: float | None = None

    @property
    def box(self) -> Box:
        """The place as a box."""
        return Box(self.x0, self.top, self.x1, self.bottom)


_SAME_PLACE, _CELL = 0.8, 2.0
"""Points within which one character printed twice is bold, and the size of the cells in which such pairs are sought."""


def without_doubles(chars: Iterable[Char]) -> list[Char]:
    """`chars` without those printed a second time in the same place, which is how some programs make bold."""
    kept: list[Char] = []
    near: dict[tuple[str, float, float], list[Char]] = defaultdict(list)
    for char in chars:
        text, x0, top, *_ = char
        if text.isspace():
            kept.append(char)
            continue
        left, right = (x0 - _SAME_PLACE) // _CELL, (x0 + _SAME_PLACE) // _CELL
        upper, lower = (top - _SAME_PLACE) // _CELL, (top + _SAME_PLACE) // _CELL
        around = {(text, left, upper), (text, right, upper), (text, left, lower), (text, right, lower)}
        if not any(_is_double(char, near[key]) for key in around if key in near):
            kept.append(char)
            near[text, x0 // _CELL, top // _CELL].append(char)
    return kept


def _is_double(char: Char, others: Iterable[Char]) -> bool:
    return any(abs(o.x0 - char.x0) < _SAME_PLACE and abs(o.top - char.top) < _SAME_PLACE for o in others)


def rows_of_text(chars: Sequence[Char]) -> list[list[Char]]:
    """`chars` by printed line, top to bottom, each from left to right."""
    rows: list[list[Char]] = []
    for char in sorted(chars, key=lambda c: (c.base, c.x0)):
        if rows and char.base - rows[-1][0].base <= 0.4 * (char.bottom - char.top):
            rows[-1].append(char)
        else:
            rows.append([char])
    for row in rows:
        row.sort(key=lambda c: c.x0)
    return rows


def _joined(row: Sequence[Char]) -> str:
    """The text of one printed line, with a blank where the paper leaves one."""
    parts = [row[0].text]
    for before, char in pairwise(row):
        if char.x0 - before.x1 > 0.3 * (char.bottom - char.top) and not parts[-1].isspace():
            parts.append(" ")
        parts.append(char.text)
    return "".join(parts).strip()


def lines_of(chars: Sequence[Char]) -> list[Line]:
    """The printed lines that `chars` make, from top to bottom."""
    lines = []
    for row in rows_of_text(chars):
        if text := _joined(row):
            lines.append(Line(text, _around([c for c in row if not c.text.isspace()]), _least(row)))
    return lines


def _around(chars: Sequence[Char]) -> Box:
    """The smallest box around characters of one printed line, which are in order."""
    return Box(chars[0].x0, min(c.top for c in chars), max(c.x1 for c in chars), max(c.bottom for c in chars))


def _least(parts: Iterable[Char | Line]) -> float | None:
    """The confidence of the least sure of `parts`."""
    return min((part.confidence for part in parts if part.confidence is not None), default=None)


class _Places:
    """The rows and columns of one table, and which cell covers a point."""

    def __init__(self, cells: Sequence[Box]) -> None:
        self.xs = sorted({x for cell in cells for x in (cell.x0, cell.x1)})
        self.ys = sorted({y for cell in cells for y in (cell.top, cell.bottom)})
        column = {x: i for i, x in enumerate(self.xs)}
        row = {y: i for i, y in enumerate(self.ys)}
        self.spans = [
            (row[c.top], column[c.x0], row[c.bottom] - row[c.top], column[c.x1] - column[c.x0]) for c in cells
        ]
        self.owner = {
            (r, c): i
            for i, (r0, c0, height, width) in enumerate(self.spans)
            for r in range(r0, r0 + height)
            for c in range(c0, c0 + width)
        }
        self.box = Box(self.xs[0], self.ys[0], self.xs[-1], self.ys[-1])

    def at(self, x: float, y: float) -> int | None:
        """The number of the cell at a point."""
        return self.owner.get((bisect_right(self.ys, y) - 1, bisect_right(self.xs, x) - 1))


def _settle(row: list[Char], places: _Places, contents: dict[int, list[Char]], outside: list[Char]) -> None:
    """Give the characters of one unbroken run to the cell under each; a number is not torn apart."""
    cells = [places.at((c.x0 + c.x1) / 2, (c.top + c.bottom) / 2) for c in row]
    if len(set(cells)) > 1 and None not in cells and parse_number("".join(c.text for c in row)) is not None:
        cells = [max(cells, key=cells.count)] * len(cells)
    for char, cell in zip(row, cells, strict=True):
        if cell is None:
            outside.append(char)
        else:
            contents[cell].append(char)


def _runs(chars: Sequence[Char]) -> Iterator[list[Char]]:
    """`chars` in runs without a gap, in the order in which they are written: what overlaps is still two runs."""
    run: list[Char] = []
    for char in chars:
        if run and not _follows(run[-1], char):
            yield run
            run = []
        run.append(char)
    if run:
        yield run


def _follows(before: Char, char: Char) -> bool:
    """True where `char` stands directly to the right of `before`."""
    height = char.bottom - char.top
    level = abs(char.base - before.base) <= 0.4 * height
    return (
        level
        and before.x0 <= char.x0 <= before.x1 + 0.2 * height
        and not (char.text.isspace() or before.text.isspace())
    )


def _in_running_text(places: _Places, inside: Sequence[Char], outside: Sequence[Char]) -> bool:
    """True where one row of cells stands in the middle of a line of prose: a highlight, not a table."""
    if len(places.ys) > 2:
        return False
    box = places.box
    height = box.bottom - box.top
    return bool(inside) and any(
        box.top <= (c.top + c.bottom) / 2 <= box.bottom
        and (-height < c.x1 - box.x0 <= 2 or -2 <= c.x0 - box.x1 < height)
        for c in outside
        if c.text.strip()
    )


def grids_of(
    chars: Sequence[Char], tables: Iterable[Sequence[Box]], ruled: bool = True
) -> tuple[list[Grid], list[Char]]:
    """The tables, given by their cells, as grids with the `chars` in them; and the characters outside all tables."""
    outside = list(chars)
    grids: list[Grid] = []
    for cells in tables:
        places = _Places(cells)
        within, rest = _parted(outside, places.box)
        if not within or _in_running_text(places, within, rest):
            continue
        contents: dict[int, list[Char]] = defaultdict(list)
        for run in _runs(within):
            _settle(run, places, contents, rest)
        outside = rest
        grids.append(_grid(places, contents, cells, ruled))
    return grids, outside


def _parted(chars: Sequence[Char], box: Box) -> tuple[list[Char], list[Char]]:
    """The characters whose middle lies in a box, and the others."""
    within: list[Char] = []
    outside: list[Char] = []
    for char in chars:
        _, x0, top, x1, bottom, *_ = char
        inside = box.x0 <= (x0 + x1) / 2 < box.x1 and box.top <= (top + bottom) / 2 < box.bottom
        (within if inside else outside).append(char)
    return within, outside


def _grid(places: _Places, contents: dict[int, list[Char]], cells: Sequence[Box], ruled: bool) -> Grid:
    filled = []
    for i, (row, column, height, width) in enumerate(places.spans):
        lines = lines_of(contents[i]) if i in contents else []
        box = Box.around(line.box for line in lines if line.box) if lines else cells[i]
        indent = lines[0].box.x0 - cells[i].x0 if lines and lines[0].box else None
        text = "\n".join(line.text for line in lines)
        filled.append(Cell(text, row, column, height, width, box, _least(lines), indent))
    return Grid(tuple(filled), len(places.ys) - 1, len(places.xs) - 1, places.box, tuple(places.xs), ruled)
