"""File → pages. The reader is chosen by the file's content, not by its name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from budgetlib.errors import UnreadableDocument
from budgetlib.pages import Page
from budgetlib.readers import pdf, text


def media_type(path: Path) -> str:
    """What the first bytes of `path` say it is: `application/pdf`, `text/plain` or `application/octet-stream`."""
    with path.open("rb") as file:
        start = file.read(4096)
    if pdf.MAGIC in start[:1024]:
        return "application/pdf"
    if b"\0" in start or start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return "application/octet-stream"
    return "text/plain"


def read_document(path: Path, password: str | None = None) -> Iterator[Page]:
    """The pages of the document at `path`, whatever kind of file it is.

    Raises `UnreadableDocument` with a typed outcome where the file cannot be read at all.
    """
    kind = media_type(path)
    if kind == "application/pdf":
        return pdf.read(path, password)
    if kind == "text/plain":
        return text.read(path)
    raise UnreadableDocument(
        "malformed", f"{path.name} is neither a PDF nor plain text; save it as a PDF or as UTF-8 text"
    )
