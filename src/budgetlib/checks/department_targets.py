"""The whole department's performance-target table (整体支出绩效目标表) against the forms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from budgetlib.checks.apart import nearest
from budgetlib.checks.budget import Budget
from budgetlib.checks.expressions import evaluate, expression
from budgetlib.checks.figures import Figure, Place
from budgetlib.checks.findings import Finding, compared, untested
from budgetlib.checks.rules import Rule
from budgetlib.core.money import FACTORS, half_digit, parse_number
from budgetlib.core.text import squeeze
from budgetlib.tables.locators import DEPARTMENT, Locator


def department_figures(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """The total of the table against the forms; where it agrees, every part of it that `parts` knows, too.

    A table without a total, or with another, is about other money: then its parts say no more.
    """
    totals = list(_compared(rule, budget, rule.data["totals"]))
    if any(finding.state == "pass" for finding in totals):
        yield from totals
        yield from _compared(rule, budget, rule.data["parts"])
    elif totals:
        yield untested(rule, budget.document_id, "not_applicable")


def _compared(rule: Rule, budget: Budget, entries: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    """The figures of the table that are called as an entry says, against the expressions of the entry."""
    for number, record in enumerate(budget.rows("department_targets"), 1):
        if record["kind"] != "figure" or record["amount_yuan"] is None:
            continue
        about = squeeze(record["item"] or "")
        texts = [text for entry in entries if re.fullmatch(entry["item"], about) for text in entry["expected"]]
        table = Locator(budget.document_id, DEPARTMENT, number)
        place = Place(budget.document_id, record["page"], item=record["item"], table=table)
        figure = Figure(record["amount_yuan"], _slack(record["text"], record["amount_yuan"]), (place,))
        values = [value for text in texts if (value := evaluate(expression(text), budget))]
        if values:
            yield nearest(rule, budget, [compared(rule, budget.document_id, figure, value) for value in values])


def _slack(text: str, yuan: Decimal) -> Decimal:
    """Half of the last digit of `text`, which says `yuan` in some unit."""
    printed = parse_number(text)
    if printed is None:
        return half_digit(Decimal(0))
    return half_digit(printed, next((unit for unit, factor in FACTORS.items() if printed * factor == yuan), "元"))
