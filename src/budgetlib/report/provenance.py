"""A locator → what stands there: the words, the place on the page, the number in a sentence. The one resolver."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

import pandas as pd

from budgetlib.core.money import FACTORS, numbers
from budgetlib.core.text import squeeze
from budgetlib.pages.model import Box
from budgetlib.tables.corpus import Corpus
from budgetlib.tables.locators import (
    CATALOGUE,
    DEPARTMENT,
    EVALUATION,
    PERFORMANCE,
    SECTION,
    SENTENCE,
    Locator,
    Row,
    places,
)

MOST = 4
"""Places that one figure leads to."""

_CONTEXT, _BEGINNING = 10, 12
"""Characters before a number, and of a sentence without one, by which it is searched for on its page."""

_TABLES = {
    SECTION: "statements",
    PERFORMANCE: "performance_projects",
    DEPARTMENT: "department_targets",
    CATALOGUE: "catalogue",
    EVALUATION: "self_evaluation",
    SENTENCE: "sentences",
}
"""Which table holds a kind of place; all others are forms."""

Record = Mapping[Hashable, Any]


@dataclass(frozen=True)
class SourceSpan:
    """One printed place: `text` is what stands there, `box` where on its page, where that is known.

    `form` is a form's name or another kind of paper (`performance`, `catalogue`). For words without a box `number` is
    the figure in them with the characters before, by which the page can be searched. `places` are its cells or its
    paragraph in a file without pages.
    """

    document_id: str
    form: str | None
    section: int | None
    page: int | None
    text: str
    box: Box | None = None
    number: str | None = None
    places: tuple[str, ...] = ()


def whole(number: Any) -> int | None:
    """A page of a table as an `int`; None where it is missing."""
    return None if pd.isna(number) else int(number)


def as_printed(sentence: str, value: Decimal, unit: str) -> str | None:
    """The number of `sentence` that says `value` (`unit` as in the table `statements`), with what stands before it.

    >>> as_printed("比上年增加1,506.54万元", Decimal(15065400), "yuan")
    '比上年增加1,506.54'
    """
    for start, end, number, printed_unit in numbers(sentence):
        factor = FACTORS.get(printed_unit or "万元", Decimal(1)) if unit == "yuan" else Decimal(1)
        if number * factor == abs(value):
            return sentence[max(0, start - _CONTEXT) : end]
    return None


@lru_cache(maxsize=1)
def provenance(corpus: Corpus) -> Provenance:
    """The one that reads each document of a corpus once."""
    return Provenance(corpus)


class Provenance:
    """What stands at the places of a `corpus`."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._parts: dict[str, Corpus] = {}
        self._records: dict[tuple[str, str], list[dict[Hashable, Any]]] = {}
        self._lines: dict[str, Mapping[tuple[Any, ...], list[dict[Hashable, Any]]]] = {}

    def of(self, row: Row, column: str = "") -> tuple[SourceSpan, ...]:
        """What stands where the figure in a `column` of a row is printed, or what it is made of; at most `MOST`."""
        spans = (span for place in places(row, column) for span in self.at(place, row.get(column)))
        return tuple(dict.fromkeys(spans))[:MOST]

    def heading(self, document_id: str, section: int, page: int | None, stated: Sequence[str]) -> str:
        """The printed heading of a section of the narrative part: of several that of the sentences `stated`."""
        rows = [row for row in self._rows("statements", document_id) if row["section"] == section and row["heading"]]
        rows.sort(key=lambda row: (row["sentence"] not in stated, row["page"] != page, row["unit"] is not None))
        return rows[0]["heading"] if rows else ""

    def at(self, place: Locator, value: Decimal | None = None) -> list[SourceSpan]:
        """What stands at a place; of several statements the one that says `value`, else the first."""
        rows = self._rows(_TABLES.get(place.kind, "lines"), place.document_id)
        if place.kind == SECTION:
            return self._stated(place, value) if place.measure else self._declared(place)
        if place.kind == CATALOGUE:
            return [_catalogue_item(row) for row in rows if row["code"] == place.item]
        if place.number is None:
            return []
        if place.kind == SENTENCE:
            chosen = rows[place.number - 1 : place.number]
            return [_sentence(row, whole(row["section"]), row["sentence"][:_BEGINNING]) for row in chosen]
        if place.kind in _TABLES:
            return [_READ[place.kind](row) for row in rows[place.number - 1 : place.number]]
        lines = self._lines_of(place.document_id)
        row = lines.get((place.kind, place.number), [])
        if place.measure:
            return [_amount(line) for line in row if line["measure"] == place.measure]
        return [_printed_row(row, lines[place.kind,])] if row else []

    def _stated(self, place: Locator, value: Decimal | None) -> list[SourceSpan]:
        about = (place.number, place.measure, place.item)
        statements = [
            row
            for row in self._rows("statements", place.document_id)
            if (row["section"], row["measure"], squeeze(row["item"] or "")) == about
        ]
        statements.sort(key=lambda row: row["unit"] is not None)  # the publisher's own come before those of its units
        exact = [row for row in statements if row["value"] == value]
        return [
            _sentence(row, place.number, as_printed(row["sentence"], row["value"], row["value_unit"]))
            for row in (exact or statements)[:1]
        ]

    def _declared(self, place: Locator) -> list[SourceSpan]:
        """What the document declares first of the guidance catalogue."""
        declarations = self._rows("catalogue_declarations", place.document_id)
        items = [row for row in declarations if row["kind"] == "items"]
        return [_sentence(row, place.number, row["sentence"][:_BEGINNING]) for row in items[:1]]

    def _rows(self, table: str, document_id: str) -> list[dict[Hashable, Any]]:
        """The rows of a table that belong to a document."""
        if (table, document_id) not in self._records:
            part = self._parts.setdefault(document_id, self._corpus.part([document_id]))
            self._records[table, document_id] = getattr(part, table).to_dict("records")
        return self._records[table, document_id]

    def _lines_of(self, document_id: str) -> Mapping[tuple[Any, ...], list[dict[Hashable, Any]]]:
        """The lines of a document by form, and by form and row."""
        if document_id not in self._lines:
            lines: dict[tuple[Any, ...], list[dict[Hashable, Any]]] = defaultdict(list)
            for line in self._rows("lines", document_id):
                lines[line["form"],].append(line)
                lines[line["form"], line["row"]].append(line)
            self._lines[document_id] = lines
        return self._lines[document_id]


def _amount(line: Record) -> SourceSpan:
    text = f"{line['item']} {line['published_text']} {line['published_unit']}"
    page, spots = whole(line["page"]), _places([line])
    return SourceSpan(line["document_id"], line["form"], None, page, text, _box([line]), places=spots)


def _printed_row(row: Sequence[Record], lines: Sequence[Record]) -> SourceSpan:
    """A row of a form, from the left edge, or from the half beside it, to its last amount."""
    first, box = row[0], _box(row)
    text = " ".join([first["item"], *(line["published_text"] for line in row)])
    if box:
        beside = [
            line["x1"]
            for line in lines
            if line["page"] == first["page"] and line["side"] != first["side"] and line["x1"] <= box.x0
        ]
        box = box._replace(x0=max(beside, default=0.0))
    return SourceSpan(first["document_id"], first["form"], None, whole(first["page"]), text, box, places=_places(row))


def _target(table: Record) -> SourceSpan:
    page: Any = table["page_from"] if pd.isna(table["page"]) else table["page"]
    text = " ".join(str(table[part]) for part in ("project", "unit", "published_text") if not pd.isna(table[part]))
    box = _box([table])
    wide, spots = box and box._replace(x0=0.0), _places([table])
    return SourceSpan(table["document_id"], PERFORMANCE, None, whole(page), text, wide, places=spots)


def _key_figure(row: Record) -> SourceSpan:
    text, page, spots = f"{row['item']} {row['text']}", whole(row["page"]), _places([row])
    return SourceSpan(row["document_id"], PERFORMANCE, None, page, text, number=row["text"], places=spots)


def _evaluated(row: Record) -> SourceSpan:
    text = " ".join(str(row[part]) for part in ("project", "unit") if not pd.isna(row[part]))
    box = _box([row])
    wide, spots = box and box._replace(x0=0.0), _places([row])
    return SourceSpan(row["document_id"], EVALUATION, None, whole(row["page"]), text, wide, places=spots)


_READ = {PERFORMANCE: _target, DEPARTMENT: _key_figure, EVALUATION: _evaluated}


def _catalogue_item(row: Record) -> SourceSpan:
    text, page, spots = f"{row['code']} {row['name']}", whole(row["page"]), _places([row])
    return SourceSpan(row["document_id"], CATALOGUE, None, page, text, number=row["code"], places=spots)


def _sentence(row: Record, section: int | None, number: str | None) -> SourceSpan:
    page, spots = whole(row["page"]), _places([row])
    return SourceSpan(row["document_id"], None, section, page, row["sentence"], number=number, places=spots)


def _places(rows: Sequence[Record]) -> tuple[str, ...]:
    """The places of some rows in a file without pages; none on paper."""
    return tuple(row["place"] for row in rows if not pd.isna(row.get("place")))


def _box(rows: Sequence[Record]) -> Box | None:
    """Around all of some rows; None where the first was not on a page."""
    if pd.isna(rows[0]["x0"]):
        return None
    edges = zip(*((row["x0"], row["top"], row["x1"], row["bottom"]) for row in rows), strict=True)
    return Box(*(edge(values) for edge, values in zip((min, min, max, max), edges, strict=True)))
