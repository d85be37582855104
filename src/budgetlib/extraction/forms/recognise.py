"""Which grid is which statutory form, joined over pages – or why not.

A form is known by its title above (or inside) the grid and by its header words; a grid without a title
goes on with the form before it where its columns are the same. Nothing is guessed: what is not
recognised is returned with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from budgetlib.core.money import parse_number
from budgetlib.core.text import squeeze
from budgetlib.definitions.forms import Form
from budgetlib.extraction.forms.header import (
    Column,
    Head,
    columns_of,
    header_parts,
    header_rows,
    read_head,
    without_rows_below,
)
from budgetlib.extraction.forms.titles import clean_title, find_entity, find_unit, form_above, years_in
from budgetlib.pages.model import Grid, Line, Page

_HEADER_WORD = re.compile(r"(编码|名称|预算数)$|^(项目|收入|支出|金额|合计|小计|(基本|项目)支出)$")
_EDGE_TOLERANCE = 8.0


@dataclass(frozen=True)
class Piece:
    """The part of a form that one grid shows: `body` is the first row below the head.

    `beside` holds the columns further right of the same rows, where a sheet too wide was printed on two pages.
    """

    page: Page
    page_index: int
    grid: Grid
    body: int
    columns: tuple[Column, ...]
    beside: tuple[Piece, ...] = ()


@dataclass
class Sheet:
    """One form of a document, joined over its pages."""

    form: Form
    title: str
    columns: tuple[Column, ...]
    unit: str | None
    entity: str | None
    year: int | None
    header_rows: tuple[tuple[str, ...], ...] = ()
    """The texts of the head's rows, as printed first."""
    pieces: list[Piece] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What a reader of the ledger should know about the form as a whole."""
    remarks: list[str] = field(default_factory=list)
    """Cells that hold no amount where one is expected."""


@dataclass(frozen=True)
class Unknown:
    """A grid that looks like money and was not understood, and why."""

    page: Page
    page_index: int
    grid: Grid
    reason: str


def _carried_over(sheet: Sheet, grid: Grid) -> tuple[Column, ...] | None:
    """The columns of `sheet` as they stand in `grid`, which shows no header; None where they do not fit.

    Columns are matched by their place on the paper; a grid may lack or split columns that say nothing.
    """
    last = sheet.pieces[-1]
    if not (grid.edges and last.grid.edges):
        return last.columns if last.grid.column_count == grid.column_count else None
    found: dict[int, Column] = {}
    for column in last.columns:
        left, right = last.grid.edges[column.index], last.grid.edges[column.index + 1]
        overlaps = [
            (min(right, grid.edges[i + 1]) - max(left, grid.edges[i]), i)
            for i in range(grid.column_count)
            if i not in found
        ]
        share, index = max(overlaps, default=(0.0, -1))
        if share > 0.6 * (right - left):
            found[index] = Column(index, column.panel, column.header, column.role, column.measure)
        elif column.role != "skip":
            return None
    if (
        abs(grid.edges[0] - last.grid.edges[0]) > _EDGE_TOLERANCE
        or abs(grid.edges[-1] - last.grid.edges[-1]) > _EDGE_TOLERANCE
    ):
        return None
    return tuple(found[index] for index in sorted(found))


def is_performance(above: Sequence[str], grid: Grid) -> bool:
    """True for a performance-target table (绩效目标表) or a piece of one."""
    words = "".join(map(squeeze, above[-4:])) + "".join(squeeze(cell.text) for cell in grid.cells)
    return re.search(r"绩效目标|绩效指标|[一二三]级指标|(数量|质量|时效|成本|满意度)指标", words) is not None


def _looks_like_money(grid: Grid) -> bool:
    amounts = sum(1 for cell in grid.cells if re.search(r"[.,]", cell.text) and parse_number(cell.text) is not None)
    return amounts >= 2


def recognise(pages: Sequence[Page]) -> tuple[list[Sheet], list[Unknown]]:
    """The forms of a document in printed order, and the money tables that were not understood."""
    sheets: list[Sheet] = []
    unknown: list[Unknown] = []
    context: list[str] = []
    current: Sheet | None = None
    for page_index, page in enumerate(pages):
        for block in page.blocks:
            if isinstance(block, Line):
                context.append(block.text)
                continue
            head = read_head(block)
            if current is not None:
                head = without_rows_below(block, head, current.header_rows)
            above = [*context[-12:], *head.titles]
            context = [*above] if head.first == block.row_count else []
            if context:
                continue
            found = form_above(above)
            has_goals = current is not None and any("绩效目标" in column.header for column in current.columns)
            if found is None and not has_goals and is_performance(above, block):
                current = None
                continue
            if found is None and current is not None and _set_beside(current, page, page_index, block, head):
                continue
            if found is None and current is not None and (columns := _goes_on(current, block, head)):
                body = head.body if _repeats(current, head) else head.first
                current.pieces.append(Piece(page, page_index, block, body, columns))
                continue
            if found is None:
                current = None
                if _looks_like_money(block):
                    unknown.append(Unknown(page, page_index, block, _why_unknown(above, head)))
                continue
            sheet = _sheet(*found, above, head)
            sheet.header_rows = header_rows(block, head)
            piece = Piece(page, page_index, block, head.body, sheet.columns)
            if current is not None and _is_repeat(current, sheet):
                current.pieces.append(piece)
            elif problem := _missing(sheet, block.ruled):
                if _looks_like_money(block):
                    unknown.append(Unknown(page, page_index, block, f"{found[1]}: {problem}"))
                current = None
            else:
                current = sheet
                sheet.pieces.append(piece)
                sheets.append(sheet)
    return sheets, unknown


def _sheet(form: Form, title: str, above: Sequence[str], head: Head) -> Sheet:
    years = [year for text in (title, *head.titles) for year in years_in(squeeze(text))]
    return Sheet(
        form,
        title,
        columns_of(form, head.headers),
        find_unit([*above, *head.headers]),
        find_entity(above),
        years[0] if years else None,
    )


def _missing(sheet: Sheet, ruled: bool) -> str | None:
    """Why the columns of a titled form cannot be understood; None where they can."""
    unknown = [c.header for c in sheet.columns if c.measure and c.measure.startswith("other:")]
    if unknown and not ruled:
        return f"no rules divide its columns, and not every column header is known ({', '.join(unknown)})"
    if not any(c.measure and not c.measure.startswith("other:") for c in sheet.columns):
        headers = ", ".join(c.header for c in sheet.columns if c.header)
        return f"no column header is known ({headers or 'none printed'})"
    return None


def _is_repeat(current: Sheet, sheet: Sheet) -> bool:
    """True where the same form goes on under a title repeated in full."""
    return (
        current.form.name == sheet.form.name
        and clean_title(current.title) == clean_title(sheet.title)
        and current.entity == sheet.entity
        and current.year == sheet.year
        and [c.header for c in current.columns] == [c.header for c in sheet.columns]
    )


def _set_beside(current: Sheet, page: Page, page_index: int, grid: Grid, head: Head) -> bool:
    """True where an untitled grid without labels shows further columns of a piece of `current`, and is set beside it.

    Programs that print sheets too wide for the paper print the columns cut off on pages of their own, row by row.
    """
    own = [c.header for c in sorted(current.columns, key=lambda c: c.index)]
    further = [c for c in columns_of(current.form, [*own, *head.headers]) if c.index >= len(own)]
    if any(c.measure is None or c.measure.startswith("other:") for c in further):
        return False
    panel = max(c.panel for c in current.columns)
    columns = tuple(replace(c, index=c.index - len(own), panel=panel) for c in further)
    rows = grid.row_count - head.body
    for number, piece in enumerate(current.pieces):
        if not piece.beside and piece.page_index < page_index and piece.grid.row_count - piece.body == rows > 1:
            beside = Piece(page, page_index, grid, head.body, columns)
            current.pieces[number] = replace(piece, beside=(beside,))
            return True
    return False


def _goes_on(current: Sheet, grid: Grid, head: Head) -> tuple[Column, ...] | None:
    """The columns of an untitled grid that continues `current`; None where it has a header of its own."""
    if _repeats(current, head):
        columns = columns_of(current.form, head.headers)
        if [c.header for c in columns if c.header] == [c.header for c in current.columns if c.header]:
            return columns
    if not grid.ruled:
        return None
    new = header_parts(head.headers) - header_parts(c.header for c in current.columns)
    if any(_HEADER_WORD.search(part) for part in new):
        return None
    return _carried_over(current, grid)


def _repeats(current: Sheet, head: Head) -> bool:
    """True where the head says again what the head of `current` says, in full or in part."""
    own = header_parts(head.headers)
    return bool(own) and own <= header_parts(c.header for c in current.columns)


def _why_unknown(above: Sequence[str], head: Head) -> str:
    title = next((squeeze(t) for t in reversed(above) if squeeze(t).endswith("表")), "")
    headers = ", ".join(h for h in head.headers if h)[:120]
    return (
        f"a money table without a known title{f' ({title[:40]})' if title else ''}; columns: {headers or 'no header'}"
    )
