"""A failed check as its document shows it: the page cut out around the figures, which are marked; else the words."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from budgetlib.core.files import sha256
from budgetlib.core.text import squeeze
from budgetlib.pages.model import Box
from budgetlib.pages.render import cut_out
from budgetlib.report.provenance import as_printed
from budgetlib.tables.corpus import Corpus

MOST = 3
"""Exhibits of one check."""

_ELSEWHERE = re.compile(r"[0-9a-f]{16}/")

Row = Mapping[Hashable, Any]


@dataclass(frozen=True)
class Exhibit:
    """Places of one check on one page of a document.

    `text` is what is printed there; `marks` where, the tested figure first; `picture` a PNG, where there is a file.
    """

    document_id: str
    form: str | None
    section: int | None
    page: int | None
    text: tuple[str, ...]
    marks: tuple[Box, ...] = ()
    number: str | None = None
    picture: bytes | None = None


def original(corpus: Corpus, document_id: str, tidy: Path | str) -> Path | None:
    """The file that a document was read from, if it is a PDF and still the same; None otherwise.

    `tidy` is the folder of the tables, from which `documents.folder` leads to the files.
    """
    (document,) = corpus.documents[corpus.documents.document_id == document_id].to_dict("records")
    if document["media_type"] != "application/pdf" or not document["folder"]:
        return None
    file = Path(tidy, document["folder"], document["path"])
    if not file.is_file() or _hash(file, file.stat().st_mtime_ns) != document["sha256"]:
        return None
    return file


def exhibits(corpus: Corpus, check: Row, tidy: Path | str | None = None) -> list[Exhibit]:
    """What the places of a failed `check` (a row of the table `checks`) look like, the tested figure first.

    `tidy` is the folder of the tables, from which `documents.folder` leads to the files; without it there are no
    pictures.
    """
    found: dict[tuple[str, str | None, int | None, int | None], Exhibit] = {}
    for token in (check["places"] or "").split():
        for exhibit in _read(corpus, check, token):
            key = (exhibit.document_id, exhibit.form, exhibit.section, exhibit.page)
            known = found.get(key)
            if known is None:
                found[key] = exhibit
            elif not set(exhibit.text) <= set(known.text):
                found[key] = replace(known, text=known.text + exhibit.text, marks=known.marks + exhibit.marks)
    shown = list(found.values())[:MOST]
    return shown if tidy is None else [_pictured(corpus, exhibit, tidy) for exhibit in shown]


def _read(corpus: Corpus, check: Row, token: str) -> Iterator[Exhibit]:
    """The exhibit of one entry of the column `places`."""
    elsewhere, place = token.split("/", 1) if _ELSEWHERE.match(token) else ("", token)
    document_id = elsewhere or check["document_id"]
    kind, _, rest = place.partition(":")
    if kind == "section":
        section, measure, item = [*rest.split(":", 2), "", ""][:3]
        yield from _stated(corpus, check, document_id, int(section), measure, item)
    elif kind == "performance":
        yield from _target(corpus, document_id, int(rest))
    elif kind == "department":
        yield from _department(corpus, document_id, int(rest))
    elif kind == "catalogue":
        yield from _listed(corpus, document_id, rest)
    elif rest:
        yield from _line(corpus, document_id, kind, int(rest))


def _line(corpus: Corpus, document_id: str, form: str, row: int) -> Iterator[Exhibit]:
    lines = corpus.lines[(corpus.lines.document_id == document_id) & (corpus.lines.form == form)]
    own = lines[lines.row == row]
    if own.empty:
        return
    first = own.iloc[0]
    text = " ".join([str(first["item"]), *own.published_text])
    yield Exhibit(document_id, form, None, _page(first.page), (text,), tuple(_row_box(lines, own)))


def _row_box(lines: pd.DataFrame, own: pd.DataFrame) -> Iterator[Box]:
    """The box of a printed row: from the left edge, or from the half beside it, to its last amount."""
    first = own.iloc[0]
    if pd.isna(first.x0):
        return
    beside = lines[(lines.page == first.page) & (lines.side != first.side) & (lines.x1 <= own.x0.min())]
    yield Box(0.0 if beside.empty else float(beside.x1.max()), own.top.min(), own.x1.max(), own.bottom.max())


def _stated(corpus: Corpus, check: Row, document_id: str, section: int, measure: str, item: str) -> Iterator[Exhibit]:
    if not measure:
        yield from _declared(corpus, document_id, section)
        return
    statements = corpus.statements[corpus.statements.document_id == document_id]
    about = statements["item"].map(lambda text: squeeze(text or "") == item)
    fitting = statements[(statements.section == section) & (statements.measure == measure) & about]
    exact = fitting[fitting.value == check["published"]]
    for stated in (exact if len(exact) else fitting).head(1).to_dict("records"):
        number = as_printed(stated["sentence"], stated["value"], stated["value_unit"])
        yield Exhibit(document_id, None, section, _page(stated["page"]), (stated["sentence"],), number=number)


def _declared(corpus: Corpus, document_id: str, section: int) -> Iterator[Exhibit]:
    """What section twelve declares first."""
    declared = corpus.catalogue_declarations
    own = declared[(declared.document_id == document_id) & (declared.kind == "items")]
    for declaration in own.head(1).to_dict("records"):
        sentence = declaration["sentence"]
        yield Exhibit(document_id, None, section, _page(declaration["page"]), (sentence,), number=sentence[:12])


def _target(corpus: Corpus, document_id: str, number: int) -> Iterator[Exhibit]:
    tables = corpus.performance_projects[corpus.performance_projects.document_id == document_id]
    if number > len(tables):
        return
    table = tables.iloc[number - 1]
    page = table.page if not pd.isna(table.page) else table.page_from
    text = " ".join(str(part) for part in (table.project, table.unit, table.published_text) if not pd.isna(part))
    marks = () if pd.isna(table.x0) else (Box(0.0, table.top, table.x1, table.bottom),)
    yield Exhibit(document_id, "performance", None, _page(page), (text,), marks)


def _department(corpus: Corpus, document_id: str, number: int) -> Iterator[Exhibit]:
    figures = corpus.department_targets[corpus.department_targets.document_id == document_id]
    for figure in figures.iloc[number - 1 : number].to_dict("records"):
        text = f"{figure['item']} {figure['text']}"
        yield Exhibit(document_id, "performance", None, _page(figure["page"]), (text,), number=figure["text"])


def _listed(corpus: Corpus, document_id: str, code: str) -> Iterator[Exhibit]:
    """Every item of the document's catalogue that has a code, page by page."""
    items = corpus.catalogue[(corpus.catalogue.document_id == document_id) & (corpus.catalogue.code == code)]
    for page, own in items.groupby("page", sort=False, dropna=False):
        yield Exhibit(
            document_id, "catalogue", None, _page(page), tuple(f"{code} {name}" for name in own.name), number=code
        )


def _pictured(corpus: Corpus, exhibit: Exhibit, tidy: Path | str) -> Exhibit:
    file = original(corpus, exhibit.document_id, tidy) if exhibit.page is not None else None
    if file is None or exhibit.page is None:
        return exhibit
    return replace(exhibit, picture=cut_out(file, exhibit.page, exhibit.marks, exhibit.number))


@cache
def _hash(file: Path, changed: int) -> str:
    """The hash of a file as it was when it last `changed`."""
    return sha256(file)


def _page(page: Any) -> int | None:
    return None if pd.isna(page) else int(page)
