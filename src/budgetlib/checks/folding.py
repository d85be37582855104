"""One fault, one finding: sums that fail because of the same missing or misprinted row are named once, where it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations, groupby

from budgetlib.checks.budget import Budget
from budgetlib.checks.figures import NOTHING
from budgetlib.checks.findings import Finding, untested, with_consequences

DOWN = ("codes", "groups", "units", "above", "classes", "leaves")
"""Sums down the rows, the narrowest first."""

SUMS = ("parts", *DOWN)
"""The tests of sums within a form."""


def folded(findings: Sequence[Finding], budget: Budget) -> list[Finding]:
    """`findings` in their order; what follows from a narrower failure says so, and is named there.

    Of the sums of a form that fail for one reason the narrowest is the fault; a figure that a section states of revenue
    and expenditure alike is one. An identity that was not sure to apply fails after all where a fault moves money by
    just its difference, or where one column has too much what another of its form has too little.
    """
    doubted = [one for one in findings if one.state == "not_applicable" and one.gap]
    swapped = [one for one, other in combinations(doubted, 2) if _makes_up_for(one, other)]
    findings = [replace(one, state="fail") if any(one is other for other in swapped) else one for one in findings]
    sums = [one for one in findings if one.state == "fail" and one.rule.test in SUMS and one.place and one.place.form]
    judged: dict[int, Finding] = {}
    for _, of_form in groupby(sorted(sums, key=_form), key=_form):
        for cause, others in _causes(sorted(of_form, key=lambda finding: _width(finding, budget))):
            judged[id(cause)] = with_consequences(cause, others)
            judged |= {id(other): replace(other, follows_from=cause.place) for other in others}
    stated: dict[object, Finding] = {}
    for one in findings:
        if one.state == "fail" and one.place and one.place.section and one.gap:
            same = stated.setdefault((one.rule.name, one.place.page, one.published, one.expected), one)
            if same is not one:
                judged[id(one)] = replace(one, follows_from=same.place)
    faults = [one for one in findings if one.state == "fail" and one.gap and not judged.get(id(one), one).follows_from]
    for finding in findings:
        if finding.state == "not_applicable" and finding.gap:
            judged[id(finding)] = untested(finding.rule, finding.document_id, finding.state)
            for fault in [one for one in faults if _as_large(one, finding)][:1]:
                judged[id(finding)] = replace(finding, state="fail", follows_from=fault.place)
                judged[id(fault)] = with_consequences(judged.get(id(fault), fault), [finding])
    return [judged.get(id(finding), finding) for finding in findings]


def _form(finding: Finding) -> str:
    return finding.place.form or "" if finding.place else ""


def _causes(sums: Iterable[Finding]) -> Iterator[tuple[Finding, list[Finding]]]:
    """The first of `sums` that fails for each fault in one form, and what follows from it."""
    faults: list[list[Finding]] = []
    for finding in sums:
        fault = next((fault for fault in faults if any(_same_fault(one, finding) for one in fault)), None)
        if fault is None:
            faults.append([finding])
        else:
            fault.append(finding)
    yield from ((fault[0], fault[1:]) for fault in faults)


def _width(finding: Finding, budget: Budget) -> tuple[int, bool, int, bool, int]:
    """How much a finding blames: which sum, one column or all of them, how many places, and how deep a row."""
    place = finding.place
    measure, number = (place.measure, place.row or 0) if place else (None, 0)
    rows = [row for form in budget.own_forms([_form(finding)]) for row in form.rows if row.number == number]
    is_total = any(row.kind == "total" for row in rows)
    return (SUMS.index(finding.rule.test), measure != "total", len(finding.places), is_total, -number)


def _same_fault(one: Finding, other: Finding) -> bool:
    """Whether two sums of a form fail for one reason: by the same amount, at one row, or the leaves below a head."""
    if one.gap is None or other.gap is None or one.place is None or other.place is None:
        return False
    if _as_large(one, other):
        return True
    if one.rule.test == other.rule.test != "parts" and one.place.row == other.place.row:
        whole, part = (one.gap, other.gap) if one.place.measure == "total" else (other.gap, one.gap)
        return "total" in (one.place.measure, other.place.measure) and 0 < part / whole <= 1
    inner, outer = sorted((one.rule.test, other.rule.test), key=SUMS.index)
    return inner in DOWN and outer == "leaves" != inner and one.place.measure == other.place.measure


def _as_large(one: Finding, other: Finding) -> bool:
    """Whether two failures are about the same amount, whichever way."""
    slack = (one.tolerance or NOTHING) + (other.tolerance or NOTHING)
    return abs(abs(one.gap or NOTHING) - abs(other.gap or NOTHING)) <= slack


def _makes_up_for(one: Finding, other: Finding) -> bool:
    """Whether of two columns of a form one has too much what the other has too little: that is no money left out."""
    if one.place is None or other.place is None or one.gap is None or other.gap is None:
        return False
    columns = {one.place.measure, other.place.measure}
    of_one_form = bool(one.place.form) and one.place.form == other.place.form
    opposite = (one.gap > 0) != (other.gap > 0)
    return (
        of_one_form and opposite and len(columns - {"total", "carryover"}) == len(columns) > 1 and _as_large(one, other)
    )
