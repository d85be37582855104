"""What does not add up: the identities of `*.toml`, tested over the tables. A check never changes a number.

In: a corpus, the rules as data. Out: findings – a state, both figures, the places tied together, a sentence.
Must not know: how a page is read, reports, files.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from importlib import import_module
from inspect import isfunction, signature
from itertools import chain
from pkgutil import iter_modules
from typing import Any

from budgetlib.checks.across_documents import Ties, ties
from budgetlib.checks.budget import Budget, Record
from budgetlib.checks.doubts import sure
from budgetlib.checks.explanations import with_reason
from budgetlib.checks.findings import Finding, Test, untested
from budgetlib.checks.folding import folded
from budgetlib.checks.loading import budgets, budgets_of
from budgetlib.checks.rules import SEVERITIES, Rule, rules
from budgetlib.tables.corpus import Corpus

__all__ = [
    "SEVERITIES",
    "TESTS",
    "Ties",
    "check_documents",
    "check_records",
    "failed_errors",
    "findings",
    "ties",
]

TESTS: dict[str, Test] = {
    name: function
    for module in iter_modules(__path__, f"{__name__}.")
    for name, function in vars(import_module(module.name)).items()
    if isfunction(function) and name[0] != "_" and [*signature(function).parameters] == ["rule", "budget"]
}
TESTS["at_most"] = TESTS["equal"]
"""By what a rule names as its `test`: every public function (rule, budget) of the modules beside this one."""


def check_records(corpus: Corpus) -> list[dict[str, Any]]:
    """The rows of the table `checks`: every rule at every place of every document read, and those not tested."""
    return [finding.record() for budget in budgets(corpus) for finding in findings(budget)]


def check_documents(tables: Mapping[str, Sequence[Record]], documents: Collection[str]) -> list[dict[str, Any]]:
    """The same of `documents` (by document_id), from the rows of `tables`, all with the columns they have on disk.

    Their department, and what `ties` lead to, must be there.
    """
    chosen = [budget for budget in budgets_of(tables) if budget.document_id in documents]
    return [finding.record() for budget in chosen for finding in findings(budget)]


def findings(budget: Budget) -> list[Finding]:
    """Every rule tested in one budget; where nothing could be tested, one finding that says so."""
    return _settled(_results(rules(), budget), budget)


def failed_errors(budget: Budget) -> list[Finding]:
    """The errors among `findings` that fail; other rules are tested only where there may be one."""
    results = _results((rule for rule in rules() if rule.severity == "error"), budget)
    if not any(one.state == "fail" or (one.state == "not_applicable" and one.gap) for one in chain(*results.values())):
        return []
    results |= _results((rule for rule in rules() if rule.name not in results), budget)
    return [one for one in _settled(results, budget) if one.state == "fail" and one.rule.severity == "error"]


def _results(chosen: Iterable[Rule], budget: Budget) -> dict[str, list[Finding]]:
    return {rule.name: [*TESTS[rule.test](rule, budget)] for rule in chosen}


def _settled(results: Mapping[str, Sequence[Finding]], budget: Budget) -> list[Finding]:
    """What the `results` of each rule come to, held against one another and what the document says."""
    doubted = [sure(with_reason(finding, budget), budget) for rule in rules() for finding in results[rule.name]]
    by_rule: dict[str, list[Finding]] = {rule.name: [] for rule in rules()}
    for finding in folded(doubted, budget):
        by_rule[finding.rule.name].append(finding)
    return [finding for rule in rules() for finding in _tested(by_rule[rule.name]) or [_not_tested(rule, budget)]]


def _tested(findings: list[Finding]) -> list[Finding]:
    """Those of one rule that were tested, and where it could not be; else the first that says why it was not."""
    return [
        finding
        for finding in findings
        if finding.state in ("pass", "fail", "explained") or (finding.state == "insufficient_data" and finding.place)
    ] or findings[:1]


def _not_tested(rule: Rule, budget: Budget) -> Finding:
    return untested(rule, budget.document_id, "not_applicable" if budget.is_all_there else "insufficient_data")
