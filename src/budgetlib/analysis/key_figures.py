"""What one disclosure says in a few figures, what of it was read, and where it comes from."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

import pandas as pd

from budgetlib.analysis.amounts import frame, placed, printed_total, stated, yuan
from budgetlib.core.groups import in_groups
from budgetlib.tables.corpus import Corpus

_FATES = ["unreadable", "read", "declared_empty", "not_a_form"]


class KeyFigure(NamedTuple):
    """A figure of a budget, in yuan or as a count, and where it is printed: in a `form` or a `section`."""

    measure: str
    value: Decimal
    value_unit: str
    form: str | None
    section: int | None
    page: int | None
    document_id: str
    places: str


class _Total(NamedTuple):
    """The total of a form; it is something else where the form also has a measure or item of `unless`."""

    form: str
    measure: str = "total"
    unless: tuple[str, ...] = ()


class _Stated(NamedTuple):
    """A figure of a section of the narrative part."""

    section: int
    measure: str


# Where each figure is printed; the first place that was read counts. Some places put meetings and training into the
# form of the three public expenses, whose total is then more than these three.
_PLACES: dict[str, tuple[_Total | _Stated, ...]] = {
    "budget_total": (
        _Total("budget_summary"),
        _Total("expenditure"),
        _Stated(1, "expenditure_total"),
        _Stated(3, "expenditure_total"),
    ),
    "general_public_budget": (_Total("general_public_expenditure"), _Stated(5, "general_public_budget")),
    "government_funds": (_Total("government_fund_expenditure"),),
    "state_capital": (_Total("state_capital"),),
    "basic": (_Total("expenditure", "basic"), _Stated(3, "basic")),
    "project": (_Total("expenditure", "project"), _Stated(3, "project"), _Total("projects")),
    "personnel": (_Total("basic_by_economic", "personnel"), _Stated(6, "personnel")),
    "operating": (_Total("basic_by_economic", "operating"), _Stated(6, "operating")),
    "three_public": (
        _Total("three_public", "three_public"),
        _Total("three_public", unless=("meetings", "training", "会议费", "培训费")),
        _Stated(7, "three_public_total"),
    ),
    "operating_cost": (
        _Total("operating_cost"),
        _Total("three_public", "operating_cost"),
        _Stated(8, "operating_cost"),
    ),
    "procurement": (_Stated(9, "procurement_total"), _Total("procurement")),
    "performance_projects": (_Stated(10, "projects_under_performance_management"),),
}
_OUTCOMES: dict[str, tuple[_Total | _Stated, ...]] = {
    "budget_total": (_Total("final_expenditure"), _Stated(3, "expenditure_total")),
    "general_public_budget": (_Total("final_general_public_expenditure"), _Stated(4, "general_public_budget")),
    "government_funds": (_Total("final_government_fund"),),
    "state_capital": (_Total("final_state_capital"),),
    "basic": (_Total("final_expenditure", "basic"), _Stated(3, "basic")),
    "project": (_Total("final_expenditure", "project"), _Stated(3, "project")),
    "personnel": (_Stated(4, "personnel"),),
    "operating": (_Stated(4, "operating"),),
    "three_public": (_Stated(7, "three_public_total"),),
    "operating_cost": (_Stated(8, "operating_cost"),),
    "procurement": (_Stated(9, "procurement_total"),),
}
"""The same of final accounts."""


def key_figures(budget: Corpus, stage: str = "budget") -> pd.DataFrame:
    """The figures a reader asks for first, each with its place; those that are not printed are left out.

    Plans, or with the `stage` `final` the outcomes that final accounts print.

    Columns: `measure`, `value` (Decimal), `value_unit` (`yuan`|`count`), `form` or `section` (1–12), `page`,
    `document_id`, `places`.
    """
    figures = [key_figure(budget, measure, stage) for measure in _PLACES]
    return frame("key_figures", [figure for figure in figures if figure is not None])


def key_figure(budget: Corpus, measure: str, stage: str = "budget") -> KeyFigure | None:
    """One row of `key_figures`, or None where none of its places was read."""
    known = (_OUTCOMES if stage == "final" else _PLACES).get(measure, ())
    figures = (_look(budget, measure, stage, place) for place in known)
    return next((figure for figure in figures if figure is not None), None)


def _look(budget: Corpus, measure: str, stage: str, place: _Total | _Stated) -> KeyFigure | None:
    if isinstance(place, _Stated):
        statement = stated(budget, *place, stage)
        if statement is None:
            return None
        value = yuan(statement.value) if statement.value_unit == "yuan" else statement.value
        return KeyFigure(measure, value, statement.value_unit, **placed(statement))
    lines = budget.form(place.form)
    if {*lines.measure, *lines["item"]} & set(place.unless):
        return None
    line = printed_total(budget, place.form, "expenditure", place.measure)
    return None if line is None else KeyFigure(measure, line.amount_yuan, "yuan", **placed(line))


def coverage(budget: Corpus) -> pd.DataFrame:
    """The page log in short, the unread first: pages with the same fate are one row.

    Columns: `outcome`, `page_kind`, `form`, `reason`, `count` (pages, or forms of a plain-text source),
    `page_list` (`3–5, 9`; empty for plain text), `document_id`.
    """
    keys = ["document_id", "outcome", "page_kind", "form", "reason"]
    pages = budget.pages.rename(columns={"kind": "page_kind"}).sort_values(
        "outcome", key=lambda outcomes: outcomes.map(_FATES.index), kind="stable"
    )
    records = [
        {**group.iloc[0][keys], "count": len(group), "page_list": page_ranges(group.page.dropna())}
        for _, group in pages.groupby(keys, dropna=False, sort=False)
    ]
    return frame("coverage", records)


def sources(budget: Corpus) -> pd.DataFrame:
    """The files behind the figures: `path`, `document_kind`, `pages`, `sha256`, `outcome`, `reason`, `note`, …."""
    columns = ["path", "document_kind", "pages", "sha256", "outcome", "reason", "note", "parser_version", "document_id"]
    return budget.documents[columns].reset_index(drop=True)


def page_ranges(pages: Iterable[int]) -> str:
    """Page numbers in reading order, neighbours joined.

    >>> page_ranges([9, 3, 4, 5])
    '3–5, 9'
    """
    ranges = in_groups(sorted(set(pages)), lambda before, page: page == before + 1)
    return ", ".join(str(first) if not others else f"{first}–{others[-1]}" for first, *others in ranges)
