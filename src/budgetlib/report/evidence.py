"""A failed check as its document shows it: page or table cut out around the marked figures; else the words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from budgetlib.core.errors import UnreadableDocument
from budgetlib.pages.archive import digest, on_disk, unpacked
from budgetlib.pages.render import cut_out
from budgetlib.report.excerpts import ExcerptCell, excerpt, table_of
from budgetlib.report.provenance import SourceSpan, provenance
from budgetlib.tables.corpus import Corpus
from budgetlib.tables.locators import Row, places

MOST = 3
"""Exhibits of one check."""


@dataclass(frozen=True)
class Exhibit:
    """Places of one check on one page of a document, the tested figure first.

    If there is a file, `picture` is a PNG of them; `table` shows them where the file has no pages.
    """

    spans: tuple[SourceSpan, ...]
    picture: bytes | None = None
    table: Sequence[Sequence[ExcerptCell]] = ()


def original(corpus: Corpus, document_id: str, tables_dir: Path | str) -> Path | None:
    """The file that a document was read from, if it is still the same; None otherwise. It may lie in an archive.

    `documents.folder` leads to the files from `tables_dir`, the folder of the tables.
    """
    (document,) = corpus.documents[corpus.documents.document_id == document_id].to_dict("records")
    if not document["folder"]:
        return None
    file = Path(tables_dir, document["folder"], document["path"])
    return file if _hash(file, changed(file)) == document["sha256"] else None


def changed(file: Path) -> int:
    """When a file, or the archive that holds it, was last changed; 0 where there is none."""
    try:
        return on_disk(file).stat().st_mtime_ns
    except OSError:
        return 0


def exhibits(corpus: Corpus, check: Row, tables_dir: Path | str | None = None) -> list[Exhibit]:
    """What the places of a failed `check` (a row of the table `checks`) look like, the tested figure first.

    Without the folder of the tables, from which `documents.folder` leads to the files, there are no pictures.
    """
    by_page: dict[tuple[object, ...], dict[SourceSpan, None]] = {}
    for place in places(check):
        for span in provenance(corpus).at(place, check.get("published")):
            where = table_of(span.places[0]) if span.places else span.page
            by_page.setdefault((span.document_id, span.form, span.section, where), {})[span] = None
    shown = [tuple(spans) for spans in list(by_page.values())[:MOST]]
    return [_exhibit(corpus, spans, tables_dir) for spans in shown]


def _exhibit(corpus: Corpus, spans: tuple[SourceSpan, ...], tables_dir: Path | str | None) -> Exhibit:
    first = spans[0]
    file = original(corpus, first.document_id, tables_dir) if tables_dir is not None else None
    if file is None or (first.page is None and not first.places):
        return Exhibit(spans)
    if first.page is None:
        return Exhibit(spans, table=excerpt(file, [place for span in spans for place in span.places], changed(file)))
    return Exhibit(spans, _picture(file, first.page, spans))


def close_up(corpus: Corpus, spans: Sequence[SourceSpan], tables_dir: Path | str) -> bytes | None:
    """A PNG of some places of one page, as in an exhibit; None where there is no file with pages."""
    file = original(corpus, spans[0].document_id, tables_dir) if spans else None
    page = spans[0].page if spans else None
    return _picture(file, page, spans) if file and page else None


def _picture(file: Path, page: int, spans: Sequence[SourceSpan]) -> bytes | None:
    with unpacked(file) as path:
        return cut_out(path, page, [span.box for span in spans if span.box], spans[0].number)


@cache
def _hash(file: Path, changed: int) -> str | None:
    """The hash of a file as it was when it last `changed`; None where there is none."""
    try:
        return digest(file)
    except (OSError, UnreadableDocument):
        return None
