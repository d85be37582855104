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
from budgetlib.pages.model import Cell, Grid, Line, Page
from budgetlib.pages.unpaged.head import spans_in_head

_TAG = re.compile(r"</?(?:p|b|i|u|strong|em|span|div|br|sup|sub|table|tr|td|th)\b[^<>]*>", re.IGNORECASE)
_MARK = re.compile(r"^\s*(?:#{1,6}\s+|[-*]\s+(?=[(（]))|\*\*|__")


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
    """Rows of texts as a grid, its head merged."""
    width = max(map(len, rows))
    padded = [row + [""] * (width - len(row)) for row in rows]
    cells = tuple(
        Cell(padded[r][column], r, column, columns=columns)
        for r, spans in enumerate(spans_in_head(padded))
        for column, columns in spans.items()
    )
    return Grid(cells, len(rows), width)
