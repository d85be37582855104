"""Word document (.docx) → pages. Macros are never run, links never followed; deleted and hidden text is not read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from lxml import etree

from budgetlib.core.errors import UnreadableDocument
from budgetlib.pages.model import Page
from budgetlib.pages.unpaged.flow import Paragraph, Slot, Table, pages_of
from budgetlib.pages.unpaged.numbering import Numbering
from budgetlib.pages.unpaged.package import Package, attribute, child, local

_TRANSPARENT = {
    *("sdt", "sdtContent", "ins", "moveTo", "hyperlink", "smartTag", "customXml", "fldSimple", "dir", "bdo"),
    *("AlternateContent", "Choice"),
}
_BREAKS = {"br": "\n", "cr": "\n", "tab": "\t", "noBreakHyphen": "-", "ptab": "\t"}
_TWIPS = 20.0
"""Twentieths of a point: how Word measures."""
_OFF = {"0", "false", "off", "none"}


def read(path: Path) -> Iterator[Page]:
    """The pages of a Word document: each ends with a table.

    Raises `UnreadableDocument` (malformed, empty, too_large, encrypted).
    """
    with Package(path) as package:
        document = package.document()
        body = child(package.xml(document), "body")
        if body is None:
            raise UnreadableDocument(
                "malformed", f"{path.name} is a Word document without a text; save it again as .docx"
            )
        reader = _Reader(Numbering.read(package, document))
        flow = list(reader.blocks(body))
    remarks = [f"{reader.hidden} pieces of hidden text were not read"] if reader.hidden else []
    try:
        yield from pages_of(flow, remarks)
    except UnreadableDocument as fault:
        raise UnreadableDocument(fault.outcome, f"{path.name} {fault.reason}") from fault


class _Reader:
    """How far a document is read: `hidden` counts the pieces of hidden text."""

    def __init__(self, numbering: Numbering) -> None:
        self._numbering = numbering
        self.hidden = 0

    def blocks(self, parent: etree._Element) -> Iterator[Paragraph | Table]:
        """The paragraphs and tables in an element, in order; those of text boxes after the paragraph they hang on."""
        for element in parent:
            kind = local(element)
            if kind == "p":
                yield from self._paragraph(element)
            elif kind == "tbl":
                yield from self._table(element)
            elif kind in _TRANSPARENT:
                yield from self.blocks(element)

    def _paragraph(self, element: etree._Element) -> Iterator[Paragraph | Table]:
        properties = child(element, "pPr")
        indent = child(properties, "ind")
        left = 0.0
        if indent is not None:
            left = sum(_number(attribute(indent, name)) for name in ("left", "start", "firstLine")) / _TWIPS
        boxes: list[etree._Element] = []
        text = self._numbering.label(properties) + "".join(self._text(element, boxes))
        if text.strip():
            yield Paragraph(text, left)
        for box in boxes:
            yield from self.blocks(box)

    def _text(self, parent: etree._Element, boxes: list[etree._Element]) -> Iterator[str]:
        """The text of runs; the text boxes that hang on them go to `boxes`."""
        for element in parent:
            kind = local(element)
            if kind == "r":
                if _is_on(child(child(element, "rPr"), "vanish")):
                    self.hidden += 1
                else:
                    yield from self._text(element, boxes)
            elif kind == "t":
                yield element.text or ""
            elif kind in _BREAKS:
                yield _BREAKS[kind]
            elif kind in ("drawing", "pict", "object"):
                boxes += [one for one in element.iter() if local(one) == "txbxContent"]
            elif kind in _TRANSPARENT:
                yield from self._text(element, boxes)

    def _table(self, table: etree._Element) -> Iterator[Paragraph | Table]:
        slots: list[Slot] = []
        above: dict[int, int] = {}
        for row, element in enumerate(_rows(table)):
            column = int(_number(attribute(child(child(element, "trPr"), "gridBefore"), "val")))
            for cell in _cells(element):
                properties = child(cell, "tcPr")
                columns = max(1, int(_number(attribute(child(properties, "gridSpan"), "val"), 1)))
                merge = child(properties, "vMerge")
                goes_on = merge is not None and attribute(merge, "val") != "restart"
                if goes_on and column in above and slots[above[column]].columns == columns:
                    slots[above[column]] = replace(slots[above[column]], rows=row - slots[above[column]].row + 1)
                else:
                    if merge is not None:
                        above[column] = len(slots)
                    slots.append(Slot(row, column, list(self.blocks(cell)), 1, columns))
                column += columns
        if slots:
            yield Table(slots)


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    """The rows of a table but those deleted or hidden."""
    for element in table:
        if local(element) == "tr":
            properties = child(element, "trPr")
            if child(properties, "del") is None and not _is_on(child(properties, "hidden")):
                yield element
        elif local(element) in _TRANSPARENT:
            yield from _rows(element)


def _cells(row: etree._Element) -> Iterator[etree._Element]:
    for element in row:
        if local(element) == "tc":
            yield element
        elif local(element) in _TRANSPARENT:
            yield from _cells(element)


def _is_on(switch: etree._Element | None) -> bool:
    return switch is not None and attribute(switch, "val") not in _OFF


def _number(text: str | None, otherwise: float = 0.0) -> float:
    try:
        return float(text) if text else otherwise
    except ValueError:
        return otherwise
