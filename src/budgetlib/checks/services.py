"""Purchased services: what is declared against the budget, the guidance catalogue and what may be bought at all."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from rapidfuzz import fuzz

from budgetlib.checks.budget import Budget, Record
from budgetlib.checks.figures import Place
from budgetlib.checks.findings import Finding, failure, holding, judged, untested
from budgetlib.checks.rules import Rule
from budgetlib.core.text import document_number, squeeze
from budgetlib.definitions.vocabulary.catalogue import is_section_of
from budgetlib.tables.locators import CATALOGUE, Locator

SAME_NAME = 90
"""Names at least so alike (rapidfuzz `ratio`, 0–100) are one project's."""
_LEVEL_3 = 5
"""Characters of a third-level code: an edition that has it lists all codes below it."""
_PURCHASED_SERVICES = 12
"""The section of the narrative part that declares purchased services."""


def declared_projects(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """Every project that is called a purchased service against the projects forms."""
    forms = [budget.forms[name] for name in ("projects", "projects_carryover") if name in budget.forms]
    rows = [row for form in forms for row in form.rows]
    for declaration in _items(budget, "project"):
        place = _place(budget, declaration, declaration["project"])
        known = any(fuzz.ratio(squeeze(declaration["project"]), squeeze(row.item)) >= SAME_NAME for row in rows)
        if rows:
            yield judged(rule, budget.document_id, (place,), known)
        else:
            yield untested(rule, budget.document_id, "insufficient_data")


def declared_services(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """Every declared item and project against words for goods and construction, unless it names a service too."""
    barred, unless = (re.compile(rule.data[key]) for key in ("barred", "unless"))
    for declaration in [*_items(budget, "project"), *_items(budget, "name")]:
        name = declaration["project"] or declaration["name"]
        place = _place(budget, declaration, name)
        yield judged(rule, budget.document_id, (place,), not barred.search(name) or unless.search(name))


def declared_codes(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """Every declared code against the editions in the corpus; an excerpt without its neighbours settles nothing."""
    for declaration in _items(budget, "code"):
        place = _place(budget, declaration, declaration["name"])
        code = declaration["code"]
        edition = _edition(budget, declaration["citation"])
        names = {squeeze(entry["name"]) for entry in edition if entry["code"] == code}
        if squeeze(declaration["name"] or "") in names or (names and not declaration["name"]):
            yield holding(rule, budget.document_id, (place,))
        elif names:
            words = {"code": code, "name": declaration["name"], "listed": "、".join(sorted(names))}
            yield failure(rule, budget.document_id, (place,), "otherwise", **words)
        elif any(entry["code"].startswith(code[:_LEVEL_3]) for entry in edition):
            yield failure(rule, budget.document_id, (place,), "unlisted", code=code, name=declaration["name"] or "")
        else:
            yield untested(rule, budget.document_id, "insufficient_data")


def declared_sections(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """The section of the catalogue that is cited against the department's own, where the catalogue has one."""
    entity = budget.record["entity"] or ""
    for declaration in _items(budget, "section"):
        place = _place(budget, declaration, declaration["project"] or declaration["name"])
        sections = {entry["section"] for entry in _edition(budget, declaration["citation"]) if entry["section"]}
        of_entity = [section for section in sections if is_section_of(section, entity)]
        if of_entity:
            words = {"section": declaration["section"], "own": max(of_entity, key=len)}
            yield judged(rule, budget.document_id, (place,), declaration["section"] in of_entity, "sectioned", **words)


def declared_total(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """Whether a disclosure that declares purchased services publishes their total."""
    declared = [record for record in budget.rows("catalogue_declarations") if record["kind"] == "items"]
    if declared:
        place = _place(budget, declared[0], declared[0]["project"] or declared[0]["name"])
        yield judged(rule, budget.document_id, (place,), "purchased_services" in budget.forms)


def codes_once(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """Every section of a catalogue against itself."""
    by_section: dict[str | None, dict[str, list[Record]]] = defaultdict(lambda: defaultdict(list))
    for entry in budget.rows("catalogue"):
        by_section[entry["section"]][entry["code"]].append(entry)
    for section, codes in by_section.items():
        for code, entries in codes.items():
            names = dict.fromkeys(squeeze(entry["name"]) for entry in entries)
            table = Locator(budget.document_id, CATALOGUE, item=code)
            place = Place(budget.document_id, entries[-1]["page"], item=code, table=table)
            words = {"code": code, "section": section or "", "listed": "、".join(names)}
            yield judged(rule, budget.document_id, (place,), len(names) == 1, "twice", **words)


def _items(budget: Budget, column: str) -> list[Record]:
    """The declarations that say something in `column`."""
    return [record for record in budget.rows("catalogue_declarations") if record["kind"] == "items" and record[column]]


def _place(budget: Budget, declaration: Record, about: str | None) -> Place:
    return Place(budget.document_id, declaration["page"], section=_PURCHASED_SERVICES, item=about)


def _edition(budget: Budget, citation: str | None) -> list[Record]:
    """The items of the edition that is cited, wherever the corpus has it, else of the one that is attached."""
    attached = budget.rows("catalogue")
    if citation is None:
        return attached
    wanted = document_number(citation)
    return [one for one in budget.catalogue if one["edition"] and document_number(one["edition"]) == wanted] or attached
