"""A failed check as its document shows it: the page cut out around the figures, which are marked; else the words.

A file is shown only where it still is the one that was read: same place, same hash.
"""

from __future__ import annotations

import io
import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pypdfium2

from budgetlib.corpus import Corpus
from budgetlib.documents import sha256
from budgetlib.money import FACTORS, numbers
from budgetlib.pages import Box
from budgetlib.text import squeeze

MOST = 3
"""Exhibits of one check."""

_DOTS_PER_POINT = 1.75
_AROUND, _MARGIN, _FRAME, _COLOURS = 42.0, 14, 3, 48
_TESTED, _TIED = (204, 32, 32), (31, 99, 190)
_CONTEXT = (10, 6, 3, 0)
"""Characters before a number that are looked for with it, until they are found."""

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


def exhibits(corpus: Corpus, check: Row, tidy: Path | str) -> list[Exhibit]:
    """What the places of a failed `check` (a row of the table `checks`) look like, the tested figure first.

    `tidy` is the folder of the tables, from which `documents.folder` leads to the files.
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
    return [_pictured(corpus, exhibit, Path(tidy)) for exhibit in list(found.values())[:MOST]]


def cut_out(file: Path, page: int, marks: Sequence[Box], number: str | None = None) -> bytes | None:
    """A PNG of `page` (from 1) around `marks` (points from the top left), the first in red, others in blue.

    Without marks the place of `number`, as its sentence prints it, is looked for; None where it is not found.
    """
    with pypdfium2.PdfDocument(file) as document:
        sheet = document[page - 1]
        height = sheet.get_height()
        shown = list(marks) or [box for box in [_find(sheet, number or "")] if box]
        if not shown:
            return None
        top = max(0.0, min(box.top for box in shown) - _AROUND)
        bottom = min(height, max(box.bottom for box in shown) + _AROUND)
        image = sheet.render(scale=_DOTS_PER_POINT, crop=(0, height - bottom, 0, top)).to_pil().convert("RGB")
    left, _, right, _ = image.convert("L").point(lambda light: 255 - light).getbbox() or (0, 0, *image.size)
    for box in reversed(shown):
        _frame(image, replace(box, x0=max(box.x0, left / _DOTS_PER_POINT)), top, _TESTED if box is shown[0] else _TIED)
    stream = io.BytesIO()
    sides = max(0, left - _MARGIN), 0, min(image.width, right + _MARGIN), image.height
    image.crop(sides).quantize(_COLOURS).save(stream, "PNG", optimize=True)
    return stream.getvalue()


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
        number = _as_printed(stated["sentence"], stated["value"], stated["value_unit"])
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


def _pictured(corpus: Corpus, exhibit: Exhibit, tidy: Path) -> Exhibit:
    (document,) = corpus.documents[corpus.documents.document_id == exhibit.document_id].to_dict("records")
    if exhibit.page is None or document["media_type"] != "application/pdf" or not document["folder"]:
        return exhibit
    file = tidy / document["folder"] / document["path"]
    if not file.is_file() or _hash(file, file.stat().st_mtime_ns) != document["sha256"]:
        return exhibit
    try:
        return replace(exhibit, picture=cut_out(file, exhibit.page, exhibit.marks, exhibit.number))
    except pypdfium2.PdfiumError:
        return exhibit


@cache
def _hash(file: Path, changed: int) -> str:
    """The hash of a file as it was when it last `changed`."""
    return sha256(file)


def _as_printed(sentence: str, value: Decimal, unit: str) -> str | None:
    """The number of `sentence` that says `value`, with the characters before it."""
    for start, end, number, printed_unit in numbers(sentence):
        factor = FACTORS.get(printed_unit or "万元", Decimal(1)) if unit == "yuan" else Decimal(1)
        if number * factor == abs(value):
            return sentence[max(0, start - max(_CONTEXT)) : end]
    return None


def _find(sheet: Any, number: str) -> Box | None:
    """Where a page prints `number`: with all that stands before it there, else with less and less of it."""
    text = sheet.get_textpage()
    height = sheet.get_height()
    digits = (
        len(number) - max((number.rfind(character) for character in number if not _numeric(character)), default=-1) - 1
    )
    for before in _CONTEXT:
        piece = number[-(digits + before) :] if digits + before else ""
        hit = text.search(piece).get_next() if piece else None
        if hit:
            rectangles = [text.get_rect(i) for i in range(text.count_rects(*hit))]
            _, bottom, right, top = rectangles[-1]
            left = min(one[0] for one in rectangles if one[1] < top and one[3] > bottom)
            return Box(left, height - top, right, height - bottom)
    return None


def _numeric(character: str) -> bool:
    return character.isdigit() or character in ".,%"


def _frame(image: Any, box: Box, top: float, colour: tuple[int, int, int]) -> None:
    """Draw a frame around a box."""
    width, height = image.size
    x0, x1 = max(0, int(box.x0 * _DOTS_PER_POINT) - _FRAME), min(width, int(box.x1 * _DOTS_PER_POINT) + 2 * _FRAME)
    y0 = max(0, int((box.top - top) * _DOTS_PER_POINT) - _FRAME)
    y1 = min(height, int((box.bottom - top) * _DOTS_PER_POINT) + _FRAME)
    for edge in (
        (x0, y0, x1, y0 + _FRAME),
        (x0, y1 - _FRAME, x1, y1),
        (x0, y0, x0 + _FRAME, y1),
        (x1 - _FRAME, y0, x1, y1),
    ):
        image.paste(colour, edge)


def _page(page: Any) -> int | None:
    return None if pd.isna(page) else int(page)
