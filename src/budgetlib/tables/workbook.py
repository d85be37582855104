"""Tables → one Excel workbook, row by row: header frozen, text as text, amounts as numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from budgetlib.core.files import neutral, replacing
from budgetlib.tables.schemas import MONEY, TABLES, TEXT, Table
from budgetlib.tables.store import Tables

SHEET_ROWS = 1_048_576  # the most that Excel opens
_CELL_TEXT, _SHEET_NAME = 32_767, 31  # characters, as Excel allows
_WIDE, _NARROW = 36, 14  # widths of columns of text and of numbers, in characters


def write_workbook(tables: Tables, documents: pd.DataFrame, path: Path) -> list[str]:
    """`tables` as the workbook `path`, a sheet each; returns the names of those that are divided.

    A table with more rows than a sheet holds is divided by the year of its `documents`, and a year where it must be.
    """
    years = dict(zip(documents.document_id, documents.fiscal_year, strict=True))
    divided = [table.name for table in TABLES if tables.count(table) >= SHEET_ROWS]
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with replacing(path) as temporary, xlsxwriter.Workbook(temporary, options) as book:
        book.use_zip64()
        book.set_properties({"title": "budgetlib", "created": date(2000, 1, 1)})
        for table in TABLES:
            sheets = _Sheets(book, table)
            if table.name not in divided:
                sheets.add("")
            for frame in tables.batches(table):
                for values in frame.itertuples(index=False):
                    year = years.get(values.document_id) if table.name in divided else ""
                    sheets.write("" if pd.isna(year) else str(year), values)
            sheets.finish()
    return divided


@dataclass
class _Sheet:
    sheet: Any
    rows: int = 0


class _Sheets:
    """The sheets of one table: one for each part of it, the next where a part goes on."""

    def __init__(self, book: Any, table: Table) -> None:
        self._book, self._table = book, table
        self._head = book.add_format({"bold": True, "bg_color": "#1F4E79", "font_color": "#FFFFFF"})
        self._money = book.add_format({"num_format": "#,##0.00"})
        self._parts: dict[str, list[_Sheet]] = {}

    def add(self, part: str) -> _Sheet:
        """A sheet for what comes of `part`."""
        sheets = self._parts.setdefault(part, [])
        names = [self._table.name, part, f"({len(sheets) + 1})" if sheets else ""]
        sheet = self._book.add_worksheet(" ".join(filter(None, names))[:_SHEET_NAME])
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(self._table.columns):
            width = _WIDE if column.type == TEXT else _NARROW
            sheet.set_column(place, place, width, self._money if column.type == MONEY else None)
        sheet.write_row(0, 0, self._table.schema.names, self._head)
        sheets.append(_Sheet(sheet))
        return sheets[-1]

    def write(self, part: str, values: Iterable[Any]) -> None:
        """One row of `part`."""
        sheets = self._parts.get(part)
        last = sheets[-1] if sheets and sheets[-1].rows + 1 < SHEET_ROWS else self.add(part)
        last.rows += 1
        for place, value in enumerate(values):
            if isinstance(value, str):
                last.sheet.write_string(last.rows, place, neutral(value)[:_CELL_TEXT])
            elif not pd.isna(value):
                last.sheet.write_number(last.rows, place, value)

    def finish(self) -> None:
        """A filter over the rows of each sheet."""
        for one in (sheet for sheets in self._parts.values() for sheet in sheets):
            if one.rows:
                one.sheet.autofilter(0, 0, one.rows, len(self._table.columns) - 1)
