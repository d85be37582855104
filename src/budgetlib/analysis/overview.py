"""What one disclosure says in a few figures, what of it was read, and where it comes from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from budgetlib.analysis.amounts import frame, printed_total, stated, yuan
from budgetlib.corpus import Corpus

KEY_FIGURE_COLUMNS = ("measure", "value", "value_unit", "form", "section", "page", "document_id")
_FATES = ["unreadable", "read", "declared_empty", "not_a_form"]
# Where each figure is printed: the total of a form (form, side, measure), or else a section of the narrative part.
_PRINTED_IN: dict[str, tuple[tuple[str, str, str] | None, tuple[int, str] | None]] = {
    "budget_total": (("budget_summary", "expenditure", "total"), (1, "expenditure_total")),
    "general_public_budget": (("general_public_expenditure", "expenditure", "total"), (5, "general_public_budget")),
    "government_funds": (("government_fund_expenditure", "expenditure", "total"), None),
    "state_capital": (("state_capital", "expenditure", "total"), None),
    "basic": (("expenditure", "expenditure", "basic"), (3, "basic")),
    "project": (("expenditure", "expenditure", "project"), (3, "project")),
    "personnel": (("basic_by_economic", "expenditure", "personnel"), (6, "personnel")),
    "operating": (("basic_by_economic", "expenditure", "operating"), (6, "operating")),
    "three_public": (("three_public", "expenditure", "total"), (7, "three_public_total")),
    "operating_cost": (("operating_cost", "expenditure", "total"), (8, "operating_cost")),
    "procurement": (None, (9, "procurement_total")),
    "performance_projects": (None, (10, "projects_under_performance_management")),
}


def key_figures(budget: Corpus) -> pd.DataFrame:
    """The figures a reader asks for first, each with its place; those that are not printed are left out.

    Columns: `measure`, `value` (Decimal), `value_unit` (`yuan`|`count`), `form` or `section` (1–12), `page`,
    `document_id`.
    """
    figures = [key_figure(budget, measure) for measure in _PRINTED_IN]
    return frame(KEY_FIGURE_COLUMNS, [figure for figure in figures if figure is not None])


def key_figure(budget: Corpus, measure: str) -> dict[str, Any] | None:
    """One row of `key_figures`, or None where neither its form nor its section was read."""
    form_total, statement = _PRINTED_IN[measure]
    if form_total and (line := printed_total(budget, *form_total)) is not None:
        return {**line, "measure": measure, "value": line.amount_yuan, "value_unit": "yuan", "section": None}
    if statement and (told := stated(budget, *statement)) is not None:
        value = yuan(told.value) if told.value_unit == "yuan" else told.value
        return {**told, "measure": measure, "value": value, "form": None}
    return None


def coverage(budget: Corpus) -> pd.DataFrame:
    """The page ledger in short, the unread first: pages with the same fate are one row.

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
    return frame((*keys[1:], "count", "page_list", "document_id"), records)


def sources(budget: Corpus) -> pd.DataFrame:
    """The files behind the figures: `path`, `pages`, `sha256`, `outcome`, `reason`, `parser_version`, `document_id`."""
    columns = ["path", "pages", "sha256", "outcome", "reason", "parser_version", "document_id"]
    return budget.documents[columns].reset_index(drop=True)


def page_ranges(pages: Iterable[int]) -> str:
    """Page numbers in reading order, neighbours joined.

    >>> page_ranges([9, 3, 4, 5])
    '3–5, 9'
    """
    ranges: list[list[int]] = []
    for page in sorted(set(pages)):
        if ranges and page == ranges[-1][1] + 1:
            ranges[-1][1] = page
        else:
            ranges.append([page, page])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in ranges)
