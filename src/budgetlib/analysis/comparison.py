"""The departments of a corpus side by side: one row for each budget and year."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pandas as pd

from budgetlib.analysis.amounts import frame, printed_total, share
from budgetlib.analysis.catalogue_coverage import catalogue_coverage, coverage_shares
from budgetlib.analysis.catalogue_edition import guidance
from budgetlib.analysis.change import published_change
from budgetlib.analysis.key_figures import KeyFigure, key_figure
from budgetlib.analysis.procurement import procurement_mix
from budgetlib.tables.corpus import Corpus
from budgetlib.tables.locators import Locator, places, written

_COVERAGE = {"items": "items_pct", "money": "money_pct", "services": "covered_pct"}
_CLASS_DIGITS = 3  # a letter and two digits: A15


def compare(corpus: Corpus, reviewed: pd.DataFrame) -> pd.DataFrame:
    """Every department and year of which a budget was read, by year and then by size; unknown is null.

    Columns: `department_id`, `entity`, `fiscal_year`, `total_yuan` (expenditure, with `document_id`, `page`),
    `places`, `published_pct` (change against the year before as the document states it); in percent `project_pct` and
    `procurement_pct` of the total, `goods_pct`, `works_pct`, `services_pct` of procurement, and coverage of the
    guidance catalogue: `items_pct`, `money_pct`, `covered_pct` (see `coverage_shares`).
    """
    rows = frame("compare", list(_rows(corpus, reviewed)))
    return rows.sort_values(["fiscal_year", "total_yuan"], ascending=False, na_position="last").reset_index(drop=True)


def compare_catalogue(corpus: Corpus, reviewed: pd.DataFrame) -> pd.DataFrame:
    """What the project money of every budget buys, by classes of the guidance catalogue (二级, as A15).

    One row for each budget whose catalogue is known and class: `department_id`, `entity`, `fiscal_year`, `code` and
    `name` of the class in the section that applies (None: projects without an item of the catalogue), `projects`,
    `amount_yuan`, `share_pct` of the budget's project money, `project` (the largest), `document_id`, `page`, `form`,
    `places`.
    """
    rows = frame("compare_catalogue", list(_classes(corpus, reviewed)))
    return rows.sort_values(["fiscal_year", "entity"], ascending=[False, True], kind="stable").reset_index(drop=True)


def _classes(corpus: Corpus, reviewed: pd.DataFrame) -> Iterator[dict[str, Any]]:
    for about, budget in _budgets(corpus):
        applying = guidance(corpus, budget)
        projects = catalogue_coverage(corpus, budget, applying, reviewed)
        if applying.section is None or projects.empty:
            continue
        whole = sum(projects.amount_yuan, Decimal(0))
        codes = projects.code.where(projects.basis != "none").str[:_CLASS_DIGITS]
        for code, rows in projects.groupby(codes, dropna=False):
            amount = sum(rows.amount_yuan, Decimal(0))
            largest = rows[rows.amount_yuan == max(rows.amount_yuan)].iloc[0]
            known = None if pd.isna(code) else str(code)
            yield {
                **about,
                "code": known,
                "name": _class_name(corpus, known, rows.section.iloc[0]),
                "projects": len(rows),
                "amount_yuan": amount,
                "share_pct": share(amount, whole),
                **largest[["project", "document_id", "page", "places"]],
                "form": "projects",
            }


def _class_name(corpus: Corpus, code: str | None, section: str | None) -> str | None:
    """What a section calls a class: the same code may be something else in another."""
    printed = corpus.catalogue[(corpus.catalogue.code == code) & (corpus.catalogue.section == section)]
    return None if printed.empty else str(printed["name"].iloc[-1])


def _budgets(corpus: Corpus) -> Iterator[tuple[dict[str, Any], Corpus]]:
    """Every department and year of which a budget was read: who and when, and its part of the corpus."""
    for _, documents in corpus.read_budgets().groupby(["department_id", "fiscal_year"], sort=False):
        department, year = str(documents.department_id.iloc[0]), int(documents.fiscal_year.iloc[0])
        about = {"department_id": department, "entity": documents.entity.iloc[0], "fiscal_year": year}
        yield about, corpus.select(department=department, year=year, kind="budget")


def _rows(corpus: Corpus, reviewed: pd.DataFrame) -> Iterator[dict[str, Any]]:
    for about, budget in _budgets(corpus):
        total, change = key_figure(budget, "budget_total"), published_change(budget, "expenditure")
        shares = dict(_shares(corpus, budget, reviewed, total))
        printed = {column: own for column, (_, own) in shares.items()}
        if change is not None:
            printed["published_pct"] = places(change._asdict(), "change_pct")
        yield {
            **about,
            "total_yuan": total.value if total else None,
            "published_pct": None if change is None else change.change_pct,
            **{column: value for column, (value, _) in shares.items()},
            "document_id": total.document_id if total else budget.documents.document_id.iloc[0],
            "page": total.page if total else None,
            "places": written(places(total._asdict()) if total else (), **printed),
        }


def _shares(
    corpus: Corpus, budget: Corpus, reviewed: pd.DataFrame, total: KeyFigure | None
) -> Iterator[tuple[str, tuple[Decimal | None, list[Locator]]]]:
    """Each share by its column, with the places of what it is a share of the whole with."""
    for name in ("project", "procurement"):
        if part := key_figure(budget, name):
            yield f"{name}_pct", (share(part.value, total.value if total else None), places(part._asdict()))
    for row in procurement_mix(budget).to_dict("records"):
        yield f"{row['kind']}_pct", (row["share_pct"], places(row))
    applying = guidance(corpus, budget)
    projects = printed_total(budget, "projects", "expenditure", "total")
    of_projects = [] if projects is None else [Locator.of(projects)]
    for row in coverage_shares(catalogue_coverage(corpus, budget, applying, reviewed), applying).to_dict("records"):
        yield _COVERAGE[row["coverage"]], (row["share_pct"], of_projects)
