"""(grid, columns) → rows: what each printed row is about, and its amounts with their places."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from budgetlib.core.money import is_blank, is_whole, parse_number
from budgetlib.core.text import label, squeeze
from budgetlib.extraction.forms.header import Column, is_numbering
from budgetlib.extraction.forms.recognise import Piece, Sheet
from budgetlib.pages.model import Cell

_CODED = re.compile(r"[\[【(（]?(?P<code>\d{3}(?:\d\d){0,3})[\]】)）]?[-—_ ]*(?P<name>[^\d\s].*)?", re.DOTALL)
_NOTE = re.compile(r"^(注|备注|说明)[:：]")


@dataclass
class Amount:
    """One printed amount of a row: its column, number and cell."""

    column: Column
    number: Decimal
    text: str
    cell: Cell
    page: int | None


@dataclass
class Row:
    """One row of one panel of a form, before totals and leaves are told apart."""

    side: str
    panel: int
    printed: str = ""
    code: str | None = None
    gov_code: str | None = None
    gov_item: str | None = None
    economic_code: str | None = None
    economic_item: str | None = None
    unit: str | None = None
    unit_heads: bool = False
    period: str = ""
    amounts: list[Amount] = field(default_factory=list)
    kind: str = "line"

    @property
    def item(self) -> str:
        """What the row is about, without numbering, blanks and line breaks."""
        return label(self.printed)

    def amount(self) -> Decimal | None:
        """The row's total, or its only amount."""
        totals = [a.number for a in self.amounts if a.column.measure == "total"]
        return totals[0] if totals else (self.amounts[0].number if len(self.amounts) == 1 else None)


def _side(sheet: Sheet, panel: int, columns: Sequence[Column]) -> str:
    """The side of a panel: what its header says, else left is revenue and right is expenditure."""
    if sheet.form.side != "panels":
        return sheet.form.side
    headers = "".join(c.header.split(">")[0] for c in columns)
    if "支出" in headers:
        return "expenditure"
    if "收入" in headers:
        return "revenue"
    return "revenue" if panel == 0 and len({c.panel for c in sheet.columns}) > 1 else "expenditure"


def _text(piece: Piece, row: int, column: Column) -> str:
    cell = piece.grid.cell(row, column.index)
    return cell.text if cell else ""


def rows_of(sheet: Sheet) -> Iterator[tuple[int, list[Row]]]:
    """The printed rows of a form, one `Row` for each of its panels that says anything."""
    panels = sorted({c.panel for c in sheet.columns})
    sides = {p: _side(sheet, p, [c for c in sheet.columns if c.panel == p]) for p in panels}
    for number, piece in enumerate(sheet.pieces):
        by_panel = {p: [c for c in piece.columns if c.panel == p] for p in panels}
        for r in range(piece.body, piece.grid.row_count):
            texts = [squeeze(c.text) for c in piece.grid.row(r) if c.text.strip()]
            if not texts or _NOTE.match(texts[0]) or _repeats_head(sheet, texts) or (texts[1:] and is_numbering(texts)):
                continue
            rows = [_row(sheet, piece, r, by_panel[p], sides[p], p) for p in panels]
            _share_merged_totals(piece, r, rows, by_panel)
            yield (number if r == piece.body else 0), [row for row in rows if row.printed or row.amounts]


def _share_merged_totals(piece: Piece, r: int, rows: Sequence[Row], by_panel: dict[int, list[Column]]) -> None:
    """One label over two panels of the same side (支出合计): its amount is the total of the left one."""
    for left, right in pairwise(rows):
        money = [c for c in by_panel[left.panel] if c.measure == "total"]
        labels = [c for c in by_panel[right.panel] if c.role]
        if not (money and labels and right.amounts and not left.amounts and left.side == right.side):
            continue
        cell = piece.grid.cell(r, money[0].index)
        if cell is not None and cell.text.strip() and cell is piece.grid.cell(r, labels[0].index):
            amount = right.amounts[0]
            left.amounts = [Amount(money[0], amount.number, amount.text, amount.cell, amount.page)]
            right.amounts, right.printed = [], ""


def _repeats_head(sheet: Sheet, texts: Sequence[str]) -> bool:
    parts = {part for c in sheet.columns for part in c.header.split(">") if part}
    return len(texts) > 1 and all(t in parts or re.fullmatch(r"\*+", t) for t in texts)


def _row(sheet: Sheet, piece: Piece, r: int, columns: Sequence[Column], side: str, panel: int) -> Row:
    row = Row(side, panel)
    labels: dict[str, str] = {}
    for column in columns:
        if column.role:
            text = _text(piece, r, column)
            if text.strip() and not labels.get(column.role):
                labels[column.role] = text
        elif column.measure:
            _take_amount(sheet, piece, r, column, row)
    if columns and columns[-1] is piece.columns[-1]:
        for beside in piece.beside:
            for column in beside.columns:
                _take_amount(sheet, beside, r - piece.body + beside.body, column, row)
    _name(row, labels, coded=sheet.form.rows in ("codes", "groups"))
    return row


def amount_cell(piece: Piece, row: int, column: Column) -> Cell | None:
    """The cell of a column of amounts that begins in a row; None where none does or nothing is printed in it."""
    cell = piece.grid.cell(row, column.index)
    if cell is None or cell.row != row or cell.column != column.index or is_blank(cell.text):
        return None
    return cell


def _take_amount(sheet: Sheet, piece: Piece, r: int, column: Column, row: Row) -> None:
    cell = amount_cell(piece, r, column)
    if cell is None:
        return
    number = parse_number(cell.text)
    if number is None:
        if re.search(r"[\d\ufffd]", cell.text):
            where = f"page {piece.page.number}, " if piece.page.number else ""
            sheet.remarks.append(
                f"{where}row {r + 1}, {column.header or 'amount'}: {squeeze(cell.text)[:30]!r} is no amount"
            )
        return
    if sheet.unit and not is_whole(number, sheet.unit):
        sheet.remarks.append(
            f"row {r + 1}, {column.header or 'amount'}: {squeeze(cell.text)[:30]!r} is finer than a fen"
        )
        return
    row.amounts.append(Amount(column, number, re.sub(r"\s+", "", cell.text), cell, piece.page.number))


def _name(row: Row, labels: dict[str, str], coded: bool) -> None:
    """Item, code and the rest from the label cells of one row; `coded` forms may print both in one cell."""
    parts = [squeeze(labels.get(role, "")) for role in ("class", "section", "item_code")]
    code = squeeze(labels.get("code", ""))
    main = labels.get("project") or labels.get("item") or ""
    if not main and code and not code.isdigit():
        main, code = labels["code"], ""
    if not main and parts[0] and not parts[0].isdigit():
        main, parts = labels["class"], ["", "", ""]
    if "project" in labels or "item" in labels:
        row.unit = re.sub(r"\s+", "", labels["unit"]) if labels.get("unit") else None
    elif not main:
        main = labels.get("unit", "")
    if row.unit and not main:
        main, row.unit, row.unit_heads = row.unit, None, True
    if not main:
        main = labels.get("skip", "")
    row.printed = re.sub(r"\s+", "", main)
    row.code = code if code.isdigit() else None
    if any(parts):
        row.code = "|".join(parts)
    if coded and row.code is None and (match := _CODED.fullmatch(main.strip())) and (match["name"] or match["code"]):
        row.code, row.printed = match["code"], re.sub(r"\s+", "", match["name"] or "")
    row.gov_code, row.gov_item = _coded(labels.get("gov_item", ""))
    row.gov_code = row.gov_code or squeeze(labels.get("gov_code", "")) or None
    row.economic_code, row.economic_item = _coded(labels.get("economic", ""))
    row.period = squeeze(labels.get("year", ""))


def _coded(text: str) -> tuple[str | None, str | None]:
    """A cell like `50101-工资奖金津补贴` as code and name."""
    match = _CODED.fullmatch(text.strip())
    code, name = (match["code"], match["name"] or "") if match else (None, text)
    return code, re.sub(r"\s+", "", name) or None
