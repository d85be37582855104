"""Sums across the columns of a row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, combinations

from budgetlib.checks.budget import Budget, Form, Row
from budgetlib.checks.figures import Figure, total
from budgetlib.checks.findings import Finding, compared, untested
from budgetlib.checks.rules import Rule

UNKNOWN = "other:"
_MOST_UNDECIDED = 6
"""Beyond these a choice of columns that fits proves nothing."""


def parts(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """One column against the others of its row, in every row that prints it.

    Forms differ in which columns are parts: of the readings in `parts`, each with or without the columns in `perhaps`
    (`other:*` are those with an unknown header), the one that fits most rows is the form's. Where columns with an
    unknown header are printed and no reading fits most rows, the identity does not apply.
    """
    whole = rule.data["whole"]
    for form in budget.own_forms(rule.data.get("forms")):
        printed = set(form.measures())
        wanted, unwanted = (set(rule.data.get(key, ())) for key in ("if_printed", "unless_printed"))
        if not wanted <= printed or unwanted & printed:
            continue
        rows = [row for row in form.rows if whole in row.amounts and rule.data.get("side", row.side) == row.side]
        undecided = _undecided(rows, rule.data.get("perhaps", ()), whole)
        readings = [
            [_across(rule, form, row, whole, [*columns, *chosen]) for row in rows]
            for reading in rule.data["parts"]
            if (columns := [measure for measure in form.measures() if measure in reading])
            for chosen in _choices(undecided)
        ]
        tested = [[finding for finding in reading if finding] for reading in readings]
        best = max(tested, key=_passed, default=[])
        unknown = any(measure.startswith(UNKNOWN) for measure in undecided)
        if unknown and _passed(best) * 2 < len(best):
            yield untested(rule, form.document_id, "not_applicable")
        else:
            yield from best


def _passed(findings: Sequence[Finding]) -> int:
    return sum(finding.state == "pass" for finding in findings)


def _undecided(rows: Iterable[Row], perhaps: Sequence[str], whole: str) -> list[str]:
    """The columns of `perhaps` in which a row prints more than nothing."""
    filled = dict.fromkeys(m for row in rows for m, figure in row.amounts.items() if figure.value and m != whole)
    return [m for m in filled if m in perhaps or (m.startswith(UNKNOWN) and f"{UNKNOWN}*" in perhaps)]


def _choices(columns: Sequence[str]) -> Iterable[tuple[str, ...]]:
    """All sets of `columns`, the largest first; of very many all or none."""
    if len(columns) > _MOST_UNDECIDED:
        return (tuple(columns), ())
    return chain.from_iterable(combinations(columns, size) for size in range(len(columns), -1, -1))


def _across(rule: Rule, form: Form, row: Row, whole: str, columns: Iterable[str]) -> Finding | None:
    figures: list[Figure] = [row.amounts[measure] for measure in columns if measure in row.amounts]
    return compared(rule, form.document_id, row.amounts[whole], total(figures), wording="sum") if figures else None
