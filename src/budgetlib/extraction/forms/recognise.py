"""Which grid is which statutory form, joined over pages – or why not.

A form is known by its title above (or inside) the grid and by its header words; a grid without a title
goes on with the form before it where its columns are the same. Nothing is guessed: what is not
recognised is returned with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from budgetlib.core.money import parse_number
from budgetlib.core.text import squeeze
from budgetlib.definitions.forms import Form, form_headed
from budgetlib.extraction.forms.header import (
    FormColumn,
    TableHeader,
    columns_of,
    header_parts,
    header_rows,
    printed_headers,
    read_header,
    without_rows_below,
)
from budgetlib.extraction.forms.titles import (
    clean_title,
    find_entity,
    find_unit,
    form_above,
    stated_unit,
    years_in,
)
from budgetlib.extraction.records import GridPlace
from budgetlib.pages.model import Grid, Line, Page

_HEADER_WORD = re.compile(r"(编码|名称|预算数)$|^(项目|收入|支出|金额|合计|小计|(基本|项目)支出)$")
_EDGE_TOLERANCE = 8.0
"""Points by which the outer borders of a form may differ from page to page: pages are set by hand."""
_SAME_COLUMN = 0.6
"""The share of its width that a column keeps on the next page; less could be its neighbour."""
_TITLE_LINES = 4
"""How many lines above a performance table hold its title."""
_LINES_ABOVE = 12
"""How many lines above a grid may belong to it: label, title over three lines, entity, unit."""


@dataclass(frozen=True)
class FormPiece:
    """The part of a form that one grid shows: `body` is the first row below the header.

    `beside` holds the columns further right of the same rows, where a sheet too wide was printed on two pages.
    """

    page: Page
    page_index: int
    grid: Grid
    body: int
    columns: tuple[FormColumn, ...] = ()
    beside: tuple[FormPiece, ...] = ()


@dataclass(frozen=True)
class FormTable:
    """One form of a document, joined over its pages; `money_unit` is None where none is printed."""

    form: Form
    title: str
    columns: tuple[FormColumn, ...]
    money_unit: str | None
    entity: str | None
    year: int | None
    header_rows: tuple[tuple[str, ...], ...]
    """The texts of the header's rows, as printed first."""
    pieces: tuple[FormPiece, ...]
    above: tuple[str, ...] = ()
    """The last lines above its first grid, and the titles inside it."""

    @property
    def parts(self) -> Iterator[FormPiece]:
        """Its pieces, each with those set beside it."""
        return (part for piece in self.pieces for part in (piece, *piece.beside))

    @property
    def places(self) -> set[GridPlace]:
        """Where its grids stand."""
        return {(part.page_index, part.grid.box) for part in self.parts}

    @property
    def unknown_headers(self) -> list[str]:
        """The headers that no rule knows, and those that stand twice."""
        return [c.header for c in self.columns if not c.known or c.is_other]

    def with_piece(self, piece: FormPiece, number: int | None = None) -> FormTable:
        """The form with `piece` after its others, or in the place of piece `number`."""
        end = len(self.pieces) if number is None else number
        return replace(self, pieces=(*self.pieces[:end], piece, *self.pieces[end + 1 :]))


@dataclass(frozen=True)
class Unknown:
    """A grid that looks like money and was not understood, and why."""

    page_index: int
    grid: Grid
    reason: str


def recognise(pages: Sequence[Page]) -> tuple[list[FormTable], list[Unknown]]:
    """The forms of a document in printed order, and the money tables that were not understood."""
    tables: list[FormTable] = []
    unknown: list[Unknown] = []
    above: list[str] = []
    current: FormTable | None = None
    foot: tuple[int, list[str]] = 0, []  # the lines above a head that stands alone at the end of its page
    for page_index, page in enumerate(pages):
        for block in page.blocks:
            if isinstance(block, Line):
                above.append(block.text)
                continue
            header = read_header(block)
            if current is not None:
                header = without_rows_below(block, header, current.header_rows)
            above = [*above[-_LINES_ABOVE:], *header.titles]
            if above and header.first == block.row_count:
                continue
            piece = FormPiece(page, page_index, block, header.body)
            if current is not None and (longer := _continued(current, piece, header, above)):
                tables[-1] = current = longer
            else:
                overleaf = foot[1] if foot[0] == page_index - 1 else []
                begun = _begun(piece, header, [*overleaf, *above], current)
                current = begun if isinstance(begun, FormTable) else None
                if isinstance(begun, FormTable):
                    tables.append(begun)
                elif begun and _looks_like_money(block):
                    unknown.append(Unknown(page_index, block, begun))
            foot = page_index, above if header.body == block.row_count and form_above(above) else []
            above = []
    return [_with_stated_unit(table) for table in tables], unknown


def _with_stated_unit(table: FormTable) -> FormTable:
    grids = (part.grid for part in table.parts)
    return replace(table, money_unit=table.money_unit or stated_unit(table.above, grids))


def is_performance(above: Sequence[str], grid: Grid) -> bool:
    """True for a performance-target table (绩效目标表) or a piece of one."""
    words = "".join(map(squeeze, above[-_TITLE_LINES:])) + "".join(squeeze(cell.text) for cell in grid.cells)
    return re.search(r"绩效目标|绩效指标|[一二三]级指标|(数量|质量|时效|成本|满意度)指标", words) is not None


def _looks_like_money(grid: Grid) -> bool:
    amounts = sum(1 for cell in grid.cells if re.search(r"[.,]", cell.text) and parse_number(cell.text) is not None)
    return amounts >= 2


def _begun(
    piece: FormPiece, header: TableHeader, above: Sequence[str], current: FormTable | None
) -> FormTable | str | None:
    """The form that begins with `piece`, or why none does; None for a performance table."""
    titled = form_above(above)
    if titled is None and not _has_goals(current) and is_performance(above, piece.grid):
        return None
    if titled is None and (form := form_headed(header.headers)):
        titled = form, form.label_zh
    if titled is None:
        return _why_unknown(above, header)
    table = _titled(*titled, piece, header, above)
    return f"{table.title}: {problem}" if (problem := _missing(table)) else table


def _titled(form: Form, title: str, piece: FormPiece, header: TableHeader, above: Sequence[str]) -> FormTable:
    years = [year for text in (title, *header.titles) for year in years_in(squeeze(text))]
    columns = columns_of(form, header.headers)
    return FormTable(
        form,
        title,
        columns,
        find_unit([*above, *header.headers]),
        find_entity(above),
        years[0] if years else None,
        header_rows(piece.grid, header),
        (replace(piece, columns=columns),),
        tuple(above),
    )


def _missing(table: FormTable) -> str | None:
    """Why the columns of a titled form cannot be understood; None where they can."""
    if table.unknown_headers and not table.pieces[0].grid.ruled:
        return f"no rules divide its columns, and not every column header is known ({', '.join(table.unknown_headers)})"
    if not any(c.measure and not c.is_other for c in table.columns):
        headers = ", ".join(c.header for c in table.columns if c.header)
        return f"no column header is known ({headers or 'none printed'})"
    return None


def _why_unknown(above: Sequence[str], header: TableHeader) -> str:
    title = next((squeeze(t) for t in reversed(above) if squeeze(t).endswith("表")), "")
    headers = ", ".join(h for h in header.headers if h)[:120]
    return (
        f"a money table without a known title{f' ({title[:40]})' if title else ''}; columns: {headers or 'no header'}"
    )


def _has_goals(table: FormTable | None) -> bool:
    return table is not None and any("绩效目标" in column.header for column in table.columns)


def _continued(current: FormTable, piece: FormPiece, header: TableHeader, above: Sequence[str]) -> FormTable | None:
    """`current` with `piece`, where the piece goes on with it; None where it does not."""
    if titled := form_above(above):
        table = _titled(*titled, piece, header, above)
        return current.with_piece(table.pieces[0]) if _is_repeat(current, table) else None
    if not _has_goals(current) and is_performance(above, piece.grid):
        return None
    if find_unit(above) and form_headed(header.headers):
        return None
    if wider := _set_beside(current, piece, header):
        return wider
    if columns := _same_columns(current, piece.grid, header):
        body = header.body if _repeats(current, header) else header.first
        return current.with_piece(replace(piece, body=body, columns=columns))
    return None


def _is_repeat(current: FormTable, table: FormTable) -> bool:
    """True where the same form goes on under a title repeated in full."""
    return (
        current.form.name == table.form.name
        and clean_title(current.title) == clean_title(table.title)
        and current.entity == table.entity
        and current.year == table.year
        and printed_headers(current.columns) == printed_headers(table.columns)
    )


def _set_beside(current: FormTable, piece: FormPiece, header: TableHeader) -> FormTable | None:
    """`current` with an untitled grid without labels beside the piece whose further columns it shows; None where none.

    Programs that print sheets too wide for the paper print the columns cut off on pages of their own, row by row.
    """
    left = [c.header for c in sorted(current.columns, key=lambda c: c.index)]
    further = [c for c in columns_of(current.form, [*left, *header.headers]) if c.index >= len(left)]
    if any(c.measure is None or c.is_other for c in further):
        return None
    panel = max(c.panel for c in current.columns)
    columns = tuple(replace(c, index=c.index - len(left), panel=panel) for c in further)
    rows = piece.grid.row_count - piece.body
    for number, other in enumerate(current.pieces):
        if not other.beside and other.page_index < piece.page_index and other.grid.row_count - other.body == rows > 1:
            return current.with_piece(replace(other, beside=(replace(piece, columns=columns),)), number)
    return None


def _same_columns(current: FormTable, grid: Grid, header: TableHeader) -> tuple[FormColumn, ...] | None:
    """The columns of an untitled grid that continues `current`; None where it has a header of its own."""
    if _repeats(current, header):
        columns = columns_of(current.form, header.headers)
        if printed_headers(columns) == printed_headers(current.columns):
            return columns
    if not grid.ruled and grid.edges != current.pieces[-1].grid.edges:
        return None
    new = header_parts(header.headers) - header_parts(c.header for c in current.columns)
    if any(_HEADER_WORD.search(part) for part in new):
        return None
    return _carried_over(current.pieces[-1], grid)


def _repeats(current: FormTable, header: TableHeader) -> bool:
    """True where the header says again what that of `current` says, in full or in part."""
    parts = header_parts(header.headers)
    return bool(parts) and parts <= header_parts(c.header for c in current.columns)


def _carried_over(last: FormPiece, grid: Grid) -> tuple[FormColumn, ...] | None:
    """The columns of `last` as they stand in `grid`, which shows no header; None where they do not fit.

    Columns are matched by their place on the paper; a grid may lack or split columns that say nothing, and merge
    columns of labels: then the first of them stands for all.
    """
    edges = last.grid.edges
    if not (grid.edges and edges):
        return last.columns if last.grid.column_count == grid.column_count else None
    if any(abs(grid.edges[end] - edges[end]) > _EDGE_TOLERANCE for end in (0, -1)):
        return None
    columns: dict[int, FormColumn] = {}
    for column in last.columns:
        left, right = edges[column.index], edges[column.index + 1]
        overlaps = [(min(right, grid.edges[i + 1]) - max(left, grid.edges[i]), i) for i in range(grid.column_count)]
        fits = [i for shared, i in sorted(overlaps, reverse=True) if shared > _SAME_COLUMN * (right - left)]
        index = next((i for i in fits if i not in columns), None)
        if index is not None:
            columns[index] = replace(column, index=index)
        elif column.role != "skip" and not any(column.role and columns[i].role for i in fits):
            return None
    return tuple(columns[index] for index in sorted(columns))
