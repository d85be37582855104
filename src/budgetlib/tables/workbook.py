"""Tables → one Excel workbook for people, row by row: heads in two languages, amounts as numbers, ready to print."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

import pandas as pd
import xlsxwriter

from budgetlib.core.files import neutral, replacing
from budgetlib.core.version import __version__
from budgetlib.tables.fiscal import BUDGET_LINES, fiscal_batches
from budgetlib.tables.heads import head, is_folded, read_me, title
from budgetlib.tables.schemas import FIGURE, LINES, MONEY, POINTS, TABLES, Column, Table
from budgetlib.tables.store import Tables

SHEET_ROWS = 1_048_576  # the most that Excel opens
READ_ME = "说明 read me"
_CELL_TEXT, _SHEET_NAME = 32_767, 31  # characters, as Excel allows
_NARROWEST, _WIDEST, _MEASURED = 9, 32, 500  # widths of columns in characters, and the rows that they are made for
_A4, _HEAD_HEIGHT = 9, 32  # the paper's number; points for two lines
_NUMBERS = {MONEY: "#,##0.00", FIGURE: "#,##0.00##", POINTS: "0.0"}
_HEAD = {"bold": True, "bg_color": "#1F4E79", "font_color": "#FFFFFF", "text_wrap": True, "valign": "vcenter"}


def write_workbook(tables: Tables, documents: pd.DataFrame, path: Path) -> list[str]:
    """`tables` and `budget_lines` as the workbook `path`, a sheet each; returns the names of those that are divided.

    A table with more rows than a sheet holds is divided by the year of its `documents`, and a year where it must be.
    """
    years = dict(zip(documents.document_id, documents.fiscal_year, strict=True))
    rows = {table: tables.count(LINES if table is BUDGET_LINES else table) for table in (BUDGET_LINES, *TABLES)}
    divided = [table.name for table, count in rows.items() if count >= SHEET_ROWS]
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with replacing(path) as temporary, xlsxwriter.Workbook(temporary, options) as book:
        book.use_zip64()
        book.set_properties({"title": "budgetlib", "created": date(2000, 1, 1)})
        _explain(book, list(rows))
        for table in rows:
            sheets = _Sheets(book, table)
            if table.name not in divided:
                sheets.add("")
            batches = fiscal_batches(tables, documents) if table is BUDGET_LINES else tables.batches(table)
            for frame in batches:
                for values in frame.itertuples(index=False):
                    year = years.get(values.document_id) if table.name in divided else ""
                    sheets.write("" if pd.isna(year) else str(year), values)
            sheets.finish()
    return divided


def _explain(book: Any, tables: Sequence[Table]) -> None:
    """A sheet that says what the others hold and what each of their columns means."""
    sheet = book.add_worksheet(READ_ME)
    bold, wrapped = (book.add_format(look) for look in ({"bold": True, "font_size": 14}, {"text_wrap": True}))
    first, notes = read_me(__version__)
    lines: list[Sequence[str]] = [(first,), *((note,) for note in notes), ()]
    lines += [("表 table", "中文", "每一行 one row"), *((table.name, title(table), table.row) for table in tables), ()]
    lines.append(("表 table", "列 column", "中文", "含义 meaning"))
    lines += [(t.name, column.name, head(t, column), column.sentence) for t in tables for column in t.columns]
    sheet.set_column(0, 2, 26)
    sheet.set_column(3, 3, 100)
    for row, texts in enumerate(lines):
        look = bold if row == 0 else wrapped if len(texts) > 3 else None
        for place, text in enumerate(texts):
            sheet.write_string(row, place, text, look)
    _to_print(sheet)


def _to_print(sheet: Any) -> None:
    """As wide as a sheet of A4 laid across, its name and page numbers at the foot."""
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&A&Rp. &P / &N")


@dataclass
class _Sheet:
    sheet: Any
    widths: list[int] = field(default_factory=list)
    rows: int = 0


class _Sheets:
    """The sheets of one table: one for each part of it, the next where a part goes on."""

    def __init__(self, book: Any, table: Table) -> None:
        self._book, self._table = book, table
        self._head = book.add_format(_HEAD)
        self._looks = {kind: book.add_format({"num_format": look}) for kind, look in _NUMBERS.items()}
        self._parts: dict[str, list[_Sheet]] = {}

    def add(self, part: str) -> _Sheet:
        """A sheet for what comes of `part`."""
        sheets = self._parts.setdefault(part, [])
        names = [self._table.name, part, f"({len(sheets) + 1})" if sheets else ""]
        sheet = self._book.add_worksheet(" ".join(filter(None, names))[:_SHEET_NAME])
        sheet.freeze_panes(1, 0)
        sheet.set_row(0, _HEAD_HEIGHT)
        sheet.repeat_rows(0)
        _to_print(sheet)
        heads = [f"{head(self._table, column)}\n{column.name}" for column in self._table.columns]
        sheet.write_row(0, 0, heads, self._head)
        widths = [max(_NARROWEST, *map(_width, text.split("\n"))) for text in heads]
        sheets.append(_Sheet(sheet, widths))
        return sheets[-1]

    def write(self, part: str, values: Iterable[Any]) -> None:
        """One row of `part`."""
        sheets = self._parts.get(part)
        last = sheets[-1] if sheets and sheets[-1].rows + 1 < SHEET_ROWS else self.add(part)
        last.rows += 1
        for place, value in enumerate(values):
            if pd.isna(value):
                continue
            if isinstance(value, str):
                last.sheet.write_string(last.rows, place, neutral(value)[:_CELL_TEXT])
            else:
                last.sheet.write_number(last.rows, place, value)
            if last.rows <= _MEASURED:
                last.widths[place] = max(last.widths[place], _width(_shown(self._table.columns[place], value)))

    def finish(self) -> None:
        """Widths for what each sheet shows, a filter over its rows, columns for programs folded away."""
        for one in (sheet for sheets in self._parts.values() for sheet in sheets):
            for place, (column, width) in enumerate(zip(self._table.columns, one.widths, strict=True)):
                folded = {"level": 1, "hidden": True} if is_folded(column) else {}
                one.sheet.set_column(place, place, min(width, _WIDEST) + 2, self._looks.get(column.type), folded)
            if one.rows:
                one.sheet.autofilter(0, 0, one.rows, len(self._table.columns) - 1)


def _shown(column: Column, value: Any) -> str:
    return f"{value:,.2f}" if column.type in (MONEY, FIGURE) else str(value)


def _width(text: str) -> int:
    """How many characters wide a text is; Chinese ones count twice."""
    return sum(2 if east_asian_width(char) in "FW" else 1 for char in text[:_WIDEST])
