"""Sums across the columns of a row."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain, combinations

from budgetlib.checks.budget import Budget, Form, Row
from budgetlib.checks.figures import Figure, total
from budgetlib.checks.findings import Finding, agree, compared, passed, untested
from budgetlib.checks.rules import Rule
from budgetlib.definitions.measures import CHANGE, OTHER, PREVIOUS_YEAR

_SEVERAL = 3
"""Of fewer rows no majority is asked."""

_MOST_UNDECIDED = 6
"""Beyond these a choice of columns that fits proves nothing."""


def parts(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """One column against the others of its row, in every row that prints it, for this year, last year and the change.

    Forms differ in which columns are parts: of the readings in `parts`, each with or without the columns in `perhaps`
    and those whose header nobody knows, the one that fits most rows is the form's. Where none fits two thirds of
    several rows, the identity does not apply. A change is told from two years' columns, where both are there.
    """
    for form in budget.own_forms(rule.data.get("forms")):
        printed = set(form.measures())
        wanted, unwanted = (set(rule.data.get(key, ())) for key in ("if_printed", "unless_printed"))
        if wanted <= printed and not unwanted & printed:
            before = any(measure.startswith(PREVIOUS_YEAR) for measure in printed)
            for period in ("", PREVIOUS_YEAR) if before else ("", CHANGE):
                yield from _parts(rule, form, period)


def _parts(rule: Rule, form: Form, period: str) -> Iterator[Finding]:
    whole = period + rule.data["whole"]
    rows = [row for row in form.rows if whole in row.amounts and rule.data.get("side", row.side) == row.side]
    perhaps = {period + measure for measure in rule.data.get("perhaps", ())}
    undecided = _undecided(rows, perhaps, f"{period}{OTHER}", whole)
    readings = [
        [(row.amounts[whole], total(parts)) for row in rows if (parts := _amounts(row, [*columns, *chosen]))]
        for reading in rule.data["parts"]
        if (columns := [measure for measure in form.measures() if measure in [period + part for part in reading]])
        for chosen in _choices(undecided)
    ]
    fitting = [sum(agree(rule, *pair) for pair in reading) for reading in readings]
    best = max(range(len(readings)), key=fitting.__getitem__, default=None)
    if best is None:
        return
    if len(readings[best]) >= _SEVERAL and fitting[best] * 3 < len(readings[best]) * 2:
        yield untested(rule, form.document_id, "not_applicable")
    else:
        yield from (compared(rule, form.document_id, *pair, wording="sum") for pair in readings[best])


def changes(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """Each printed change against this year's amount less last year's, in the forms where this fits most rows."""
    for form in budget.own_forms(rule.data.get("forms")):
        tested = [
            compared(rule, form.document_id, changed, row.amounts[now] - row.amounts[before], wording="sum")
            for row in form.rows
            for measure, changed in row.amounts.items()
            if (now := measure.removeprefix(CHANGE)) != measure
            and (before := f"{PREVIOUS_YEAR}{now}") in row.amounts
            and now in row.amounts
        ]
        if passed(tested) * 2 >= len(tested):
            yield from tested


def panels(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """The total of each panel that classifies the same money anew against the form's total."""
    for form, side, _ in budget.sides(rule.data.get("forms")):
        whole = form.total_row(side, ["total"])
        for measure in rule.data["panels"]:
            head = form.total_row(side, [measure])
            if whole and head and "total" in whole.amounts and measure in head.amounts:
                yield compared(rule, form.document_id, head.amounts[measure], whole.amounts["total"])


def _undecided(rows: Iterable[Row], perhaps: Collection[str], unknown: str, whole: str) -> list[str]:
    """The columns of `perhaps`, and those that begin with `unknown`, in which a row prints more than nothing."""
    filled = dict.fromkeys(m for row in rows for m, figure in row.amounts.items() if figure.value and m != whole)
    return [measure for measure in filled if measure in perhaps or measure.startswith(unknown)]


def _choices(columns: Sequence[str]) -> Iterable[tuple[str, ...]]:
    """All sets of `columns`, the largest first; of very many all or none."""
    if len(columns) > _MOST_UNDECIDED:
        return (tuple(columns), ())
    return chain.from_iterable(combinations(columns, size) for size in range(len(columns), -1, -1))


def _amounts(row: Row, measures: Iterable[str]) -> list[Figure]:
    return [row.amounts[measure] for measure in measures if measure in row.amounts]
