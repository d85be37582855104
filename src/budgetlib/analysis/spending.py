"""What the money is for: expenditure by function."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

import pandas as pd

from budgetlib.analysis.amounts import frame, printed_total, share
from budgetlib.core.money import half_digit, parse_number
from budgetlib.definitions.codes import recodings
from budgetlib.definitions.labels import labels
from budgetlib.tables.corpus import Corpus
from budgetlib.tables.locators import Locator, Row, written

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
    printed = ((name, _rows(budget, name)) for name in FORMS[stage])
    form, rows = next(((name, rows) for name, rows in printed if rows), ("", []))
    if not rows:
        return frame("spending_by_function", [])
    if level == "class":
        groups = _leaves(_outermost(rows)) if form == "budget_summary" else _classes(rows)
    else:
        groups = _leaves(rows)
    total = printed_total(budget, form, "expenditure", "total")
    summed = sum((group["total_yuan"] or Decimal(0) for group in groups), Decimal(0))
    whole = summed if total is None else total.amount_yuan
    records = [{**group, "share_pct": share(group["total_yuan"], whole), "form": form} for group in groups]
    return frame("spending_by_function", records)


def _rows(budget: Corpus, form: str) -> list[Row]:
    lines = budget.form(form)
    lines = lines[(lines.side == "expenditure") & (lines.row_kind != "total")]
    rows = lines[lines.measure == "total"] if form == "budget_summary" else lines[lines.code.notna()]
    return [*rows.to_dict("records")]


def _classes(rows: Sequence[Row]) -> list[dict[str, Any]]:
    groups = []
    for code, below in _by(lambda row: row["code"][:_CLASS_DIGITS], rows).items():
        printed = [row for row in below if row["code"] == code]
        if printed:
            groups.append(_group(printed, code=code, item=printed[0]["item"], basis="printed"))
        else:
            groups.append(_group([row for row in below if row["row_kind"] == "line"], code=code, basis="summed"))
    return groups


def _outermost(rows: Sequence[Row]) -> list[Row]:
    """The rows of a summary that stand in no other.

    A head is one that the leaves right below it add up to; or else a class by its name, as far as the next.
    """
    amounts, leaf, names = zip(
        *((row["amount_yuan"], row["row_kind"] == "line", row["item"]) for row in rows), strict=True
    )
    exact = _half_digit(rows)
    outer, place = [], 0
    while place < len(rows):
        below = place + 1 if leaf[place] else _end(amounts, leaf, place, exact) or _next_class(names, place)
        if below is not None:
            outer.append(place)
        place = below or place + 1
    return [{**rows[place], "row_kind": "line"} for place in outer]


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


def _half_digit(rows: Sequence[Row]) -> Decimal:
    """Half of the last digit of the finest number: some leave trailing zeros out."""
    printed = ((row["published_text"], row["published_unit"]) for row in rows)
    halves = [half_digit(number, unit) for text, unit in printed if (number := parse_number(text or "")) is not None]
    return min(halves, default=Decimal(0))


def _leaves(rows: Sequence[Row]) -> list[dict[str, Any]]:
    leaves = _by(lambda row: row["code"] or str(row["row"]), [row for row in rows if row["row_kind"] == "line"])
    return [_group(group, code=group[0]["code"], item=group[0]["item"], basis="printed") for group in leaves.values()]


def _by(key: Callable[[Row], str], rows: Iterable[Row]) -> dict[str, list[Row]]:
    """The rows with each key, in the order in which the keys come first."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return groups


def _group(rows: Sequence[Row], **about: Any) -> dict[str, Any]:
    return {**about, **_amounts(rows), "page": rows[0]["page"], "document_id": rows[0]["document_id"]}


def _amounts(rows: Sequence[Row]) -> dict[str, Any]:
    """Total, basic and project; basic expenditure is personnel and operating where a form prints these in its place."""
    by_measure = _by(lambda row: row["measure"], rows)
    basic = by_measure.get("basic") or [row for row in rows if row["measure"] in ("personnel", "operating")]
    total, project = (by_measure.get(measure, []) for measure in ("total", "project"))
    return {
        "total_yuan": _sum(total),
        "basic_yuan": _sum(basic),
        "project_yuan": _sum(project),
        "places": written(
            map(Locator.of, total), basic_yuan=map(Locator.of, basic), project_yuan=map(Locator.of, project)
        ),
    }


def _sum(lines: Sequence[Row]) -> Decimal | None:
    return sum((line["amount_yuan"] for line in lines), Decimal(0)) if lines else None
