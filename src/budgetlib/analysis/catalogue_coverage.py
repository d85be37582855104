"""Purchased services against the guidance catalogue: what each project is, and how much of both is covered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import pandas as pd

from budgetlib.analysis.amounts import frame, share
from budgetlib.analysis.catalogue_edition import Guidance, section_items
from budgetlib.analysis.catalogue_matcher import THRESHOLD, Matcher
from budgetlib.definitions.vocabulary.services import service_words
from budgetlib.tables.corpus import Corpus
from budgetlib.tables.locators import Locator, written


def catalogue_coverage(corpus: Corpus, budget: Corpus, applying: Guidance, reviewed: pd.DataFrame) -> pd.DataFrame:
    """Each project of `budget` with its item of the catalogue that applies.

    Columns: `project`, `unit`, `amount_yuan`, `edition`, `section`, `code`, `name`, `basis` (`declared` by the
    department, `reviewed` by a person, `similar` by name from THRESHOLD on, else `none`), `score` (1 for the first
    two, else the similarity 0–1 of the nearest item, null where no catalogue is known), `document_id`, `page`,
    `looks_like_service` (by name), `declared_service` (the department says it is one), `places`.
    `reviewed` is what `load_matches` gives: a person's word comes before all others, also that no item fits.
    """
    projects = _projects(budget)
    declared = _declared(corpus, budget)
    decided = _reviewed(budget, reviewed)
    matcher = Matcher(_names(applying.items), applying.section or "")
    records = []
    for project in projects.to_dict("records"):
        name = _key(project["item"])
        person = decided.get((project["unit"], name), decided.get((None, name)))
        claim = declared.get(name)
        match = person or (claim if claim and claim["name"] else None) or _similar(matcher, project["item"], applying)
        records.append(
            {
                "edition": applying.edition,
                "section": applying.section,
                **match,
                "project": project["item"],
                "unit": project["unit"],
                "amount_yuan": project["amount_yuan"],
                "document_id": project["document_id"],
                "page": project["page"],
                "places": written([Locator.of(project)]),
                "looks_like_service": claim is not None or service_words().looks_like_service(project["item"]),
                "declared_service": claim is not None,
            }
        )
    return frame("catalogue_coverage", records, names={"section"})


def coverage_shares(projects: pd.DataFrame, applying: Guidance) -> pd.DataFrame:
    """Coverage three ways, from the frame of `catalogue_coverage`; none where no catalogue is known.

    Columns: `coverage` (`items` used of items offered, `money` covered of project money, `services` covered of the
    projects that look like services), `part`, `whole`, `value_unit` (`count`|`yuan`), `share_pct`.
    """
    if applying.section is None or projects.empty:
        return frame("coverage_shares", [])
    covered = projects[projects.basis != "none"]
    covered = covered[covered.name.notna()]
    services = projects[projects.looks_like_service.astype(bool) | projects.name.notna()]
    used = catalogue_items(projects, applying)
    pairs = {
        "items": (Decimal(int((used.projects > 0).sum())), Decimal(len(used)), "count"),
        "money": (_sum(covered.amount_yuan), _sum(projects.amount_yuan), "yuan"),
        "services": (Decimal(len(covered)), Decimal(len(services)), "count"),
    }
    return frame(
        "coverage_shares",
        [
            {"coverage": name, "part": part, "whole": whole, "value_unit": unit, "share_pct": share(part, whole)}
            for name, (part, whole, unit) in pairs.items()
        ],
    )


def catalogue_items(projects: pd.DataFrame, applying: Guidance) -> pd.DataFrame:
    """Every item of the section with what is bought of it, in printed order.

    Columns: `code`, `name`, `projects` (how many), `amount_yuan` (null where none), `document_id`, `page` and, where
    it is another's, `file` of the catalogue.
    """
    records: list[dict[Any, Any]] = []
    for item in applying.items.to_dict("records"):
        bought = projects[(projects.code == item["code"]) & (projects.section == applying.section)]
        amount = _sum(bought.amount_yuan) if len(bought) else None
        records.append({**item, "projects": len(bought), "amount_yuan": amount})
    return frame("catalogue_items", records)


def _projects(budget: Corpus) -> pd.DataFrame:
    lines = budget.form("projects")
    return lines[(lines.row_kind == "line") & (lines.measure == "total")].sort_values("row")


def _declared(corpus: Corpus, budget: Corpus) -> dict[str, dict[str, Any]]:
    """Projects that the department says are purchased services, with the item where it names one."""
    declarations = budget.catalogue_declarations
    claims = {}
    for row in declarations[(declarations.kind == "items") & declarations.project.notna()].to_dict("records"):
        claims[_key(row["project"])] = _item_of(corpus, budget, row) | {"basis": "declared", "score": 1.0}
    return claims


def _item_of(corpus: Corpus, budget: Corpus, declaration: Mapping[Any, Any]) -> dict[str, Any]:
    """The declared item as printed; its code looked up in the section that the declaration names, if need be."""
    item = {"code": declaration["code"], "name": declaration["name"]}
    if declaration["section"]:
        item["section"] = declaration["section"]
    if item["name"] and not item["code"]:
        printed = (rows for part in (budget, corpus) for rows in section_items(part, declaration["section"]))
        named = (rows[rows["name"].map(_key) == _key(item["name"])] for rows in printed)
        listed = next((rows for rows in named if len(rows)), None)
        if listed is not None:
            item |= {"code": listed.code.iloc[0], "edition": listed.edition.iloc[0]}
    return item


def _reviewed(budget: Corpus, reviewed: pd.DataFrame) -> dict[tuple[str | None, str], dict[str, Any]]:
    departments = {*budget.documents.department_id.dropna(), *budget.documents.entity.dropna()}
    years = set(budget.documents.fiscal_year.dropna())
    of_budget = reviewed[reviewed.department.isin(departments) & reviewed.fiscal_year.isin(years)]
    return {
        (row["unit"], _key(row["project"])): {
            "basis": "reviewed",
            "score": 1.0,
            "code": row["code"],
            "name": row["name"],
            **{column: row[column] for column in ("edition", "section") if row[column]},
        }
        for row in of_budget.to_dict("records")
    }


def _similar(matcher: Matcher, project: str, applying: Guidance) -> dict[str, Any]:
    if applying.section is None:
        return {"basis": "none", "score": None}
    match = matcher.best(project)
    score = round(match.score, 4) if match else 0.0
    if match is None or match.score < THRESHOLD:
        return {"basis": "none", "score": score}
    return {"basis": "similar", "score": score, "code": match.code, "name": _names(applying.items)[match.code]}


def _names(items: pd.DataFrame) -> dict[str, str]:
    return dict(zip(items.code, items["name"], strict=True))


def _key(name: str) -> str:
    return service_words().names(name)[0]


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal(0))
