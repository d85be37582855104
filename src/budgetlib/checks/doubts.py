"""When a form does not add up, the reading is suspected before the paper: which failures are not held against it."""

from __future__ import annotations

from decimal import Decimal

from budgetlib.checks.budget import Budget, amounts_left
from budgetlib.checks.findings import Finding, untested
from budgetlib.checks.folding import SUMS
from budgetlib.core.money import FACTORS, parse_number

_OF_MONEY = (*SUMS, "equal", "at_most")
"""The tests that hold amounts of forms against one another."""

_TIMES = (2, 3)
"""What is just so many times its total was counted as often: heads were read as rows of their own."""


def sure(finding: Finding, budget: Budget) -> Finding:
    """`finding`; no failure of the paper's where rows of a form may stand on a page that was not read.

    Nor where the figure that is missing was left over, or a sum counts all twice. No error either where a second
    reader reads one of its figures otherwise.
    """
    if finding.state != "fail":
        return finding
    doubtful = finding.rule.severity == "error" and any(place.doubtful for place in finding.places)
    interrupted = any((place.document_id, place.form or place.page) in budget.interrupted for place in finding.places)
    if doubtful or interrupted or _is_left_over(finding, budget) or _is_counted_again(finding):
        return untested(finding.rule, finding.document_id, "insufficient_data")
    return finding


def _is_left_over(finding: Finding, budget: Budget) -> bool:
    """Whether one of its figures, or what they differ by, went into no table on its pages or the next ones."""
    if finding.tolerance is None or finding.rule.test not in _OF_MONEY:
        return False
    wanted = [abs(figure) for figure in (finding.gap, finding.published, finding.expected) if figure]
    pages = {place.page + step for place in finding.places if place.page for step in (0, 1)}
    printed = [text for page in budget.rows("pages") if page["page"] in pages for text in amounts_left(page)]
    numbers = [abs(number) for text in printed if (number := parse_number(text))]
    return any(
        abs(number * factor - figure) <= finding.tolerance
        for number in numbers
        for factor in FACTORS.values()
        for figure in wanted
    )


def _is_counted_again(finding: Finding) -> bool:
    if finding.rule.test not in SUMS or not finding.published or finding.expected is None:
        return False
    slack = finding.tolerance or Decimal(0)
    return any(abs(finding.expected - times * finding.published) <= slack for times in _TIMES)
