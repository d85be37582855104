"""Projects and the items of the guidance catalogue that they are like; a match that is right is written down."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pandas as pd
from ipywidgets import HTML, Button, Text, VBox

from budgetlib.analysis.catalogue_coverage import catalogue_coverage
from budgetlib.analysis.catalogue_edition import guidance
from budgetlib.core.errors import BadParameter
from budgetlib.definitions.amounts import exact
from budgetlib.definitions.labels import label, name
from budgetlib.report.explore.desk import Desk
from budgetlib.tables.corpus import Corpus
from budgetlib.tables.matches import load_matches, write_match

_COLUMNS = ("project", "unit", "edition", "section", "code", "name")


class Services:
    """Chooses a project of a budget, and writes that its item is the right one."""

    def __init__(self, desk: Desk, reviewer: Text) -> None:
        self._desk, self._reviewer = desk, reviewer
        self._part = desk.corpus.part([])
        self._matched: list[dict[Hashable, Any]] = []
        self._chosen: int | None = None
        self._right = Button(description=desk.say("right"), button_style="primary")
        self._note = HTML()
        self._right.on_click(lambda _: desk.attempt(self._note, self._write))
        self._table = desk.table(self._choose)
        self.widget = VBox([self._right, self._note, self._table])

    def show(self, part: Corpus) -> None:
        """The projects in a part of the tables, with what was decided about them up to now."""
        self._part, self._chosen = part, None
        budget = part.part(part.read_budgets().document_id)
        self._matched = []
        if len(budget.documents):
            reviewed = load_matches(self._desk.matches)
            applying = guidance(self._desk.corpus, budget)
            self._matched = catalogue_coverage(self._desk.corpus, budget, applying, reviewed).to_dict("records")
        self._list()
        self._note.value = ""

    def _choose(self, chosen: int) -> None:
        self._chosen = chosen
        self._note.value = ""

    def _list(self) -> None:
        language = self._desk.language
        self._desk.fill(
            self._table,
            [
                {
                    label("column.project", language): one["project"],
                    label("column.amount_yuan", language): exact(one["amount_yuan"], language),
                    label("column.catalogue_item", language): _text(one["name"]),
                    label("column.match", language): name("match", one["basis"], language),
                }
                for one in self._matched
            ],
        )

    def _write(self) -> str:
        if self._chosen is None or not self._matched[self._chosen]["name"]:
            raise BadParameter(self._desk.say("choose_match"))
        if not self._reviewer.value.strip():
            raise BadParameter(self._desk.say("who"))
        chosen = self._matched[self._chosen]
        about = {
            "department": str(self._part.first("department_id")),
            "fiscal_year": str(self._part.first("fiscal_year")),
        }
        match = {column: _text(chosen[column]) for column in _COLUMNS}
        write_match(self._desk.matches, {**about, **match, "reviewer": self._reviewer.value.strip(), "note": ""})
        chosen["basis"] = "reviewed"
        self._list()
        return self._desk.say("written", file=chosen["project"])


def _text(value: Any) -> str:
    return "" if pd.isna(value) else str(value)
