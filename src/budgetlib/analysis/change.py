"""How spending changed against the year before: as published, and computed where the corpus holds that year."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import pandas as pd

from budgetlib.analysis.amounts import frame, stated, yuan
from budgetlib.analysis.key_figures import key_figure
from budgetlib.analysis.year_pairs import (
    DIMENSIONS,
    Change,
    Entry,
    change_of,
    changes_by_kind,
    changes_of,
    contributions,
    remainder,
)
from budgetlib.core.text import squeeze
from budgetlib.tables.corpus import Corpus, fiscal_year
from budgetlib.tables.locators import Locator, Row, places, written


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
KINDS = {"budget": "budget", "final": "final_accounts"}
"""The kind of document that prints figures of a stage."""
_LEVEL = re.compile(r"\([类款项]\)")
_BASES = ("published", "computed")
_OF_FUNCTIONS = ("function", "function_change", "function_change_pct")
_FUNCTION_SECTIONS = (5, 4, 1)  # where changes by function are stated, the most detailed first


def spending_change(corpus: Corpus, department: str, year: int | str, stage: str = "budget") -> pd.DataFrame:
    """The change of a department's spending in `year` against the year before: plan against plan.

    With the `stage` `final` outcome against outcome, from the final accounts of both years.

    Columns: `basis` (`published`: as the narrative part states it; `computed`: from the forms of both years),
    `dimension` (`total`, `function`; computed also `kind`, `economic`, `project`, `unit`), `code`, `item`,
    `previous_year`, `previous_yuan`, `current_yuan`, `change_yuan`, `change_pct`, `contribution_pp`, `status`
    (`kept`|`new`|`dropped`), `document_id`, `page` (of the year before for what was dropped), `measure` (which total;
    or what the dimension's form covers: `expenditure`, `basic`, `project`), `unit` (of a project), `reason` (given by
    the disclosure), `form`, `previous_item` (the year before's name where the same code has another), `places`,
    `stage`, `base` (what a published change is measured from, where said: `budget`, `execution` or `final` of the year
    before).

    A published change has no `previous_yuan`: disclosures do not state it. `contribution_pp` is a change in percent
    of the year before's total expenditure; within each dimension it sums exactly to the total's `change_pct`, for
    which one row (其余) holds what the dimension's form does not itemise, rounding included.

    Raises `NotFound` for a department or year that the corpus does not hold in that stage.
    """
    current = corpus.select(department=department, year=year, kind=KINDS[stage])
    previous = corpus.year_before(current)
    records = [*_published(current, stage), *(_computed(previous, current, stage) if previous is not None else ())]
    return frame(
        "spending_change", [{"previous_year": fiscal_year(year) - 1, "stage": stage, **record} for record in records]
    )


def published_and_computed(change: pd.DataFrame) -> pd.DataFrame:
    """The totals of `spending_change` side by side: what a disclosure states, and what both years' forms give.

    Columns: `measure`, `item`, `current_yuan`, `published_yuan`, `published_pct`, `computed_yuan`, `computed_pct`,
    `difference_yuan` (computed minus published), `reason`, `document_id`, `page` (of what is published, else of the
    form), `places`, `base` (of what is published). Null where one of them is missing; a change from what was executed
    has no difference from one of plans.
    """
    totals = change[change.dimension == "total"].to_dict("records")
    by_basis = {basis: {row["measure"]: row for row in totals if row["basis"] == basis} for basis in _BASES}
    measures = dict.fromkeys(row["measure"] for row in totals)
    records = [
        {"measure": measure, **_side_by_side(*(by_basis[basis].get(measure) for basis in _BASES))}
        for measure in measures
    ]
    return frame("published_and_computed", records)


def published_functions(change: pd.DataFrame) -> pd.DataFrame:
    """What the narrative part states of functions, each beside the row of both years' forms that is the same function.

    Columns as of `published_and_computed`, and `code`. A function is the same by the last of its names, as
    行政运行 in 检察（款）行政运行（项）, else by its amount of this year where only one row has it; without such a row
    nothing is computed.
    """
    functions = change[change.dimension == "function"]
    computed = functions[(functions.basis == "computed") & functions.form.notna()].to_dict("records")
    records = []
    for published in functions[functions.basis == "published"].to_dict("records"):
        same = _same_function(published, computed)
        code = None if same is None else same["code"]
        records.append({"measure": published["measure"], "code": code, **_side_by_side(published, same)})
    return frame("published_functions", records)


def _same_function(published: Row, computed: Sequence[Row]) -> Row | None:
    parts = [part for part in _LEVEL.split(squeeze(published["item"])) if part]
    named = [row for row in computed if parts and squeeze(row["item"]) == parts[-1]]
    amount = published["current_yuan"]
    equal = [row for row in computed if amount is not None and row["current_yuan"] == amount]
    candidates = named or equal
    return candidates[0] if len(candidates) == 1 else None


def _side_by_side(published: Row | None, computed: Row | None) -> dict[str, Any]:
    first = published if published is not None else computed
    if first is None:
        raise ValueError("neither a published nor a computed change")
    record = {key: first[key] for key in ("item", "current_yuan", "reason", "document_id", "page")}
    columns = {}
    for basis, change in zip(_BASES, (published, computed), strict=True):
        for unit in ("yuan", "pct"):
            record[f"{basis}_{unit}"] = None if change is None else change[f"change_{unit}"]
            columns[f"{basis}_{unit}"] = [] if change is None else places(change, f"change_{unit}")
    stated, computed_yuan = record["published_yuan"], record["computed_yuan"]
    record["base"] = None if published is None else published["base"]
    apart = stated is None or computed_yuan is None or record["base"] not in (None, first["stage"])
    difference = None if apart else computed_yuan - stated
    columns["difference_yuan"] = [*columns["published_yuan"], *columns["computed_yuan"]]
    return record | {"difference_yuan": difference, "places": written(places(first, "current_yuan"), **columns)}


def published_change(budget: Corpus, measure: str, stage: str = "budget") -> Change | None:
    """What the narrative part says of the change of a total of `TOTALS`; None where it says nothing."""
    total = TOTALS[measure]
    for section in total.sections:
        change, percent = (stated(budget, section, name, stage) for name in (total.change, f"{total.change}_pct"))
        statements = [row for row in (change, percent) if row is not None]
        if statements:
            amount = stated(budget, section, total.amount, stage)
            return _stated_change(total.item, statements, amount, change, percent)
    return None


def _published(budget: Corpus, stage: str) -> Iterator[dict[str, Any]]:
    for measure in TOTALS:
        change = published_change(budget, measure, stage)
        if change is not None:
            yield {"basis": "published", "dimension": "total", "measure": measure, **change._asdict()}
    section = next((n for n in _FUNCTION_SECTIONS if not _functions(budget, n).empty), None)
    for item, rows in _functions(budget, section).groupby("item", sort=False) if section else ():
        first = {row["measure"]: row for row in reversed(rows.to_dict("records"))}
        change = _stated_change(str(item), rows.to_dict("records"), *map(first.get, _OF_FUNCTIONS))
        yield {"basis": "published", "dimension": "function", "measure": "expenditure", **change._asdict()}


def _functions(budget: Corpus, section: int) -> pd.DataFrame:
    """What a section states of functions, where it states a change of one."""
    statements = budget.section(section)
    statements = statements[statements.measure.str.startswith("function") & statements.item.notna()]
    changed = statements[statements.measure.isin(_OF_FUNCTIONS[1:])]
    return statements[statements.item.isin(changed.item)]


def _stated_change(
    item: str, statements: Sequence[Row], amount: Row | None, change: Row | None, percent: Row | None
) -> Change:
    """The change that an `amount`, its `change` and `percent` state; the first of `statements` is its place."""
    columns = {"current_yuan": amount, "change_yuan": change, "change_pct": percent}
    return Change(
        item,
        None if amount is None else yuan(amount["value"]),
        None if change is None else yuan(change["value"]),
        None if percent is None else percent["value"],
        "kept",
        statements[0]["document_id"],
        statements[0]["page"],
        written((), **{name: [Locator.of(row)] for name, row in columns.items() if row is not None}),
        reason=next((row["reason"] for row in statements if row["reason"]), None),
        base=next((row["base"] for row in statements if row["base"]), None),
    )


def _computed(previous: Corpus, current: Corpus, stage: str) -> Iterator[dict[str, Any]]:
    totals = {
        measure: (before, now)
        for measure, total in TOTALS.items()
        if (before := _total(previous, total, stage)) and (now := _total(current, total, stage))
    }
    for measure, years in totals.items():
        change = change_of(*years)
        points = change.change_pct if measure == "expenditure" else None
        shared = {"basis": "computed", "dimension": "total", "measure": measure, "contribution_pp": points}
        yield shared | change._asdict()
    if "expenditure" not in totals:
        return
    before, now = totals["expenditure"]
    kinds = changes_by_kind(previous, current) if stage == "budget" else []
    compared = [("kind", "expenditure", kinds)]
    compared += [(name, one.measure, changes_of(name, previous, current, stage)) for name, one in DIMENSIONS.items()]
    for name, measure, changes in compared:
        changes += remainder(changes, before, now) if changes else []
        shared = {"basis": "computed", "dimension": name, "measure": measure}
        for change, points in zip(changes, contributions(changes, before), strict=True):
            yield {**shared, **change._asdict(), "contribution_pp": points}


def _total(budget: Corpus, total: _Total, stage: str) -> Entry | None:
    figure = key_figure(budget, total.key_figure, stage)
    if figure is None:
        return None
    return Entry(
        total.item, yuan(figure.value), figure.document_id, figure.page, figure.form, tuple(places(figure._asdict()))
    )
