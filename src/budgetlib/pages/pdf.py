"""PDF → pages. The only file that knows pdfplumber."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfplumber.utils.exceptions import PdfminerException

from budgetlib.core.errors import UnreadableDocument
from budgetlib.pages.lattice import Rule, find_tables
from budgetlib.pages.layout import Char, compose, without_doubles
from budgetlib.pages.model import Box, Grid, Line, Page
from budgetlib.pages.stream import find_unruled

MAGIC = b"%PDF-"
MAX_PAGES = 3000
_ASCENT = 0.86
"""How much of a Chinese character's height stands above the line; Chinese fonts that do not lie say so (SimSun)."""

logging.getLogger("pdfminer").setLevel(logging.ERROR)


def read(path: Path, password: str | None = None) -> Iterator[Page]:
    """The pages of a PDF, one at a time; each is closed after use.

    Raises `UnreadableDocument` (encrypted, malformed, empty, too_large).
    """
    try:
        document = pdfplumber.open(path, password=password)
    except PdfminerException as error:
        raise _refusal(path, error.args[0] if error.args else error, password) from error
    try:
        count = len(document.pages)
    except Exception as error:  # pdfminer raises anything on a damaged file
        document.stream.close()
        raise _refusal(path, error, password) from error
    with document:
        if count == 0:
            raise UnreadableDocument("empty", f"{path.name} is a PDF without pages; fetch it again from its publisher")
        if count > MAX_PAGES:
            raise UnreadableDocument(
                "too_large", f"{path.name} has {count} pages, at most {MAX_PAGES} are read; split the file"
            )
        for page in document.pages:
            yield _page(page)
            page.close()


def _refusal(path: Path, error: object, password: str | None) -> UnreadableDocument:
    if isinstance(error, PDFPasswordIncorrect):
        problem = "its password is not the one in the manifest" if password else "it needs a password"
        return UnreadableDocument(
            "encrypted", f"{path.name} is encrypted: {problem}; put the password into the manifest's column password"
        )
    kind = f"{type(error).__name__}: {error}".strip(": ")
    return UnreadableDocument(
        "malformed", f"{path.name} does not open as a PDF ({kind}); it may be cut short, fetch it again"
    )


def _page(page: Any) -> Page:
    """One page of pdfplumber as a page of ours; a page that cannot be interpreted is said to be so."""
    number, width, height = page.page_number, 0.0, 0.0
    try:
        width, height = float(page.width), float(page.height)
        raw = page.chars
        turned = sum(map(_runs_up_or_down, raw)) * 2 > len(raw)
        chars = [_char(c, turned) for c in raw if _runs_up_or_down(c) == turned]
        rules = [_rule(edge) for edge in page.edges if not _is_paper(edge)]
        pictures = len(page.images)
    except Exception as error:  # noqa: BLE001 - pdfminer raises anything on damaged content; the reason is kept
        return Page(
            number, width, height, source="none", fault=f"the page's content is damaged ({type(error).__name__})"
        )
    if not any(char.text.strip() for char in chars):
        if pictures or len(rules) > 20:
            return Page(number, width, height, source="none", fault="the page is a picture without a text layer")
        return Page(number, width, height)
    if fault := _lying_text(chars):
        return Page(number, width, height, source="none", fault=fault)
    turn = _Turn(raw, width, height) if turned else None
    if turn:
        chars, rules = [turn.char(c) for c in chars], [turn.rule(r) for r in rules]
    chars = [_upon_its_line(c) for c in chars]
    chars = without_doubles(chars)
    tables = find_tables(r for r in rules if r.end - r.start >= 1)
    lines, grids = compose(chars, tables, find_unruled(_outside(chars, tables)))
    if turn:
        lines, grids = [turn.line_back(line) for line in lines], [turn.grid_back(grid) for grid in grids]
    return Page(number, width, height, tuple(lines), tuple(grids), turn=turn.degrees if turn else 0)


def _outside(chars: list[Char], tables: list[list[Box]]) -> list[Char]:
    """The characters in no table."""
    boxes = [Box.around(cells) for cells in tables]
    return [
        c for c in chars if not any(b.x0 <= c.x0 <= b.x1 and b.top <= (c.top + c.bottom) / 2 <= b.bottom for b in boxes)
    ]


def _runs_up_or_down(char: dict[str, Any]) -> bool:
    """True where text runs along the height of the page."""
    across, along = char["matrix"][:2]
    return bool(abs(along) > abs(across))


def _char(char: dict[str, Any], turned: bool) -> Char:
    """A character of pdfplumber; in a turned one `base` is the x of the line it stands on."""
    along, across = char["matrix"][4], char["matrix"][5]
    base = along if turned else char["top"] + char["y1"] - across
    return Char(char["text"], char["x0"], char["top"], char["x1"], char["bottom"], base)


def _upon_its_line(char: Char) -> Char:
    """A character where the line it stands on has it: fonts misstate how far theirs reach above and below that line."""
    top = char.base - _ASCENT * (char.bottom - char.top)
    return char._replace(top=top, bottom=top + char.bottom - char.top)


def _rule(edge: dict[str, Any]) -> Rule:
    """An edge of pdfplumber; on turned sheets its orientation is lost in rounding, its length tells it."""
    if edge["bottom"] - edge["top"] > edge["x1"] - edge["x0"]:
        return Rule(True, edge["x0"], edge["top"], edge["bottom"])
    return Rule(False, edge["top"], edge["x0"], edge["x1"])


def _is_paper(edge: dict[str, Any]) -> bool:
    """True for the edge of an area filled with the white of the paper: it is not seen, so it rules nothing."""
    if edge["object_type"] != "rect_edge" or edge.get("stroke") or not edge.get("fill"):
        return False
    colour = edge.get("non_stroking_color")
    if colour is None:
        return False
    parts = tuple(colour) if isinstance(colour, (tuple, list)) else (colour,)
    return all(part == 0 for part in parts) if len(parts) == 4 else all(part == 1 for part in parts)


def _lying_text(chars: list[Char]) -> str | None:
    """A reason where the text layer is not what is printed: glyph numbers in place of characters."""
    lost = sum(char.text.startswith("(cid:") or "\ue000" <= char.text <= "\uf8ff" for char in chars)
    if lost * 10 > len(chars):
        return f"the text layer does not say which characters are printed ({lost} of {len(chars)} are glyph numbers)"
    return None


class _Turn:
    """A sheet whose text runs up or down the page: turned upright for reading, and its boxes turned back."""

    def __init__(self, raw: list[dict[str, Any]], width: float, height: float) -> None:
        up = sum(1 if char["matrix"][1] > 0 else -1 for char in raw if _runs_up_or_down(char))
        self.clockwise = up > 0
        self.degrees = 90 if self.clockwise else 270
        self.width, self.height = width, height

    def _box(self, box: Box) -> Box:
        if self.clockwise:
            return Box(self.height - box.bottom, box.x0, self.height - box.top, box.x1)
        return Box(box.top, self.width - box.x1, box.bottom, self.width - box.x0)

    def _back(self, box: Box) -> Box:
        if self.clockwise:
            return Box(box.top, self.height - box.x1, box.bottom, self.height - box.x0)
        return Box(self.width - box.bottom, box.x0, self.width - box.top, box.x1)

    def char(self, char: Char) -> Char:
        box = self._box(char.box)
        return Char(
            char.text, box.x0, box.top, box.x1, box.bottom, char.base if self.clockwise else self.width - char.base
        )

    def rule(self, rule: Rule) -> Rule:
        if rule.vertical:
            box = self._box(Box(rule.position, rule.start, rule.position, rule.end))
            return Rule(False, box.top, box.x0, box.x1)
        box = self._box(Box(rule.start, rule.position, rule.end, rule.position))
        return Rule(True, box.x0, box.top, box.bottom)

    def line_back(self, line: Line) -> Line:
        return Line(line.text, self._back(line.box) if line.box else None)

    def grid_back(self, grid: Grid) -> Grid:
        cells = tuple(replace(c, box=self._back(c.box) if c.box else None) for c in grid.cells)
        return Grid(
            cells, grid.row_count, grid.column_count, self._back(grid.box) if grid.box else None, grid.edges, grid.ruled
        )
