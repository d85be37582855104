"""The answer in a few sentences made from the numbers; what was not read is said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd
from markupsafe import Markup

from budgetlib.analysis.catalogue_edition import Guidance
from budgetlib.analysis.key_figures import key_figure
from budgetlib.analysis.procurement import procurement_mix
from budgetlib.analysis.spending import spending_by_function
from budgetlib.definitions.labels import decimal, item, label, name, percent
from budgetlib.report.cells import Cells
from budgetlib.tables.corpus import Corpus, faults
from budgetlib.tables.locators import Row

# The forms by function that cover the whole budget: only shares of these are shares of the total.
_WHOLE_BUDGET = ("expenditure", "budget_summary")
_OTHER_TOTALS = ("revenue", "appropriation", "general_public_budget")
_DRIVERS, _LONGEST_NAME = 2, 40  # items that are said to have moved a total; characters of one in a sentence
_ROUNDED = Decimal("0.01")  # in percent: shares that differ by less are one share
_CHANGE_IN_PERCENT = r"section:\d+:expenditure_change_pct "


@dataclass(frozen=True, eq=False)
class Summary:
    """Sentences about one budget; every figure in them is a link to where it is printed.

    `change`, `stated` and `shares` are the frames of `spending_change`, `stated_changes` and `coverage_shares`;
    `checks` those of all that is disclosed for the year.
    """

    cells: Cells
    budget: Corpus
    change: pd.DataFrame
    stated: pd.DataFrame
    shares: pd.DataFrame
    applying: Guidance
    checks: pd.DataFrame

    def lead(self) -> list[Markup]:
        """What is spent, how much more or less than the year before, and what moved it."""
        total = self._figure("budget_total")
        about = {"entity": self.budget.name, "year": self.budget.first("fiscal_year")}
        if total is None:
            return [self._say("unread", **about)]
        spent = self._say("total", **about, amount=self.cells.amount(total, "value"), change=self._change())
        return [spent, *(self._drivers() or self._largest(total))]

    def chapters(self) -> Iterator[tuple[str, str, Markup]]:
        """One sentence for each other question: where it is answered in full, what it is about, and the sentence."""
        sentences = {"procurement": self._procured(), "services": self._covered(), "adds-up": self._found()}
        for anchor, sentence in sentences.items():
            yield anchor, label(f"chapter.{anchor}", self.cells.language), sentence

    def _change(self) -> Markup:
        """The change of the total: as published, else as computed; else that of another total, else not known."""
        totals = self.change[(self.change.dimension == "total") & (self.change.measure == "expenditure")]
        for basis in ("published", "computed"):
            for row in totals[totals.basis == basis].to_dict("records"):
                if moved := self._moved(row):
                    share = self._percent(row, basis) if row["change_pct"] is not None else ""
                    return self._say(moved, basis=self._say(f"by_{basis}"), **self._by_how_much(row, share))
        for row in self.stated[self.stated.changed.isin(_OTHER_TOTALS) & self.stated["item"].isna()].to_dict("records"):
            if moved := self._moved(row):
                share = self._linked(percent(abs(row["change_pct"])), row, "change_pct") if row["change_pct"] else ""
                shown = self._say("share", percent=share) if share else ""
                change = self._say(f"another_{moved}", **self._by_how_much(row, shown))
                return self._say("of_another", what=name("changed", row["changed"], self.cells.language), change=change)
        return self._say("unknown")

    def _moved(self, row: Row) -> str:
        """Up, down or the same; empty where neither an amount nor a percentage says it."""
        value = row["change_pct"] if row["change_yuan"] is None else row["change_yuan"]
        return "" if value is None else "up" if value > 0 else "down" if value < 0 else "same"

    def _by_how_much(self, row: Row, share: Markup | str) -> dict[str, Markup | str]:
        """The amount of a change with its `share` behind it, or the percentage alone; and what it is measured from."""
        before = {"before": self.cells.base(row)}
        if row["change_yuan"] is None:
            return {"amount": self._linked(percent(abs(row["change_pct"])), row, "change_pct"), "share": ""} | before
        return {"amount": self.cells.amount(row, "change_yuan", unsigned=True), "share": share} | before

    def _percent(self, row: Row, basis: str) -> Markup:
        """A change in percent; where the published amounts contradict what is published, both."""
        share = self._linked(percent(abs(row["change_pct"])), row, "change_pct")
        checks = self.budget.checks
        failed = checks[(checks.state == "fail") & (checks.published == row["change_pct"])]
        about = failed[failed.places.str.match(_CHANGE_IN_PERCENT).astype(bool)]
        if basis == "computed" or about.empty:
            return self._say("share", percent=share)
        expected = self._to("adds-up", percent(abs(about.expected.iloc[0])))
        return self._say("contradicted", percent=share, expected=expected)

    def _drivers(self) -> list[Markup]:
        """What moved the total most, by kind and by function; none where the year before is not in the corpus."""
        moves = ("kinds_moved", self._most_moved("kind")), ("drivers", self._most_moved("function"))
        return [self._say(key, parts=self._joined(parts)) for key, parts in moves if parts]

    def _most_moved(self, dimension: str) -> list[Markup]:
        """An item whose code had another name the year before may cover something else: it is not said to move."""
        rows = self.change[(self.change.basis == "computed") & (self.change.dimension == dimension)]
        rows = rows[rows.previous_item.isna()]
        moved = [
            row for row in rows.to_dict("records") if row["change_yuan"] and row["form"] and row["contribution_pp"]
        ]
        moved.sort(key=lambda row: -abs(row["change_yuan"]))
        return [
            self._say(
                f"driver_{row['status']}",
                item=self._item(row),
                amount=self.cells.amount(row, "change_yuan"),
                points=self._linked(decimal(row["contribution_pp"], signed=True), row, "contribution_pp"),
            )
            for row in moved[:_DRIVERS]
        ]

    def _largest(self, total: Row) -> list[Markup]:
        """The largest function; where its form covers another total than the budget's, of which its share is."""
        functions = spending_by_function(self.budget)
        rows = functions[functions.form.isin(_WHOLE_BUDGET)].to_dict("records")
        largest = max(rows, key=lambda row: row["share_pct"] or 0, default=None)
        if largest is None or largest["share_pct"] is None:
            return []
        share = self._linked(percent(largest["share_pct"]), largest, "share_pct")
        of_budget = 100 * largest["total_yuan"] / total["value"] if total["value"] else largest["share_pct"]
        key = "largest" if abs(of_budget - largest["share_pct"]) < _ROUNDED else "largest_of"
        form = self.cells.form(largest["form"])
        return [self._say(key, item=self._item(largest), percent=share, form=form)]

    def _procured(self) -> Markup:
        total, whole = self._figure("budget_total"), self._figure("procurement")
        kinds = [row for row in procurement_mix(self.budget).to_dict("records") if row["amount_yuan"]]
        parts = self._joined([self._kind(row) for row in kinds])
        if whole is None:
            return self._say("procured_kinds", parts=parts) if kinds else self._say("no_procurement")
        share: str = ""
        if total is not None and total["value"] and whole["value"]:
            of_budget = percent(100 * Decimal(whole["value"]) / Decimal(total["value"]))
            share = self._say("of_budget", percent=self._linked(of_budget, whole, "value"))
        amount = self.cells.amount(whole, "value")
        return self._say("procured", amount=amount, share=share, parts=self._say("kinds", parts=parts) if kinds else "")

    def _kind(self, row: Row) -> Markup:
        share = self._linked(percent(row["share_pct"]), row, "share_pct") if row["share_pct"] is not None else None
        shown = self._say("share", percent=share) if share else ""
        kind = name("kind", row["kind"], self.cells.language)
        return self._say("kind", kind=kind, amount=self.cells.amount(row, "amount_yuan"), share=shown)

    def _covered(self) -> Markup:
        """How much of the services the guidance catalogue covers, or why that is not known."""
        edition = self.applying.edition or label("guidance.unnumbered", self.cells.language)
        about = {"edition": edition, "section": self.applying.section}
        shares = {row["coverage"]: row for row in self.shares.to_dict("records")}
        if self.applying.section is None:
            return self.cells.say(f"guidance.{self.applying.basis}", **about)
        if not shares:
            return self.cells.say("empty.projects")
        services, money = shares["services"], shares["money"]
        if not services["whole"] or money["share_pct"] is None:
            return self._say("no_services", **about)
        return self._say(
            "covered",
            **about,
            part=self._to("table-projects", f"{services['part']:.0f}"),
            whole=self._to("table-projects", f"{services['whole']:.0f}"),
            percent=self._to("table-projects", percent(money["share_pct"])),
        )

    def _found(self) -> Markup:
        checks = self.checks
        failed = faults(checks).severity.value_counts()
        explained = int((checks.state == "explained").sum())
        tested = int((checks.state == "pass").sum() + failed.sum()) + explained
        counts = {"tested": tested, "failed": int(failed.get("error", 0) + failed.get("warning", 0))}
        notes = int(failed.get("note", 0))
        if not tested:
            return self._say("untested")
        sentence = self._say("failed" if counts["failed"] else "held", **counts)
        asked = self._say("asked", notes=notes) if notes else ""
        differ = self._say("explained", count=explained) if explained else ""
        return self._say("findings", said=self._to("adds-up", sentence), explained=differ, asked=asked)

    def _figure(self, measure: str) -> Row | None:
        figure = key_figure(self.budget, measure)
        return None if figure is None else figure._asdict()

    def _item(self, row: Row) -> str:
        """A name; where both are too long for a sentence, the translation without what it translates."""
        shown = item(row["item"], self.cells.language, row["code"])
        if len(shown) <= _LONGEST_NAME:
            return shown
        return shown.removesuffix(row["item"] or "").rstrip() or f"{shown[: _LONGEST_NAME - 1]}…"

    def _linked(self, text: str, row: Row, column: str) -> str:
        return self.cells.citations.figure(text, row, column)

    def _to(self, anchor: str, text: str) -> Markup:
        return Markup('<a class="to" href="#{}">{}</a>').format(anchor, text)

    def _joined(self, parts: list[Markup]) -> Markup:
        return self._say("and").join(parts)

    def _say(self, key: str, **values: Any) -> Markup:
        return self.cells.say(f"summary.{key}", **values)
