"""Workbook from before 2007 (.xls) → pages: the values stored with the file, as its sheets show them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlrd

from budgetlib.core.errors import UnreadableDocument
from budgetlib.pages.model import Page
from budgetlib.pages.unpaged.sheet import Merged, Sheet, pages_of_sheets, readable
from budgetlib.pages.unpaged.xlsx import number_shown

MOST_BYTES = 60_000_000
"""Larger ones take more memory than there may be; disclosures have one or two million."""


def read(path: Path) -> Iterator[Page]:
    """The pages of a workbook: each ends with a table; a hidden sheet is a page that says so.

    Raises `UnreadableDocument` (malformed, empty, too_large, encrypted).
    """
    if (size := path.stat().st_size) > MOST_BYTES:
        raise UnreadableDocument("too_large", f"{path.name} has {size} bytes, at most {MOST_BYTES} are read")
    yield from pages_of_sheets(_sheets(_opened(path)), path.name)


def _opened(path: Path) -> Any:
    try:
        return xlrd.open_workbook(path, logfile=io.StringIO(), formatting_info=True)
    except xlrd.XLRDError as error:
        if "encrypted" in str(error):
            raise UnreadableDocument("encrypted", f"{path.name} is encrypted; save it without a password") from error
        raise _damaged(path, error) from error
    except MemoryError:
        raise
    except Exception as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> UnreadableDocument:
    why = f"{path.name} is damaged ({type(error).__name__}: {error}); fetch it again from its publisher"
    return UnreadableDocument("malformed", why)


def _sheets(book: Any) -> Iterator[Sheet]:
    for printed in book.sheets():
        sheet = Sheet(printed.name, printed.visibility != 0)
        sheet.merged = [Merged(top, left, end - top, right - left) for top, end, left, right in printed.merged_cells]
        sheet.hidden_rows = {row for row, info in printed.rowinfo_map.items() if info.hidden}
        sheet.hidden_columns = {column for column, info in printed.colinfo_map.items() if info.hidden}
        for row in range(printed.nrows):
            for column in range(printed.row_len(row)):
                _show(sheet, book, printed, row, column)
        yield sheet


def _show(sheet: Sheet, book: Any, printed: Any, row: int, column: int) -> None:
    cell = printed.cell(row, column)
    style = book.xf_list[cell.xf_index]
    text = ""
    if cell.ctype in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
        code = book.format_map[style.format_key].format_str
        text = number_shown(sheet, Decimal(repr(cell.value)), code, printed.show_zero_values != 0)
    elif cell.ctype == xlrd.XL_CELL_TEXT:
        text = readable(cell.value)
    elif cell.ctype == xlrd.XL_CELL_BOOLEAN:
        text = "TRUE" if cell.value else "FALSE"
    elif cell.ctype == xlrd.XL_CELL_ERROR:
        text = xlrd.error_text_from_code.get(cell.value, "#N/A")
    sheet.show(row, column, text, style.alignment.indent_level)
