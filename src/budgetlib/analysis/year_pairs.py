"""Two years of one form row by row: what was kept, new or dropped, and what each adds to the change of the total."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import pandas as pd

from budgetlib.analysis.amounts import POINTS, share, shares_that_add_up
from budgetlib.analysis.spending import FORMS
from budgetlib.analysis.spending_by_kind import spending_by_kind
from budgetlib.core.text import squeeze
from budgetlib.tables.corpus import Corpus
from budgetlib.tables.locators import Locator, Row, places, written

REMAINDER = "其余（该表未列明，含尾差）"
_NOTHING = Decimal(0)


class Dimension(NamedTuple):
    """What can be compared row by row: what it covers, the forms that print it by stage, and what tells rows apart.

    Of the `keys`, those count that both years print: a year without codes is compared by names.
    """

    measure: str
    forms: Mapping[str, tuple[str, ...]]
    keys: tuple[str, ...]


_ECONOMIC = {"budget": ("basic_by_economic",), "final": ("final_basic_by_economic",)}
_PROJECTS = {"budget": ("projects",), "final": ()}
DIMENSIONS = {
    "function": Dimension("expenditure", FORMS, ("code", "item")),
    "economic": Dimension("basic", _ECONOMIC, ("code", "item")),
    "project": Dimension("project", _PROJECTS, ("unit", "item")),
    "unit": Dimension("project", _PROJECTS, ("unit",)),
}


class Entry(NamedTuple):
    """One amount of one year, with what it is about and where it is printed."""

    item: str
    amount: Decimal
    document_id: str
    page: int | None
    form: str | None
    places: tuple[Locator, ...]
    code: str | None = None
    unit: str | None = None


class Change(NamedTuple):
    """What became of one amount from one year to the next, as a row of `spending_change` has it."""

    item: str
    current_yuan: Decimal | None
    change_yuan: Decimal | None
    change_pct: Decimal | None
    status: str
    document_id: str
    page: int | None
    places: str
    form: str | None = None
    code: str | None = None
    unit: str | None = None
    previous_item: str | None = None
    previous_yuan: Decimal | None = None
    reason: str | None = None
    base: str | None = None


def changes_of(name: str, previous: Corpus, current: Corpus, stage: str) -> list[Change]:
    """The change of each row of either year along the dimension `name`: this year's as printed, then the dropped ones.

    Two years are compared on one form only, the first that both itemise, or that one of them declares empty.
    """
    dimension = DIMENSIONS[name]
    years = (previous, current)
    for form in dimension.forms[stage]:
        leaves = [rows for budget in years if (rows := _leaves(budget, form)) is not None]
        if len(leaves) == 2:
            break
    else:
        return []
    keys = _keys(dimension, leaves)
    before, now = (_entries(rows, name, keys) for rows in leaves)
    if name == "unit":
        before, now = (
            _at_sums(entries, budget.form(form)) for entries, budget in zip((before, now), years, strict=True)
        )
    kept_or_new = [change_of(before.get(key), entry) for key, entry in now.items()]
    return kept_or_new + [change_of(entry, None) for key, entry in before.items() if key not in now]


def changes_by_kind(previous: Corpus, current: Corpus) -> list[Change]:
    """The change of each kind of expenditure (`spending_by_kind`); none unless both years print them in one form."""
    years = [spending_by_kind(budget) for budget in (previous, current)]
    printed = [kinds[kinds.kind != "rest"] for kinds in years]
    if any(kinds.empty for kinds in printed) or printed[0].form.iloc[0] != printed[1].form.iloc[0]:
        return []
    before, now = ({row["item"]: _of_kind(row) for row in kinds.to_dict("records")} for kinds in printed)
    return [change_of(before.get(name), now.get(name)) for name in dict.fromkeys([*now, *before])]


def _of_kind(row: Row) -> Entry:
    locators = tuple(places(row))
    return Entry(row["item"], row["amount_yuan"], row["document_id"], row["page"], row["form"], locators)


def _leaves(budget: Corpus, form: str) -> pd.DataFrame | None:
    """The leaves of a form's expenditure totals; None where the form was not read or itemises nothing."""
    lines = budget.form(form)
    if lines.empty:
        return lines if budget.has_read(form) else None
    leaves = lines[(lines.row_kind == "line") & (lines.side == "expenditure") & (lines.measure == "total")]
    return None if leaves.empty else leaves


def _keys(dimension: Dimension, years: Sequence[pd.DataFrame]) -> list[str]:
    printed = [key for key in dimension.keys if all(rows.empty or rows[key].notna().any() for rows in years)]
    return printed[:1] if printed[:1] == ["code"] else printed


def _entries(leaves: pd.DataFrame, name: str, keys: Sequence[str]) -> dict[Any, Entry]:
    """Amounts summed by `keys`; rows without a code go by their name."""
    if not keys:
        return {}
    about = "unit" if name == "unit" else "item"
    told_apart = leaves.assign(code=leaves.code.fillna(leaves["item"]))
    entries = {}
    for key, rows in told_apart.groupby(list(keys), dropna=name == "unit", sort=False):
        first = leaves.loc[rows.index[0]]
        entries[key] = Entry(
            first[about],
            sum(rows.amount_yuan, _NOTHING),
            first.document_id,
            first.page,
            first.form,
            tuple(map(Locator.of, rows.to_dict("records"))),
            first.code,
            first.unit if name == "project" else None,
        )
    return entries


def _at_sums(entries: Mapping[Any, Entry], lines: pd.DataFrame) -> dict[Any, Entry]:
    """The `entries` at the rows that print their very sums, where there are such."""
    sums = lines[(lines.row_kind == "subtotal") & (lines.measure == "total")].to_dict("records")
    printed = {(row["item"], row["amount_yuan"]): (Locator.of(row),) for row in sums}
    return {
        key: entry._replace(places=printed.get((entry.item, entry.amount), entry.places))
        for key, entry in entries.items()
    }


def change_of(before: Entry | None, now: Entry | None) -> Change:
    """The change from one amount to the other; None is a year without it."""
    entry = now or before
    if entry is None:
        raise ValueError("a change needs an amount in one of the years")
    change = (now.amount if now else _NOTHING) - (before.amount if before else _NOTHING)
    renamed = before and now and squeeze(before.item) != squeeze(now.item)
    return Change(
        item=entry.item,
        current_yuan=now.amount if now else None,
        change_yuan=change,
        change_pct=share(change, before.amount if before else None, POINTS),
        status="new" if before is None else "dropped" if now is None else "kept",
        document_id=entry.document_id,
        page=entry.page,
        places=written((), current_yuan=now.places if now else (), previous_yuan=before.places if before else ()),
        form=entry.form,
        code=entry.code,
        unit=entry.unit,
        previous_item=before.item if before and renamed else None,
        previous_yuan=before.amount if before else None,
    )


def remainder(changes: Sequence[Change], before: Entry, now: Entry) -> list[Change]:
    """What `changes` leave of both years' totals, as one more; none where they leave nothing."""
    left = (
        before.amount - sum((change.previous_yuan or _NOTHING for change in changes), _NOTHING),
        now.amount - sum((change.current_yuan or _NOTHING for change in changes), _NOTHING),
    )
    entries = [
        Entry(REMAINDER, amount, now.document_id, page=None, form=None, places=total.places)
        for amount, total in zip(left, (before, now), strict=True)
    ]
    return [change_of(*entries)] if any(left) else []


def contributions(changes: Sequence[Change], total: Entry) -> Sequence[Decimal | None]:
    """What each of `changes` adds to the change of the year before's `total` in percentage points; they sum to it."""
    if not total.amount:
        return [None] * len(changes)
    return shares_that_add_up([change.change_yuan or _NOTHING for change in changes], total.amount)
