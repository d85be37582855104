"""How spending changed against the year before: as published, and computed where the corpus holds that year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import pandas as pd

from budgetlib.analysis.amounts import POINTS, frame, share, shares_that_add_up, stated, yuan
from budgetlib.analysis.overview import key_figure
from budgetlib.analysis.spending import FORMS
from budgetlib.corpus import Corpus
from budgetlib.errors import NotFound

COLUMNS = (
    "basis",
    "dimension",
    "code",
    "item",
    "previous_year",
    "previous_yuan",
    "current_yuan",
    "change_yuan",
    "change_pct",
    "contribution_pp",
    "status",
    "document_id",
    "page",
    "measure",
    "unit",
    "reason",
    "form",
)
SIDE_BY_SIDE_COLUMNS = (
    "measure",
    "item",
    "current_yuan",
    "published_yuan",
    "published_pct",
    "computed_yuan",
    "computed_pct",
    "difference_yuan",
    "reason",
    "document_id",
    "page",
)
REMAINDER = "其余（该表未列明，含尾差）"


class _Total(NamedTuple):
    """A total whose change disclosures state: its name, its key figure, and where the narrative part states it."""

    item: str
    key_figure: str
    section: int
    amount: str
    change: str


_TOTALS = {
    "expenditure": _Total("支出总计", "budget_total", 1, "expenditure_total", "expenditure_change"),
    "general_public_budget": _Total(
        "一般公共预算支出", "general_public_budget", 5, "general_public_budget", "general_public_budget_change"
    ),
    "three_public": _Total("“三公”经费", "three_public", 7, "three_public_total", "three_public_change"),
    "operating_cost": _Total("机关运行经费", "operating_cost", 8, "operating_cost", "operating_cost_change"),
}


class _Dimension(NamedTuple):
    """What can be compared row by row: what it covers, the forms that print it, and what tells rows apart."""

    measure: str
    forms: tuple[str, ...]
    keys: tuple[str, ...]


_DIMENSIONS = {
    "function": _Dimension("expenditure", FORMS, ("code_or_item",)),
    "economic": _Dimension("basic", ("basic_by_economic",), ("code_or_item",)),
    "project": _Dimension("project", ("projects",), ("unit", "item")),
    "unit": _Dimension("project", ("projects",), ("unit",)),
}


class _Entry(NamedTuple):
    """One amount of one year, with what it is about and where it is printed."""

    item: str
    amount: Decimal
    document_id: str
    page: int | None
    form: str | None
    code: str | None = None
    unit: str | None = None


def spending_change(corpus: Corpus, department: str, year: int) -> pd.DataFrame:
    """The change of a department's spending in `year` against the year before.

    Columns: `basis` (`published`: as the narrative part states it; `computed`: from the forms of both years),
    `dimension` (`total`; computed also `function`, `economic`, `project`, `unit`), `code`, `item`, `previous_year`,
    `previous_yuan`, `current_yuan`, `change_yuan`, `change_pct`, `contribution_pp`, `status` (`kept`|`new`|`dropped`),
    `document_id`, `page` (of the year before for what was dropped), `measure` (which total; or what the dimension's
    form covers: `expenditure`, `basic`, `project`), `unit` (of a project), `reason` (given by the disclosure), `form`.

    A published change has no `previous_yuan`: disclosures do not state it. `contribution_pp` is a change in percent
    of the year before's total expenditure; within each dimension it sums exactly to the total's `change_pct`, for
    which one row (`REMAINDER`) holds what the dimension's form does not itemise, rounding included.

    Raises `NotFound` for a department or year that the corpus does not hold.
    """
    current = corpus.select(department=department, year=year, kind="budget")
    records = list(_published(current))
    try:
        previous = corpus.select(department=department, year=year - 1, kind="budget")
    except NotFound:
        pass
    else:
        records += _computed(previous, current)
    return frame(COLUMNS, [{"previous_year": year - 1, **record} for record in records])


def published_and_computed(change: pd.DataFrame) -> pd.DataFrame:
    """The totals of `spending_change` side by side: what a disclosure states, and what both years' forms give.

    Columns: `measure`, `item`, `current_yuan`, `published_yuan`, `published_pct`, `computed_yuan`, `computed_pct`,
    `difference_yuan` (computed minus published), `reason`, `document_id`, `page` (of what is published, else of the
    form). Null where one of them is missing.
    """
    totals = change[change.dimension == "total"]
    by_basis = {basis: rows.set_index("measure") for basis, rows in totals.groupby("basis")}
    records = []
    for measure in totals.measure.drop_duplicates():
        told, found = (
            by_basis[basis].loc[measure] if basis in by_basis and measure in by_basis[basis].index else None
            for basis in ("published", "computed")
        )
        records.append({"measure": measure, **_side_by_side(told, found)})
    return frame(SIDE_BY_SIDE_COLUMNS, records)


def _side_by_side(told: pd.Series | None, found: pd.Series | None) -> dict[str, Any]:
    first = told if told is not None else found
    if first is None:
        raise ValueError("neither a published nor a computed change")
    published = None if told is None else told.change_yuan
    computed = None if found is None else found.change_yuan
    return {
        **first[["item", "current_yuan", "reason", "document_id", "page"]],
        "published_yuan": published,
        "published_pct": None if told is None else told.change_pct,
        "computed_yuan": computed,
        "computed_pct": None if found is None else found.change_pct,
        "difference_yuan": None if published is None or computed is None else computed - published,
    }


def _published(budget: Corpus) -> Iterator[dict[str, Any]]:
    for measure, total in _TOTALS.items():
        change = stated(budget, total.section, total.change)
        percent = stated(budget, total.section, f"{total.change}_pct")
        told = [row for row in (change, percent) if row is not None]
        if not told:
            continue
        amount = stated(budget, total.section, total.amount)
        yield {
            "basis": "published",
            "dimension": "total",
            "measure": measure,
            "item": total.item,
            "current_yuan": None if amount is None else yuan(amount.value),
            "change_yuan": None if change is None else yuan(change.value),
            "change_pct": None if percent is None else percent.value,
            "status": "kept",
            "reason": next((row.reason for row in told if row.reason), None),
            "document_id": told[0].document_id,
            "page": told[0].page,
        }


def _computed(previous: Corpus, current: Corpus) -> Iterator[dict[str, Any]]:
    totals = {
        measure: _change(before, now)
        for measure, total in _TOTALS.items()
        if (before := _total(previous, total)) and (now := _total(current, total))
    }
    spending = totals.get("expenditure")
    for measure, change in totals.items():
        points = change["change_pct"] if change is spending else None
        yield {"basis": "computed", "dimension": "total", "measure": measure, **change, "contribution_pp": points}
    if spending is None:
        return
    for name, dimension in _DIMENSIONS.items():
        changes = _changes(dimension, previous, current)
        changes += _remainder(changes, spending) if changes else []
        for change, points in zip(changes, _contributions(changes, spending), strict=True):
            yield {
                "basis": "computed",
                "dimension": name,
                "measure": dimension.measure,
                **change,
                "contribution_pp": points,
            }


def _total(budget: Corpus, total: _Total) -> _Entry | None:
    figure = key_figure(budget, total.key_figure)
    return (
        None
        if figure is None
        else _Entry(total.item, yuan(figure["value"]), figure["document_id"], figure["page"], figure["form"])
    )


def _changes(dimension: _Dimension, previous: Corpus, current: Corpus) -> list[dict[str, Any]]:
    """One record per row of either year: those of this year in printed order, then the dropped ones.

    Two years are compared on one form only, the first that was read in both.
    """
    form = next((form for form in dimension.forms if previous.has_read(form) and current.has_read(form)), None)
    if form is None:
        return []
    before, now = (_entries(budget.form(form), dimension.keys) for budget in (previous, current))
    kept_or_new = [_change(before.get(key), entry) for key, entry in now.items()]
    return kept_or_new + [_change(entry, None) for key, entry in before.items() if key not in now]


def _entries(lines: pd.DataFrame, keys: tuple[str, ...]) -> dict[Any, _Entry]:
    """The leaves of a form's expenditure totals, summed by `keys`."""
    lines = lines.assign(code_or_item=lines.code.fillna(lines.item))
    leaves = lines[(lines.row_kind == "line") & (lines.side == "expenditure") & (lines.measure == "total")]
    entries = {}
    for key, rows in leaves.groupby(list(keys), dropna=keys == ("unit",), sort=False):
        first = rows.iloc[0]
        item = first["unit" if keys == ("unit",) else "item"]
        unit = first.unit if keys == ("unit", "item") else None
        entries[key] = _Entry(
            item, sum(rows.amount_yuan, Decimal(0)), first.document_id, first.page, first.form, first.code, unit
        )
    return entries


def _change(before: _Entry | None, now: _Entry | None) -> dict[str, Any]:
    entry = now or before
    if entry is None:
        raise ValueError("a change needs an amount in one of the years")
    change = (now.amount if now else Decimal(0)) - (before.amount if before else Decimal(0))
    return {
        "code": entry.code,
        "item": entry.item,
        "unit": entry.unit,
        "previous_yuan": before.amount if before else None,
        "current_yuan": now.amount if now else None,
        "change_yuan": change,
        "change_pct": share(change, before.amount if before else None, POINTS),
        "status": "new" if before is None else "dropped" if now is None else "kept",
        "document_id": entry.document_id,
        "page": entry.page,
        "form": entry.form,
    }


def _remainder(changes: Sequence[Mapping[str, Any]], total: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What `changes` leave of both years' totals, as one more record; none where they leave nothing."""
    before, now = (
        _Entry(
            REMAINDER,
            total[year] - sum((c[year] or Decimal(0) for c in changes), Decimal(0)),
            total["document_id"],
            page=None,
            form=None,
        )
        for year in ("previous_yuan", "current_yuan")
    )
    return [_change(before, now)] if before.amount or now.amount else []


def _contributions(changes: Sequence[Mapping[str, Any]], total: Mapping[str, Any]) -> Sequence[Decimal | None]:
    if not total["previous_yuan"]:
        return [None] * len(changes)
    return shares_that_add_up([change["change_yuan"] for change in changes], total["previous_yuan"])
