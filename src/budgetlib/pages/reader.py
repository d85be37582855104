"""File → pages. The reader is chosen by the file's content, not by its name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from importlib import metadata, util
from pathlib import Path

from budgetlib.core.errors import UnreadableDocument
from budgetlib.pages import pdf, plain_text
from budgetlib.pages.ink import DEFAULT_READER
from budgetlib.pages.model import Page


def media_type(path: Path) -> str:
    """What the first bytes of `path` say it is: `application/pdf`, `text/plain` or `application/octet-stream`."""
    with path.open("rb") as file:
        start = file.read(4096)
    if pdf.MAGIC in start[:1024]:
        return "application/pdf"
    if b"\0" in start or start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return "application/octet-stream"
    return "text/plain"


OCR = {
    "auto": "pages without a usable text layer are read from their pictures",
    "never": "no page is read from its picture",
    "always": "every page of a PDF is read from its picture",
}
"""How pictures of pages are treated."""

_ENGINE = "rapidocr"
_NEEDED = (_ENGINE, "onnxruntime", "cv2")
_HOW_TO_READ = "to read it, install the extra ocr (make ocr) and run budgetlib parse again"


def ocr_engine() -> str | None:
    """Name and version of what reads pictures; None where the extra `ocr` is not installed."""
    if all(util.find_spec(name) for name in _NEEDED):
        return f"{_ENGINE} {metadata.version(_ENGINE)}"
    return None


def read_document(
    path: Path, password: str | None = None, ocr: str = "auto", reader: str = DEFAULT_READER
) -> Iterator[Page]:
    """The pages of the document at `path`, whatever kind of file it is; `ocr` is one of `OCR`, `reader` of `READERS`.

    Raises `UnreadableDocument` with a typed outcome where the file cannot be read at all.
    """
    kind = media_type(path)
    if kind == "application/pdf":
        return _with_pictures(path, password, ocr, reader)
    if kind == "text/plain":
        return plain_text.read(path)
    raise UnreadableDocument(
        "malformed", f"{path.name} is neither a PDF nor plain text; save it as a PDF or as UTF-8 text"
    )


def _with_pictures(path: Path, password: str | None, ocr: str, reader: str) -> Iterator[Page]:
    """The pages of a PDF; those without a usable text layer are read from their pictures, where wanted and possible."""
    scan = None
    with ExitStack() as stack:
        for page in pdf.read(path, password, reader):
            wanted = ocr == "always" or (ocr == "auto" and page.source == "none")
            if not wanted or page.number is None:
                yield page if page.source != "none" else replace(page, fault=f"{page.fault}; unread by --ocr {ocr}")
            elif ocr_engine() is None:
                why = f"{page.fault or 'its picture was to be read'}; {_HOW_TO_READ}"
                yield replace(page, lines=(), grids=(), source="none", fault=why)
            else:
                from budgetlib.pages.ocr import Scan

                scan = scan or stack.enter_context(Scan(path, password))
                yield scan.page(page.number)
