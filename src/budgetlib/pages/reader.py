"""File → pages. The reader is chosen by the file's content, not by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import metadata, util
from itertools import chain
from pathlib import Path

from budgetlib.core.errors import UnreadableDocument
from budgetlib.pages import archive, pdf
from budgetlib.pages.ink import DEFAULT_READER
from budgetlib.pages.media_type import (
    DOC,
    DOCX,
    HTML,
    LOCKED,
    MHTML,
    ODS,
    ODT,
    OFD,
    PDF,
    RAR,
    RTF,
    SEVEN_ZIP,
    TEXT,
    WPS,
    XLS,
    XLSB,
    XLSX,
    XML_TEXT,
    XML_WORKBOOK,
    ZIP,
    media_type,
)
from budgetlib.pages.model import Page
from budgetlib.pages.unpaged import docx, html, libreoffice, ods, plain_text, xls, xlsx

OCR = {
    "auto": "pages without a usable text layer are read from their pictures",
    "never": "no page is read from its picture",
    "always": "every page of a PDF is read from its picture",
}
"""How pictures of pages are treated."""

_READERS: dict[str, Callable[[Path], Iterator[Page]]] = {
    TEXT: plain_text.read,
    HTML: html.read,
    MHTML: html.read_saved,
    DOCX: docx.read,
    **dict.fromkeys((DOC, RTF, ODT, XML_TEXT), libreoffice.read_text),
    XLSX: xlsx.read,
    XLS: xls.read,
    ODS: ods.read,
    **dict.fromkeys((XLSB, XML_WORKBOOK), libreoffice.read_workbook),
    ZIP: archive.read,
}
_REFUSED = {
    LOCKED: ("encrypted", "is encrypted; open it with its password and save it without one"),
    RAR: ("malformed", "is a RAR archive; unpack it and give the files in it, or pack them as .zip"),
    SEVEN_ZIP: ("malformed", "is a 7z archive; unpack it and give the files in it, or pack them as .zip"),
    WPS: ("malformed", "is a WPS document without the parts of a Word document; save it as .docx with its program"),
    OFD: ("malformed", "is an OFD document; print it to a PDF with the program that shows it"),
}
"""Kinds of files that are known and not read: the outcome, and the way out."""

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
    if kind == PDF:
        return _with_pictures(path, password, ocr, reader)
    if kind in _READERS:
        return _READERS[kind](path)
    outcome, why = _REFUSED.get(kind, ("malformed", "is of no kind that is read; save it as a PDF or as UTF-8 text"))
    raise UnreadableDocument(outcome, f"{path.name} {why}")


def _with_pictures(path: Path, password: str | None, ocr: str, reader: str) -> Iterator[Page]:
    """The pages of a PDF; those without a usable text layer are read from their pictures, where wanted and possible."""
    pages = pdf.read(path, password, reader)
    for page in pages:
        if not _is_wanted(page, ocr):
            yield page if page.source != "none" else replace(page, fault=f"{page.fault}; unread by --ocr {ocr}")
        elif ocr_engine() is None:
            why = f"{page.fault or 'its picture was to be read'}; {_HOW_TO_READ}"
            yield replace(page, lines=(), grids=(), source="none", fault=why)
        else:
            from budgetlib.pages.ocr import with_pictures

            yield from with_pictures(path, password, chain([page], pages), lambda page: _is_wanted(page, ocr))


def _is_wanted(page: Page, ocr: str) -> bool:
    """Whether a page is to be read from its picture."""
    return page.number is not None and (ocr == "always" or (ocr == "auto" and page.source == "none"))
