"""What became of a budget in a few sentences; every figure is a link to where it is printed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd
from markupsafe import Markup

from budgetlib.definitions.labels import item, percent
from budgetlib.report.cells import Cells
from budgetlib.tables.locators import Row

_COMPLETION = ("stated_completion", "stated_completion_digit")
_MOST = 3
"""How many overruns, and how many underspends, are said; the table has all."""


@dataclass(frozen=True, eq=False)
class Execution:
    """Sentences about the frame of `budget_execution` of one `year`."""

    cells: Cells
    year: int
    rows: pd.DataFrame
    checks: pd.DataFrame
    """The table, which says of each printed rate whether its amounts contradict it."""

    def sentences(self) -> Iterator[Markup]:
        """The whole, the largest overruns and underspends by function, and rates that the amounts contradict."""
        known = self.rows[self.rows.rate_pct.notna()]
        totals = known[(known.dimension == "total") & (known.measure == "general_public_budget")]
        for row in totals.to_dict("records"):
            plan = "adjusted_yuan" if row["budget_yuan"] is None else "budget_yuan"
            amounts = {"budget": self.cells.amount(row, plan), "final": self.cells.amount(row, "final_yuan")}
            yield self.cells.say("execution.total", year=self.year, percent=self._percent(row, "rate_pct"), **amounts)
        gaps = known[known.dimension == "function"].to_dict("records")
        for key, sign in (("over", 1), ("under", -1)):
            largest = sorted((row for row in gaps if sign * row["gap_yuan"] > 0), key=lambda row: -abs(row["gap_yuan"]))
            yield from (self._gap(key, row) for row in largest[:_MOST])
        for row in known[known.published_rate_pct.notna()].to_dict("records"):
            if self._contradicted(row):
                published = self._percent(row, "published_rate_pct")
                yield self.cells.say(
                    "execution.misprint",
                    item=self._item(row),
                    published=published,
                    percent=self._percent(row, "rate_pct"),
                )

    def _contradicted(self, row: Row) -> bool:
        failed = self.checks[self.checks.check.isin(_COMPLETION) & (self.checks.state == "fail")]
        about_row = (failed.document_id == row["document_id"]) & (failed.published == row["published_rate_pct"])
        return bool(about_row.any())

    def _gap(self, key: str, row: Row) -> Markup:
        reason = self.cells.say("execution.reason", reason=row["reason"]) if row["reason"] else ""
        amount = self.cells.amount(row, "gap_yuan", unsigned=True)
        rate = self._percent(row, "rate_pct")
        return self.cells.say(f"execution.{key}", item=self._item(row), amount=amount, percent=rate, reason=reason)

    def _item(self, row: Row) -> str:
        return item(row["item"], self.cells.language, row["code"])

    def _percent(self, row: Row, column: str) -> str:
        return self.cells.citations.figure(percent(row[column]), row, column)
