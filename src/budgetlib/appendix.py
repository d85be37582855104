"""The pages that a notebook cites, each once, with the cited places marked: what its figures lead to."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from budgetlib.cells import Cells
from budgetlib.corpus import Corpus
from budgetlib.pages import Box
from budgetlib.printed import Proof
from budgetlib.sheets import Sheet, original, sheets

_PADDING = 2.0
"""Points around a mark."""


def cited_pages(corpus: Corpus, cells: Cells, tidy: str) -> list[dict[str, Any]]:
    """The pages on which is what `cells` cited so far, by document and page, for their template.

    `tidy` is the folder of the tables: from there the files are found that were read. Without such a file, and where a
    place is not found on its page, there are the words that are printed.
    """
    cited: dict[str, dict[int | None, list[Proof]]] = {}
    for proof in cells.citations.ids:
        cited.setdefault(proof.document_id, {}).setdefault(proof.page, []).append(proof)
    shown = []
    for document_id in [name for name in corpus.documents.document_id if name in cited]:
        own = {page: proofs for page, proofs in cited[document_id].items() if page is not None}
        file = original(corpus, document_id, tidy)
        pictures = dict(sheets(file, own)) if file else {}
        for page in sorted(cited[document_id], key=lambda number: number or 0):
            shown.append(_page(cells, cited[document_id][page], pictures.get(page or 0)))
    return shown


def encoded(picture: bytes) -> str:
    """A picture for a `data:` address."""
    return base64.b64encode(picture).decode("ascii")


def _page(cells: Cells, proofs: Sequence[Proof], sheet: Sheet | None) -> dict[str, Any]:
    boxes = sheet.boxes if sheet else (None,) * len(proofs)
    marks = [_mark(cells, proof, box, sheet) for proof, box in zip(proofs, boxes, strict=True)]
    picture = {"png": encoded(sheet.picture), "width": sheet.width, "height": sheet.height} if sheet else None
    return {"caption": cells.caption(proofs), "picture": picture, "marks": marks}


def _mark(cells: Cells, proof: Proof, box: Box | None, sheet: Sheet | None) -> dict[str, Any]:
    """A cited place: its id, the words there, and in percent of the page where it is, if that is known."""
    mark = {"id": cells.citations.ids[proof], "text": proof.text, "place": cells.proof(proof)}
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
