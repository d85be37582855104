"""What the notebooks over all departments show: the worst or largest first, each figure a way to its report."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from budgetlib.analysis.key_figures import page_ranges
from budgetlib.report.charts.canvas import Plot
from budgetlib.report.display import Display
from budgetlib.report.html import Html, block
from budgetlib.report.index import report_folder
from budgetlib.report.long_table import LongRow, address, long_table

_AT_THE_SIDE = ["entity", "fiscal_year", "department_id", "document_id", "page", "places"]

_FATES = ("read", "declared_empty", "not_read", "not_printed")
_MOST_BYTES = 1_000_000
"""Text of the largest table of a page; a page is to be sent by mail, however many departments there are."""
_FEWER_BYTES = 150_000
"""Text of the others."""
_MOST_DRAWN = 20
"""Budgets in one chart."""


class Overview(Display):
    """Shows results about a whole corpus, with links to the reports that lie beside the page."""

    def compared(self, comparison: pd.DataFrame) -> Html:
        """The head of a comparison (`compare`): how many budgets, of whom, of which years, and what not to do."""
        years = self._label("cite.join").join(str(year) for year in sorted(set(comparison.fiscal_year)))
        counts = {"count": len(comparison), "departments": comparison.department_id.nunique(), "years": years}
        lead = self._styled(block("lead", self._label("comparison.lead", **counts)))
        return lead + self._notes("source", [self._label("comparison.overlap"), self._label("unit.note")])

    def drawn(self, plot: Plot, frame: pd.DataFrame) -> Html:
        """What `plot` draws of the first budgets in `frame`, the latest and largest, as many as a chart can show."""
        budgets = frame[["department_id", "fiscal_year"]].drop_duplicates()
        chart = self.chart(plot, frame.merge(budgets.head(_MOST_DRAWN)).drop(columns="places"), "comparison.source")
        if len(budgets) <= _MOST_DRAWN:
            return chart
        return chart + block("source", self._label("comparison.drawn", count=_MOST_DRAWN, all=len(budgets)))

    def all_of(self, frame: pd.DataFrame, name: str, most_bytes: int = _FEWER_BYTES) -> Html:
        """`frame` as a table to search and to leaf through; with all rows and columns in a CSV file.

        A row leads to the report of its `department_id` and `fiscal_year`.
        """
        if frame.empty:
            return block("sentence", self._label(f"empty.{name}")) + self.csv(frame, name)
        places = self.budget.documents.drop_duplicates("department_id").set_index("department_id").place.to_dict()
        heads, rows = self._cells.table(frame.drop(columns=_AT_THE_SIDE, errors="ignore"))
        whose = zip(frame.entity, frame.fiscal_year, frame.department_id, rows, strict=True)
        long = (
            self._row(
                "" if pd.isna(entity) else entity, "" if pd.isna(year) else str(year), key, places.get(key), cells
            )
            for entity, year, key, cells in whose
        )
        whose_heads = (("column.entity", "name"), ("column.fiscal_year", "number"), ("index.place", "text"))
        first = [{"head": self._label(key), "unit": "", "kind": kind} for key, kind in whose_heads]
        return block("long", long_table([*first, *heads], long, [self.language], most_bytes)) + self.csv(frame, name)

    def _row(self, entity: str, year: str, department: str | None, place: str | None, cells: Sequence[str]) -> LongRow:
        folder = report_folder(department, int(year)).as_posix() if department and year else ""
        return LongRow(address(folder, entity, year) if folder else "", "", [entity, year, place or "", *cells])

    def comparison(self, comparison: pd.DataFrame) -> Html:
        """Every row of `compare`."""
        return self.all_of(comparison, "comparison", _MOST_BYTES)

    def executed(self, executed: pd.DataFrame) -> Html:
        """The frame of `compare_execution`, and what a rate of execution hides."""
        hidden = [self._label("execution.hidden")] if len(executed) else []
        return self.all_of(executed, "execution") + self._notes("source", hidden)

    def quality(self, documents: pd.DataFrame) -> Html:
        """The frame of `document_quality` in one paragraph."""
        counted = ("pages", "unread", "lines", "statements", "tested", "held")
        sums = {name: int(documents[name].sum()) for name in counted}
        return self._styled(block("lead", self._label("data_quality.lead", documents=len(documents), **sums)))

    def documents(self, documents: pd.DataFrame) -> Html:
        """Every row of `document_quality`, the worst first."""
        return self.all_of(documents, "documents", _MOST_BYTES // 2)

    def identities(self, identities: pd.DataFrame) -> Html:
        """The frame of `identity_quality`: first those that failed somewhere, folded those that always held."""
        named = identities.assign(about=identities[f"about_{self.language}"].fillna(identities["check"]))
        failed = self.table(named[named.failed > 0], "identities", terms="findings")
        return failed + self.table(named[named.failed == 0], folded="data_quality.always")

    def coverage_by_place(self, coverage: pd.DataFrame) -> Html:
        """The frame of `form_coverage` as a table: forms down, places across, a sign for each fate."""
        signs = {state: self._label(f"fate.{state}").split(" ")[0] for state in _FATES}
        legend = self._label("cite.join").join(self._label(f"fate.{state}") for state in _FATES)
        return block("source", legend) + block("matrix", *self._cells.matrix(coverage, signs))

    def failed(self, failures: pd.DataFrame) -> Html:
        """The frame of `failures`, the gravest first; on its page each is shown in its department's report."""
        rows = self._with_documents(failures).assign(finding=failures[f"message_{self.language}"].to_list())
        return self.all_of(rows, "failed_checks", _MOST_BYTES // 4)

    def unread(self, pages: pd.DataFrame) -> Html:
        """The rows of the table `pages` that were not read, those of one document and reason together."""
        keys = ["document_id", "reason"]
        grouped = pages.groupby(keys, dropna=False, sort=False).page
        together = grouped.agg(count="size", page_list=lambda own: page_ranges(own.dropna())).reset_index()
        return self.all_of(self._with_documents(together), "unread")

    def _with_documents(self, rows: pd.DataFrame) -> pd.DataFrame:
        about = ["document_id", "path", "entity", "department_id", "fiscal_year"]
        return rows.merge(self.budget.documents[about], on="document_id", how="left")
