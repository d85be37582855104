"""What a form prints beside its amounts: every level of codes, a head over rows, a total under them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from budgetlib.checks.budget import Budget, Form, Row
from budgetlib.checks.findings import Finding, failure, holding, judged
from budgetlib.checks.rules import Rule
from budgetlib.checks.sums import below, nesting
from budgetlib.core.text import squeeze

_DIGITS = 2
"""Digits that a level adds to the code above it."""
_LENGTHS = {3, 5, 7}
"""Digits of the codes of a class, a section and an item of a function; what is longer was printed as several."""


def levels(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """Each function code against the levels (class, section, item) that the document's forms print."""
    named = [form for form in budget.own_forms(rule.data.get("forms")) if nesting(form) == "codes"]
    forms = [form for form in named if not any(map(_has_lost_its_code, form.rows))]
    coded = [(form, row) for form in forms for row in form.rows if len(row.code or "") in _LENGTHS]
    with_head = sum(_head_missing(form, row) is None for form, row in coded)
    if {len(row.code or "") for _, row in coded} != _LENGTHS or with_head * 2 <= len(coded):
        return
    itemless = re.compile(rule.data["without_items"])
    for form, row in coded:
        rows = form.side(row.side)
        childless = len(row.code or "") < max(_LENGTHS) and not below(row, rows[rows.index(row) + 1 :])
        missing = _head_missing(form, row)
        if missing is None and childless and not itemless.match(row.code or ""):
            missing = f"{row.code}…"
        yield judged(rule, form.document_id, (form.place(row),), not missing, "level", code=missing)


def headed(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """Where rows stand below heads of groups or units: the first of them has its head, the last head has its rows.

    Where sums stand below their rows (小计) nothing heads them.
    """
    sums_below = re.compile(rule.data["below"])
    for form in budget.own_forms(rule.data.get("forms")):
        rows = [row for row in form.rows if row.kind != "total"]
        heads = [row for row in rows if row.kind == "subtotal"]
        if not heads or any(sums_below.search(squeeze(row.item)) for row in heads):
            continue
        wrong = [row for row, kind in ((rows[0], "line"), (rows[-1], "subtotal")) if row.kind == kind]
        for row in wrong:
            yield failure(rule, form.document_id, (form.place(row),), "asked")
        if not wrong:
            yield holding(rule, form.document_id, (form.place(rows[0]),))


def totalled(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """Each side of a form against the total that it should print."""
    for form, side, rows in budget.sides(rule.data.get("forms")):
        leaves = [row for row in rows if row.kind == "line" and any(one.value for one in row.amounts.values())]
        if nesting(form) not in rule.data["nesting"] or len(leaves) < 2:
            continue
        head = form.total_row(side)
        if head or not any(row.item.endswith("合计") for row in rows):  # personnel and operating may have one each
            yield judged(rule, form.document_id, (form.place(head or rows[-1]),), head)


def _has_lost_its_code(row: Row) -> bool:
    """Whether a row with money that none below makes up prints no code where the others do."""
    return row.kind == "line" and row.code is None and any(figure.value for figure in row.amounts.values())


def _head_missing(form: Form, row: Row) -> str | None:
    """The code right above that of `row`, where no row of the form prints it."""
    head = (row.code or "")[:-_DIGITS]
    return head if len(head) > _DIGITS and not any(other.code == head for other in form.rows) else None
