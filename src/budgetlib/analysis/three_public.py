"""The three public expenses item by item: how much, against the year before, and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from budgetlib.analysis.amounts import frame, placed, share, yuan
from budgetlib.analysis.stated_changes import stated_changes
from budgetlib.core.text import squeeze
from budgetlib.definitions.measures import PREVIOUS_YEAR
from budgetlib.definitions.phrases import execution_phrases
from budgetlib.tables.corpus import Corpus
from budgetlib.tables.locators import Locator, places, written

ITEMS = ("overseas", "vehicles_purchase_and_running", "vehicle_purchase", "vehicle_running", "reception")
"""Overseas travel, vehicles, of which bought and run, reception."""

_SECTION = 7


def three_public(corpus: Corpus, budget: Corpus) -> pd.DataFrame:
    """Each of the three public expenses as its form prints it, else as the narrative part states it.

    Columns: `changed` (of `ITEMS`), `amount_yuan`, `share_pct` (of the three; null for the parts of vehicles),
    `previous_yuan` (printed beside it, else in the document of the year before), `change_yuan` (between the two,
    else as stated), `reason`, `form` or `section`, `page`, `document_id`, `places`, `base` (of a stated change, as of
    `stated_changes`). An item that is not printed has no row.
    """
    before = corpus.year_before(budget)
    stated = stated_changes(budget)
    stated = stated[stated["item"].isna() & stated.changed.isin(ITEMS)]
    records = list(_items(budget, before, stated))
    whole = sum(row["amount_yuan"] for row in records if row["changed"] not in ITEMS[2:4])
    for row in records:
        row["share_pct"] = None if row["changed"] in ITEMS[2:4] else share(row["amount_yuan"], whole)
    return frame("three_public", records)


def three_public_line(budget: Corpus, measure: str, begins: str = "") -> dict[Any, Any] | None:
    """The row of `lines` that prints an item: the column of that measure, or the row of that name; None among several.

    `begins` is how the measures of columns about another year begin.
    """
    names = [subject.words for subject in execution_phrases().subjects if subject.measure == measure]
    rows = [
        line
        for line in budget.form("three_public").to_dict("records")
        if (line["measure"] == begins + measure and line["row_kind"] == "total")
        or (line["measure"] == f"{begins}total" and any(name.fullmatch(squeeze(line["item"])) for name in names))
    ]
    return rows[0] if len(rows) == 1 else None


def _items(budget: Corpus, before: Corpus | None, stated: pd.DataFrame) -> Iterator[dict[str, Any]]:
    statements = budget.section(_SECTION)
    for measure in ITEMS:
        stated_amounts = statements[(statements.measure == measure) & statements["item"].isna()].to_dict("records")
        now = three_public_line(budget, measure) or next(iter(stated_amounts), None)
        if now is None:
            continue
        amount = now["amount_yuan"] if now.get("form") else yuan(now["value"])
        then = three_public_line(budget, measure, PREVIOUS_YEAR) or (before and three_public_line(before, measure))
        changes = stated[stated.changed == measure].to_dict("records")
        change = next((row for row in changes if row["change_yuan"] is not None), None)
        columns = {"amount_yuan": [Locator.of(now)]}
        record: dict[str, Any] = {"previous_yuan": None, "change_yuan": None, "base": None}
        if change:
            record |= {"change_yuan": change["change_yuan"], "base": change["base"]}
            columns["change_yuan"] = places(change, "change_yuan")
        if then:
            record |= {"previous_yuan": then["amount_yuan"], "change_yuan": amount - then["amount_yuan"], "base": None}
            columns |= {"previous_yuan": [Locator.of(then)], "change_yuan": [Locator.of(now), Locator.of(then)]}
        reason = next((row["reason"] for row in changes if row["reason"]), None)
        about = placed(pd.Series(now)) | {"changed": measure, "amount_yuan": amount, "reason": reason}
        yield {**about, **record, "places": written((), **columns)}
