"""Differences that the document itself explains: rows it withholds, rounding it admits, a question it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from budgetlib.checks.budget import Budget
from budgetlib.checks.findings import Finding, explained
from budgetlib.definitions.toml import load

_WHOLE_DIGIT = 2
"""Times what rounding allows: a whole last digit of each number instead of half of it."""


@dataclass(frozen=True)
class _Explanation:
    """A sentence that explains a difference, the tests it can explain, and which of their differences.

    `anywhere` is False where it speaks only of the form that it stands by.
    """

    sentence: str
    tests: Sequence[str]
    fits: str
    anywhere: bool


def with_reason(finding: Finding, budget: Budget) -> Finding:
    """`finding`, explained where it is a failure and a sentence of the document gives the reason."""
    if finding.state != "fail":
        return finding
    for one in _explanations():
        pages = None if one.anywhere else _pages(finding, budget)
        fits = finding.rule.test in one.tests and _fits(finding, one.fits)
        if fits and (sentence := budget.sentence(one.sentence, pages)):
            return explained(finding, sentence)
    answer = budget.sentence(finding.rule.data["answered"]) if "answered" in finding.rule.data else None
    return explained(finding, answer) if answer else finding


def _pages(finding: Finding, budget: Budget) -> set[int] | None:
    """The pages of the form in question and those beside them: what it leaves out is said there."""
    form = budget.forms.get(finding.place.form or "") if finding.place else None
    printed = {row.page for row in form.rows if row.page} if form else set()
    return set(range(min(printed) - 1, max(printed) + 2)) if printed else None


def _fits(finding: Finding, difference: str) -> bool:
    gap, tolerance = finding.gap, finding.tolerance
    if difference == "short":
        return gap is None or gap > 0
    return gap is not None and tolerance is not None and abs(gap) <= _WHOLE_DIGIT * tolerance


@cache
def _explanations() -> tuple[_Explanation, ...]:
    return tuple(_Explanation(**entry) for entry in load("explanations.toml", __package__)["explanation"])
