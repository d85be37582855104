"""Sums within one form: down the rows, and across the columns of a row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from budgetlib.checks.budget import Budget, Figure, Form, Row, total
from budgetlib.checks.findings import Finding, compared, failure, holding
from budgetlib.checks.rules import Rule
from budgetlib.core.text import squeeze
from budgetlib.definitions.forms import forms

_LEVELS, _DIGITS = 3, 2


def leaves(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """The total of each column against its leaves."""
    for form, rows, head in _totals(rule, budget):
        yield from _down(rule, form, head, [row for row in rows if row.kind == "line"])


def classes(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """The total of each column against the outermost codes, or the groups where there are no codes."""
    for form, rows, head in _totals(rule, budget):
        if _nesting(form) not in ("codes", "groups"):
            continue
        inner = [row for row in rows if row.kind != "total"]
        outermost = _outermost(inner) if all(row.code for row in inner) else []
        if any(row.kind == "subtotal" for row in outermost):
            yield from _down(rule, form, head, outermost)
        elif _grouped(inner):
            yield from _down(rule, form, head, [row for row in inner if row.kind == "subtotal"])


def codes(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """Each class and section against the codes below it."""
    for form in _forms(rule, budget):
        for side in form.sides():
            coded = [row for row in form.side(side) if row.code]
            for position, head in enumerate(coded):
                below = _below(head, coded[position + 1 :])
                if below:
                    yield from _down(rule, form, head, _outermost(below))


def groups(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """Each group of economic items against the rows below it, where no codes are printed."""
    for form in _forms(rule, budget):
        for side in form.sides():
            rows = [row for row in form.side(side) if row.kind != "total"]
            if _nesting(form) == "groups" and _grouped(rows):
                yield from _heads(rule, form, rows)


def units(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """The department's row against its units, each unit's row against its projects."""
    for form in _forms(rule, budget):
        if _nesting(form) != "projects":
            continue
        rows = [row for row in form.rows if row.kind != "total"]
        head = form.total_row(None)
        if head and _grouped(rows):
            yield from _down(rule, form, head, [row for row in rows if row.kind == "subtotal"])
            yield from _heads(rule, form, rows)


def above(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """A subtotal of the year against the leaves above it."""
    words = re.compile(rule.data["rows"])
    for form in _forms(rule, budget):
        for side in form.sides():
            rows = form.side(side)
            for position, head in enumerate(rows):
                if head.kind == "subtotal" and words.fullmatch(squeeze(head.item)):
                    yield from _down(rule, form, head, [row for row in rows[:position] if row.kind == "line"])


def parts(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """One column against the others of its row, in every row that prints it.

    Forms differ in which columns are parts: the first reading in `parts` that fits most rows is the form's.
    """
    whole = rule.data["whole"]
    for form in _forms(rule, budget):
        printed = set(form.measures())
        wanted, unwanted = (set(rule.data.get(key, ())) for key in ("if_printed", "unless_printed"))
        if not wanted <= printed or unwanted & printed:
            continue
        rows = [row for row in form.rows if whole in row.amounts and rule.data.get("side", row.side) == row.side]
        readings = [_columns(form, reading) for reading in rule.data["parts"]]
        tested = [
            [
                compared(rule, form.document_id, row.amounts[whole], expected, wording="sum")
                for row in rows
                if (expected := _across(row, columns))
            ]
            for columns in readings
            if columns
        ]
        yield from max(tested, key=lambda findings: sum(finding.state == "pass" for finding in findings), default=())


def levels(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """Each function code against the levels (class, section, item) that the document's forms print."""
    forms_of = [form for form in _forms(rule, budget) if _nesting(form) == "codes"]
    coded = [(form, row) for form in forms_of for row in form.rows if row.code]
    lengths = [len(row.code or "") for _, row in coded]
    with_head = sum(_head_missing(form, row) is None for form, row in coded)
    if len(set(lengths)) < _LEVELS or with_head * 2 <= len(coded):
        return
    for form, row in coded:
        place = form.place(row)
        rows = form.side(row.side)
        childless = len(row.code or "") < max(lengths) and not _below(row, rows[rows.index(row) + 1 :])
        missing = _head_missing(form, row) or (f"{row.code}…" if childless else None)
        if missing:
            yield failure(rule, form.document_id, (place,), "level", code=missing)
        else:
            yield holding(rule, form.document_id, (place,))


def headed(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """Where rows stand in groups or under units: the first of them has its head, the last head has its rows."""
    for form in _forms(rule, budget):
        rows = [row for row in form.rows if row.kind != "total"]
        if not any(row.kind == "subtotal" for row in rows):
            continue
        wrong = [row for row, kind in ((rows[0], "line"), (rows[-1], "subtotal")) if row.kind == kind]
        for row in wrong:
            yield failure(rule, form.document_id, (form.place(row),), "asked")
        if not wrong:
            yield holding(rule, form.document_id, (form.place(rows[0]),))


def totalled(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """Each side of a form against the total that it should print."""
    for form in _forms(rule, budget):
        for side in form.sides():
            rows = form.side(side)
            if _nesting(form) not in rule.data["nesting"] or len([row for row in rows if row.kind == "line"]) < 2:
                continue
            if head := form.total_row(side):
                yield holding(rule, form.document_id, (form.place(head),))
            else:
                yield failure(rule, form.document_id, (form.place(rows[-1]),), "asked")


def _head_missing(form: Form, row: Row) -> str | None:
    """The code right above that of `row`, where no row of the form prints it."""
    head = (row.code or "")[:-_DIGITS]
    return head if len(head) > _DIGITS and not any(other.code == head for other in form.rows) else None


def _forms(rule: Rule, budget: Budget) -> list[Form]:
    """The forms of this document that an rule is about."""
    wanted = rule.data.get("forms")
    return [
        form
        for form in budget.forms.values()
        if form.document_id == budget.document_id and (wanted is None or form.name in wanted)
    ]


def _nesting(form: Form) -> str:
    """How the rows of a form nest, as the form's data say."""
    known = forms().get(form.name)
    return known.rows if known else "flat"


def _totals(rule: Rule, budget: Budget) -> Iterator[tuple[Form, list[Row], Row]]:
    for form in _forms(rule, budget):
        for side in form.sides():
            if head := form.total_row(side):
                yield form, form.side(side), head


def _down(rule: Rule, form: Form, head: Row, rows: Sequence[Row]) -> Iterator[Finding]:
    """Each column that `head` prints against the same column of `rows`."""
    for measure, published in head.amounts.items():
        parts_of = [row.amounts[measure] for row in rows if measure in row.amounts]
        if parts_of:
            yield compared(rule, form.document_id, published, total(parts_of), wording="sum")


def _heads(rule: Rule, form: Form, rows: Sequence[Row]) -> Iterator[Finding]:
    """Each subtotal against the leaves that follow it."""
    for position, head in enumerate(rows):
        if head.kind == "subtotal":
            end = next((i for i in range(position + 1, len(rows)) if rows[i].kind != "line"), len(rows))
            yield from _down(rule, form, head, rows[position + 1 : end])


def _grouped(rows: Sequence[Row]) -> bool:
    """Whether rows without codes stand in groups: a subtotal first, and leaves below each."""
    kinds = "".join("h" if row.kind == "subtotal" else "l" for row in rows)
    return not any(row.code for row in rows) and re.fullmatch("(hl+)+", kinds) is not None


def _below(head: Row, rows: Iterable[Row]) -> list[Row]:
    """The rows right below `head` whose code begins with its code."""
    below: list[Row] = []
    for row in rows:
        if row.code == head.code or not (row.code or "").startswith(head.code or ""):
            break
        below.append(row)
    return below


def _outermost(rows: Sequence[Row]) -> list[Row]:
    """The rows that are not below another."""
    outermost: list[Row] = []
    for row in rows:
        if not outermost or row.code == outermost[-1].code or not (row.code or "").startswith(outermost[-1].code or ""):
            outermost.append(row)
    return outermost


def _columns(form: Form, reading: Sequence[str]) -> list[str]:
    """The columns of `reading` that the form prints; `other:*` stands for every column with an unknown header."""
    known = [measure for measure in form.measures() if measure in reading]
    unknown = [measure for measure in form.measures() if measure.startswith("other:")]
    return known + unknown if known and "other:*" in reading else known


def _across(row: Row, columns: Iterable[str]) -> Figure | None:
    figures = [row.amounts[measure] for measure in columns if measure in row.amounts]
    return total(figures) if figures else None
