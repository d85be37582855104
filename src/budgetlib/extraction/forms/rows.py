"""(grid, columns) → rows: what each printed row is about, and its amounts with their places."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import pairwise

from budgetlib.core.money import is_blank, is_whole, parse_number
from budgetlib.core.text import squeeze, strip_numbering
from budgetlib.definitions.forms import stage_of
from budgetlib.extraction.forms.header import FormColumn, header_parts, is_numbering
from budgetlib.extraction.forms.page_ends import rejoined
from budgetlib.extraction.forms.recognise import FormPiece, FormTable
from budgetlib.pages.model import Cell

_CODED = re.compile(
    r"[\[【(（]?(?P<code>\d{6}|\d{3}(?:\d\d){0,3}|\d\d(?=[-—]))[\]】)）]?[-—_ ]*(?P<name>[^\d\s].*)?", re.DOTALL
)
_BELOW_CLASS = ("section", "item_code")
"""Columns over which a whole code may stand that begins in that of the class."""
_LABELS = ("class", "code", "item", "project")
_NOT_ADDED = ("unit_price",)
"""Columns whose amounts add up to nothing."""
_NOTE = re.compile(r"^(注|备注|说明)[:：]")


@dataclass(frozen=True)
class RowAmount:
    """One printed amount of a row: its column, number and cell, the number of its page and how that was read."""

    column: FormColumn
    number: Decimal
    text: str
    cell: Cell
    page: int | None
    source: str = "text"


@dataclass
class PrintedRow:
    """One row of one panel of a form, before totals and leaves are told apart.

    `position` is its place in printed order; `opens` says that it is the first one of a further piece. `stage` is that
    of all its amounts, empty where the paper leaves it open: what a row prints in several stages is several rows.
    `column` is where its label stands, `remarks` are its cells that hold no amount where one is expected.
    """

    side: str
    panel: int
    position: tuple[int, int, int] = (0, 0, 0)
    opens: bool = False
    printed: str = ""
    code: str | None = None
    gov_code: str | None = None
    gov_item: str | None = None
    economic_code: str | None = None
    economic_item: str | None = None
    unit: str | None = None
    unit_code: str | None = None
    unit_heads: bool = False
    column: int | None = None
    indent: float | None = None
    code_indent: float | None = None
    period: str = ""
    stage: str = "budget"
    amounts: list[RowAmount] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    kind: str = "line"

    @property
    def item(self) -> str:
        """What the row is about, without numbering, blanks and line breaks."""
        return strip_numbering(self.printed)

    def by_measure(self) -> dict[str, Decimal]:
        """Its amounts by column and year, the total first; those of columns that add up to nothing are left out."""
        added = [amount for amount in self.amounts if amount.column.measure not in _NOT_ADDED]
        added.sort(key=lambda amount: amount.column.measure != "total")
        return {f"{self.period}{amount.column.measure or ''}": amount.number for amount in added}

    def amount(self) -> Decimal | None:
        """The row's total, or its only amount."""
        totals = [a.number for a in self.amounts if a.column.measure == "total"]
        return totals[0] if totals else (self.amounts[0].number if len(self.amounts) == 1 else None)


def rows_of(table: FormTable, money_unit: str) -> Iterator[PrintedRow]:
    """The printed rows of a form, one for each of its panels, also where a panel says nothing."""
    panels = sorted({c.panel for c in table.columns})
    sides = {p: _side(table, p, [c for c in table.columns if c.panel == p]) for p in panels}
    for number, piece in enumerate(rejoined(table.pieces)):
        by_panel = {p: [c for c in piece.columns if c.panel == p] for p in panels}
        for r in range(piece.body, piece.grid.row_count):
            texts = [squeeze(c.text) for c in piece.grid.row(r) if c.text.strip()]
            if not texts or _NOTE.match(texts[0]) or _repeats_header(table, texts):
                continue
            if texts[1:] and is_numbering(texts):
                continue
            rows = [PrintedRow(sides[p], p, (number, r, p), number > 0 and r == piece.body) for p in panels]
            for row in rows:
                _fill(row, table, piece, by_panel[row.panel], money_unit)
            _share_merged_totals(piece, r, rows, by_panel)
            yield from (one for row in rows for one in _by_stage(row, table.form.stage))


def _by_stage(row: PrintedRow, usual: str) -> Iterator[PrintedRow]:
    """A row as one for each stage of its amounts; of a row whose label is but a stage, they are in that."""
    named = stage_of(squeeze(row.printed)) if usual == "final" else None
    if named and not named[1]:
        yield replace(row, printed="", stage=named[0])
        return
    stages = list(dict.fromkeys(amount.column.stage for amount in row.amounts)) or [usual]
    for stage in stages:
        yield replace(row, stage=stage, amounts=[amount for amount in row.amounts if amount.column.stage == stage])


def _side(table: FormTable, panel: int, columns: Sequence[FormColumn]) -> str:
    """The side of a panel: what its header says, else left is revenue and right is expenditure."""
    if table.form.side != "panels":
        return table.form.side
    headers = "".join(c.header.split(">")[0] for c in columns)
    if "支出" in headers:
        return "expenditure"
    if "收入" in headers:
        return "revenue"
    return "revenue" if panel == 0 and len({c.panel for c in table.columns}) > 1 else "expenditure"


def _share_merged_totals(
    piece: FormPiece, r: int, rows: Sequence[PrintedRow], by_panel: dict[int, list[FormColumn]]
) -> None:
    """One label over two panels of the same side (支出合计): its amount is the total of the left one."""
    for left, right in pairwise(rows):
        money = [c for c in by_panel[left.panel] if c.measure == "total"]
        labels = [c for c in by_panel[right.panel] if c.role]
        if not (money and labels and right.amounts and not left.amounts and left.side == right.side):
            continue
        cell = piece.grid.cell(r, money[0].index)
        if cell is not None and cell.text.strip() and cell is piece.grid.cell(r, labels[0].index):
            left.amounts = [replace(right.amounts[0], column=money[0])]
            right.amounts, right.printed = [], ""


def _repeats_header(table: FormTable, texts: Sequence[str]) -> bool:
    parts = header_parts(c.header for c in table.columns)
    return len(texts) > 1 and all(t in parts or re.fullmatch(r"\*+", t) for t in texts)


def _fill(row: PrintedRow, table: FormTable, piece: FormPiece, columns: Sequence[FormColumn], money_unit: str) -> None:
    """What the cells of its panel say, into `row`; amounts may go on beside the last panel."""
    _, r, _ = row.position
    labels: dict[str, Cell] = {}
    places = [(piece, r, column) for column in columns if column.measure]
    for column in columns:
        cell = piece.grid.cell(r, column.index) if column.role else None
        of_class = column.role in _BELOW_CLASS and cell is labels.get("class")
        if column.role and cell and cell.text.strip() and not of_class:
            labels.setdefault(column.role, cell)
    if columns and columns[-1] is piece.columns[-1]:
        places += [(part, r - piece.body + part.body, column) for part in piece.beside for column in part.columns]
    for part, part_row, column in places:
        amount = _amount(part, part_row, column, money_unit)
        if isinstance(amount, RowAmount):
            row.amounts.append(amount)
        elif amount:
            row.remarks.append(amount)
    _name(row, labels, coded=table.form.rows in ("codes", "groups"))
    row.unit_heads = row.unit_heads and any(column.role in _LABELS for column in columns)


def amount_cell(piece: FormPiece, row: int, column: FormColumn) -> Cell | None:
    """The cell of a column of amounts that begins in a row; None where none does or nothing is printed in it."""
    cell = piece.grid.cell(row, column.index)
    if cell is None or cell.row != row or cell.column != column.index or is_blank(cell.text):
        return None
    return None if cell.columns > 1 and _reaches_labels(piece, cell) else cell


def _reaches_labels(piece: FormPiece, cell: Cell) -> bool:
    labels = {column.index for column in piece.columns if column.role in _LABELS}
    return not labels.isdisjoint(range(cell.column, cell.column + cell.columns))


def _amount(piece: FormPiece, r: int, column: FormColumn, money_unit: str) -> RowAmount | str | None:
    """The amount printed in a place, or why what is printed there is none; None where nothing like one is printed."""
    cell = amount_cell(piece, r, column)
    if cell is None:
        return None
    number = parse_number(cell.text)
    where = f"row {r + 1}, {column.header or 'amount'}: {squeeze(cell.text)[:30]!r}"
    if number is None:
        page = f"page {piece.page.number}, " if piece.page.number else ""
        return f"{page}{where} is no amount" if re.search(r"[\d\ufffd]", cell.text) else None
    if not is_whole(number, money_unit):
        return f"{where} is finer than a fen"
    text = re.sub(r"\s+", "", cell.text)
    return RowAmount(column, number, text, cell, piece.page.number, piece.page.source)


def _name(row: PrintedRow, labels: Mapping[str, Cell], coded: bool) -> None:
    """Item, code and the rest from the label cells of one row; `coded` forms may print both in one cell."""
    text = {role: cell.text for role, cell in labels.items()}
    parts = [squeeze(text.get(role, "")) for role in ("class", "section", "item_code")]
    code, unit_code = squeeze(text.get("code", "")), squeeze(text.get("unit_code", ""))
    main = next((role for role in ("project", "item") if role in text), "")
    if not main and code and not code.isdigit():
        main, code = "code", ""
    if not main and parts[0] and not parts[0].isdigit():
        main, parts = "class", ["", "", ""]
    main = main or next((role for role in ("unit", "economic", "skip") if role in text), "")
    row.printed = re.sub(r"\s+", "", text.get(main, ""))
    row.column = labels[main].column if main else None
    row.indent = labels[main].indent if main else None
    row.unit = re.sub(r"\s+", "", text["unit"]) if "unit" in text and main != "unit" else None
    row.unit_code = unit_code if unit_code.isdigit() and row.unit is None else None
    row.code = "|".join(parts) if any(parts) else code if code.isdigit() else None
    row.unit_heads = main == "unit" and row.code is None
    if coded and row.code is None and (match := _CODED.fullmatch(text.get(main, "").strip())):
        row.code, row.printed = match["code"], re.sub(r"\s+", "", match["name"] or "")
    row.code_indent = labels["code"].indent if "code" in labels else None
    row.gov_code, row.gov_item = _coded(text.get("gov_item", ""))
    row.gov_code = row.gov_code or squeeze(text.get("gov_code", "")) or None
    row.economic_code, row.economic_item = _coded(text.get("economic", ""))
    row.period = squeeze(text.get("year", ""))


def _coded(text: str) -> tuple[str | None, str | None]:
    """A cell like `50101-工资奖金津补贴` as code and name."""
    match = _CODED.fullmatch(text.strip())
    code, name = (match["code"], match["name"] or "") if match else (None, text)
    return code, re.sub(r"\s+", "", name) or None
