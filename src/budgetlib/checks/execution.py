"""How much of a plan was carried out, as printed, against its own plan and outcome."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from budgetlib.checks.budget import Budget, Row, Statement
from budgetlib.checks.equalities import HUNDRED, percent
from budgetlib.checks.figures import Figure
from budgetlib.checks.findings import Finding, compared, untested
from budgetlib.checks.rules import Rule
from budgetlib.core.money import amounts_in
from budgetlib.core.text import squeeze

_RATE = "completion_pct"


def completion(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """Every printed rate against the outcome and the plan of its own phrase; a plan left out is taken from the form.

    Its last digit is left to `last_digit`. A rate of a plan of nothing says nothing and is not tested.
    """
    for rate, outcome, plan in _rates(rule, budget):
        if outcome and plan and plan.value:
            yield _but_for_a_digit(rule, rate, outcome, plan)
        else:
            yield untested(rule, budget.document_id, "insufficient_data")


def last_digit(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """Whether a printed rate that is right but for its last digit is right there too.

    Where it is not, it was cut off in place of rounded, or computed from finer amounts than are printed.
    """
    for rate, outcome, plan in _rates(rule, budget):
        if outcome and plan and plan.value and _but_for_a_digit(rule, rate, outcome, plan).state == "pass":
            computed = Figure(HUNDRED * outcome.value / plan.value, places=outcome.places + plan.places)
            yield compared(rule, budget.document_id, rate, computed, "percent", "digit")


def staged(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """Each stated plan and outcome against the column of a form that prints it in the same stage."""
    form = budget.forms.get(rule.data["form"])
    if form is None:
        return
    for stated in budget.statements:
        measure = rule.data["columns"].get(stated.measure.removeprefix("plan:"))
        rows = [row for row in form.rows if row.stage == stated.stage and measure in row.amounts]
        if len(rows) == 1:
            yield compared(rule, budget.document_id, stated.figure, rows[0].amounts[measure], wording="equal")


def _but_for_a_digit(rule: Rule, rate: Figure, outcome: Figure, plan: Figure) -> Finding:
    return percent(rule, replace(rate, slack=2 * rate.slack), outcome, plan)


def _rates(rule: Rule, budget: Budget) -> Iterator[tuple[Figure, Figure | None, Figure | None]]:
    """Every rate that the document itself prints, with the outcome and the plan that it is of."""
    for rate in budget.statements:
        if rate.measure != _RATE or rate.figure.places[0].document_id != budget.document_id:
            continue
        phrase = [s for s in budget.statements if s.sentence == rate.sentence and s.measure != _RATE]
        outcome = next((s for s in phrase if s.stage == "final"), None) or _stated_before(budget, phrase)
        plan = next((s.figure for s in phrase if s.stage != "final"), None) or _planned(rule, budget, outcome)
        yield rate.figure, outcome.figure if outcome else None, plan


def _stated_before(budget: Budget, phrase: Sequence[Statement]) -> Statement | None:
    """The outcome beside a plan where its section stated the same amount before; None where no amount is that."""
    about = {(s.section, s.measure.removeprefix("plan:")) for s in phrase}
    beside = {amount for s in phrase for amount in amounts_in(squeeze(s.sentence))}
    same = [s for s in budget.statements if s.stage == "final" and (s.section, s.measure) in about]
    outcomes = [s for s in same if s.figure.value in beside]
    return outcomes[0] if len(outcomes) == 1 else None


def _planned(rule: Rule, budget: Budget, outcome: Statement | None) -> Figure | None:
    """The plan that a form prints beside the outcome of the same name; None where the form does not show one."""
    form = budget.forms.get(rule.data["form"])
    if form is None or outcome is None:
        return None
    measure = "total" if outcome.measure == rule.data["total"] else outcome.measure
    plans = [row for row in form.rows if row.stage != "final" and measure in row.amounts]
    outcomes = [row for row in form.rows if row.stage == "final" and _prints(row, measure, outcome.figure)]
    return plans[0].amounts[measure] if len(plans) == 1 and outcomes else None


def _prints(row: Row, measure: str, figure: Figure) -> bool:
    return measure in row.amounts and row.amounts[measure].value == figure.value
