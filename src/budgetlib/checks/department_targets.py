"""The whole department's performance-target table (整体支出绩效目标表) against the forms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from budgetlib.checks.apart import nearest
from budgetlib.checks.budget import Budget
from budgetlib.checks.expressions import evaluate, expression
from budgetlib.checks.figures import Figure, Place
from budgetlib.checks.findings import Finding, compared
from budgetlib.checks.rules import Rule
from budgetlib.core.money import FACTORS, half_digit, parse_number
from budgetlib.core.text import squeeze
from budgetlib.tables.locators import DEPARTMENT, Locator


def department_figures(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """Every figure of the table whose name is one of `figures` against the expressions given for it."""
    for number, record in enumerate(budget.rows("department_targets"), 1):
        if record["kind"] != "figure" or record["amount_yuan"] is None:
            continue
        about = squeeze(record["item"] or "")
        texts = [text for one in rule.data["figures"] if re.fullmatch(one["item"], about) for text in one["expected"]]
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
