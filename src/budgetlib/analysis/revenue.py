"""Where the money comes from: the funds that make up a budget's revenue."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pandas as pd

from budgetlib.analysis.amounts import PERCENT, frame, placed, printed_total, shares_that_add_up
from budgetlib.definitions.measures import OTHER, measures
from budgetlib.tables.corpus import Corpus
from budgetlib.tables.locators import Locator, written

FUNDS = (
    "general_public_budget",
    "government_funds",
    "state_capital",
    "fiscal_special_account",
    "institution_revenue",
    "business_revenue",
    "superior_subsidies",
    "subordinate_remittances",
    "unit_funds",
    "other_revenue",
    "unit_surplus_used",
    "carryover",
)
"""Funds that stand beside one another in the revenue form; the first three are the appropriations."""

_APPROPRIATED = FUNDS[:3]
_FORM, _REST = "revenue", "rest"
_UNSEEN = Decimal("0.0001")
_WITHIN, _BESIDE = "unit_funds", "carryover"
_PARTS_OF_UNIT_FUNDS = (
    "institution_revenue",
    "business_revenue",
    "superior_subsidies",
    "subordinate_remittances",
    "other_revenue",
)


def revenue_by_fund(budget: Corpus) -> pd.DataFrame:
    """The funds of the revenue form in printed order; they make up its total, and the shares sum to 100.

    Columns: `fund` (of `FUNDS`, `other`, or `rest`: what no column says), `item` (its name), `amount_yuan`,
    `share_pct`, `form`, `page`, `document_id`, `places`. No rows where the form was not read or prints no funds, or
    more than its total; a carryover that stands beside a total of the year's own revenue is a fund as well.
    """
    lines = budget.form(_FORM)
    totals = {name: printed_total(budget, _FORM, "revenue", name) for name in dict.fromkeys(lines.measure)}
    rows = {name: row for name, row in totals.items() if row is not None}
    if "total" not in rows or not rows["total"].amount_yuan:
        return frame("revenue_by_fund", [])
    total = rows["total"].amount_yuan
    funds = _parts(rows, total)
    whole = _sum(funds)
    of_the_year = _sum([row for row in funds if row["fund"] != _BESIDE])
    too_much = abs(of_the_year - total) > total * _UNSEEN and whole > total * (1 + _UNSEEN)
    if not whole or too_much or [row["fund"] for row in funds] == [_REST]:
        return frame("revenue_by_fund", [])
    shares = shares_that_add_up([row["amount_yuan"] for row in funds], whole, PERCENT)
    return frame("revenue_by_fund", [{**row, "share_pct": one} for row, one in zip(funds, shares, strict=True)])


def _parts(rows: Mapping[str, pd.Series], total: Decimal) -> list[dict[str, Any]]:
    """The funds above zero; what they leave of the `total` is a column of another name that is as much, or the rest."""
    appropriations = () if set(_APPROPRIATED) & rows.keys() else ("appropriation",)
    known = [_fund(name, row) for name, row in rows.items() if name in (*FUNDS, *appropriations)]
    if _sum(known) > total and _WITHIN in rows:
        known = [row for row in known if row["fund"] not in _PARTS_OF_UNIT_FUNDS]
    left = total - _sum(known)
    others = [_fund("other", row) for name, row in rows.items() if name.startswith(OTHER) and row.amount_yuan == left]
    if left > _UNSEEN * total:
        known.append(others[0] if others else _fund(_REST, rows["total"]) | {"amount_yuan": left})
    return [row for row in known if row["amount_yuan"]]


def _fund(name: str, row: pd.Series) -> dict[str, Any]:
    printed = row["measure"].removeprefix(OTHER).rpartition(">")[2]
    known = measures()["lines"].get(name, {}).get("zh", printed).split("、")[0]
    return placed(row) | {
        "fund": name,
        "item": "其余（未列明）" if name == _REST else known,
        "amount_yuan": row.amount_yuan,
        "places": written([Locator.of(row)]),
    }


def _sum(rows: list[dict[str, Any]]) -> Decimal:
    return sum((row["amount_yuan"] for row in rows), Decimal(0))
