"""A failed check as its document shows it: the page cut out around the figures, which are marked; else the words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from budgetlib.core.files import sha256
from budgetlib.pages.render import cut_out
from budgetlib.report.provenance import SourceSpan, provenance
from budgetlib.tables.corpus import Corpus
from budgetlib.tables.locators import Row, places

MOST = 3
"""Exhibits of one check."""


@dataclass(frozen=True)
class Exhibit:
    """Places of one check on one page of a document, the tested figure first, and a PNG of them, if there is a file."""

    spans: tuple[SourceSpan, ...]
    picture: bytes | None = None


def original(corpus: Corpus, document_id: str, tables_dir: Path | str) -> Path | None:
    """The file that a document was read from, if it is a PDF and still the same; None otherwise.

    `documents.folder` leads to the files from `tables_dir`, the folder of the tables.
    """
    (document,) = corpus.documents[corpus.documents.document_id == document_id].to_dict("records")
    if document["media_type"] != "application/pdf" or not document["folder"]:
        return None
    file = Path(tables_dir, document["folder"], document["path"])
    if not file.is_file() or _hash(file, file.stat().st_mtime_ns) != document["sha256"]:
        return None
    return file


def exhibits(corpus: Corpus, check: Row, tables_dir: Path | str | None = None) -> list[Exhibit]:
    """What the places of a failed `check` (a row of the table `checks`) look like, the tested figure first.

    Without the folder of the tables, from which `documents.folder` leads to the files, there are no pictures.
    """
    by_page: dict[tuple[object, ...], dict[SourceSpan, None]] = {}
    for place in places(check):
        for span in provenance(corpus).at(place, check.get("published")):
            by_page.setdefault((span.document_id, span.form, span.section, span.page), {})[span] = None
    shown = [tuple(spans) for spans in list(by_page.values())[:MOST]]
    return [Exhibit(spans, _picture(corpus, spans, tables_dir)) for spans in shown]


def _picture(corpus: Corpus, spans: tuple[SourceSpan, ...], tables_dir: Path | str | None) -> bytes | None:
    first = spans[0]
    if tables_dir is None or first.page is None:
        return None
    file = original(corpus, first.document_id, tables_dir)
    boxes = [span.box for span in spans if span.box]
    return cut_out(file, first.page, boxes, first.number) if file else None


@cache
def _hash(file: Path, changed: int) -> str:
    """The hash of a file as it was when it last `changed`."""
    return sha256(file)
