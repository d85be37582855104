"""A document and a page → how they are cited."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from budgetlib.core.errors import BadParameter, NotFound
from budgetlib.report.citing import Citation, citation
from budgetlib.tables.corpus import load


def cite(tables_dir: Path, document: str, page: int | None, language: str) -> Citation:
    """How one page (or all) of a `document` is cited: by its `document_id`, or by its path or the end of it.

    Raises `NotFound` for a document that the tables do not hold, and `BadParameter` for several and for a page that
    it does not have.
    """
    documents = load(tables_dir).documents
    chosen = documents[(documents.document_id == document) | documents.path.map(lambda path: path.endswith(document))]
    exact = chosen[(chosen.document_id == document) | (chosen.path == document)]
    rows = (exact if len(exact) else chosen).to_dict("records")
    if not rows:
        raise NotFound(f"no document {document!r} in {tables_dir}; give its document_id or its file's name")
    if len(rows) > 1:
        names = ", ".join(row["path"] for row in rows[:5])
        raise BadParameter(f"{document!r} is the end of {len(rows)} files: {names}; give one of their document_ids")
    (row,) = rows
    if page is not None and not 1 <= page <= (row["pages"] or page):
        raise BadParameter(f"page is {page}; {row['path']} has the pages 1 to {row['pages']}")
    return citation(row, page, language, datetime.now(UTC).date())
