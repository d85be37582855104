"""All that a disclosure states of changes against the year before, and where it contradicts itself."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations, zip_longest
from typing import Any

import pandas as pd

from budgetlib.analysis.amounts import frame, yuan
from budgetlib.core.money import half_digit
from budgetlib.tables.corpus import Corpus
from budgetlib.tables.locators import Locator, Row, written

_SUFFIXES = ("_change", "_change_pct")
_ALIKE = ("section", "changed", "item", "current_yuan", "change_yuan", "change_pct", "reason", "base")
_TOTALS = (
    "revenue",
    "expenditure",
    "appropriation",
    "general_public_budget",
    "basic",
    "project",
    "three_public",
    "operating_cost",
    "procurement",
)
"""Of what there is one in a budget: two different changes of the same amount cannot both be right."""


def stated_changes(budget: Corpus) -> pd.DataFrame:
    """The publisher's own changes against the year before, wherever its narrative part states them, in reading order.

    What two files say alike is one row.

    Columns: `changed` (what: a measure of the table `statements` without `_change`), `item` (function, fund … where
    named), `current_yuan` (the amount that the same sentence states, else its section
    alone), `change_yuan`,
    `change_pct`, `reason`, `contradicts` (another change of the same total and amount is stated elsewhere),
    `section`, `page`, `document_id`, `places`, `base` (what it is measured from, where said: `budget`, `execution`
    or `final` of the year before).
    """
    statements = budget.statements[budget.statements.unit.isna()]
    changes = statements[statements.measure.str.endswith(_SUFFIXES)]
    about = changes.measure.str.replace(r"_change(_pct)?$", "", regex=True)
    groups = changes.groupby(["document_id", "section", "sentence", about, changes["item"].fillna("")], sort=False)
    records = [row for (_, _, _, changed, _), rows in groups for row in _rows(statements, str(changed), rows)]
    records = list({tuple(row[name] for name in _ALIKE): row for row in reversed(records)}.values())[::-1]
    totals = [row for row in records if row["changed"] in _TOTALS and not row["item"]]
    for one, other in combinations(totals, 2):
        if one["changed"] == other["changed"] and _differ(one, other):
            one["contradicts"] = other["contradicts"] = True
    return frame("stated_changes", records)


def _rows(statements: pd.DataFrame, changed: str, rows: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """The changes of one thing in one sentence: amounts with their percentages."""
    amounts, percents = (rows[rows.measure == changed + suffix].to_dict("records") for suffix in _SUFFIXES)
    for change, percent in zip_longest(amounts, percents):
        stated = [row for row in (change, percent) if row is not None]
        now = _amount(statements, changed, stated[0])
        columns = {"current_yuan": now, "change_yuan": change, "change_pct": percent}
        yield {
            **{key: stated[0][key] for key in ("item", "section", "page", "document_id")},
            "changed": changed,
            "current_yuan": None if now is None else yuan(now["value"]),
            "change_yuan": None if change is None else yuan(change["value"]),
            "change_pct": None if percent is None else percent["value"],
            "reason": next((row["reason"] for row in stated if row["reason"]), None),
            "contradicts": False,
            "base": next((row["base"] for row in stated if row["base"]), None),
            "places": written((), **{name: [Locator.of(row)] for name, row in columns.items() if row is not None}),
        }


def _amount(statements: pd.DataFrame, changed: str, change: Row) -> Row | None:
    """The amount that changed: stated in the same sentence, else the only one of its section."""
    measures = (changed, f"{changed}_total", f"{changed}_current_year")
    same = statements[statements.measure.isin(measures) & (statements["item"].fillna("") == (change["item"] or ""))]
    same = same[(same.document_id == change["document_id"]) & (same.section == change["section"])]
    beside = same[same.sentence == change["sentence"]].to_dict("records")
    alone = same.to_dict("records") if same.value.nunique() == 1 else []
    return next(iter([*beside, *alone]), None)


def _differ(one: Row, other: Row) -> bool:
    """Whether two changes of the same amount from the same base are further apart than rounding explains."""
    if {one["base"] or "budget", other["base"] or "budget"} != {one["base"] or "budget"}:
        return False
    if one["current_yuan"] is None or other["current_yuan"] is None or _apart(one, other, "current_yuan"):
        return False
    return any(
        one[column] is not None and other[column] is not None and _apart(one, other, column)
        for column in ("change_yuan", "change_pct")
    )


def _apart(one: Row, other: Row, column: str) -> bool:
    values: tuple[Decimal, Decimal] = (one[column], other[column])
    return abs(values[0] - values[1]) > sum(half_digit(value.normalize()) for value in values)
