"""When a form does not add up, the reading is suspected before the paper: which failures are not held against it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from budgetlib.checks.budget import Budget, amounts_left
from budgetlib.checks.findings import Finding
from budgetlib.checks.folding import DOWN, SUMS
from budgetlib.core.money import FACTORS, parse_number

_OF_MONEY = (*SUMS, "equal", "at_most")
"""The tests that hold amounts against one another."""

_TIMES = (2, 3)
"""Rows that come to just so many times their total were counted as often: heads were read as rows of their own."""


def sure(finding: Finding, budget: Budget) -> Finding:
    """`finding`; no failure of the paper's, nor one to be, where a form of it was not read whole.

    Nor where the figure that is missing was left over, or a sum is two or three times its total. No error either where
    a second reader reads one of its figures otherwise. It keeps its place, and its figures.
    """
    if finding.state not in ("fail", "not_applicable"):
        return finding
    read_otherwise = finding.rule.severity == "error" and any(place.doubtful for place in finding.places)
    not_whole = any((place.document_id, place.form or place.page) in budget.not_read_whole for place in finding.places)
    if read_otherwise or not_whole or _is_left_over(finding, budget) or _is_counted_again(finding):
        return replace(finding, state="insufficient_data")
    return finding


def _is_left_over(finding: Finding, budget: Budget) -> bool:
    """Whether one of its figures, or what they differ by, went into no table on its pages or the next ones."""
    slack = finding.tolerance
    if slack is None or finding.rule.test not in _OF_MONEY or not any(place.form for place in finding.places):
        return False
    figures = (finding.gap, finding.published, finding.expected)
    wanted = [abs(figure) for figure in figures if figure and abs(figure) > slack]
    pages = {(place.document_id, place.page + step) for place in finding.places if place.page for step in (0, 1)}
    printed = (
        text
        for document in budget.siblings
        for page in document.rows("pages")
        if (document.document_id, page["page"]) in pages
        for text in amounts_left(page)
    )
    numbers = [abs(number) for text in printed if (number := parse_number(text))]
    return any(
        abs(number * factor - figure) <= slack for number in numbers for factor in FACTORS.values() for figure in wanted
    )


def _is_counted_again(finding: Finding) -> bool:
    if finding.rule.test not in DOWN or not finding.published or finding.expected is None:
        return False
    slack = finding.tolerance or Decimal(0)
    return any(abs(finding.expected - times * finding.published) <= slack for times in _TIMES)
