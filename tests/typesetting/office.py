"""What is typeset as a Word document, a web page or a workbook: the same words and tables, without paper."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from xml.sax.saxutils import escape

import xlsxwriter
from reportlab.platypus import Flowable, Paragraph, Table

_AMOUNT = re.compile(r"-?(?P<whole>[\d,]+)(?:\.(?P<decimals>\d+))?")
_NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@dataclass(frozen=True)
class Rows:
    """A table: its texts, and by the place of a merged cell how many rows and columns it covers."""

    texts: Sequence[Sequence[str]]
    spans: dict[tuple[int, int], tuple[int, int]]

    def cells(self) -> Iterator[tuple[int, int, int, int, str]]:
        """Row, column, rows, columns and text of each cell, merged ones once."""
        covered = {
            (y + down, x + right)
            for (y, x), (rows, columns) in self.spans.items()
            for down in range(rows)
            for right in range(columns)
            if down or right
        }
        for y, row in enumerate(self.texts):
            for x, text in enumerate(row):
                if (y, x) not in covered:
                    yield y, x, *self.spans.get((y, x), (1, 1)), text


@dataclass(frozen=True)
class Workbook:
    """How a workbook is set; every combination shows the same text."""

    one_sheet: bool = False
    """Everything below one another on one sheet; otherwise a sheet for each table with what stands above it."""
    title_on_tab: bool = False
    """The title of a table stands only on the tab of its sheet."""
    codes_as_numbers: bool = False
    texts_only: bool = False
    """Amounts are texts, as programs leave them that do not trust Excel."""
    merged: bool = True
    """Cells are merged; otherwise only the first of them is filled."""
    hidden: bool = False
    """A hidden sheet, row and column hold numbers of nobody's business."""


def blocks(story: Sequence[Flowable]) -> Iterator[str | Rows]:
    """The lines of text and the tables of a story, in order."""
    for flowable in story:
        if isinstance(flowable, Paragraph):
            yield unescape(flowable.text)
        elif isinstance(flowable, Table):
            texts = [["".join(str(cell).split("\n")) for cell in row] for row in flowable._cellvalues]
            spans = {(y0, x0): (y1 - y0 + 1, x1 - x0 + 1) for _, (x0, y0), (x1, y1) in flowable._spanCmds}
            yield "　　".join(filter(None, texts[0])) if len(texts) == 1 else Rows(texts, spans)


def as_html(story: Sequence[Flowable], encoding: str = "utf-8") -> bytes:
    """A story as a web page, laid out by a table, with a script and a frame."""
    parts = [_html_table(part) if isinstance(part, Rows) else f"<p>{escape(part)}</p>" for part in blocks(story)]
    body = f"<table><tr><td><script>var a = '单位：元 1.00';</script>{''.join(parts)}</td></tr></table>"
    head = f'<meta http-equiv="Content-Type" content="text/html; charset={encoding}"><title>信息公开</title>'
    page = (
        f"<!DOCTYPE html><html><head>{head}</head><body>{body}<iframe src='http://192.0.2.1/'></iframe></body></html>"
    )
    return page.encode(encoding, "xmlcharrefreplace")


def _html_table(table: Rows) -> str:
    rows: list[list[str]] = [[] for _ in table.texts]
    for y, _, down, right, text in table.cells():
        rows[y].append(f'<td rowspan="{down}" colspan={right}>{escape(text)}</td>')
    return f"<table border=1>{''.join('<tr>' + ''.join(row) for row in rows)}</table>"


def as_docx(story: Sequence[Flowable]) -> bytes:
    """A story as a Word document."""
    return docx_of("".join(_word_table(part) if isinstance(part, Rows) else word(part) for part in blocks(story)))


def docx_of(body: str, **parts: str) -> bytes:
    """A Word document with the XML `body`; further `parts` are beside it, such as `numbering`."""
    kinds = "".join(f'<Relationship Id="{name}" Type="{_OFFICE}/{name}" Target="{name}.xml"/>' for name in parts)
    return zipped(
        {
            "[Content_Types].xml": "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>",
            "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="r" Type="{_OFFICE}/officeDocument" '
            f'Target="word/document.xml"/></Relationships>',
            "word/_rels/document.xml.rels": f'<Relationships xmlns="{_RELATIONS}">{kinds}</Relationships>',
            "word/document.xml": f'<w:document xmlns:w="{_NAMESPACE}"><w:body>{body}</w:body></w:document>',
            **{
                f"word/{name}.xml": f'<w:{name} xmlns:w="{_NAMESPACE}">{part}</w:{name}>'
                for name, part in parts.items()
            },
        }
    )


def zipped(members: dict[str, str | bytes]) -> bytes:
    """Texts or bytes by name as an archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def word(text: str, properties: str = "") -> str:
    """A paragraph of a Word document, its words in two runs."""
    half = len(text) // 2
    runs = "".join(f'<w:r><w:t xml:space="preserve">{escape(one)}</w:t></w:r>' for one in (text[:half], text[half:]))
    return f"<w:p><w:pPr>{properties}</w:pPr>{runs}</w:p>"


def _word_table(table: Rows) -> str:
    rows: list[dict[int, str]] = [{} for _ in table.texts]
    for y, x, down, right, text in table.cells():
        for below in range(down):
            merge = "" if down == 1 else "<w:vMerge/>" if below else '<w:vMerge w:val="restart"/>'
            properties = f'<w:tcPr><w:gridSpan w:val="{right}"/>{merge}</w:tcPr>'
            rows[y + below][x] = f"<w:tc>{properties}{word(text if below == 0 else '')}</w:tc>"
    return f"<w:tbl>{''.join(f'<w:tr>{_in_order(row)}</w:tr>' for row in rows)}</w:tbl>"


def _in_order(row: dict[int, str]) -> str:
    return "".join(row[column] for column in sorted(row))


def as_xlsx(story: Sequence[Flowable], how: Workbook | None = None) -> bytes:
    """A story as a workbook."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        _Writer(book, how or Workbook()).write(list(blocks(story)))
    return buffer.getvalue()


class _Writer:
    def __init__(self, book: xlsxwriter.Workbook, how: Workbook) -> None:
        self.book, self.how = book, how
        self.formats: dict[str, xlsxwriter.format.Format] = {}

    def write(self, parts: Sequence[str | Rows]) -> None:
        lines: list[str] = []
        sheet, row, number = None, 0, 0
        for part in [*parts, None]:
            if isinstance(part, str):
                lines.append(part)
                continue
            number += 1
            if sheet is None or not self.how.one_sheet:
                title = next((line for line in reversed(lines) if line.endswith("表")), "")
                on_tab = self.how.title_on_tab and 0 < len(title) < 28
                tab = f"{number} {title}" if on_tab else f"Sheet{number}"
                sheet, row = self.book.add_worksheet(tab), 0
                lines = [line for line in lines if not (on_tab and line == title)]
            for line in lines:
                sheet.write_string(row, 0, line)
                row += 1
            lines = []
            if part is not None:
                row = self.table(sheet, part, row) + 1
        if self.how.hidden:
            secret = self.book.add_worksheet("底稿")
            secret.write_number(0, 0, 123.45)
            secret.hide()

    def table(self, sheet: xlsxwriter.worksheet.Worksheet, table: Rows, first: int) -> int:
        """Write `table` from row `first` on; the row below it."""
        for y, x, down, right, text in table.cells():
            if self.how.merged and (down > 1 or right > 1):
                sheet.merge_range(first + y, x, first + y + down - 1, x + right - 1, "")
            self.cell(sheet, first + y, x, text)
        last = first + len(table.texts)
        if self.how.hidden:
            sheet.write_row(last, 0, ["小计", *(9.99 for _ in table.texts[0][1:])])
            sheet.set_row(last, None, None, {"hidden": True})
            if not self.how.one_sheet:
                width = len(table.texts[0])
                sheet.write_column(first, width, [8.88 for _ in table.texts])
                sheet.set_column(width, width, None, None, {"hidden": True})
            last += 1
        return last

    def cell(self, sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, text: str) -> None:
        match = _AMOUNT.fullmatch(text)
        is_code = match is not None and "." not in text and "," not in text
        if match is None or (is_code and not self.how.codes_as_numbers) or (self.how.texts_only and not is_code):
            sheet.write_string(row, column, text)
            return
        decimals = f".{'0' * len(match['decimals'])}" if match["decimals"] else ""
        shown = f"{'#,##0' if ',' in text else '0'}{decimals}" if decimals or "," in text else "General"
        sheet.write_number(row, column, float(text.replace(",", "")), self.format(shown))

    def format(self, shown: str) -> xlsxwriter.format.Format:
        if shown not in self.formats:
            self.formats[shown] = self.book.add_format({"num_format": shown})
        return self.formats[shown]


def save(content: bytes, path: Path) -> Path:
    """`content` as the file `path`."""
    path.write_bytes(content)
    return path
