"""What a notebook has shown → links to the places where it is printed, each place with an id of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import pandas as pd
from markupsafe import Markup, escape

from budgetlib.report.citing import citation
from budgetlib.report.provenance import SourceSpan, provenance
from budgetlib.tables.corpus import Corpus
from budgetlib.tables.locators import Row

_DRAWN = ("change_yuan", "total_yuan", "amount_yuan", "final_yuan", "budget_yuan")
"""What a chart draws of a row: the first of these that the row has."""


@lru_cache(maxsize=1)
def _places_of_documents(corpus: Corpus) -> Mapping[str, int]:
    """Where each document of a corpus stands in its table, which may have thousands."""
    return {document_id: place for place, document_id in enumerate(corpus.documents.document_id)}


class Citations:
    """The places of a `corpus` that were cited so far, in the order of their first citation."""

    def __init__(self, corpus: Corpus) -> None:
        self._provenance = provenance(corpus)
        self._documents = corpus.documents
        self._places = _places_of_documents(corpus)
        self._cited: dict[str, Row] = {}
        self.ids: dict[SourceSpan, str] = {}

    def figure(self, text: str, row: Row, column: str) -> str:
        """`text`, which says what a row has in `column`, as a link to where that is printed; else as it is."""
        return self.link(text, self._provenance.of(row, column))

    def link(self, text: str, spans: Sequence[SourceSpan]) -> str:
        """`text` as a link to the first of some `spans`; the others are named beside it."""
        if not text or not spans:
            return text
        first, *others = map(self._id, spans)
        also = Markup(' data-also="{}"').format(" ".join(others)) if others else ""
        return Markup('<a class="seen" href="#{}"{}>{}</a>').format(first, also, escape(text))

    def year(self, document_id: str) -> str:
        """Which year a document is of."""
        year = self._document(document_id)["fiscal_year"] if document_id in self._places else None
        return "" if pd.isna(year) else str(year)

    def closes_a_year(self, document_id: str) -> bool:
        """Whether a document is final accounts."""
        return document_id in self._places and self._document(document_id)["document_kind"] == "final_accounts"

    def cite(self, document_id: str, page: int | None, language: str) -> str:
        """How a page is cited, as a sentence and BibTeX; `{date}` stands for the day of reading."""
        return "\n\n".join(citation(self._document(document_id), page, language))

    def heading(self, row: Row) -> str:
        """The printed heading of the section of the narrative part that a row is from; empty where unknown."""
        stated = [row["text"]] if "text" in row else [span.text for span in self._provenance.of(row)]
        return self._provenance.heading(row["document_id"], int(row["section"]), row.get("page"), stated)

    def address(self, row: Row) -> str:
        """Where a chart leads from what it draws of a row; empty where its place is not known."""
        column = next((column for column in _DRAWN if row.get(column) is not None), None)
        spans = self._provenance.of(row, column) if column else ()
        return f"#{self._id(spans[0])}" if spans else ""

    def _document(self, document_id: str) -> Row:
        if document_id not in self._cited:
            row = self._documents.iloc[[self._places[document_id]]]
            (self._cited[document_id],) = row.to_dict("records")
        return self._cited[document_id]

    def _id(self, span: SourceSpan) -> str:
        return self.ids.setdefault(span, f"source-{len(self.ids) + 1}")
