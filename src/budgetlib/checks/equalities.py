"""Two places that say the same, a share against its whole, a change against the year before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from budgetlib.checks.apart import nearest
from budgetlib.checks.budget import Budget, Statement
from budgetlib.checks.expressions import Expression, evaluate, expression, of_measures, published, stated
from budgetlib.checks.figures import Figure
from budgetlib.checks.findings import Finding, best, compared, untested
from budgetlib.checks.rules import Rule

HUNDRED = 100  # percent
_COUNTS = {"projects_under_performance_management", "projects_disclosed", "vehicles", "vehicle_quota"}
"""Measures that count things; all others are money."""
_SHARE = "_pct"


def equal(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """`published` against the first of `expected` that it equals, else against the nearest.

    Not tested where pages are missing, or were left unread, and what the first of `expected` needs may stand on them.
    """
    (term,) = expression(rule.data["published"])
    if not _applies(rule, budget):
        return
    unit = "count" if term.measures[0] in _COUNTS else "yuan"
    for figure in published(term, budget):
        if not figure.places or figure.places[0].document_id != budget.document_id:
            continue
        readings = [expression(text) for text in rule.data["expected"]]
        evaluated = [evaluate(reading, budget, figure.places[0]) for reading in readings]
        values = [value for value in evaluated if value and not set(value.places) & set(figure.places)]
        tested = [compared(rule, budget.document_id, figure, value, unit) for value in values]
        holds = any(finding.state == "pass" for finding in tested)
        printed = next((reading for reading in readings if _printed(reading, budget)), None)
        without_its_row = term.each and printed is not None and evaluate(printed, budget, figure.places[0]) is None
        elsewhere = not budget.is_all_there and evaluated[0] is None
        if holds or (tested and not without_its_row and not elsewhere):
            yield nearest(rule, budget, tested)
        elif printed is not None:
            yield untested(rule, budget.document_id, "insufficient_data")


def share(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """A stated percentage against its part (without `part` the measure of the same name) and its whole."""
    (term,) = expression(rule.data["published"])
    wholes = [value for text in rule.data["whole"] if (value := evaluate(expression(text), budget))]
    for statement in _printed_here(of_measures(term, budget), budget):
        part = _companion(statement, rule.data.get("part") or statement.measure.removesuffix(_SHARE), budget)
        tested = [percent(rule, statement.figure, part.figure, whole) for whole in wholes if part and whole.value]
        if tested:
            yield best(tested)
        elif statement.figure.value:
            yield untested(rule, budget.document_id, "insufficient_data")


def change(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """Every stated change in percent against the change and this year's figure of the same name."""
    for statement in _printed_here(budget.statements, budget):
        stem = statement.measure.removesuffix("_change_pct")
        if stem == statement.measure:
            continue
        moved = _companion(statement, f"{stem}_change", budget)
        now = _companion(statement, stem, budget) or _companion(statement, f"{stem}_total", budget)
        before = now.figure - moved.figure if now and moved else None
        if moved and before and before.value:
            yield percent(rule, statement.figure, moved.figure, before)
        else:
            yield untested(rule, budget.document_id, "insufficient_data")


def _printed_here(statements: Iterable[Statement], budget: Budget) -> list[Statement]:
    """The statements of the document itself, not of others of its disclosure."""
    return [one for one in statements if one.figure.places[0].document_id == budget.document_id]


def _companion(statement: Statement, measure: str, budget: Budget) -> Statement | None:
    """The statement of `measure` about the same item that stands next before in the same section, else next after."""
    same = [s for s in budget.statements if s.section == statement.section and s.item == statement.item]
    position = next(i for i, s in enumerate(same) if s is statement)
    near = [*reversed(same[:position]), *same[position:]]
    return next((s for s in near if s.measure == measure), None)


def percent(rule: Rule, stated: Figure, part: Figure, whole: Figure) -> Finding:
    """A stated percentage against `part` of `whole`: rounding moved both of these, and both rates to the last digit."""
    value = HUNDRED * part.value / whole.value
    slack = HUNDRED * part.slack / abs(whole.value) + abs(value) * whole.slack / abs(whole.value)
    computed = Figure(value, slack + stated.slack, part.places + whole.places)
    return compared(rule, stated.places[0].document_id, stated, computed, "percent", "ratio")


def _applies(rule: Rule, budget: Budget) -> bool:
    """Whether the forms that must (not) be there are (not), and the first expression of `when` equals the second."""
    if not budget.form_names >= set(rule.data.get("if_printed", ())):
        return False
    if budget.form_names & set(rule.data.get("unless_printed", ())):
        return False
    if "when" not in rule.data:
        return True
    first, relation, second = re.split(r" (<?=) ", rule.data["when"])
    left, right = (evaluate(expression(text), budget) for text in (first, second))
    if left is None or right is None:
        return False
    gap, slack = left.value - right.value, left.slack + right.slack
    return gap <= slack if relation == "<=" else abs(gap) <= slack


def _printed(reading: Expression, budget: Budget) -> bool:
    return any(term.form in budget.forms or (term.sections is not None and stated(term, budget)) for term in reading)
