"""Workbook (.xlsx) → pages: the values stored with the file, as its sheets show them; no formula or macro is run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from lxml import etree

from budgetlib.core.errors import UnreadableDocument
from budgetlib.core.money import parse_number
from budgetlib.pages.model import Page
from budgetlib.pages.unpaged.number_format import BUILT_IN, GENERAL, known, shown
from budgetlib.pages.unpaged.package import Package, attribute, child, children, local
from budgetlib.pages.unpaged.sheet import MOST_CELLS, NO_VALUE, Merged, Sheet, pages_of_sheets, readable

_PLACE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_ON = ("1", "true")


def read(path: Path) -> Iterator[Page]:
    """The pages of a workbook: each ends with a table; a hidden sheet is a page that says so.

    Raises `UnreadableDocument` (malformed, empty, too_large, encrypted).
    """
    with Package(path) as package:
        yield from pages_of_sheets(_sheets(package, path.name), path.name)


def _sheets(package: Package, name: str) -> Iterator[Sheet]:
    document = package.document()
    parts, book = package.related(document), package.xml(document)
    reader = _Reader(package, _strings(package, document), _styles(package, document), name)
    for element in children(book, "sheets"):
        sheet = Sheet(element.get("name", ""), element.get("state", "visible") != "visible")
        part = parts.get(attribute(element, "id") or "")
        if part in package.parts and not sheet.is_hidden:
            reader.fill(sheet, part)
        yield sheet


@dataclass(frozen=True)
class _Style:
    """How a cell shows what it holds."""

    format: str = GENERAL
    indent: int = 0


@dataclass(frozen=True)
class _Reader:
    """What the sheets of a workbook share."""

    package: Package
    strings: list[str]
    styles: list[_Style]
    name: str

    def fill(self, sheet: Sheet, part: str) -> None:
        """The cells of a part into `sheet`."""
        zeros, row = True, -1
        for element in self.package.elements(part, "sheetView", "col", "row", "mergeCell"):
            kind = local(element)
            if kind == "row":
                row = _whole(element.get("r"), row + 2) - 1
                if element.get("hidden") in _ON or element.get("ht") == "0":
                    sheet.hidden_rows.add(row)
                self._row(sheet, row, element, zeros)
            elif kind == "col" and (element.get("hidden") in _ON or element.get("width") == "0"):
                first, last = _whole(element.get("min"), 1), _whole(element.get("max"), 1)
                sheet.hidden_columns |= set(range(first - 1, min(last, 16_384)))
            elif kind == "mergeCell" and (range_ := _merged(element.get("ref", ""))):
                sheet.merged.append(range_)
            elif kind == "sheetView":
                zeros = element.get("showZeros") not in ("0", "false")
            if len(sheet.cells) > MOST_CELLS:
                raise UnreadableDocument("too_large", f"{self.name} has more than {MOST_CELLS} cells")

    def _row(self, sheet: Sheet, row: int, element: etree._Element, zeros: bool) -> None:
        column = -1
        for cell in element:
            place = _PLACE.fullmatch(cell.get("r", ""))
            column = _column(place[1]) if place else column + 1
            if not len(cell):
                continue
            style = self._style(cell.get("s"))
            text = self._text(sheet, cell, style, zeros)
            sheet.show(row, column, text, style.indent)

    def _style(self, number: str | None) -> _Style:
        index = _whole(number, 0)
        return self.styles[index] if index < len(self.styles) else _Style()

    def _text(self, sheet: Sheet, cell: etree._Element, style: _Style, zeros: bool) -> str:
        """What a cell shows."""
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            return _string(child(cell, "is"))
        stored = child(cell, "v")
        value = "" if stored is None else stored.text or ""
        if kind == "s":
            index = _whole(value, -1)
            return self.strings[index] if 0 <= index < len(self.strings) else ""
        if kind == "b":
            return "TRUE" if value == "1" else "FALSE"
        if kind in ("str", "e", "d"):
            return readable(value)
        try:
            number = Decimal(value)
        except InvalidOperation:
            if child(cell, "f") is None:
                return readable(value)
            sheet.unknown += 1
            return NO_VALUE
        return number_shown(sheet, number, style.format, zeros)


def number_shown(sheet: Sheet, number: Decimal, format_code: str, zeros: bool) -> str:
    """What a number shows on a sheet, which counts those that it shows rounded."""
    if not number.is_finite() or (number == 0 and not zeros):
        return ""
    text = shown(number, format_code)
    read = parse_number(text)
    sheet.rounded += read is not None and abs(read) != abs(known(number))
    return text


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else otherwise


def _column(name: str) -> int:
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _merged(reference: str) -> Merged | None:
    places = [_PLACE.fullmatch(place) for place in reference.split(":")]
    if len(places) != 2 or not all(places):
        return None
    (top, left), (bottom, right) = ((int(place[2]) - 1, _column(place[1])) for place in places if place)
    return Merged(top, left, bottom - top + 1, right - left + 1)


def _strings(package: Package, document: str) -> list[str]:
    """The texts that cells share."""
    part = package.related_as(document, "sharedStrings")
    if part is None or part not in package.parts:
        return []
    return [_string(element) for element in package.elements(part, "si")]


def _string(element: etree._Element | None) -> str:
    """A text in all its fonts, without the reading aids of Japanese."""
    if element is None:
        return ""
    parts = [one for one in element if local(one) in ("t", "r")]
    texts = [one if local(one) == "t" else child(one, "t") for one in parts]
    return readable("".join(text.text or "" for text in texts if text is not None))


def _styles(package: Package, document: str) -> list[_Style]:
    part = package.related_as(document, "styles")
    if part is None or part not in package.parts:
        return []
    root = package.xml(part)
    formats: Mapping[str, str] = {
        one.get("numFmtId", ""): one.get("formatCode", GENERAL) for one in children(root, "numFmts")
    }
    styles = []
    for one in children(root, "cellXfs"):
        number = one.get("numFmtId", "0")
        alignment = child(one, "alignment")
        indent = _whole(alignment.get("indent"), 0) if alignment is not None else 0
        styles.append(_Style(formats.get(number, BUILT_IN.get(_whole(number, 0), GENERAL)), indent))
    return styles
