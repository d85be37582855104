"""Plain text extracted from a disclosure → pages.

The extraction leaves blank lines between blocks and TAB-separated table rows, with merged cells as
empty ones, and now and then a remnant of Markdown or HTML. It has no pages and no places: a page of
the model is what stands above one table, and the table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

from budgetlib.core.errors import UnreadableDocument
from budgetlib.core.money import parse_number
from budgetlib.core.text import squeeze
from budgetlib.pages.model import Cell, Grid, Line, Page

_TAG = re.compile(r"</?(?:p|b|i|u|strong|em|span|div|br|sup|sub|table|tr|td|th)\b[^<>]*>", re.IGNORECASE)
_MARK = re.compile(r"^\s*(?:#{1,6}\s+|[-*]\s+(?=[(（]))|\*\*|__")
_CODE = re.compile(r"\d{3}(?:\d\d){0,2}")
_NUMBERED = re.compile(r"[(（]?[一二三四五六七八九十]+[)）、]|[①②③]|\d[、.]")


def read(path: Path) -> Iterator[Page]:
    """The text of a file as pages: each ends with a table; the last holds what follows the last table.

    Raises `UnreadableDocument` (malformed, empty).
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableDocument(
            "malformed", f"{path.name} is not UTF-8 text (byte {error.start}); save it again as UTF-8"
        ) from error
    if not text.strip():
        raise UnreadableDocument("empty", f"{path.name} holds no text; fetch it again from its publisher")
    lines: list[Line] = []
    rows: list[list[str]] = []
    for raw in text.splitlines():
        if "\t" in raw and not _is_contents(raw):
            rows.append([_clean(cell) for cell in raw.split("\t")])
            continue
        if rows:
            yield Page(None, lines=tuple(lines), grids=(_grid(rows),))
            lines, rows = [], []
        if clean := _clean(raw):
            lines.append(Line(clean))
    yield Page(None, lines=tuple(lines), grids=(_grid(rows),) if rows else ())


def _is_contents(line: str) -> bool:
    """A line of the table of contents: a heading, a TAB, a page number."""
    return re.fullmatch(r"第[一二三四五六七八九十]+部分[^\t]*\t\s*\d+\s*", line) is not None


def _clean(text: str) -> str:
    """`text` without remnants of Markdown and HTML; comparison signs (<3.5万元) stay."""
    return unescape(_MARK.sub("", _TAG.sub("", text))).strip()


def _grid(rows: list[list[str]]) -> Grid:
    """Rows of texts as a grid: in the head, an empty cell belongs to the merged cell at its left."""
    width = max(map(len, rows))
    cells: list[Cell] = []
    above = [0] * width
    head = True
    for r, row in enumerate(rows):
        padded = row + [""] * (width - len(row))
        alone = r > 0 and padded[0] != "" and not any(padded[1:])
        head = head and not alone and not any(_is_body(text) for text in padded)
        owners: list[int] = []
        for c, text in enumerate(padded):
            merged = head and not text and c > 0 and padded[owners[-1]] and above[c] == above[owners[-1]]
            owners.append(owners[-1] if merged else c)
        cells += [Cell(padded[c], r, c, columns=owners.count(c)) for c in sorted(set(owners))]
        if head:
            above = [owner if padded[owner] else above[c] for c, owner in enumerate(owners)]
    return Grid(tuple(cells), len(rows), width)


def _is_body(text: str) -> bool:
    """True where a cell cannot stand in a table's head: an amount, a code, a numbered item."""
    key = squeeze(text)
    return parse_number(key) is not None or _CODE.fullmatch(key) is not None or _NUMBERED.match(key) is not None
