"""What does not add up: the identities of `*.toml`, tested over the tables. A check never changes a number."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from budgetlib.checks.across_documents import Ties, ties, unit, unit_items, year
from budgetlib.checks.budget import Budget
from budgetlib.checks.columns import changes, panels, parts
from budgetlib.checks.completeness import chapters, empty_notes, listed, prescribed
from budgetlib.checks.department_targets import department_figures
from budgetlib.checks.directions import base, direction
from budgetlib.checks.equalities import change, equal, share
from budgetlib.checks.execution import completion, staged
from budgetlib.checks.explanations import with_reason
from budgetlib.checks.findings import Finding, Test, untested
from budgetlib.checks.folding import folded
from budgetlib.checks.loading import budgets
from budgetlib.checks.performance import (
    projects_counted,
    projects_shown,
    table_periods,
    table_sources,
    tables_agree,
    tables_counted,
    tables_known,
    tables_named,
    tables_owned,
    tables_summed,
    tables_unit_named,
)
from budgetlib.checks.presence import headed, levels, totalled
from budgetlib.checks.rules import SEVERITIES, Rule, rules
from budgetlib.checks.services import (
    codes_once,
    declared_codes,
    declared_projects,
    declared_sections,
    declared_services,
    declared_total,
)
from budgetlib.checks.sums import above, classes, codes, groups, leaves, units
from budgetlib.checks.wording import directed, worded, years
from budgetlib.tables.corpus import Corpus

__all__ = ["SEVERITIES", "TESTS", "Ties", "check_records", "findings", "ties"]

TESTS: dict[str, Test] = {
    "leaves": leaves,
    "classes": classes,
    "codes": codes,
    "levels": levels,
    "headed": headed,
    "totalled": totalled,
    "groups": groups,
    "units": units,
    "above": above,
    "parts": parts,
    "changes": changes,
    "panels": panels,
    "equal": equal,
    "at_most": equal,
    "share": share,
    "change": change,
    "direction": direction,
    "base": base,
    "prescribed": prescribed,
    "chapters": chapters,
    "listed": listed,
    "empty_notes": empty_notes,
    "worded": worded,
    "years": years,
    "directed": directed,
    "completion": completion,
    "staged": staged,
    "tables_counted": tables_counted,
    "tables_summed": tables_summed,
    "projects_counted": projects_counted,
    "projects_shown": projects_shown,
    "tables_known": tables_known,
    "tables_agree": tables_agree,
    "tables_named": tables_named,
    "tables_owned": tables_owned,
    "tables_unit_named": tables_unit_named,
    "table_sources": table_sources,
    "table_periods": table_periods,
    "department_figures": department_figures,
    "declared_projects": declared_projects,
    "declared_services": declared_services,
    "declared_codes": declared_codes,
    "declared_sections": declared_sections,
    "declared_total": declared_total,
    "codes_once": codes_once,
    "unit": unit,
    "unit_items": unit_items,
    "year": year,
}


def check_records(corpus: Corpus, documents: Collection[str] | None = None) -> list[dict[str, Any]]:
    """The rows of the table `checks`: every rule at every place of every document read, and those not tested.

    With `documents` (by document_id) those about them only; their department, and what `ties` lead to, must be there.
    """
    chosen = [budget for budget in budgets(corpus) if documents is None or budget.document_id in documents]
    return [finding.record() for budget in chosen for finding in findings(budget)]


def findings(budget: Budget) -> list[Finding]:
    """Every rule tested in one budget; where nothing could be tested, one finding that says so."""
    return folded([with_reason(finding, budget) for rule in rules() for finding in _tested(rule, budget)])


def _tested(rule: Rule, budget: Budget) -> list[Finding]:
    yielded = list(TESTS[rule.test](rule, budget))
    tested = [finding for finding in yielded if finding.state in ("pass", "fail", "explained")]
    return tested or yielded[:1] or [_not_tested(rule, budget)]


def _not_tested(rule: Rule, budget: Budget) -> Finding:
    return untested(rule, budget.document_id, "insufficient_data" if budget.unread else "not_applicable")
