"""Characters with their places → lines of text, and cells of a grid.

What every reader of ink shares: it gives characters and the cells that rules draw, and gets lines
and grids.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from operator import attrgetter, le, sub
from typing import NamedTuple

from budgetlib.core.groups import in_groups
from budgetlib.core.money import parse_number
from budgetlib.pages.ink import RUN_GAP
from budgetlib.pages.model import Box, Cell, Grid, Line
from budgetlib.pages.stacked import divided, row_breaks

_LEVEL = 0.4
"""Characters whose lines are nearer than so many of their heights stand on one line."""
_BLANK = 0.3
"""A gap of so many heights of a character is read as a blank."""
_TOUCHING = 2.0
"""Points by which text beside a highlight may reach into it."""


class Span(NamedTuple):
    """Characters of one line from left to right, painted in one go; not `whole`: one after another.

    Of each there is its text, and where it begins and ends. `base` is the height of the line they stand on: fonts lie
    about the height of their characters, not about that. `confidence` says from 0 to 1 how sure their recognition is;
    None where they are given.
    """

    texts: Sequence[str]
    lefts: Sequence[float]
    rights: Sequence[float]
    top: float
    bottom: float
    base: float
    whole: bool = True
    confidence: float | None = None

    @property
    def height(self) -> float:
        """The height of its characters."""
        return self.bottom - self.top

    @property
    def chars(self) -> Iterator[tuple[str, float, float]]:
        """Its characters, each with where it begins and ends."""
        return zip(self.texts, self.lefts, self.rights, strict=True)

    def only(self, places: Sequence[int]) -> Span:
        """The span of those of its characters that are at `places`, in that order."""
        return self._replace(
            texts=[self.texts[place] for place in places],
            lefts=[self.lefts[place] for place in places],
            rights=[self.rights[place] for place in places],
        )


def in_order(span: Span) -> Span:
    """A span whose characters may have been painted in any order, from left to right."""
    if all(map(le, span.lefts, span.lefts[1:])):
        return span
    return span.only(sorted(range(len(span.lefts)), key=span.lefts.__getitem__))


Row = Sequence[Span]
"""A printed line: spans from left to right, none of which reaches into another."""


def rows_of_text(spans: Iterable[Span]) -> list[Row]:
    """`spans` by printed line, top to bottom."""
    rows: list[list[Span]] = []
    base = float("-inf")
    for span in sorted(spans, key=attrgetter("base")):
        if span.base - base <= _LEVEL * span.height:
            rows[-1].append(span)
        else:
            rows.append([span])
            base = span.base
    return list(map(_row, rows))


def _row(spans: list[Span]) -> Row:
    """The spans of a line from left to right; where one reaches into another, each of their characters on its own."""
    row = sorted(spans, key=_left)
    if all(before.lefts[-1] < after.lefts[0] for before, after in pairwise(row)):
        return row
    return sorted((span.only([place]) for span in spans for place in range(len(span.texts))), key=_left)


def _left(span: Span) -> float:
    return span.lefts[0]


def _joined(row: Row) -> str:
    """The text of one printed line, with a blank where the paper leaves one."""
    parts: list[str] = []
    reach = float("inf")
    for span in row:
        blank = _BLANK * span.height
        if max(map(sub, span.lefts, [reach, *span.rights])) <= blank:
            parts += span.texts
        else:
            for text, left, before in zip(span.texts, span.lefts, [reach, *span.rights], strict=False):
                if left - before > blank and not parts[-1].isspace():
                    parts.append(" ")
                parts.append(text)
        reach = span.rights[-1]
    return "".join(parts).strip()


def lines_of(rows: Iterable[Row]) -> list[Line]:
    """The printed lines that rows of text make."""
    lines = []
    for row in rows:
        if text := _joined(row):
            printed = [shown for span in row if (shown := _shown(span)).texts]
            lefts, rights = zip(*((span.lefts[0], max(span.rights)) for span in printed), strict=True)
            box = Box(min(lefts), min(span.top for span in printed), max(rights), max(span.bottom for span in printed))
            lines.append(Line(text, box, _least_sure(span.confidence for span in printed)))
    return lines


def _shown(span: Span) -> Span:
    """A span without its blanks."""
    if not any(map(str.isspace, span.texts)):
        return span
    return span.only([place for place, text in enumerate(span.texts) if not text.isspace()])


def _least_sure(confidences: Iterable[float | None]) -> float | None:
    """The least of some confidences; None where all are."""
    return min((confidence for confidence in confidences if confidence is not None), default=None)


class _Places:
    """The rows and columns of one table, and which cell covers a point."""

    def __init__(self, cells: Sequence[Box]) -> None:
        self.cells = cells
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

    def rows(self, printed: Sequence[Sequence[Line]]) -> list[list[Sequence[Line]]]:
        """The lines of the cells in each row, without cells that reach over several."""
        rows: list[list[Sequence[Line]]] = [[] for _ in self.ys[1:]]
        for (row, _, height, _), lines in zip(self.spans, printed, strict=True):
            if height == 1 and lines:
                rows[row].append(lines)
        return rows

    def under(self, x: float, y: float) -> int | None:
        """The number of the cell in which a point is."""
        return self.owner.get((bisect_right(self.ys, y) - 1, bisect_right(self.xs, x) - 1))


def _settle(span: Span, places: _Places, contents: dict[int, list[Span]]) -> list[Span]:
    """Give the characters of a span to the cells under them; those under no cell are returned.

    What was painted in one go without a gap, and a number anyhow, is not torn apart by a rule that it crosses.
    """
    middle = (span.top + span.bottom) / 2
    first, last = (places.under((span.lefts[end] + span.rights[end]) / 2, middle) for end in (0, -1))
    if first is not None and first == last:
        contents[first].append(span)
        return []
    parts: dict[int | None, list[int]] = defaultdict(list)
    for piece in in_groups(range(len(span.texts)), lambda before, after: _follows(span, before, after)):
        cells = [places.under((span.lefts[place] + span.rights[place]) / 2, middle) for place in piece]
        number = parse_number("".join(span.texts[place] for place in piece)) is not None
        if None not in cells and (span.whole or number):
            cells = [max(cells, key=cells.count)] * len(cells)
        for cell, place in zip(cells, piece, strict=True):
            parts[cell].append(place)
    outside = parts.pop(None, [])
    for cell, of_cell in parts.items():
        if cell is not None:
            contents[cell].append(span.only(of_cell))
    return [span.only(outside)._replace(whole=True)] if outside else []


def _follows(span: Span, before: int, after: int) -> bool:
    """True where one character of a span stands directly to the right of another."""
    near = span.lefts[before] <= span.lefts[after] <= span.rights[before] + RUN_GAP * span.height
    return near and not (span.texts[before].isspace() or span.texts[after].isspace())


def _in_running_text(places: _Places, outside: Iterable[Span]) -> bool:
    """True where one row of cells stands in the middle of a line of prose: a highlight, not a table."""
    if len(places.ys) > 2:
        return False
    box = places.box
    height = box.bottom - box.top
    return any(
        (-height < right - box.x0 <= _TOUCHING or -_TOUCHING <= left - box.x1 < height) and text.strip()
        for span in outside
        if box.top <= (span.top + span.bottom) / 2 <= box.bottom
        for text, left, right in span.chars
    )


def grids_of(
    spans: Iterable[Span], tables: Iterable[Sequence[Box]], ruled: bool = True
) -> tuple[list[Grid], list[Span]]:
    """The tables, given by their cells, as grids with the `spans` in them; and the spans outside all tables."""
    outside = list(spans)
    grids: list[Grid] = []
    for cells in tables:
        places = _Places(cells)
        within, rest = _parted(outside, places.box)
        if not within or _in_running_text(places, rest):
            continue
        printed, unsettled = _cell_lines(places, within)
        if ruled and (breaks := list(row_breaks(places.rows(printed)))):
            places = _Places(divided(cells, breaks))
            printed, unsettled = _cell_lines(places, within)
        outside = [*rest, *unsettled]
        grids.append(_grid(places, printed, ruled))
    return grids, outside


def _cell_lines(places: _Places, spans: Iterable[Span]) -> tuple[list[list[Line]], list[Span]]:
    """The lines in each cell, and what stands in none."""
    contents: dict[int, list[Span]] = defaultdict(list)
    outside = [part for span in spans for part in _settle(span, places, contents)]
    numbers = range(len(places.cells))
    return [lines_of(rows_of_text(contents[i])) if i in contents else [] for i in numbers], outside


def _parted(spans: Iterable[Span], box: Box) -> tuple[list[Span], list[Span]]:
    """What stands in a box, and what does not; a character stands where its middle is."""
    within: list[Span] = []
    outside: list[Span] = []
    for span in spans:
        first, last = ((span.lefts[end] + span.rights[end]) / 2 for end in (0, -1))
        if not box.top <= (span.top + span.bottom) / 2 < box.bottom or last < box.x0 or box.x1 <= first:
            outside.append(span)
        elif box.x0 <= first and last < box.x1:
            within.append(span)
        else:
            inside = [box.x0 <= (left + right) / 2 < box.x1 for _, left, right in span.chars]
            for parts, where in ((within, True), (outside, False)):
                if places := [place for place, is_inside in enumerate(inside) if is_inside is where]:
                    parts.append(span.only(places))
    return within, outside


def _grid(places: _Places, printed: Sequence[Sequence[Line]], ruled: bool) -> Grid:
    filled = []
    for cell, (row, column, height, width), lines in zip(places.cells, places.spans, printed, strict=True):
        boxes = [line.box for line in lines if line.box]
        box = boxes[0] if len(boxes) == 1 else Box.around(boxes) if boxes else cell
        indent = boxes[0].x0 - cell.x0 if boxes else None
        text = "\n".join(line.text for line in lines)
        sure = _least_sure(line.confidence for line in lines)
        filled.append(Cell(text, row, column, height, width, box, sure, indent))
    return Grid(tuple(filled), len(places.ys) - 1, len(places.xs) - 1, places.box, tuple(places.xs), ruled)
