"""Like against like: money that one of two forms counts in and the other leaves out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from budgetlib.checks.budget import Budget
from budgetlib.checks.expressions import evaluate, expression
from budgetlib.checks.figures import NOTHING, Figure, total
from budgetlib.checks.findings import Finding, best
from budgetlib.checks.rules import Rule
from budgetlib.definitions.toml import load

_SLIP = 10
"""A difference of so few times what rounding allows is a slip of the pen, not money of another kind."""


def nearest(rule: Rule, budget: Budget, tested: list[Finding]) -> Finding:
    """The finding that holds, else the nearest; no failure yet where money of `apart` may stand on one side only."""
    finding = best(tested)
    if finding.state == "fail" and finding.gap is not None and finding.tolerance is not None:
        allowed = _apart(budget, rule.data.get("apart", ()))
        if _SLIP * finding.tolerance < abs(finding.gap) <= allowed.value + allowed.slack + finding.tolerance:
            return replace(finding, state="not_applicable")
    return finding


def _apart(budget: Budget, names: Iterable[str]) -> Figure:
    """All money of these kinds that the document prints; of several places the one with most."""
    kinds = []
    for name in names:
        figures = [figure for text in _expressions()[name] if (figure := evaluate(expression(text), budget))]
        kinds.append(max(figures, key=lambda figure: figure.value, default=Figure(NOTHING)))
    return total(kinds)


@cache
def _expressions() -> dict[str, list[str]]:
    return load("apart.toml", __package__)
