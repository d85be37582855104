"""What a notebook has shown → links to the places that prove it, each place with an id of its own."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from budgetlib.report.provenance import Proof, Proofs, Row
from budgetlib.tables.corpus import Corpus

_DRAWN = ("change_yuan", "total_yuan", "amount_yuan")
"""What a chart draws of a row: the first of these that the row has."""


class Citations:
    """The places of a `corpus` that were cited so far, in the order of their first citation."""

    def __init__(self, corpus: Corpus) -> None:
        self._proofs = Proofs(corpus)
        self.ids: dict[Proof, str] = {}

    def figure(self, text: str, row: Row, column: str) -> str:
        """`text`, which says what a row has in `column`, as a link to its proofs; as it is where there are none."""
        return self.link(text, self._proofs.of(row, column))

    def link(self, text: str, proofs: Sequence[Proof]) -> str:
        """`text` as a link to the first of some `proofs`; the others are named beside it."""
        if not text or not proofs:
            return text
        first, *others = (self._id(proof) for proof in proofs)
        also = Markup(' data-also="{}"').format(" ".join(others)) if others else ""
        return Markup('<a class="seen" href="#{}"{}>{}</a>').format(first, also, escape(text))

    def address(self, row: Row) -> str:
        """Where a chart leads from what it draws of a row; empty where nothing is known to prove it."""
        column = next((column for column in _DRAWN if row.get(column) is not None), None)
        proofs = self._proofs.of(row, column) if column else ()
        return f"#{self._id(proofs[0])}" if proofs else ""

    def _id(self, proof: Proof) -> str:
        return self.ids.setdefault(proof, f"proof-{len(self.ids) + 1}")
