"""What a stated change says of itself: up or down, and whether a percentage of nothing can be."""

from __future__ import annotations

from collections.abc import Iterator

from budgetlib.checks.budget import Budget, Statement
from budgetlib.checks.findings import Finding, judged
from budgetlib.checks.rules import Rule

_CHANGE, _PERCENT = "_change", "_change_pct"


def direction(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """A change and its percentage in one sentence: both up or both down."""
    for rate, moved, _ in _changes(budget):
        if rate.figure.value and moved.figure.value:
            same = (rate.figure.value > 0) == (moved.figure.value > 0)
            yield judged(rule, budget.document_id, rate.figure.places + moved.figure.places, same, "opposite")


def base(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """A percentage in one sentence with a change that is all of this year's figure: the year before was nothing."""
    for rate, moved, now in _changes(budget):
        if now and rate.figure.value and now.figure.value:
            before = (now.figure - moved.figure).value
            yield judged(rule, budget.document_id, rate.figure.places + moved.figure.places, before)


def _changes(budget: Budget) -> Iterator[tuple[Statement, Statement, Statement | None]]:
    """Every percentage with the change, and the figure of this year, that its own sentence states."""
    for rate in budget.statements:
        stem = rate.measure.removesuffix(_PERCENT)
        if stem == rate.measure or rate.figure.places[0].document_id != budget.document_id:
            continue
        beside = {s.measure: s for s in budget.statements if s.sentence == rate.sentence and s.item == rate.item}
        if moved := beside.get(stem + _CHANGE):
            yield rate, moved, beside.get(stem) or beside.get(f"{stem}_total")
