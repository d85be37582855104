"""Characters with their places → lines of text, and cells of a grid.

What every reader of ink shares: it gives characters and the cells that rules draw, and gets lines
and grids.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise
from operator import itemgetter
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
_SAME_PLACE = 0.8
"""Points within which one character printed twice is bold."""


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


class Span(NamedTuple):
    """Characters of one line from left to right, painted in one go; not `whole`: one after another."""

    chars: Sequence[Char]
    whole: bool = True


_x0, _base, _base_and_x0 = itemgetter(1), itemgetter(5), itemgetter(5, 1)


def without_doubles(spans: Sequence[Span]) -> list[Span]:
    """`spans` without characters printed a second time in the same place, which is how some programs make bold."""
    doubles = {place for crowd in _crowds(spans) for place in _doubles(spans, crowd)}
    if not doubles:
        return list(spans)
    kept = (
        Span([char for k, char in enumerate(span.chars) if (i, k) not in doubles], span.whole)
        for i, span in enumerate(spans)
    )
    return [span for span in kept if span.chars]


def _crowds(spans: Sequence[Span]) -> Iterator[list[int]]:
    """The spans (by number) that stand upon one another on one line, or print upon themselves."""
    bases = [span.chars[0].base for span in spans]
    by_base = sorted(range(len(spans)), key=bases.__getitem__)
    for row in in_groups(by_base, lambda above, i: bases[i] - bases[above] < _SAME_PLACE):
        crowd: list[int] = []
        reach = float("-inf")
        for i in sorted(row, key=lambda i: spans[i].chars[0].x0):
            span = spans[i].chars
            if span[0].x0 > reach - _SAME_PLACE:
                if len(crowd) > 1:
                    yield sorted(crowd)
                crowd = []
            crowd.append(i)
            reach = max(reach, span[-1].x1)
            if len(span) > 1 and any(after.x0 - before.x0 < _SAME_PLACE for before, after in pairwise(span)):
                yield [i]
        if len(crowd) > 1:
            yield sorted(crowd)


def _doubles(spans: Sequence[Span], crowd: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The characters (span, place in it) of a crowd that were printed before."""
    before: dict[str, list[Char]] = defaultdict(list)
    for i in crowd:
        for k, char in enumerate(spans[i].chars):
            if char.text.isspace():
                continue
            same = before[char.text]
            if any(abs(o.x0 - char.x0) < _SAME_PLACE and abs(o.top - char.top) < _SAME_PLACE for o in same):
                yield i, k
            else:
                same.append(char)


def chars_of(spans: Iterable[Span]) -> Iterator[Char]:
    """The characters of `spans`, one after another."""
    return chain.from_iterable(span.chars for span in spans)


def rows_of_text(chars: Iterable[Char]) -> list[list[Char]]:
    """`chars` by printed line, top to bottom, each from left to right."""
    rows: list[list[Char]] = []
    base = float("-inf")
    for char in sorted(chars, key=_base_and_x0):
        if char.base - base <= _LEVEL * (char.bottom - char.top):
            rows[-1].append(char)
        else:
            rows.append([char])
            base = char.base
    for row in rows:
        row.sort(key=_x0)
    return rows


def _joined(row: Sequence[Char]) -> str:
    """The text of one printed line, with a blank where the paper leaves one."""
    parts = [row[0].text]
    before = row[0]
    for char in row[1:]:
        if char.x0 - before.x1 > _BLANK * (char.bottom - char.top) and not parts[-1].isspace():
            parts.append(" ")
        parts.append(char.text)
        before = char
    return "".join(parts).strip()


def lines_of(rows: Iterable[Sequence[Char]]) -> list[Line]:
    """The printed lines that rows of characters make."""
    lines = []
    for row in rows:
        if text := _joined(row):
            printed = [char for char in row if not char.text.isspace()]
            _, lefts, tops, rights, bottoms, _, confidences = zip(*printed, strict=True)
            sure = None if confidences[0] is None else min(confidences)
            lines.append(Line(text, Box(min(lefts), min(tops), max(rights), max(bottoms)), sure))
    return lines


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

    def under(self, char: Char) -> int | None:
        """The number of the cell in which the middle of a character is."""
        _, x0, top, x1, bottom, *_ = char
        return self.owner.get((bisect_right(self.ys, (top + bottom) / 2) - 1, bisect_right(self.xs, (x0 + x1) / 2) - 1))


def _settle(span: Span, places: _Places, contents: dict[int, list[Char]]) -> list[Char]:
    """Give the characters of a span to the cells under them; those under no cell are returned.

    What was painted in one go without a gap, and a number anyhow, is not torn apart by a rule that it crosses.
    """
    first = places.under(span.chars[0])
    if first is not None and first == places.under(span.chars[-1]):
        contents[first] += span.chars
        return []
    outside = []
    for piece in in_groups(span.chars, _follows):
        cells = [places.under(char) for char in piece]
        if None not in cells and (span.whole or parse_number("".join(char.text for char in piece)) is not None):
            cells = [max(cells, key=cells.count)] * len(cells)
        for char, cell in zip(piece, cells, strict=True):
            if cell is None:
                outside.append(char)
            else:
                contents[cell].append(char)
    return outside


def _follows(before: Char, char: Char) -> bool:
    """True where `char` stands directly to the right of `before`."""
    height = char.bottom - char.top
    return (
        abs(char.base - before.base) <= _LEVEL * height
        and before.x0 <= char.x0 <= before.x1 + RUN_GAP * height
        and not (char.text.isspace() or before.text.isspace())
    )


def _in_running_text(places: _Places, outside: Iterable[Char]) -> bool:
    """True where one row of cells stands in the middle of a line of prose: a highlight, not a table."""
    if len(places.ys) > 2:
        return False
    box = places.box
    height = box.bottom - box.top
    return any(
        box.top <= (c.top + c.bottom) / 2 <= box.bottom
        and (-height < c.x1 - box.x0 <= _TOUCHING or -_TOUCHING <= c.x0 - box.x1 < height)
        for c in outside
        if c.text.strip()
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
        if not within or _in_running_text(places, chars_of(rest)):
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
    contents: dict[int, list[Char]] = defaultdict(list)
    unsettled = (_settle(span, places, contents) for span in spans)
    outside = [*map(Span, filter(None, unsettled))]
    numbers = range(len(places.cells))
    return [lines_of(rows_of_text(contents[i])) if i in contents else [] for i in numbers], outside


def _parted(spans: Iterable[Span], box: Box) -> tuple[list[Span], list[Span]]:
    """What stands in a box, and what does not; a character stands where its middle is."""
    within: list[Span] = []
    outside: list[Span] = []
    for span in spans:
        chars = span.chars
        _, x0, top, x1, bottom, *_ = chars[0]
        first, last = (x0 + x1) / 2, (chars[-1].x0 + chars[-1].x1) / 2
        if not box.top <= (top + bottom) / 2 < box.bottom or last < box.x0 or box.x1 <= first:
            outside.append(span)
        elif box.x0 <= first and last < box.x1:
            within.append(span)
        else:
            inside = [box.x0 <= (char.x0 + char.x1) / 2 < box.x1 for char in chars]
            for parts, where in ((within, True), (outside, False)):
                if part := [char for char, is_inside in zip(chars, inside, strict=True) if is_inside is where]:
                    parts.append(Span(part, span.whole))
    return within, outside


def _grid(places: _Places, printed: Sequence[Sequence[Line]], ruled: bool) -> Grid:
    filled = []
    for cell, (row, column, height, width), lines in zip(places.cells, places.spans, printed, strict=True):
        boxes = [line.box for line in lines if line.box]
        box = boxes[0] if len(boxes) == 1 else Box.around(boxes) if boxes else cell
        indent = boxes[0].x0 - cell.x0 if boxes else None
        text = "\n".join(line.text for line in lines)
        sure = min((line.confidence for line in lines if line.confidence is not None), default=None)
        filled.append(Cell(text, row, column, height, width, box, sure, indent))
    return Grid(tuple(filled), len(places.ys) - 1, len(places.xs) - 1, places.box, tuple(places.xs), ruled)
