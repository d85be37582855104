"""What the total consists of: basic and project expenditure and all that stands beside them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pandas as pd

from budgetlib.analysis.amounts import PERCENT, frame, placed, printed_total, shares_that_add_up
from budgetlib.analysis.key_figures import key_figure
from budgetlib.definitions.measures import OTHER
from budgetlib.tables.corpus import Corpus
from budgetlib.tables.locators import Locator, written

NAMES = {
    "basic": "基本支出",
    "project": "项目支出",
    "special_business": "专项业务经费",
    "business_expenditure": "事业单位经营支出",
    "remittances_to_superior": "上缴上级支出",
    "subsidies_to_subordinates": "对附属单位补助支出",
    "carryover_to_next_year": "结转下年",
    "rest": "其余（未列明）",
}
"""The kinds by their names; one that a form names otherwise is `other` and has the name of its column."""

_FORMS = ("expenditure", "general_public_expenditure")
_BASIC_IN_PARTS = ("personnel", "operating")
_FEWEST = 2
_CARRIED_ON = re.compile(r"结转|结余")
_UNSEEN = Decimal("0.0001")
"""Of the total: what is less changes no share that is shown."""


def spending_by_kind(budget: Corpus) -> pd.DataFrame:
    """All that a budget's total consists of, in the order of the form's columns; the shares sum to 100.

    From the form 支出预算总表 or else 一般公共预算支出预算表, and what the summary carries over to the next year; where
    these have no such columns, basic and project expenditure as they are printed elsewhere. Columns: `kind` (of
    `NAMES`, or `other`), `item` (its name in `NAMES`, or as printed), `amount_yuan`, `personnel_yuan` and
    `operating_yuan` (of basic; null unless they add up to it), `share_pct` (null where the parts are more than the
    total), `form` or `section`, `page`, `document_id`, `places`. What is printed nowhere is the kind `rest`. No rows
    unless there are two parts, basic or project expenditure among them.
    """
    total = key_figure(budget, "budget_total")
    if total is None:
        return frame("spending_by_kind", [])
    parts = next(filter(None, (_columns(budget, form, total.value) for form in _FORMS)), None) or _elsewhere(budget)
    if len(parts) < _FEWEST or not {"basic", "project"} & {part["kind"] for part in parts}:
        return frame("spending_by_kind", [])
    left = total.value - _sum(parts)
    if abs(left) > _UNSEEN * abs(total.value):
        parts.append(_carried_on(budget, left) or _part("rest", left, total._asdict()))
    if min(part["amount_yuan"] for part in parts) >= 0 and (whole := _sum(parts)):
        shares = shares_that_add_up([part["amount_yuan"] for part in parts], whole, PERCENT)
        parts = [{**part, "share_pct": share} for part, share in zip(parts, shares, strict=True)]
    return frame("spending_by_kind", [{**part, **_split(budget, part)} for part in parts])


def _columns(budget: Corpus, form: str, whole: Decimal) -> list[dict[str, Any]]:
    """The columns of a form that make up its total, or that of the budget: as few as do, else all that are kinds.

    A column beside basic and project expenditure may name a part of them (其中), which is counted already.
    """
    printed: dict[str, list[pd.Series]] = {}
    lines = budget.form(form)
    for measure in dict.fromkeys(lines.measure):
        row = printed_total(budget, form, "expenditure", measure)
        if row is not None:
            kind = "basic" if measure in _BASIC_IN_PARTS and "basic" not in set(lines.measure) else measure
            printed.setdefault(kind, []).append(row)
    wholes = (whole, *(row.amount_yuan for row in printed.get("total", ())))
    every = [
        _part(kind, sum((row.amount_yuan for row in rows), Decimal(0)), placed(rows[0]), rows)
        for kind, rows in printed.items()
        if kind in NAMES or kind.startswith(OTHER)
    ]
    known = [part for part in every if part["kind"] in NAMES]
    two = [part for part in known if part["kind"] in ("basic", "project")]
    chosen = next((parts for parts in (two, known, every) if _near(_sum(parts), wholes)), known)
    return [part for part in chosen if part["amount_yuan"]]


def _elsewhere(budget: Corpus) -> list[dict[str, Any]]:
    figures = [figure for kind in ("basic", "project") if (figure := key_figure(budget, kind))]
    return [_part(figure.measure, figure.value, figure._asdict()) for figure in figures]


def _carried_on(budget: Corpus, amount: Decimal) -> dict[str, Any] | None:
    """The row of the summary that carries an `amount` over to the next year; None where none does."""
    lines = budget.form("budget_summary")
    rows = lines[(lines.side == "expenditure") & (lines.measure == "total") & (lines.amount_yuan == amount)]
    named = rows[rows["item"].str.contains(_CARRIED_ON)]
    if named.empty:
        return None
    return _part("carryover_to_next_year", amount, placed(named.iloc[0]), [named.iloc[0]])


def _split(budget: Corpus, part: Mapping[str, Any]) -> dict[str, Decimal]:
    """Personnel and operating expenditure, where these add up to basic expenditure."""
    figures = [key_figure(budget, name) for name in _BASIC_IN_PARTS] if part["kind"] == "basic" else []
    amounts = [figure.value for figure in figures if figure]
    if len(amounts) < len(_BASIC_IN_PARTS) or sum(amounts) != part["amount_yuan"]:
        return {}
    return dict(zip(("personnel_yuan", "operating_yuan"), amounts, strict=True))


def _part(kind: str, amount: Decimal, about: Mapping[str, Any], rows: Sequence[pd.Series] = ()) -> dict[str, Any]:
    """A part that is printed in `rows`, or where the row `about` says."""
    name = NAMES.get(kind) or kind.removeprefix(OTHER).rpartition(">")[2]
    locators = {"places": written(map(Locator.of, rows))} if rows else {}
    return {**about, **locators, "kind": kind if kind in NAMES else "other", "item": name, "amount_yuan": amount}


def _near(amount: Decimal, wholes: Iterable[Decimal]) -> bool:
    return any(whole and abs(amount - whole) <= _UNSEEN * abs(whole) for whole in wholes)


def _sum(parts: Iterable[Mapping[str, Any]]) -> Decimal:
    return sum((part["amount_yuan"] for part in parts), Decimal(0))
