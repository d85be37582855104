"""The pages that a notebook cites, each once, with the cited places marked: what its figures lead to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from budgetlib.pages.archive import unpacked
from budgetlib.pages.model import Box
from budgetlib.pages.render import PageImage, page_images
from budgetlib.report.cells import Cells
from budgetlib.report.evidence import changed, original
from budgetlib.report.excerpts import excerpt, table_of
from budgetlib.report.pictures import Pictures
from budgetlib.report.provenance import SourceSpan
from budgetlib.tables.corpus import Corpus

MOST_BYTES = 6_000_000
"""Pictures of one report; a page over 3,000 departments could not be opened otherwise."""

_PADDING = 2.0
"""Points around a mark."""


def cited_pages(corpus: Corpus, cells: Cells, tables_dir: str, kept: Pictures) -> tuple[list[dict[str, Any]], bool]:
    """The pages on which is what `cells` cited so far, by document and page, for their template; whether all fit.

    From `tables_dir`, the folder of the tables, the files are found that were read. Without such a file, where a
    place is not found on its page, and after `MOST_BYTES` of pictures there are the words that are printed. `kept` is
    where the pictures go.
    """
    cited: dict[str, dict[int | str | None, list[SourceSpan]]] = {}
    for span in cells.citations.ids:
        where = table_of(span.places[0]) if span.places else span.page
        cited.setdefault(span.document_id, {}).setdefault(where, []).append(span)
    shown, room = [], MOST_BYTES
    for document_id in [name for name in corpus.documents.document_id if name in cited]:
        pages = cited[document_id]
        pictures: dict[int, PageImage] = {}
        file = original(corpus, document_id, tables_dir) if room > 0 else None
        numbered = {page: spans for page, spans in pages.items() if isinstance(page, int)}
        names = {page: f"page-{document_id[:8]}-{page}" for page in numbered}
        if file and numbered:
            drawn = {page: picture for page, name in names.items() if (picture := kept.drawn(name))}
            with unpacked(file) as path:
                for page, sheet in page_images(path, numbered, drawn):
                    room -= len(sheet.picture)
                    if room < 0:
                        break
                    pictures[page] = sheet
        for page in sorted(numbered):
            address = partial(kept.address, name=names[page])
            shown.append(_page(cells, numbered[page], pictures.get(page), address))
        shown += [_table(cells, spans, file) for page, spans in pages.items() if page not in numbered]
    return shown, room >= 0


def _page(
    cells: Cells, spans: Sequence[SourceSpan], sheet: PageImage | None, address: Callable[[bytes], str]
) -> dict[str, Any]:
    boxes = sheet.boxes if sheet else (None,) * len(spans)
    marks = [_mark(cells, span, box, sheet) for span, box in zip(spans, boxes, strict=True)]
    size = {"width": sheet.width, "height": sheet.height} if sheet else {}
    picture = {"address": address(sheet.picture), **size} if sheet else None
    return _cited(cells, spans) | {"picture": picture, "marks": marks}


def _cited(cells: Cells, spans: Sequence[SourceSpan]) -> dict[str, Any]:
    """The caption, the anchor and the citation of a page, or of a table of a file without pages."""
    first = spans[0]
    anchor = f"page-{first.document_id[:8]}-{first.page or cells.citations.ids[first]}"
    cite = cells.citations.cite(first.document_id, first.page, cells.language)
    return {"id": anchor, "cite": cite, "caption": cells.caption(spans)}


def _table(cells: Cells, spans: Sequence[SourceSpan], file: Path | None) -> dict[str, Any]:
    """A table without a page around the places cited in it; the words of those that are not in it."""
    places = [place for span in spans for place in span.places]
    rows = excerpt(file, places, changed(file)) if file and places else []
    shown = {cell.place for row in rows for cell in row}
    marks: dict[str | None, list[dict[str, Any]]] = {}
    for span in spans:
        place = next((place for place in span.places if place in shown), None)
        marks.setdefault(place, []).append(_mark(cells, span, None, None))
    table = [
        [{**cell._asdict(), "marks": marks.get(cell.place, []) if cell.place else []} for cell in row] for row in rows
    ]
    return _cited(cells, spans) | {"picture": None, "table": table, "marks": marks.get(None, [])}


def _mark(cells: Cells, span: SourceSpan, box: Box | None, sheet: PageImage | None) -> dict[str, Any]:
    """A cited place: its id, the words there, and in percent of the page where it is, if that is known."""
    mark = {"id": cells.citations.ids[span], "text": span.text, "place": cells.span(span)}
    if box is None or sheet is None:
        return mark
    left, top = max(0.0, box.x0 - _PADDING), max(0.0, box.top - _PADDING)
    right, bottom = min(sheet.width, box.x1 + _PADDING), min(sheet.height, box.bottom + _PADDING)
    return mark | {
        "left": 100 * left / sheet.width,
        "top": 100 * top / sheet.height,
        "width": 100 * (right - left) / sheet.width,
        "height": 100 * (bottom - top) / sheet.height,
    }
