"""Web page → pages. Scripts are dropped, frames and links never followed; what is not displayed is not read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from email import message_from_binary_file
from pathlib import Path

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from budgetlib.core.errors import UnreadableDocument
from budgetlib.pages.model import UNREAD, Page
from budgetlib.pages.unpaged.flow import MOST_COLUMNS, Paragraph, Slot, Table, pages_of

_BEGINS = re.compile(
    rb"(?:\s|<\?xml[^>]*>|<!--.*?-->)*<(?:!doctype\s+html|html|head|body|meta|title|table|div|style|script)\b",
    re.IGNORECASE | re.DOTALL,
)
_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_GB = "gb18030"
"""What holds GB2312 and GBK, which web pages name, and all that they print beside."""

_DROPPED = {
    *("head", "script", "style", "noscript", "template", "object", "embed", "applet", "svg", "math", "select"),
    *("nav", "button", "textarea", "iframe", "frame", "frameset"),
}
_BLOCKS = {
    *("html", "body", "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "section"),
    *("article", "main", "header", "footer", "aside", "blockquote", "pre", "center", "form", "fieldset", "figure"),
    *("figcaption", "hr", "caption", "address", "td", "th", "tr", "table", "tbody", "thead", "tfoot"),
}
_NOT_DISPLAYED = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_WHOLE = re.compile(r"\d{1,6}")
_DEEPEST = 200
"""Levels of elements; real pages have some thirty."""
_MOST_ROWS = 1_000_000  # that a cell may span, as it says; the table ends it


def is_html(start: bytes) -> bool:
    """Whether the first bytes of a file are those of a web page, in UTF-8, GBK or with a byte-order mark."""
    for mark, encoding in _MARKS.items():
        if start.startswith(mark):
            start = start[: len(start) // 2 * 2].decode(encoding, "ignore").encode()
    return _BEGINS.match(start) is not None


def read(path: Path) -> Iterator[Page]:
    """The pages of a web page.

    Raises `UnreadableDocument` (malformed, empty, too_large).
    """
    yield from _pages(path.read_bytes(), path.name)


def read_saved(path: Path) -> Iterator[Page]:
    """The pages of a web page that was saved with all it shows as one file (MHTML); raises as `read` does."""
    with path.open("rb") as file:
        parts = [part for part in message_from_binary_file(file).walk() if part.get_content_type() == "text/html"]
    content = parts[0].get_payload(decode=True) if parts else b""
    yield from _pages(content if isinstance(content, bytes) else b"", path.name)


def _pages(content: bytes, name: str) -> Iterator[Page]:
    text, unknown = decoded(content)
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=True)
    try:
        root = document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise UnreadableDocument("empty", f"{name} holds no text; fetch it again from its publisher") from error
    reader = _Reader(name)
    flow = list(reader.flow(root))
    remarks = [f"{unknown} characters are in no known encoding"] if unknown else []
    if frames := sum(1 for _ in root.iter("frame", "iframe")):
        remarks.append(f"{frames} frames are other web pages and not read; save them as files of their own")
    if reader.hidden:
        remarks.append(f"{reader.hidden} parts that are not displayed were not read")
    try:
        yield from pages_of(flow, remarks)
    except UnreadableDocument as fault:
        raise UnreadableDocument(fault.outcome, f"{name} {fault.reason}") from fault


def decoded(content: bytes) -> tuple[str, int]:
    """A text in the encoding that fits best, and how many characters fit none: those become `UNREAD`.

    >>> decoded("预算".encode("gbk")), decoded("预算".encode())
    (('预算', 0), ('预算', 0))
    """
    marked = next((encoding for mark, encoding in _MARKS.items() if content.startswith(mark)), None)
    named = _CHARSET.search(content[:4096])
    encodings = [marked] if marked else ["utf-8", _GB]
    if named and not marked and (other := _codec(named[1].decode("ascii"))):
        encodings.append(other)
    texts = [content.decode(encoding, "replace") for encoding in encodings]
    best = min(texts, key=lambda text: text.count(UNREAD))
    return best, best.count(UNREAD)


def _codec(name: str) -> str | None:
    try:
        "".encode(name)
    except (LookupError, UnicodeError):
        return None
    return name


class _Reader:
    """How far a web page is read: `hidden` counts what is not displayed."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.hidden = 0

    def flow(self, element: HtmlElement, depth: int = 0) -> Iterator[Paragraph | Table]:
        """What an element holds: the text between blocks is a paragraph."""
        if depth > _DEEPEST:
            raise UnreadableDocument("malformed", f"{self._name} nests its elements deeper than {_DEEPEST} levels")
        as_written = element.tag == "pre"
        text: list[str] = [_shown(element.text, as_written=as_written)]
        for child in element:
            if isinstance(child.tag, str) and self._is_read(child):
                parts = [Paragraph("\n")] if child.tag == "br" else list(self._parts(child, depth + 1))
                if child.tag not in _BLOCKS and all(isinstance(part, Paragraph) for part in parts):
                    text += "\n".join(part.text for part in parts if isinstance(part, Paragraph))
                else:
                    yield from _paragraph(text)
                    text = []
                    yield from parts
            text.append(_shown(child.tail, as_written=as_written))
        yield from _paragraph(text)

    def _parts(self, element: HtmlElement, depth: int) -> Iterator[Paragraph | Table]:
        return self._table(element, depth) if element.tag == "table" else self.flow(element, depth)

    def _is_read(self, element: HtmlElement) -> bool:
        if element.tag in _DROPPED:
            return False
        if element.get("hidden") is not None or _NOT_DISPLAYED.search(element.get("style", "")):
            self.hidden += bool(element.text_content().strip())
            return False
        return True

    def _table(self, table: HtmlElement, depth: int) -> Iterator[Paragraph | Table]:
        """A table, its caption before it."""
        slots: list[Slot] = []
        taken: dict[int, int] = {}
        row = 0
        for tr in _rows(table):
            if tr.tag == "caption":
                yield from self.flow(tr, depth + 1)
                continue
            if not self._is_read(tr):
                continue
            column = 0
            for cell in tr:
                if cell.tag not in ("td", "th") or not self._is_read(cell):
                    continue
                while taken.get(column, 0) > row:
                    column += 1
                columns, rows = _span(cell.attrib, "colspan"), _span(cell.attrib, "rowspan")
                content = list(self.flow(cell, depth + 1))
                slots.append(Slot(row, column, content, rows, columns))
                taken |= dict.fromkeys(range(column, column + columns), row + rows)
                column += columns
                if column > MOST_COLUMNS:
                    raise UnreadableDocument(
                        "too_large", f"{self._name} has a table of more than {MOST_COLUMNS} columns"
                    )
            row += 1
        if slots:
            yield Table(slots)


def _rows(table: HtmlElement) -> Iterator[HtmlElement]:
    for child in table:
        if child.tag in ("tbody", "thead", "tfoot"):
            yield from (row for row in child if row.tag == "tr")
        elif child.tag in ("tr", "caption"):
            yield child


def _span(attributes: Mapping[str, str], name: str) -> int:
    match = _WHOLE.match(attributes.get(name, "1").strip())
    return min(max(int(match[0]), 1), MOST_COLUMNS if name == "colspan" else _MOST_ROWS) if match else 1


def _shown(text: str | None, *, as_written: bool) -> str:
    """Text as a browser shows it: blanks and line ends of the source are one blank, but in `pre`."""
    return (text or "") if as_written else _BLANKS.sub(" ", text or "")


def _paragraph(text: list[str]) -> Iterator[Paragraph]:
    """The pieces of `text` as a paragraph; nothing where they are blank."""
    lines = "\n".join(line.strip(" ") for line in "".join(text).split("\n")).strip("\n")
    if lines.strip():
        yield Paragraph(lines)
