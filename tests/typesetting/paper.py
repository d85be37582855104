"""Ink and paper: fonts, styles, tables and pages. Knows nothing of budgets."""

from __future__ import annotations

import importlib.util
import io
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)
from reportlab.platypus.tableofcontents import TableOfContents

FONT = "NotoSansSC"
SIZE, LEADING, PADDING, MARGIN = 8.0, 10.0, 2.0, 56.0
WIDTH = A4[0] - 2 * MARGIN
LEFT, ABOVE = "<", "^"
"""Marks of a merged cell: it belongs to the cell on its left, or above it."""


@dataclass(frozen=True)
class Layout:
    """How a disclosure is set; every combination holds the same text."""

    page_height: float = A4[1]
    form_per_page: bool = True
    """Each form begins a page of its own; otherwise one follows the other and breaks fall anywhere."""
    heads_kept: bool = True
    """A form's label and title stay on the page where its table begins."""
    header_repeated: bool = True
    narrow: bool = False
    """Columns so narrow that names and numbers wrap inside their cells."""
    thousands: bool = False
    rules: str = "lines"
    """`lines`; `rectangles`: thin filled ones, as some programs draw them; `open`: none at the two sides of a table;
    `across`: none down; `none`; `gaps`: one in thirty between two cells is missing."""
    note_on_empty: bool = True
    page_numbers: bool = True
    contents: bool = True
    title_inside: bool = False
    """Label, title, name and unit stand in merged cells of the table itself."""
    numbered_head: bool = False
    """The columns are numbered below the header."""
    wording: int | None = None
    """Which of the titles that places print a form bears; None for Shanxi's."""
    unit: str = "万元"
    unit_place: str = "line"
    """Where a form states its unit: `line` above the table, `title` behind the title, `header` of every column."""
    blank: str = ""
    """What is printed where there is no amount."""
    code_with_name: bool = False
    """Code and name of an item stand in one column."""
    codes: str = "whole"
    """`whole`; `short`: sections and items bear only their own two digits; `none`: names are indented instead."""
    unit_codes: bool = False
    """Units above functions bear a code of six digits among the codes."""
    turned: bool = False
    """Text runs up the sheet, as on wide tables bound in upright."""


@cache
def register_font() -> None:
    """Make the Chinese font known that the package zhplot carries (Noto Sans SC, OFL)."""
    package = importlib.util.find_spec("zhplot")
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError("typesetting needs the font in the package zhplot; install the development set")
    file = Path(package.submodule_search_locations[0], "fonts", "NotoSansSC-Regular.ttf")
    pdfmetrics.registerFont(TTFont(FONT, str(file)))


@cache
def _style(name: str) -> ParagraphStyle:
    size, align, indent, before, after = {
        "cover": (20, TA_CENTER, 0, 60, 20),
        "part": (16, TA_CENTER, 0, 10, 14),
        "title": (13, TA_CENTER, 0, 0, 6),
        "heading": (11, TA_LEFT, 0, 6, 4),
        "body": (10, TA_LEFT, 20, 0, 3),
        "small": (SIZE, TA_LEFT, 0, 3, 3),
        "mark": (9, TA_CENTER, 0, 0, 0),
    }[name]
    return ParagraphStyle(
        name,
        fontName=FONT,
        fontSize=size,
        leading=size * 1.5,
        alignment=align,
        firstLineIndent=indent,
        spaceBefore=before,
        spaceAfter=after,
        wordWrap="CJK",
        keepWithNext=name in ("heading", "part"),
    )


def text(style: str, words: str) -> Paragraph:
    """A paragraph; `words` are plain text. Those of style `part` and `heading` are listed in the contents."""
    paragraph = Paragraph(escape(words), _style(style))
    paragraph.entry = words if style in ("part", "heading") else None
    return paragraph


def listed(paragraph: Paragraph, entry: str) -> Paragraph:
    """`paragraph`, listed in the contents as `entry`."""
    paragraph.entry = entry
    return paragraph


def left_and_right(left: str, right: str) -> Table:
    """One line: `left` at the left margin, `right` at the right one."""
    line = Table([[left, right]], colWidths=[WIDTH * 0.8, WIDTH * 0.2])
    line.setStyle([("FONT", (0, 0), (-1, -1), FONT, SIZE, LEADING), ("ALIGN", (1, 0), (1, 0), "RIGHT")])
    return line


def table(rows: Sequence[Sequence[str]], columns: Sequence[tuple[float, str]], head: int, layout: Layout) -> Table:
    """A ruled table: `columns` are (width in points, alignment `l`, `c` or `r`), the first `head` rows its header.

    `LEFT` and `ABOVE` in place of a text merge the cell with its neighbour.
    """
    widths = [width for width, _ in columns]
    spans = list(_spans(rows))
    covered = {start: sum(widths[start[0] : end[0] + 1]) for start, end in spans}
    cells = [
        ["" if word in (LEFT, ABOVE) else _wrap(word, covered.get((x, y), widths[x])) for x, word in enumerate(row)]
        for y, row in enumerate(rows)
    ]
    drawn = Table(cells, colWidths=widths, repeatRows=head if layout.header_repeated else 0)
    drawn.setStyle(
        [
            ("FONT", (0, 0), (-1, -1), FONT, SIZE, LEADING),
            *(_rules(layout) if layout.rules != "gaps" else _rules_with_gaps(rows)),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            *((f"{side}PADDING", (0, 0), (-1, -1), PADDING) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")),
            *(
                ("ALIGN", (x, head), (x, -1), {"l": "LEFT", "c": "CENTER", "r": "RIGHT"}[align])
                for x, (_, align) in enumerate(columns)
            ),
            *([("ALIGN", (0, 0), (-1, head - 1), "CENTER")] if head else []),
            ("NOSPLIT", (0, 0), (-1, min(head, len(rows) - 1))),
            *(("SPAN", start, end) for start, end in spans),
        ]
    )
    return drawn


def _rules(layout: Layout) -> Iterator[tuple[object, ...]]:
    """The commands that draw the rules of a table."""
    drawn = {"none": (), "across": ("LINEABOVE", "LINEBELOW"), "open": ("INNERGRID", "LINEABOVE", "LINEBELOW")}
    for command in drawn.get(layout.rules, ("GRID",)):
        yield command, (0, 0), (-1, -1), 0.5, colors.black


def _rules_with_gaps(rows: Sequence[Sequence[str]]) -> Iterator[tuple[object, ...]]:
    """The commands that draw a border, and most of the rules between its cells, always the same for the same text."""
    chance = random.Random(repr(rows))  # noqa: S311 - not a secret
    yield "BOX", (0, 0), (-1, -1), 0.5, colors.black
    for y, row in enumerate(rows):
        for x in range(len(row)):
            for command, first in (("LINEABOVE", y), ("LINEBEFORE", x)):
                if first and chance.random() > 1 / 30:
                    yield command, (x, y), (x, y), 0.5, colors.black


def _spans(rows: Sequence[Sequence[str]]) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    for y, row in enumerate(rows):
        for x, word in enumerate(row):
            if word in (LEFT, ABOVE):
                continue
            right, below = x, y
            while right + 1 < len(row) and row[right + 1] == LEFT:
                right += 1
            while below + 1 < len(rows) and rows[below + 1][x] == ABOVE:
                below += 1
            if (right, below) != (x, y):
                yield (x, y), (right, below)


def _wrap(words: str, width: float) -> str:
    """`words` cut between any two characters into lines that stay within a cell `width` points wide.

    The typesetter's own line breaking lets closing brackets stand across the rule, in the next cell.
    """
    room = width - 2 * PADDING
    lines = [""]
    for character in words:
        if lines[-1] and pdfmetrics.stringWidth(lines[-1] + character, FONT, SIZE) > room:
            lines.append("")
        lines[-1] += character
    return "\n".join(lines)


class _ThinRectangles(Canvas):
    """A canvas that draws every rule as a filled rectangle."""

    def line(self, x1: float, y1: float, x2: float, y2: float) -> None:
        half = self._lineWidth / 2
        self.rect(x1 - half, y1 - half, x2 - x1 + 2 * half, y2 - y1 + 2 * half, stroke=0, fill=1)


class _Document(BaseDocTemplate):
    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802 - named by reportlab
        if entry := getattr(flowable, "entry", None):
            self.notify("TOCEntry", (0, entry, self.page))


def contents() -> TableOfContents:
    """The list of contents; page numbers are filled in when the document is set."""
    table_of_contents = TableOfContents()
    table_of_contents.levelStyles = [ParagraphStyle("contents", fontName=FONT, fontSize=9, leading=15, wordWrap="CJK")]
    table_of_contents.dotsMinLevel = 0
    return table_of_contents


def gap(points: float) -> Spacer:
    """White space."""
    return Spacer(1, points)


def room_for(points: float) -> CondPageBreak:
    """The end of a page where less than `points` of it is left."""
    return CondPageBreak(points)


def new_page() -> PageBreak:
    """The end of a page."""
    return PageBreak()


def render(story: list[Flowable], layout: Layout, title: str, mark: str) -> bytes:
    """`story` as a PDF, the same bytes every time; `mark` stands at the foot of the first page."""
    register_font()
    buffer = io.BytesIO()
    size = (A4[0], layout.page_height)
    pagesize = size[::-1] if layout.turned else size
    document = _Document(buffer, pagesize=pagesize, invariant=1, title=title, subject=mark)
    frame = Frame(MARGIN, MARGIN, WIDTH, layout.page_height - 2 * MARGIN, 0, 0, 0, 0)
    document.addPageTemplates(PageTemplate(frames=[frame], onPage=_furniture(layout, mark)))
    build = document.multiBuild if layout.contents else document.build
    build(story, canvasmaker=_ThinRectangles if layout.rules == "rectangles" else Canvas)
    return buffer.getvalue()


def _furniture(layout: Layout, mark: str) -> Callable[[Canvas, BaseDocTemplate], None]:
    def draw(canvas: Canvas, document: BaseDocTemplate) -> None:
        if layout.turned:
            canvas.translate(layout.page_height, 0)
            canvas.rotate(90)
        canvas.setFont(FONT, 9)
        if layout.page_numbers:
            canvas.drawCentredString(A4[0] / 2, MARGIN / 2, str(document.page))
        if document.page == 1:
            canvas.drawCentredString(A4[0] / 2, MARGIN / 2 + 13, mark)

    return draw
