"""Sheets of a workbook → pages: what is hidden is not read but said; a sheet may hold text and several tables."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from budgetlib.core.errors import UnreadableDocument
from budgetlib.core.text import squeeze
from budgetlib.pages.model import UNREAD, Cell, Grid, Line, Page
from budgetlib.pages.unpaged.flow import MOST_COLUMNS, MOST_PLACES, indent_of
from budgetlib.pages.unpaged.head import spans_in_head

MOST_CELLS = 500_000
"""Of a workbook; disclosures have some ten thousand."""

_WIDEST = 2000
"""Columns of a sheet, hidden ones among them."""
_ROWS_OF_HEAD = 6
"""Among so many rows is the head of a table, with what stands above it."""
_STEP = 9.0
"""Points of one step of indentation."""
_TITLE = re.compile(r"^(?!第.{1,3}部分).*表(?:[（(][^（）()]*[)）])*$")
_NUMBER_OF_TAB = re.compile(r"^[A-Za-z]{0,4}\d{0,3}[\s._、．-]+(?=\D|20\d\d)|[\s_.-]*[(（]?\d{0,3}[)）]?$")
_PROSE = re.compile(r"[。；]$|.{60}")


class Shown(NamedTuple):
    """What a cell shows; `indent` is counted in steps."""

    text: str
    indent: int = 0


class Merged(NamedTuple):
    """A range of cells that is one cell; counted from 0."""

    row: int
    column: int
    rows: int
    columns: int


@dataclass
class Sheet:
    """One sheet: the cells that show anything by row and column, from 0.

    `unknown` counts formulas without a stored value, `rounded` numbers of which the sheet shows fewer digits than the
    cell holds.
    """

    name: str
    is_hidden: bool = False
    cells: dict[tuple[int, int], Shown] = field(default_factory=dict)
    merged: list[Merged] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    unknown: int = 0
    rounded: int = 0

    def show(self, row: int, column: int, text: str, indent: int = 0) -> None:
        """A cell shows `text`; nothing where that is blank."""
        if text.strip():
            self.cells[row, column] = Shown(text, indent)

    def remarks(self) -> Iterator[str]:
        """What of the sheet was not read, and why."""
        if rows := sorted({row for row, _ in self.cells if row in self.hidden_rows}):
            yield f"hidden and not read: {len(rows)} rows, the first is row {rows[0] + 1}"
        if columns := sorted({column for _, column in self.cells if column in self.hidden_columns}):
            yield f"hidden and not read: {len(columns)} columns, the first is column {letters(columns[0])}"
        if self.unknown:
            yield f"{self.unknown} formulas without a stored value: open and save it in a spreadsheet program"
        if self.rounded:
            yield f"{self.rounded} numbers are taken as the sheet shows them; their cells hold more digits"


def letters(column: int) -> str:
    """The name of a column, counted from 0.

    >>> letters(0), letters(25), letters(26), letters(701)
    ('A', 'Z', 'AA', 'ZZ')
    """
    name = ""
    column += 1
    while column:
        column, digit = divmod(column - 1, 26)
        name = chr(ord("A") + digit) + name
    return name


def pages_of_sheets(sheets: Iterable[Sheet], name: str) -> Iterator[Page]:
    """The pages of the workbook `name`: each ends with a table.

    Raises `UnreadableDocument` (empty, too_large).
    """
    cells, printed = 0, False
    for sheet in sheets:
        cells += len(sheet.cells)
        if cells > MOST_CELLS:
            raise UnreadableDocument("too_large", f"{name} has more than {MOST_CELLS} cells")
        if sheet.is_hidden:
            yield Page(None, remarks=("a hidden sheet, not read",), place=sheet.name)
            continue
        remarks = tuple(sheet.remarks())
        for page in _Reading(sheet).pages():
            printed = True
            yield Page(None, lines=page.lines, grids=page.grids, place=page.place, remarks=remarks)
            remarks = ()
        if remarks:
            yield Page(None, remarks=remarks, place=sheet.name)
    if not printed:
        raise UnreadableDocument("empty", f"{name} shows nothing in any cell; fetch it again from its publisher")


class _Slot(NamedTuple):
    """A cell as it is seen: `row` and `column` count what is not hidden, `place` is where it is."""

    row: int
    column: int
    rows: int
    columns: int
    text: str
    indent: float
    place: str


class _Reading:
    """A sheet as it is seen, row by row."""

    def __init__(self, sheet: Sheet) -> None:
        self._name = sheet.name
        merged = {(m.row, m.column): m for m in sheet.merged}
        seen = [merged.get((row, column), Merged(row, column, 1, 1)) for row, column in sheet.cells]
        width = max((one.column + one.columns for one in seen), default=0)
        if width > _WIDEST:
            raise UnreadableDocument("too_large", f"sheet {sheet.name} is {width} columns wide")
        used = {row for one in seen for row in (one.row, one.row + 1)}
        self._rows = sorted(used - sheet.hidden_rows)
        self._columns = [column for column in range(width) if column not in sheet.hidden_columns]
        self._slots: list[list[_Slot]] = [[] for _ in self._rows]
        for range_ in sorted(seen):
            self._add(range_, sheet.cells[range_.row, range_.column])

    def _add(self, range_: Merged, shown: Shown) -> None:
        """A cell where it is seen: a range that begins in a hidden row shows its text in the next one."""
        top, end = (bisect_left(self._rows, row) for row in (range_.row, range_.row + range_.rows))
        left, right = (bisect_left(self._columns, column) for column in (range_.column, range_.column + range_.columns))
        if top == end or left == right:
            return
        place = f"{self._name}!{letters(range_.column)}{range_.row + 1}"
        slot = _Slot(top, left, end - top, right - left, shown.text, _STEP * shown.indent, place)
        self._slots[top].append(slot)

    def pages(self) -> Iterator[Page]:
        """Its pages: the text above a table, and the table."""
        lines: list[Line] = []
        table: list[int] = []
        tables = 0
        for row, slots in enumerate(self._slots):
            if self._is_text(row, slots, table):
                if table:
                    tables += 1
                    yield self._page(lines, table, tables)
                    lines, table = [], []
                lines += _lines(slots)
            elif slots or table:
                table.append(row)
        if table:
            yield self._page(lines, table, tables + 1)
        elif lines:
            yield Page(None, lines=tuple(lines), place=lines[0].place)

    def _is_text(self, row: int, slots: Sequence[_Slot], table: Sequence[int]) -> bool:
        """Whether a row is a line of text: one cell alone above a table, a title, a note or a sentence below one."""
        if len(slots) != 1:
            return False
        (only,) = slots
        if not table:
            return only.rows == 1
        text = squeeze(only.text)
        after_blank = not self._slots[row - 1]
        wide = only.columns > 1 and only.columns >= len(self._columns) - 1
        return bool(_TITLE.search(text) and (wide or after_blank)) or (
            only.column == 0 and bool(_PROSE.search(text) or (after_blank and not self._goes_on(row)))
        )

    def _goes_on(self, row: int) -> bool:
        """Whether the table goes on right below a row."""
        return row + 1 < len(self._slots) and len(self._slots[row + 1]) > 1

    def _page(self, lines: Sequence[Line], rows: list[int], number: int) -> Page:
        while rows and not self._slots[rows[-1]]:
            rows.pop()
        slots = [slot for row in rows for slot in self._slots[row]]
        width = max(slot.column + slot.columns for slot in slots)
        if width > MOST_COLUMNS or width * len(rows) > MOST_PLACES:
            raise UnreadableDocument("too_large", f"sheet {self._name} has {len(rows)} rows and {width} columns")
        grid = _grid(slots, rows, width)
        near = [squeeze(text) for text in (*(line.text for line in lines[-4:]), *(slot.text for slot in slots[:8]))]
        title = _NUMBER_OF_TAB.sub("", self._name.strip()) if number == 1 else ""
        only_there = _TITLE.search(title) and not any(_TITLE.search(text) for text in near)
        tab = [Line(title, place=self._name)] if only_there else []
        first = f"{self._name}!A{self._rows[rows[0]] + 1}"
        last = f"{letters(self._columns[width - 1])}{self._rows[rows[-1]] + 1}"
        return Page(None, lines=(*lines, *tab), grids=(grid,), place=f"{first}:{last}")


def _lines(slots: Sequence[_Slot]) -> Iterator[Line]:
    for slot in slots:
        texts = [text for line in slot.text.split("\n") if (text := line.strip())]
        for number, text in enumerate(texts, 1):
            yield Line(text, place=slot.place + (f", line {number}" if number > 1 else ""))


def _grid(slots: Sequence[_Slot], rows: Sequence[int], width: int) -> Grid:
    """The rows of a sheet as a table; places where nothing is shown are blank cells.

    Where no cell of the head is merged, its empty cells belong to those at their left.
    """
    first, height = rows[0], rows[-1] - rows[0] + 1
    by_place = {(slot.row - first, slot.column): slot for slot in slots}
    merged = any(slot.columns > 1 for slot in slots if slot.row - first < _ROWS_OF_HEAD)
    texts = [[by_place[y, x].text if (y, x) in by_place else "" for x in range(width)] for y in range(height)]
    spans = [] if merged else spans_in_head(texts)
    cells: list[Cell] = []
    taken: set[tuple[int, int]] = set()
    for (row, column), slot in sorted(by_place.items()):
        high = min(slot.rows, height - row)
        wide = slot.columns if merged else spans[row][column]
        indent = indent_of(slot.text, slot.indent)
        cells.append(Cell(slot.text, row, column, high, wide, indent=indent, place=slot.place))
        taken |= {(row + y, column + x) for y in range(high) for x in range(wide)}
    cells += [Cell("", y, x) for y in range(height) for x in range(width) if (y, x) not in taken]
    return Grid(tuple(cells), height, width)


def readable(text: str | None) -> str:
    """The text of a cell as it is shown: without carriage returns and other signs that are not shown."""
    return re.sub(r"_x000[dD]_|\r|[\x00-\x08\x0b-\x1f]", "", text or "")


NO_VALUE = UNREAD
"""What a formula without a stored value shows: nobody knows."""
