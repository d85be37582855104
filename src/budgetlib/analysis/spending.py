"""What the money is for: expenditure by function."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from typing import Any

import pandas as pd

from budgetlib.analysis.amounts import frame, printed_total, share
from budgetlib.core.money import half_digit, parse_number
from budgetlib.definitions.codes import recodings
from budgetlib.definitions.labels import labels
from budgetlib.tables.corpus import Corpus
from budgetlib.tables.locators import Locator, written

# From the most telling form to the least: all funds; appropriations; general public budget; classes without code.
FORMS = {
    "budget": ("expenditure", "appropriation_expenditure", "general_public_expenditure", "budget_summary"),
    "final": ("final_expenditure", "final_appropriation_expenditure", "final_general_public_expenditure"),
}
_CLASS_DIGITS = 3  # of a code by function: class (类)


def spending_by_function(budget: Corpus, level: str = "class", stage: str = "budget") -> pd.DataFrame:
    """Expenditure by class (类) or by the finest rows printed (`level="item"`, mostly 项), in printed order.

    From the form 支出预算总表, or else the general public budget's, or else the summary (classes without code); with
    the `stage` `final` from those of final accounts.
    Columns: `code`, `item`, `total_yuan`, `basic_yuan`, `project_yuan` (null where not printed), `share_pct` of the
    form's total, `basis` (`printed`, or `summed` from its items where the class itself is not printed; its `item` is
    then null), `form`, `page`, `document_id`, `places`. No rows where none of these forms was read.

    Raises `ValueError` for another `level`.
    """
    if level not in ("class", "item"):
        raise ValueError(f"level is {level!r}; allowed: 'class', 'item'")
    form = next((name for name in FORMS[stage] if not _rows(budget, name).empty), None)
    if form is None:
        return frame("spending_by_function", [])
    rows = _rows(budget, form)
    if level == "class":
        groups = _leaves(_outermost(rows)) if form == "budget_summary" else _classes(rows)
    else:
        groups = _leaves(rows)
    total = printed_total(budget, form, "expenditure", "total")
    summed = sum((group["total_yuan"] or Decimal(0) for group in groups), Decimal(0))
    whole = summed if total is None else total.amount_yuan
    records = [{**group, "share_pct": share(group["total_yuan"], whole), "form": form} for group in groups]
    return frame("spending_by_function", records)


def _rows(budget: Corpus, form: str) -> pd.DataFrame:
    lines = budget.form(form)
    lines = lines[(lines.side == "expenditure") & (lines.row_kind != "total")]
    return lines[lines.measure == "total"] if form == "budget_summary" else lines[lines.code.notna()]


def _classes(rows: pd.DataFrame) -> list[dict[str, Any]]:
    groups = []
    for code, below in rows.groupby(rows.code.str[:_CLASS_DIGITS], sort=False):
        printed = below[below.code == code]
        if printed.empty:
            groups.append(_group(below[below.row_kind == "line"], code=code, basis="summed"))
        else:
            groups.append(_group(printed, code=code, item=printed.item.iloc[0], basis="printed"))
    return groups


def _outermost(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of a summary that stand in no other.

    A head is one that the leaves right below it add up to; or else a class by its name, as far as the next.
    """
    amounts, leaf, names = list(rows.amount_yuan), list(rows.row_kind == "line"), list(rows["item"])
    exact = _half_digit(rows)
    outer, place = [], 0
    while place < len(rows):
        below = place + 1 if leaf[place] else _end(amounts, leaf, place, exact) or _next_class(names, place)
        if below is not None:
            outer.append(place)
        place = below or place + 1
    return rows.iloc[outer].assign(row_kind="line")


def _end(amounts: Sequence[Decimal], leaf: Sequence[bool], head: int, exact: Decimal) -> int | None:
    """Where the rows below a head end that add up to it best; None where none do, each rounded to `exact`."""
    ends, rest, parts = [], amounts[head], 0
    for place in range(head + 1, len(amounts)):
        if leaf[place]:
            rest, parts = rest - amounts[place], parts + 1
            if abs(rest) <= exact * (parts + 1):
                ends.append((abs(rest), place + 1))
    return min(ends)[1] if ends else None


def _next_class(names: Sequence[str], head: int) -> int | None:
    """Where the class of function that a head is by its name ends; None where it is none."""
    if names[head] not in _class_names():
        return None
    after = range(head + 1, len(names))
    return next((place for place in after if names[place] in _class_names()), len(names))


@cache
def _class_names() -> frozenset[str]:
    """What the classes are called, and were called before."""
    former = {one.was[1] for one in recodings() if one.was and len(one.was[0]) == _CLASS_DIGITS}
    return frozenset({entry["zh"] for entry in labels()["function"].values()} | former)


def _half_digit(rows: pd.DataFrame) -> Decimal:
    """Half of the last digit of the finest number: some leave trailing zeros out."""
    printed = zip(rows.published_text, rows.published_unit, strict=True)
    halves = [half_digit(number, unit) for text, unit in printed if (number := parse_number(text or "")) is not None]
    return min(halves, default=Decimal(0))


def _leaves(rows: pd.DataFrame) -> list[dict[str, Any]]:
    leaves = rows[rows.row_kind == "line"]
    return [
        _group(group, code=group.code.iloc[0], item=group.item.iloc[0], basis="printed")
        for _, group in leaves.groupby(leaves.code.fillna(leaves.row.astype(str)), sort=False)
    ]


def _group(rows: pd.DataFrame, **about: Any) -> dict[str, Any]:
    return {**about, **_amounts(rows), "page": rows.page.iloc[0], "document_id": rows.document_id.iloc[0]}


def _amounts(rows: pd.DataFrame) -> dict[str, Any]:
    """Total, basic and project; basic expenditure is personnel and operating where a form prints these in its place."""
    basic = ["basic"] if (rows.measure == "basic").any() else ["personnel", "operating"]
    total, basic_rows, project = (rows[rows.measure.isin(measures)] for measures in (["total"], basic, ["project"]))
    return {
        "total_yuan": _sum(total),
        "basic_yuan": _sum(basic_rows),
        "project_yuan": _sum(project),
        "places": written(_locators(total), basic_yuan=_locators(basic_rows), project_yuan=_locators(project)),
    }


def _sum(lines: pd.DataFrame) -> Decimal | None:
    return None if lines.empty else sum(lines.amount_yuan, Decimal(0))


def _locators(lines: pd.DataFrame) -> list[Locator]:
    return [Locator.of(line) for line in lines.to_dict("records")]
