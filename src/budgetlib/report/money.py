"""Sentences about where the money comes from, the three public expenses, the largest projects and personnel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd
from markupsafe import Markup

from budgetlib.analysis.projects import MOST
from budgetlib.definitions.labels import item, name, percent
from budgetlib.report.cells import Cells
from budgetlib.tables.locators import Row

_MOST = 3
_ALL = Decimal("99.9")
"""In percent: shares that were each rounded may sum to a little less than 100."""
_PARTS = ("vehicle_purchase", "vehicle_running")


@dataclass(frozen=True, eq=False)
class Money:
    """Sentences about the frames of one budget; every figure is a link to where it is printed."""

    cells: Cells

    def funds(self, funds: pd.DataFrame) -> Iterator[Markup]:
        """The largest funds with their shares."""
        rows = sorted(funds.to_dict("records"), key=lambda row: -row["amount_yuan"])[:_MOST]
        parts = [self._part(item(row["item"], self.cells.language), row, self._share(row)) for row in rows]
        if parts:
            yield self._say("fund", parts=self._joined(parts))

    def three_public(self, items: pd.DataFrame) -> Iterator[Markup]:
        """All three, and each with its change."""
        rows = [row for row in items.to_dict("records") if row["changed"] not in _PARTS]
        if not rows:
            return
        parts = [
            self._part(name("changed", row["changed"], self.cells.language), row, self._change(row)) for row in rows
        ]
        whole = {"amount_yuan": sum((row["amount_yuan"] for row in rows), Decimal(0)), **_all_places(rows)}
        yield self._say("three_public", amount=self.cells.amount(whole, "amount_yuan"), parts=self._joined(parts))

    def projects(self, projects: pd.DataFrame) -> Iterator[Markup]:
        """How much the largest take together, and the largest of all."""
        rows = projects.to_dict("records")
        shares = [row["share_pct"] for row in rows if row["share_pct"] is not None]
        if rows and len(shares) == len(rows):
            together = percent(min(sum(shares, Decimal(0)), Decimal(100)))
            linked = self.cells.citations.figure(together, _all_places(rows), "share_pct")
            about = {"item": rows[0]["project"], "amount": self.cells.amount(rows[0], "amount_yuan")}
            named = len(rows) < MOST and sum(shares) >= _ALL
            key = "projects" if not named else "all_projects" if len(rows) > 1 else "one_project"
            yield self._say(key, count=len(rows), percent=linked, **about)

    def personnel(self, personnel: pd.DataFrame) -> Iterator[Markup]:
        """The cost per head, with the sentence that says how many people there are."""
        for row in personnel.to_dict("records"):
            people = self.cells.citations.figure(f"{row['people']:,}", row, "people")
            amounts = {"amount": self.cells.amount(row, "amount_yuan"), "each": self.cells.amount(row, "per_head_yuan")}
            yield self._say("per_head", people=people, sentence=row["sentence"], **amounts)

    def _part(self, shown: str, row: Row, more: Markup | str) -> Markup:
        return self._say("part", item=shown, amount=self.cells.amount(row, "amount_yuan"), more=more)

    def _share(self, row: Row) -> Markup:
        return self._say("more", change=self.cells.citations.figure(percent(row["share_pct"]), row, "share_pct"))

    def _change(self, row: Row) -> Markup | str:
        if not row["change_yuan"]:
            return ""
        key = "more_of" if row["base"] else "more"
        return self._say(key, change=self.cells.amount(row, "change_yuan"), before=self.cells.base(row))

    def _joined(self, parts: list[Markup]) -> Markup:
        return self.cells.say("summary.and").join(parts)

    def _say(self, key: str, **values: Any) -> Markup:
        return self.cells.say(f"money.{key}", **values)


def _all_places(rows: list[dict[Any, Any]]) -> dict[str, Any]:
    """The places of some rows as those of one."""
    return {"document_id": rows[0]["document_id"], "places": " ".join(_of_amount(row["places"]) for row in rows)}


def _of_amount(places: str) -> str:
    """The places of the amount among those of a row."""
    return " ".join(
        one.rpartition("=")[2] for one in places.split() if "=" not in one or one.startswith("amount_yuan=")
    )
