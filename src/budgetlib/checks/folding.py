"""One fault, one finding: sums that fail because of the same missing or misprinted row are named once, where it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import groupby

from budgetlib.checks.findings import Finding, with_consequences

_DOWN = ("codes", "groups", "units", "above", "classes", "leaves")
"""Sums down the rows, the narrowest first."""

_SUMS = ("parts", *_DOWN)


def folded(findings: Sequence[Finding]) -> list[Finding]:
    """`findings` in their order; of the sums of a form that fail for one reason only the narrowest is left."""
    sums = [one for one in findings if one.state == "fail" and one.rule.test in _SUMS and one.place and one.place.form]
    narrowest: dict[int, Finding] = {}
    consequences: dict[int, list[Finding]] = defaultdict(list)
    for _, of_form in groupby(sorted(sums, key=_form), key=_form):
        for cause, others in _causes(list(of_form)):
            narrowest[id(cause)] = cause
            consequences[id(cause)] += others
    kept = []
    for finding in findings:
        if id(finding) in narrowest:
            kept.append(with_consequences(finding, consequences[id(finding)]))
        elif not any(finding is one for one in sums):
            kept.append(finding)
    return kept


def _form(finding: Finding) -> str:
    return finding.place.form or "" if finding.place else ""


def _causes(sums: Sequence[Finding]) -> Iterable[tuple[Finding, list[Finding]]]:
    """The narrowest finding of each fault in one form, and what follows from it."""
    faults: list[list[Finding]] = []
    for finding in sorted(sums, key=_width):
        fault = next((fault for fault in faults if any(_same_fault(one, finding) for one in fault)), None)
        if fault is None:
            faults.append([finding])
        else:
            fault.append(finding)
    return [(fault[0], fault[1:]) for fault in faults]


def _width(finding: Finding) -> tuple[int, bool, int]:
    """How much a finding blames: the sum it is about, one column or all of them, and how many places."""
    measure = finding.place.measure if finding.place else None
    return (_SUMS.index(finding.rule.test), measure != "total", len(finding.places))


def _same_fault(one: Finding, other: Finding) -> bool:
    """Whether two sums of a form fail for one reason: by the same amount, at one row, or the leaves below a head."""
    if one.gap is None or other.gap is None or one.place is None or other.place is None:
        return False
    slack = (one.tolerance or 0) + (other.tolerance or 0)
    if abs(abs(one.gap) - abs(other.gap)) <= slack:
        return True
    if one.rule.test == other.rule.test != "parts" and one.place.row == other.place.row:
        whole, part = (one.gap, other.gap) if one.place.measure == "total" else (other.gap, one.gap)
        return "total" in (one.place.measure, other.place.measure) and 0 < part / whole <= 1
    inner, outer = sorted((one.rule.test, other.rule.test), key=_SUMS.index)
    return inner in _DOWN and outer == "leaves" != inner and one.place.measure == other.place.measure
