"""Pages → lines of running text: without running heads, page numbers, contents and tables."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from budgetlib.core.text import squeeze
from budgetlib.definitions.phrases import headings
from budgetlib.extraction.contents import contents_pages
from budgetlib.pages.model import Grid, Line, Page, Spot

_CONTENTS = re.compile(r"[.．…·]{4,}\s*\d+$|[.．…·]{8,}$")
_STROKE = r"[-‐‑‒–—―−─━－﹣_~～·•|｜/／]"
PAGE_NUMBER = re.compile(rf"{_STROKE}+\s*\d[\d\s]{{0,4}}{_STROKE}+|第\s*\d+\s*页(?:\s*[,，/]?\s*共\s*\d+\s*页)?")
_BARE_PAGE_NUMBER = re.compile(r"\d[\d\s]{0,4}(?:/\s*\d+)?")
_BLANK = re.compile(r"(?<![0-9A-Za-z０-９])[\s\u200b\ufeff]+|[\s\u200b\ufeff]+(?![0-9A-Za-z０-９])")
_NARROWEST_TEXT = 0.65
"""Share of a page's width that running text reaches at least."""
_EDGE = 0.12
"""Share of a page's height at top and bottom in which running heads stand."""
_REPEATED = 3, 0.3
"""Pages, and share of the pages with text, on which a line at the edge is a running head."""


class TextLine(NamedTuple):
    """One line of running text: as printed without the blanks of justified setting, and squeezed for comparison.

    `full` says that it reaches the right margin, `after_table` that a table stands before it. `printed` and `spot`
    are the line on page `page_index`.
    """

    text: str
    plain: str
    page: int | None
    full: bool
    after_table: bool
    page_index: int
    printed: str
    spot: Spot | None

    def printed_offset(self, offset: int) -> int:
        """Where the character at `offset` of `text` stands in `printed`."""
        for blank in _BLANK.finditer(self.printed):
            if blank.start() > offset:
                break
            offset += blank.end() - blank.start()
        return offset


def text_lines(pages: Sequence[Page]) -> Iterator[TextLine]:
    """The lines of running text of all pages, in reading order."""
    heads = _running_heads(pages)
    contents = contents_pages(pages)
    after_table = False
    for index, page in enumerate(pages):
        if index in contents and page.number is not None:
            continue
        blocks = [block for block in map(_as_line, page.blocks) if not isinstance(block, Line) or squeeze(block.text)]
        texts = [i for i, block in enumerate(blocks) if isinstance(block, Line)]
        edge = max([_NARROWEST_TEXT * page.width, *(line.box.x1 for line in page.lines if line.box)])
        for i, block in enumerate(blocks):
            if isinstance(block, Grid):
                after_table = True
                continue
            text, plain = block.text, squeeze(block.text)
            bare = page.number is not None and i in (texts[0], texts[-1]) and _BARE_PAGE_NUMBER.fullmatch(text)
            if bare or plain in heads or PAGE_NUMBER.fullmatch(text) or _CONTENTS.search(text):
                continue
            spaced, full = _BLANK.sub("", text), block.reaches(edge)
            yield TextLine(spaced, plain, page.number, full, after_table, index, text, block.spot)
            after_table = False


def _as_line(block: Line | Grid) -> Line | Grid:
    """A grid of a single row is a highlighted line of running text."""
    if isinstance(block, Grid) and block.row_count == 1 and block.box:
        return Line("".join(cell.text for cell in block.row(0)), block.box)
    return block


def _running_heads(pages: Sequence[Page]) -> set[str]:
    """Texts repeated at the upper or lower edge of many pages; titles of tables are none."""
    printed: Counter[str] = Counter()
    for page in pages:
        margin = _EDGE * page.height
        edge = {
            squeeze(line.text)
            for line in page.lines
            if line.box and (line.box.top < margin or line.box.bottom > page.height - margin)
        }
        printed.update(edge)
    count, share = _REPEATED
    many = max(count, share * sum(bool(page.lines) for page in pages))
    return {text for text, times in printed.items() if times >= many and not headings().table.search(text)}
