"""Sums down the rows of one form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from budgetlib.checks.budget import Budget, Form, Row
from budgetlib.checks.figures import total
from budgetlib.checks.findings import Finding, compared, passed
from budgetlib.checks.rules import Rule
from budgetlib.checks.trees import Branch, branches
from budgetlib.core.text import squeeze
from budgetlib.definitions.forms import forms
from budgetlib.definitions.measures import CHANGE, PREVIOUS_YEAR

_FEW_OF = 4
"""One in so many heads may fail before the nesting itself is in doubt."""


def leaves(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """The total of each column against its leaves."""
    for form, side, rows in budget.sides(rule.data.get("forms")):
        yield from _totals(rule, form, side, [row for row in rows if row.kind == "line"])


def classes(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """The total of each column against the outermost codes, or the groups where there are no codes."""
    for form, side, rows in budget.sides(rule.data.get("forms")):
        inner = [row for row in rows if row.kind != "total"] if nesting(form) in ("codes", "groups") else []
        outermost = _outermost(inner) if all(row.code for row in inner) else []
        if any(row.kind == "subtotal" for row in outermost):
            yield from _totals(rule, form, side, outermost)
        elif _grouped(inner):
            yield from _totals(rule, form, side, [row for row in inner if row.kind == "subtotal"])


def codes(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """Each class and section against the codes below it."""
    for form, _, rows in budget.sides(rule.data.get("forms")):
        coded = _by_code(form, [row for row in rows if row.code])
        for position, head in enumerate(coded):
            yield from _down(rule, form, head, _outermost(below(head, coded[position + 1 :])))


def groups(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """Each group of economic items against the rows below it, where no codes are printed."""
    for form, _, rows in budget.sides(rule.data.get("forms")):
        inner = [row for row in rows if row.kind != "total"]
        if nesting(form) == "groups" and _grouped(inner):
            yield from _heads(rule, form, inner)


def units(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """The department's row against its units, each unit's row against its projects, however deep they nest."""
    for form in budget.own_forms(rule.data.get("forms")):
        if nesting(form) not in rule.data["nesting"]:
            continue
        rows = [row for row in form.rows if row.kind != "total"]
        if nesting(form) == "projects" and form.total_row(None) and _grouped(rows):
            yield from _totals(rule, form, None, [row for row in rows if row.kind == "subtotal"])
            yield from _heads(rule, form, rows)
        elif not any(row.code or _is_of_another_year(row) for row in rows):
            yield from _nested(rule, form, rows)


def above(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """A subtotal of the year against the leaves above it."""
    words = re.compile(rule.data["rows"])
    for form, _, rows in budget.sides(rule.data.get("forms")):
        for position, head in enumerate(rows):
            if head.kind == "subtotal" and words.fullmatch(squeeze(head.item)):
                yield from _down(rule, form, head, [row for row in rows[:position] if row.kind == "line"])


def nesting(form: Form) -> str:
    """How the rows of a form nest, as the form's data say."""
    known = forms().get(form.name)
    return known.rows if known else "flat"


def _totals(rule: Rule, form: Form, side: str | None, rows: Sequence[Row]) -> Iterator[Finding]:
    """The total of each column of a side against the same column of `rows`."""
    for measure in form.measures(side):
        head = form.total_row(side, [measure])
        if head and measure in head.amounts:
            yield from _column(rule, form, head, measure, rows)


def _down(rule: Rule, form: Form, head: Row, rows: Sequence[Row]) -> Iterator[Finding]:
    """Each column that `head` prints against the same column of `rows`."""
    for measure in head.amounts:
        yield from _column(rule, form, head, measure, rows)


def _column(rule: Rule, form: Form, head: Row, measure: str, rows: Sequence[Row]) -> Iterator[Finding]:
    parts = [row.amounts[measure] for row in rows if measure in row.amounts]
    if parts:
        yield compared(rule, form.document_id, head.amounts[measure], total(parts), wording="sum")


def _heads(rule: Rule, form: Form, rows: Sequence[Row]) -> Iterator[Finding]:
    """Each subtotal against the leaves that follow it."""
    for position, head in enumerate(rows):
        if head.kind == "subtotal":
            end = next((i for i in range(position + 1, len(rows)) if rows[i].kind != "line"), len(rows))
            yield from _down(rule, form, head, rows[position + 1 : end])


def _nested(rule: Rule, form: Form, rows: Sequence[Row]) -> Iterator[Finding]:
    """Each head against its own rows; nothing where many heads have none: then they stand for something else.

    Which rows are a head's is read from each column in turn; the reading under which most columns add up counts.
    """
    readings = [_branched(rule, form, branches(rows, measure)) for measure in form.measures(None)]
    yield from max(readings, key=passed, default=[])


def _branched(rule: Rule, form: Form, grown: Sequence[Branch]) -> list[Finding]:
    if sum(not branch.whole for branch in grown) * _FEW_OF > len(grown):
        return []
    return [finding for branch in grown for finding in _down(rule, form, branch.head, branch.rows)]


def _is_of_another_year(row: Row) -> bool:
    """Whether a row is last year's beside this year's own."""
    return all(measure.startswith((PREVIOUS_YEAR, CHANGE)) for measure in row.amounts)


def _grouped(rows: Sequence[Row]) -> bool:
    """Whether rows without codes stand in groups: a subtotal first, and leaves below each."""
    kinds = "".join("h" if row.kind == "subtotal" else "l" for row in rows)
    return not any(row.code for row in rows) and re.fullmatch("(hl+)+", kinds) is not None


def _by_code(form: Form, rows: list[Row]) -> list[Row]:
    """The rows of groups in the order of their codes, since panels side by side are printed across one another."""
    told_apart = len({row.code for row in rows}) == len(rows)
    return sorted(rows, key=lambda row: row.code or "") if nesting(form) == "groups" and told_apart else rows


def below(head: Row, rows: Iterable[Row]) -> list[Row]:
    """The rows right below `head` whose code begins with its code."""
    under: list[Row] = []
    for row in rows:
        if row.code == head.code or not (row.code or "").startswith(head.code or ""):
            break
        under.append(row)
    return under


def _outermost(rows: Sequence[Row]) -> list[Row]:
    """The rows that are not below another."""
    outermost: list[Row] = []
    for row in rows:
        if not outermost or row.code == outermost[-1].code or not (row.code or "").startswith(outermost[-1].code or ""):
            outermost.append(row)
    return outermost
