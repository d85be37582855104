"""How spending changed against the year before: as published, and computed where the corpus holds that year."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pandas as pd

from budgetlib.analysis.amounts import frame, stated, yuan
from budgetlib.analysis.key_figures import key_figure
from budgetlib.analysis.year_pairs import DIMENSIONS, Entry, change_of, changes_of, contributions, remainder
from budgetlib.core.errors import NotFound
from budgetlib.core.text import squeeze
from budgetlib.tables.corpus import Corpus

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
    "previous_item",
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


class _Total(NamedTuple):
    """A total whose change disclosures state: its name, its key figure, and where the narrative part states it."""

    item: str
    key_figure: str
    sections: tuple[int, ...]
    amount: str
    change: str


TOTALS = {
    "expenditure": _Total("支出总计", "budget_total", (1, 3), "expenditure_total", "expenditure_change"),
    "general_public_budget": _Total(
        "一般公共预算支出", "general_public_budget", (5, 4, 1), "general_public_budget", "general_public_budget_change"
    ),
    "basic": _Total("基本支出", "basic", (1, 3), "basic", "basic_change"),
    "project": _Total("项目支出", "project", (1, 3), "project", "project_change"),
    "three_public": _Total("“三公”经费", "three_public", (7,), "three_public_total", "three_public_change"),
    "operating_cost": _Total("机关运行经费", "operating_cost", (8,), "operating_cost", "operating_cost_change"),
}
_LEVEL = re.compile(r"\([类款项]\)")
_FUNCTION_SECTIONS = (5, 4, 1)  # where changes by function are stated, the most detailed first


def spending_change(corpus: Corpus, department: str, year: int) -> pd.DataFrame:
    """The change of a department's spending in `year` against the year before.

    Columns: `basis` (`published`: as the narrative part states it; `computed`: from the forms of both years),
    `dimension` (`total`, `function`; computed also `economic`, `project`, `unit`), `code`, `item`, `previous_year`,
    `previous_yuan`, `current_yuan`, `change_yuan`, `change_pct`, `contribution_pp`, `status` (`kept`|`new`|`dropped`),
    `document_id`, `page` (of the year before for what was dropped), `measure` (which total; or what the dimension's
    form covers: `expenditure`, `basic`, `project`), `unit` (of a project), `reason` (given by the disclosure), `form`,
    `previous_item` (the year before's name where the same code has another).

    A published change has no `previous_yuan`: disclosures do not state it. `contribution_pp` is a change in percent
    of the year before's total expenditure; within each dimension it sums exactly to the total's `change_pct`, for
    which one row (其余) holds what the dimension's form does not itemise, rounding included.

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


def published_functions(change: pd.DataFrame) -> pd.DataFrame:
    """What the narrative part states of functions, each beside the row of both years' forms that is the same function.

    Columns as of `published_and_computed`, and `code`. A function is the same by the last of its names, as
    行政运行 in 检察（款）行政运行（项）, else by its amount of this year where only one row has it; without such a row
    nothing is computed.
    """
    functions = change[change.dimension == "function"]
    found = [row for _, row in functions[(functions.basis == "computed") & functions.form.notna()].iterrows()]
    records = []
    for _, told in functions[functions.basis == "published"].iterrows():
        same = _same_function(told, found)
        code = None if same is None else same.code
        records.append({"measure": told.measure, "code": code, **_side_by_side(told, same)})
    return frame((*SIDE_BY_SIDE_COLUMNS, "code"), records)


def _same_function(told: pd.Series, found: list[pd.Series]) -> pd.Series | None:
    parts = [part for part in _LEVEL.split(squeeze(told["item"])) if part]
    named = [row for row in found if parts and squeeze(row["item"]) == parts[-1]]
    equal = [row for row in found if told.current_yuan is not None and row.current_yuan == told.current_yuan]
    candidates = named or equal
    return candidates[0] if len(candidates) == 1 else None


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


def published_change(budget: Corpus, measure: str) -> dict[str, Any] | None:
    """What the narrative part says of the change of a total of `TOTALS`; None where it says nothing."""
    total = TOTALS[measure]
    for section in total.sections:
        change, percent = (stated(budget, section, name) for name in (total.change, f"{total.change}_pct"))
        told = [row for row in (change, percent) if row is not None]
        if told:
            break
    else:
        return None
    amount = stated(budget, section, total.amount)
    return {
        "item": total.item,
        "current_yuan": None if amount is None else yuan(amount.value),
        "change_yuan": None if change is None else yuan(change.value),
        "change_pct": None if percent is None else percent.value,
        "reason": next((row.reason for row in told if row.reason), None),
        "document_id": told[0].document_id,
        "page": told[0].page,
    }


def _published(budget: Corpus) -> Iterator[dict[str, Any]]:
    shared = {"basis": "published", "dimension": "total", "status": "kept"}
    for measure in TOTALS:
        told = published_change(budget, measure)
        if told is not None:
            yield {**shared, "measure": measure, **told}
    section = next((n for n in _FUNCTION_SECTIONS if not _functions(budget, n).empty), None)
    for item, rows in _functions(budget, section).groupby("item", sort=False) if section else ():
        yield {**shared, "dimension": "function", "measure": "expenditure", "item": item, **_stated_function(rows)}


def _functions(budget: Corpus, section: int) -> pd.DataFrame:
    """What a section states of functions, where it states a change of one."""
    told = budget.section(section)
    told = told[told.measure.str.startswith("function") & told.item.notna()]
    changed = told[told.measure.isin(["function_change", "function_change_pct"])]
    return told[told.item.isin(changed.item)]


def _stated_function(rows: pd.DataFrame) -> dict[str, Any]:
    first = rows.drop_duplicates("measure").set_index("measure")
    amounts = {name: yuan(first.value[name]) for name in ("function", "function_change") if name in first.index}
    return {
        "current_yuan": amounts.get("function"),
        "change_yuan": amounts.get("function_change"),
        "change_pct": first.value.get("function_change_pct"),
        "reason": next(iter(rows.reason.dropna()), None),
        "document_id": rows.document_id.iloc[0],
        "page": rows.page.iloc[0],
    }


def _computed(previous: Corpus, current: Corpus) -> Iterator[dict[str, Any]]:
    totals = {
        measure: change_of(before, now)
        for measure, total in TOTALS.items()
        if (before := _total(previous, total)) and (now := _total(current, total))
    }
    spending = totals.get("expenditure")
    for measure, change in totals.items():
        points = change["change_pct"] if change is spending else None
        yield {"basis": "computed", "dimension": "total", "measure": measure, **change, "contribution_pp": points}
    if spending is None:
        return
    for name, dimension in DIMENSIONS.items():
        changes = changes_of(name, previous, current)
        changes += remainder(changes, spending) if changes else []
        shared = {"basis": "computed", "dimension": name, "measure": dimension.measure}
        for change, points in zip(changes, contributions(changes, spending), strict=True):
            yield {**shared, **change, "contribution_pp": points}


def _total(budget: Corpus, total: _Total) -> Entry | None:
    figure = key_figure(budget, total.key_figure)
    return (
        None
        if figure is None
        else Entry(total.item, yuan(figure["value"]), figure["document_id"], figure["page"], figure["form"])
    )
