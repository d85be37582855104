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
from budgetlib.core.money import FACTORS
from budgetlib.definitions.toml import load

_SLIP = 10
"""A difference of so few times what rounding allows is a slip of the pen, not money of another kind."""


def nearest(rule: Rule, budget: Budget, tested: list[Finding]) -> Finding:
    """The finding that holds, else the nearest; no failure yet where money of `apart` may stand on one side only.

    One number in two units of money is a failure: so much of another kind would be a strange chance.
    """
    finding = best(tested)
    if finding.state != "fail" or finding.gap is None or finding.tolerance is None or _in_two_units(finding):
        return finding
    allowed = _apart(budget, rule.data.get("apart", ()))
    if _SLIP * finding.tolerance < abs(finding.gap) <= allowed.value + allowed.slack + finding.tolerance:
        return replace(finding, state="not_applicable")
    return finding


def _in_two_units(finding: Finding) -> bool:
    """Whether both figures of a finding are printed with the same digits, in different units of money."""
    one, other = finding.published, finding.expected
    if not one or not other:
        return False
    return any(one == other * a / b for a in FACTORS.values() for b in FACTORS.values())


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
