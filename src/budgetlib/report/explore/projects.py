"""The projects of all departments, of which those are listed that have some words in their name."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import pandas as pd
from ipywidgets import HTML, Text, VBox

from budgetlib.core.text import squeeze
from budgetlib.definitions.amounts import exact
from budgetlib.definitions.labels import label
from budgetlib.report.explore.desk import Desk

MOST = 200
"""Projects that are listed; how many there are is said."""

_COLUMNS = ["document_id", "item", "unit", "amount_yuan", "page"]


class Projects:
    """Filters projects; of one that is clicked `opened` is told the department, year, document and page."""

    def __init__(self, desk: Desk, opened: Callable[[str, int, str, int], None]) -> None:
        self._desk, self._opened = desk, opened
        self._found: pd.DataFrame = pd.DataFrame()
        self._words = Text(description=desk.say("words"), continuous_update=False)
        self._words.observe(lambda _: self._filter(), "value")
        self._count = HTML()
        self._table = desk.table(self._open)
        self.widget = VBox([self._words, self._count, self._table])

    @cached_property
    def _all(self) -> pd.DataFrame:
        """All projects, the largest first; read when they are first asked for."""
        corpus = self._desk.corpus
        lines = corpus.rows("lines", _COLUMNS, form="projects", row_kind="line", measure="total")
        owners = corpus.documents[["document_id", "department_id", "fiscal_year"]]
        projects = lines.merge(owners, on="document_id").sort_values("amount_yuan", ascending=False, kind="stable")
        return projects.assign(sought=(projects.item + projects.unit.fillna("")).map(squeeze))

    def _filter(self) -> None:
        words = [squeeze(word) for word in self._words.value.split()]
        fitting = self._all
        for word in words:
            fitting = fitting[fitting.sought.str.contains(word, regex=False)]
        self._found = fitting.head(MOST) if words else fitting.head(0)
        language = self._desk.language
        self._count.value = self._desk.say("found", count=len(fitting), most=MOST) if words else ""
        self._desk.fill(
            self._table,
            [
                {
                    label("column.project", language): one["item"],
                    label("column.entity", language): one["department_id"] or "",
                    label("column.fiscal_year", language): str(one["fiscal_year"]),
                    label("column.amount_yuan", language): exact(one["amount_yuan"], language),
                }
                for one in self._found.to_dict("records")
            ],
        )

    def _open(self, chosen: int) -> None:
        row = self._found.iloc[chosen]
        if not any(pd.isna(row[column]) for column in ("department_id", "fiscal_year", "page")):
            self._opened(row.department_id, int(row.fiscal_year), row.document_id, int(row.page))
