"""Open document workbook (.ods) → pages: what its cells show stands in it as text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from budgetlib.core.errors import UnreadableDocument
from budgetlib.pages.model import Page
from budgetlib.pages.unpaged.package import Package, attribute, child, children, local
from budgetlib.pages.unpaged.sheet import MOST_CELLS, Merged, Sheet, pages_of_sheets

_CONTENT = "content.xml"
_OF_ROWS = {"table-row-group", "table-header-rows", "table-rows"}
_OF_COLUMNS = {"table-column-group", "table-header-columns", "table-columns"}
_HIDDEN = ("collapse", "filter")
_MOST_REPEATED = 16_384
"""Columns that say to be the same; a sheet has no more."""


def read(path: Path) -> Iterator[Page]:
    """The pages of a workbook: each ends with a table; a hidden sheet is a page that says so.

    Raises `UnreadableDocument` (malformed, empty, too_large, encrypted).
    """
    with Package(path) as package:
        if package.is_encrypted():
            raise UnreadableDocument("encrypted", f"{path.name} is encrypted; save it without a password")
        root = package.xml(_CONTENT)
    hidden = {
        attribute(style, "name")
        for style in children(root, "automatic-styles")
        if attribute(child(style, "table-properties"), "display") == "false"
    }
    tables = [one for one in children(child(root, "body"), "spreadsheet") if local(one) == "table"]
    yield from pages_of_sheets(
        (_sheet(one, attribute(one, "style-name") in hidden, path.name) for one in tables), path.name
    )


def _sheet(table: etree._Element, is_hidden: bool, name: str) -> Sheet:
    sheet = Sheet(attribute(table, "name") or "", is_hidden)
    column = 0
    for element in _parts(table, "table-column", _OF_COLUMNS):
        count = min(_repeated(element, "columns"), _MOST_REPEATED)
        if attribute(element, "visibility") in _HIDDEN:
            sheet.hidden_columns |= set(range(column, column + count))
        column += count
    row = 0
    for element in _parts(table, "table-row", _OF_ROWS):
        count = _repeated(element, "rows")
        shown = list(_cells(element, sheet, row))
        if shown:
            if attribute(element, "visibility") in _HIDDEN:
                sheet.hidden_rows |= set(range(row, row + min(count, MOST_CELLS)))
            if len(sheet.cells) + len(shown) * count > MOST_CELLS:
                raise UnreadableDocument("too_large", f"{name} has more than {MOST_CELLS} cells")
            for below in range(count):
                for place, text in shown:
                    sheet.show(row + below, place, text)
        row += count
    return sheet


def _parts(parent: etree._Element, kind: str, groups: set[str]) -> Iterator[etree._Element]:
    for element in parent:
        if local(element) == kind:
            yield element
        elif local(element) in groups:
            yield from _parts(element, kind, groups)


def _cells(row: etree._Element, sheet: Sheet, number: int) -> Iterator[tuple[int, str]]:
    """The cells of a row that show anything, with their columns; its merged ranges go to `sheet`."""
    column = 0
    for cell in row:
        if local(cell) not in ("table-cell", "covered-table-cell"):
            continue
        count = min(_repeated(cell, "columns"), _MOST_REPEATED)
        text = "\n".join(_text(one) for one in cell if local(one) == "p")
        if text.strip() and local(cell) == "table-cell":
            rows, columns = _spanned(cell, "rows"), _spanned(cell, "columns")
            if rows > 1 or columns > 1:
                sheet.merged.append(Merged(number, column, rows, columns))
            yield from ((column + right, text) for right in range(count))
        column += count


def _text(element: etree._Element) -> str:
    """The text of a paragraph, its blanks written out."""
    parts = [element.text or ""]
    for one in element:
        kind = local(one)
        if kind == "s":
            parts.append(" " * min(_number(attribute(one, "c")), 100))
        elif kind == "tab":
            parts.append("\t")
        elif kind == "line-break":
            parts.append("\n")
        elif kind in ("span", "a"):
            parts.append(_text(one))
        parts.append(one.tail or "")
    return "".join(parts)


def _repeated(element: etree._Element, what: str) -> int:
    return _number(attribute(element, f"number-{what}-repeated"))


def _spanned(element: etree._Element, what: str) -> int:
    return _number(attribute(element, f"number-{what}-spanned"))


def _number(text: str | None) -> int:
    return max(int(text), 1) if text and text.isdecimal() and len(text) < 10 else 1
