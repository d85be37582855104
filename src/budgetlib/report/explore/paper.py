"""A page as picture beside the figures read from it; a figure that is clicked is marked on its page."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import pandas as pd
from ipywidgets import HTML, Dropdown, VBox

from budgetlib.definitions.amounts import exact
from budgetlib.definitions.forms import forms
from budgetlib.definitions.labels import label, name, percent
from budgetlib.definitions.measures import measure_name
from budgetlib.report.cited_pages import cited_pages
from budgetlib.report.evidence import close_up
from budgetlib.report.excerpts import place_in_words, table_of
from budgetlib.report.explore.desk import Desk, side_by_side
from budgetlib.report.html import block
from budgetlib.report.pictures import Pictures
from budgetlib.report.provenance import SourceSpan, provenance, whole
from budgetlib.tables.corpus import Corpus
from budgetlib.tables.locators import Locator

Row = Mapping[Hashable, Any]
Place = tuple[str, int | str | None]
"""A document, and its page or a table of a file without pages."""


class Paper:
    """Chooses a page of a budget and shows it with what was read from it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._part = desk.corpus.part([])
        self._read: dict[Place, list[Row]] = {}
        self._unread: dict[Place, str] = {}
        self._page = Dropdown(description=desk.say("page"))
        self._page.observe(lambda _: self._show_page(), "value")
        self._picture = HTML()
        self._table = desk.table(self._mark)
        self.widget = VBox([self._page, side_by_side(self._table, self._picture)])

    def show(self, part: Corpus) -> None:
        """The pages of a part of the tables, at the first from which a figure was read."""
        self._part, self._read, self._unread = part, {}, {}
        for page in part.pages.to_dict("records"):
            if not pd.isna(page["page"]):
                self._unread[page["document_id"], int(page["page"])] = page["reason"] or ""
        for row in (*part.lines.to_dict("records"), *part.statements.to_dict("records")):
            self._read.setdefault(_place(row), []).append(row)
        places = [*self._unread, *(place for place in self._read if place not in self._unread)]
        self._page.options = [(self._title(place), place) for place in places]
        self._page.value = next((place for place in places if place in self._read), None)
        self._show_page()

    def turn_to(self, document_id: str, page: int) -> None:
        """Another page of what is shown."""
        if (document_id, page) in {place for _, place in self._page.options}:
            self._page.value = (document_id, page)

    def _title(self, place: Place) -> str:
        document_id, where = place
        documents = list(self._part.documents.document_id)
        file = f"[{documents.index(document_id) + 1}] " if len(documents) > 1 else ""
        words = place_in_words(where, self._desk.language) if isinstance(where, str) else str(where or "–")
        shown = dict.fromkeys(row["form"] for row in self._read.get(place, ()) if row.get("form"))
        return " · ".join([f"{file}{words}", *(self._form(form) for form in shown)])

    def _form(self, form: str) -> str:
        known = forms().get(form)
        return form if known is None else known.label_zh if self._desk.language == "zh" else known.label_en

    def _rows(self) -> list[Row]:
        return self._read.get(self._page.value, []) if self._page.value else []

    def _show_page(self) -> None:
        self._desk.fill(self._table, [dict(self._written(row)) for row in self._rows()])
        spans = [span for row in self._rows() for span in self._spans(row)]
        if not spans and self._page.value:
            document_id, page = self._page.value
            spans = [SourceSpan(document_id, None, None, page, self._unread[document_id, page])]
        self._draw(spans)

    def _mark(self, chosen: int) -> None:
        spans = self._spans(self._rows()[chosen])
        self._draw(spans, close_up(self._desk.corpus, spans, self._desk.tables_dir))

    def _draw(self, spans: list[SourceSpan], nearer: bytes | None = None) -> None:
        """The page of some places, these marked, below the picture of them that is `nearer`."""
        cells = self._desk.cells(self._part)
        for span in spans:
            cells.cited(span)
        shown, _ = cited_pages(self._part, cells, str(self._desk.tables_dir), Pictures())
        words = "; ".join(dict.fromkeys(span.text for span in spans))
        above = block("close_up", Pictures().address(nearer, ""), words).markup if nearer else ""
        self._picture.value = above + block("pages", shown, "").markup

    def _spans(self, row: Row) -> list[SourceSpan]:
        value = row.get("value") if "sentence" in row else row["amount_yuan"]
        return provenance(self._desk.corpus).at(Locator.of(row), value)

    def _written(self, row: Row) -> Iterator[tuple[str, str]]:
        language = self._desk.language
        stated = "sentence" in row
        yield label("column.item", language), row["item"] or ""
        yield self._desk.say("measure"), measure_name(row["measure"], "statements" if stated else "lines", language)
        yield (
            self._desk.say("printed"),
            self._stated(row) if stated else f"{row['published_text']} {row['published_unit']}",
        )

    def _stated(self, row: Row) -> str:
        value, unit = row["value"], row["value_unit"]
        if unit == "yuan":
            return exact(value, self._desk.language)
        return (
            percent(value) if unit == "percent" else f"{value.normalize():f} {name('unit', unit, self._desk.language)}"
        )


def _place(row: Row) -> Place:
    page = whole(row["page"])
    where = page if page is not None or pd.isna(row["place"]) else table_of(row["place"])
    return row["document_id"], where
