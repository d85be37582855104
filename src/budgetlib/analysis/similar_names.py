"""Rows of two years that may be one thing under two names: both are shown, none is merged."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd
from rapidfuzz import fuzz

from budgetlib.analysis.amounts import frame
from budgetlib.definitions.vocabulary.services import service_words
from budgetlib.tables.locators import places, written

LIKE = 80
"""Similarity (rapidfuzz `WRatio`, 0–100) of two projects' names from which they are shown together."""


def similar_names(change: pd.DataFrame) -> pd.DataFrame:
    """Pairs of computed rows of `spending_change`, last year's and this year's, that the document does not connect.

    Columns: `dimension`, `relation`, `code`, `previous_item`, `previous_yuan`, `item`, `current_yuan`, `unit`, `score`
    (0–1), `document_id`, `page`, `places`. `relation` is `renamed` (a dropped and a new project of one unit with
    similar names), `split` (one project of last year, several of this year), `merged` (the other way round), `unclear`
    (several and several); of functions and economic items `recoded` (one name, another code), `retitled` (one code,
    another name). No relation is more than a question: the amounts stay with the names that are printed.
    """
    computed = change[(change.basis == "computed") & change.form.notna()]
    records: list[dict[str, Any]] = []
    for dimension in ("function", "economic"):
        records += _recoded(computed[computed.dimension == dimension].to_dict("records"))
    for _, rows in computed[computed.dimension == "project"].groupby("unit", dropna=False, sort=False):
        records += _alike(rows.to_dict("records"))
    return frame("similar_names", records)


def _recoded(rows: list[dict[Any, Any]]) -> Iterator[dict[str, Any]]:
    dropped = {row["item"]: row for row in rows if row["status"] == "dropped"}
    for row in rows:
        if row["previous_item"]:
            yield _pair(row | {"item": row["previous_item"]}, row, None) | {"relation": "retitled"}
        elif row["status"] == "new" and row["item"] in dropped:
            yield _pair(dropped[row["item"]], row, None) | {"relation": "recoded"}


def _alike(rows: list[dict[Any, Any]]) -> Iterator[dict[str, Any]]:
    """Pairs of similar names of one unit; of projects that were kept, a smaller one may have given a part away."""
    before = [row for row in rows if row["status"] == "dropped" or _changed(row, -1)]
    now = [row for row in rows if row["status"] == "new" or _changed(row, 1)]
    scores = {
        (i, j): fuzz.WRatio(_bare(one["item"]), _bare(other["item"])) / 100
        for i, one in enumerate(before)
        for j, other in enumerate(now)
        if {one["status"], other["status"]} != {"kept"}
    }
    pairs = [pair for pair, score in scores.items() if score >= LIKE / 100]
    for i, j in pairs:
        earlier = sum(b == j for _, b in pairs) + (now[j]["status"] == "kept")
        later = sum(a == i for a, _ in pairs) + (before[i]["status"] == "kept")
        yield _pair(before[i], now[j], scores[i, j]) | {"relation": _relation(earlier, later)}


def _changed(row: Mapping[Any, Any], sign: int) -> bool:
    return row["status"] == "kept" and bool(sign * row["change_yuan"] > 0)


def _relation(earlier: int, later: int) -> str:
    if earlier == 1:
        return "renamed" if later == 1 else "split"
    return "merged" if later == 1 else "unclear"


def _bare(name: str) -> str:
    """A project's name without the mark of its kind and without years: both differ from budget to budget."""
    return re.sub(r"\d{4}(?:[-—~]\d{4})?年?度?", "", service_words().names(name)[0])


def _pair(before: Mapping[Any, Any], now: Mapping[Any, Any], score: float | None) -> dict[str, Any]:
    columns = ("dimension", "code", "item", "current_yuan", "unit", "document_id", "page")
    return {
        **{column: now[column] for column in columns},
        "previous_item": before["item"],
        "previous_yuan": before["previous_yuan"],
        "score": None if score is None else round(score, 2),
        "places": written((), current_yuan=places(now, "current_yuan"), previous_yuan=places(before, "previous_yuan")),
    }
