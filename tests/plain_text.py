"""A disclosure as plain text, read; and what the page log says of its pages."""

from __future__ import annotations

from pathlib import Path

import budgetlib as bl
from budgetlib.extraction.records import Records


def parse(folder: Path, text: str) -> Records:
    """The records of `text` as a file of `folder`."""
    path = folder / "disclosure.txt"
    path.write_text(text, encoding="utf-8")
    return bl.parse_document(path)


def said(parsed: Records) -> str:
    """The reasons of all pages."""
    return "; ".join(page["reason"] or "" for page in parsed["pages"])
