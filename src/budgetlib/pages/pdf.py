"""PDF → pages: what a viewer shows of its ink, turned upright, becomes lines and grids."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from operator import add, itemgetter
from pathlib import Path

from budgetlib.core.errors import UnreadableDocument
from budgetlib.core.groups import in_groups
from budgetlib.pages.doubles import without_doubles
from budgetlib.pages.ink import Ink, InkReader, Run
from budgetlib.pages.lattice import find_tables
from budgetlib.pages.layout import Row, Span, grids_of, in_order, lines_of, rows_of_text
from budgetlib.pages.model import Box, Grid, Page
from budgetlib.pages.stream import find_unruled
from budgetlib.pages.turn import Turn
from budgetlib.pages.visible import visible

MAX_PAGES = 3000  # more are no disclosure; the longest have some hundreds

_ASCENT = 0.86
"""How much of a Chinese character's height stands above the line; Chinese fonts that do not lie say so (SimSun)."""
_DRAWN = 20
"""More slanted strokes than these and no text: its characters are drawn, not written."""
_GLYPH_NUMBER = re.compile("\\(cid:|[\ue000-\uf8ff]")
_LOST = 0.1
"""The share of glyph numbers in place of characters from which a text layer is not to be believed."""

_TOUCHING = 1.0
"""Characters no more points apart than this may be of one number."""


def open_pdf(path: Path, password: str | None, reader: str) -> InkReader:
    """The PDF at `path`, opened by one of `READERS`.

    Raises `UnreadableDocument` (encrypted, malformed).
    """
    if reader == "pdfium":
        from budgetlib.pages.ink_pdfium import PdfiumReader

        return PdfiumReader(path, password)
    from budgetlib.pages.ink_pdfplumber import PdfplumberReader

    return PdfplumberReader(path, password)


def read(path: Path, password: str | None, reader: str) -> Iterator[Page]:
    """The pages of a PDF, one at a time; `reader` is one of `ink.READERS`.

    Raises `UnreadableDocument` (encrypted, malformed, empty, too_large).
    """
    with open_pdf(path, password, reader) as document:
        if document.page_count == 0:
            raise UnreadableDocument("empty", f"{path.name} is a PDF without pages; fetch it again from its publisher")
        if document.page_count > MAX_PAGES:
            raise UnreadableDocument(
                "too_large",
                f"{path.name} has {document.page_count} pages, at most {MAX_PAGES} are read; split the file",
            )
        before: Page | None = None
        for number in range(1, document.page_count + 1):
            before = page_of(document.ink(number), before)
            yield before


@dataclass(frozen=True)
class Writing:
    """What is written on the page of that number, row by row; what stands in tables is not told apart."""

    number: int
    turn: Turn
    rows: Sequence[Row]

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(text for row in self.rows for span in row for text in span.texts)

    def at(self, box: Box) -> str:
        """What stands in a place on the page, with what touches it: a reader may have lost the end of a number."""
        x0, top, x1, bottom = self.turn.upright_box(box)
        there = []
        for row in self.rows:
            spans = (span for span in row if top <= (span.top + span.bottom) / 2 <= bottom)
            chars = sorted((char for span in spans for char in span.chars), key=itemgetter(1))
            for run in in_groups(chars, lambda before, char: char[1] - before[2] <= _TOUCHING):
                if any(x0 <= (left + right) / 2 <= x1 for _, left, right in run):
                    there.append("".join(text for text, *_ in run))
        return " ".join(there)


def read_writing(path: Path, password: str | None, reader: str, numbers: Iterable[int]) -> Iterator[Writing]:
    """What is written on those of the pages with these numbers whose text can be believed; otherwise as `read`."""
    with open_pdf(path, password, reader) as document:
        for ink in map(document.writing, sorted(numbers)):
            runs, _ = visible(ink)
            if not ink.fault and not _lying_text(runs):
                turn, spans = _upright(runs, ink)
                yield Writing(ink.number, turn, rows_of_text(spans))


def page_of(ink: Ink, before: Page | None = None) -> Page:
    """The page that `ink` prints, on which a table of the page `before` may go on.

    A page that cannot be read is said to be so.
    """
    if ink.fault:
        return Page(ink.number, ink.width, ink.height, source="none", fault=ink.fault)
    runs, remarks = visible(ink)
    blank = Page(ink.number, ink.width, ink.height, remarks=remarks)
    if not any("".join(run.texts).strip() for run in runs):
        if ink.pictures or ink.slanted > _DRAWN:
            return replace(blank, source="none", fault="the page is a picture without a text layer")
        return blank
    if fault := _lying_text(runs):
        return replace(blank, source="none", fault=fault)
    turn, spans = _upright(runs, ink)
    rules = [*map(turn.rule, ink.rules)]
    ruled, outside = grids_of(spans, find_tables(rules))
    rows = rows_of_text(outside)
    unruled: list[Grid] = []
    if cells := find_unruled(rows, rules, before):
        unruled, outside = grids_of(outside, cells, ruled=False)
        rows = rows_of_text(outside)
    lines, grids = lines_of(rows), [*ruled, *unruled]
    if turn.degrees:
        lines, grids = [line.moved(turn.back) for line in lines], [grid.moved(turn.back) for grid in grids]
    return replace(blank, lines=tuple(lines), grids=tuple(grids), turn=turn.degrees)


def _way(runs: Sequence[Run]) -> int:
    """How the sheet is turned for reading most of its text."""
    glyphs = Counter({0: 0})
    for run in runs:
        glyphs[run.turn] += len(run.texts)
    return max(glyphs, key=lambda way: (glyphs[way], -way))


def _upright(runs: Sequence[Run], ink: Ink) -> tuple[Turn, list[Span]]:
    """How a sheet is turned, and its text that runs from left to right; each character once, and on its line.

    Fonts misstate how far their characters reach above and below that line.
    """
    turn, spans = Turn(_way(runs), ink.width, ink.height), []
    for run in runs:
        if run.turn == turn.degrees:
            x, base = turn.upright(run.x, run.y)
            top = base - _ASCENT * run.size
            lefts = [x + start for start in run.starts]
            rights = list(map(add, lefts, run.advances))
            spans.append(in_order(Span(run.texts, lefts, rights, top, top + run.size, base, run.whole)))
    return turn, without_doubles(spans)


def _lying_text(runs: Sequence[Run]) -> str | None:
    """A reason where the text layer is not what is printed: glyph numbers in place of characters."""
    count = sum(len(run.texts) for run in runs)
    lost = len(_GLYPH_NUMBER.findall("".join(chain.from_iterable(run.texts for run in runs))))
    if lost > _LOST * count:
        return f"the text layer does not say which characters are printed ({lost} of {count} are glyph numbers)"
    return None
