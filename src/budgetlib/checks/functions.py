"""What the narrative part calls a function, against the form that prints its amount."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from budgetlib.checks.budget import Budget, Row, Statement
from budgetlib.checks.findings import Finding, failure, holding
from budgetlib.checks.rules import Rule
from budgetlib.core.text import squeeze

_PARTS = re.compile(r"[(（][类款项\d]+[)）]")
_ALIKE = 0.6
"""Likeness of two names from which they are one name in other words."""


def functions(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """Each stated function that no row of the form is called, though one row alone has its amount and no other name."""
    form = next((budget.forms[name] for name in rule.data["forms"] if name in budget.forms), None)
    statements = [one for one in budget.statements if (one.measure, one.section) == ("function", rule.data["section"])]
    of_document = [one for one in statements if one.item and one.figure.places[0].document_id == budget.document_id]
    if form is None or not form.adds_up(None, "total"):
        return
    rows = [row for row in form.rows if row.kind != "total" and row.code]
    stated = {_name(statement) for statement in of_document}
    for statement in of_document:
        places = statement.figure.places
        if any(_alike(_name(statement), squeeze(row.item)) for row in rows):
            yield holding(rule, budget.document_id, places)
        elif row := _of_the_amount(statement, [row for row in rows if squeeze(row.item) not in stated]):
            named = (*places, form.place(row))
            yield failure(rule, budget.document_id, named, "called", item=statement.item)


def _of_the_amount(statement: Statement, rows: Sequence[Row]) -> Row | None:
    """The row with a statement's amount; where a class has it from one item alone, the class. None among several."""
    equal = [row for row in rows if "total" in row.amounts and (row.amounts["total"] - statement.figure).is_nothing]
    equal.sort(key=lambda row: len(row.code or ""))
    within = all((row.code or "").startswith(equal[0].code or "") for row in equal)
    return equal[0] if equal and within and statement.figure.value else None


def _name(statement: Statement) -> str:
    """The last name of what is stated: 行政运行 of 检察（款）行政运行（项）."""
    return next((part for part in reversed(_PARTS.split(squeeze(statement.item or ""))) if part), "")


def _alike(one: str, other: str) -> bool:
    if not one or not other or one in other or other in one:
        return True
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= _ALIKE
