"""The departments of a corpus side by side: one row for each budget and year."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pandas as pd

from budgetlib.analysis.amounts import frame, printed_total, share
from budgetlib.analysis.catalogue_coverage import catalogue_coverage, coverage_shares
from budgetlib.analysis.catalogue_edition import Guidance, guidance, section_items
from budgetlib.analysis.change import published_change
from budgetlib.analysis.derived import derived
from budgetlib.analysis.key_figures import KeyFigure, key_figure
from budgetlib.analysis.procurement import procurement_mix
from budgetlib.tables.corpus import Corpus
from budgetlib.tables.locators import Locator, places, written

_COVERAGE = {"items": "items_pct", "money": "money_pct", "services": "covered_pct"}
_CLASS_DIGITS = 3  # a letter and two digits: A15


def compare(corpus: Corpus, reviewed: pd.DataFrame) -> pd.DataFrame:
    """Every department and year of which a budget was read, by year and then by size; unknown is null.

    Columns: `department_id`, `entity`, `fiscal_year`, `total_yuan` (expenditure, with `document_id`, `page`),
    `places`, `published_pct` (change against the year before as the document states it) and its `base` (of
    `spending_change`); in percent `project_pct` and `procurement_pct` of the total, `goods_pct`, `works_pct`,
    `services_pct` of procurement, and coverage of the guidance catalogue: `items_pct`, `money_pct`, `covered_pct` (see
    `coverage_shares`).
    """
    rows = frame("compare", _with_reviewed(corpus, reviewed, "budgets", budget_rows))
    return rows.sort_values(["fiscal_year", "total_yuan"], ascending=False, na_position="last").reset_index(drop=True)


def compare_catalogue(corpus: Corpus, reviewed: pd.DataFrame) -> pd.DataFrame:
    """What the project money of every budget buys, by classes of the guidance catalogue (二级, as A15).

    One row for each budget whose catalogue is known and class: `department_id`, `entity`, `fiscal_year`, `code` and
    `name` of the class in the section that applies (None: projects without an item of the catalogue), `projects`,
    `amount_yuan`, `share_pct` of the budget's project money, `project` (the largest), `document_id`, `page`, `form`,
    `places`.
    """
    rows = frame("compare_catalogue", _with_reviewed(corpus, reviewed, "catalogue_classes", class_rows))
    return rows.sort_values(["fiscal_year", "entity"], ascending=[False, True], kind="stable").reset_index(drop=True)


Make = Callable[[Corpus, Corpus, pd.DataFrame], Iterator[dict[str, Any]]]


def _with_reviewed(corpus: Corpus, reviewed: pd.DataFrame, name: str, make: Make) -> list[dict[Any, Any]]:
    """The rows of a derived table, those of budgets with `reviewed` matches made anew; the latter last."""
    documents = corpus.read_budgets()
    named = documents.department_id.isin(reviewed.department) | documents.entity.isin(reviewed.department)
    budgets = documents[named & documents.fiscal_year.isin(reviewed.fiscal_year)]
    anew = set(zip(budgets.department_id, budgets.fiscal_year, strict=True))
    kept = derived(corpus, name, lambda whole: make(whole, whole, reviewed.iloc[:0])).to_dict("records")
    rows = [row for row in kept if (row["department_id"], row["fiscal_year"]) not in anew]
    return rows + list(make(corpus, corpus.part(budgets.document_id), reviewed))


def class_rows(corpus: Corpus, part: Corpus, reviewed: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """The rows of `compare_catalogue` for the budgets in a `part` of the corpus."""
    for about, budget in _budgets(part):
        applying = guidance(corpus, budget)
        if applying.section is None:
            continue
        projects = catalogue_coverage(corpus, budget, applying, reviewed)
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
    names = (items["name"][items.code == code] for items in section_items(corpus, section))
    return next((str(rows.iloc[-1]) for rows in names if len(rows)), None)


def _budgets(corpus: Corpus) -> Iterator[tuple[dict[str, Any], Corpus]]:
    """Every department and year of which a budget was read: who and when, and its part of the corpus."""
    for _, documents in corpus.read_budgets().groupby(["department_id", "fiscal_year"], sort=False):
        department, year = str(documents.department_id.iloc[0]), int(documents.fiscal_year.iloc[0])
        about = {"department_id": department, "entity": documents.entity.iloc[0], "fiscal_year": year}
        yield about, corpus.select(department=department, year=year, kind="budget")


def budget_rows(corpus: Corpus, part: Corpus, reviewed: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """The rows of `compare` for the budgets in a `part` of the corpus, and a hash of what applies of the catalogue."""
    for about, budget in _budgets(part):
        total, change = key_figure(budget, "budget_total"), published_change(budget, "expenditure")
        applying = guidance(corpus, budget)
        shares = dict(_shares(corpus, budget, applying, reviewed, total))
        printed = {column: where for column, (_, where) in shares.items()}
        if change is not None:
            printed["published_pct"] = places(change._asdict(), "change_pct")
        yield {
            **about,
            "total_yuan": total.value if total else None,
            "published_pct": None if change is None else change.change_pct,
            "base": None if change is None else change.base,
            **{column: value for column, (value, _) in shares.items()},
            "document_id": total.document_id if total else budget.documents.document_id.iloc[0],
            "page": total.page if total else None,
            "places": written(places(total._asdict()) if total else (), **printed),
            "guidance": _digest(budget, applying),
        }


def _digest(budget: Corpus, applying: Guidance) -> str | None:
    """The hash of what applies of the catalogue; None where nothing of it is cited, printed or declared."""
    if applying.basis == "uncited" and budget.catalogue_declarations.empty:
        return None
    items = applying.items.astype(str).to_dict("records")
    made_from = (applying.basis, applying.edition, applying.section, items)
    return hashlib.sha256(repr(made_from).encode()).hexdigest()[:16]


def _shares(
    corpus: Corpus, budget: Corpus, applying: Guidance, reviewed: pd.DataFrame, total: KeyFigure | None
) -> Iterator[tuple[str, tuple[Decimal | None, list[Locator]]]]:
    """Each share by its column, with the places of what it is a share of the whole with."""
    for name in ("project", "procurement"):
        if part := key_figure(budget, name):
            yield f"{name}_pct", (share(part.value, total.value if total else None), places(part._asdict()))
    for row in procurement_mix(budget).to_dict("records"):
        yield f"{row['kind']}_pct", (row["share_pct"], places(row))
    if applying.section is None:
        return
    projects = printed_total(budget, "projects", "expenditure", "total")
    of_projects = [] if projects is None else [Locator.of(projects)]
    for row in coverage_shares(catalogue_coverage(corpus, budget, applying, reviewed), applying).to_dict("records"):
        yield _COVERAGE[row["coverage"]], (row["share_pct"], of_projects)
