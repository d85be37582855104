"""What a correct reader finds in a disclosure, in the terms of the data contract."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from itertools import chain
from typing import NamedTuple

from tests.typesetting.disclosure import MEASURES, Disclosure
from tests.typesetting.final_accounts import BESIDE_THREE_PUBLIC, THREE_PUBLIC, FinalAccounts, assemble_final
from tests.typesetting.final_layout import UNIVERSITIES, FinalLayout
from tests.typesetting.final_prose import executions_by_function, executions_of_three_public
from tests.typesetting.paper import Layout
from tests.typesetting.stated_figures import figures

_COUNTS = {"projects_under_performance_management", "projects_disclosed", "vehicle_quota", "vehicles"}


class Line(NamedTuple):
    """One amount of a form, as the table `lines` holds it."""

    form: str
    side: str
    code: str | None
    item: str
    gov_item: str | None
    unit: str | None
    measure: str
    amount_yuan: Decimal


class Statement(NamedTuple):
    """One figure of part three, as the table `statements` holds it."""

    section: int
    measure: str
    item: str | None
    value: Decimal
    value_unit: str


def expected_lines(disclosure: Disclosure, layout: Layout | None = None) -> Counter[Line]:
    """Every printed amount of the 13 forms, each as often as it is printed; a form's total belongs to no unit."""
    coded = layout is None or layout.codes != "none"
    return Counter(
        Line(
            form,
            side,
            row.code if coded else None,
            row.item,
            row.gov_item,
            row.unit if position else None,
            measure,
            row.amounts[measure] * 10_000,
        )
        for form, side in MEASURES
        for position, row in enumerate(disclosure.rows(form, side))
        for measure in MEASURES[form, side]
        if measure in row.amounts
    )


def expected_statements(disclosure: Disclosure) -> set[Statement]:
    """Every figure of part three for which the contract names a measure."""
    found = set()
    for (section, stated), value in figures(disclosure).items():
        measure, _, item = stated.partition(":")
        unit = _unit(measure)
        found.add(Statement(section, measure, item or None, value * 10_000 if unit == "yuan" else value, unit))
    return found


def _unit(measure: str) -> str:
    if measure in _COUNTS:
        return "count"
    return "percent" if measure.endswith("_pct") else "m2" if measure.endswith("_m2") else "yuan"


class FinalLine(NamedTuple):
    """One amount of a form of final accounts; the form of the three public expenses has no items."""

    form: str
    side: str
    code: str | None
    item: str | None
    measure: str
    stage: str
    amount_yuan: Decimal


class Outcome(NamedTuple):
    """A plan, an outcome or a rate as the prose of final accounts states it; of a rate only a function is named."""

    measure: str
    stage: str
    item: str | None
    value: Decimal


def expected_final_lines(accounts: FinalAccounts, final: FinalLayout | None = None) -> Counter[FinalLine]:
    """Every printed amount of the forms, each as often as it is printed."""
    final = final or FinalLayout()
    lines = Counter(
        FinalLine(form, side, row.code, row.item, measure, "final", amount * 10_000)
        for (form, side), rows in assemble_final(accounts).items()
        if (form in UNIVERSITIES if final.university else form != UNIVERSITIES[-1])
        for row in (rows if form in _WITHOUT_CODES else chain.from_iterable(final.sheets(rows)))
        for measure, amount in row.amounts.items()
    )
    planned = "adjusted_budget" if accounts.three_public_adjusted else "budget"
    beside = BESIDE_THREE_PUBLIC if final.three_public == "rows" else ()
    for measure in () if final.university else (*THREE_PUBLIC, *beside):
        amounts = accounts.three_public_in_form(measure)
        for stage, amount in zip((planned, "final"), amounts, strict=True):
            lines[FinalLine("final_three_public", "expenditure", None, None, measure, stage, amount * 10_000)] += 1
    return lines


_WITHOUT_CODES = ("final_summary", "final_appropriation_summary", "final_basic_by_economic")


def expected_outcomes(accounts: FinalAccounts) -> Counter[Outcome]:
    """Every plan, outcome and rate of the prose, each as often as it is stated."""
    said: Counter[Outcome] = Counter()
    for one in [*executions_by_function(accounts), *executions_of_three_public(accounts)]:
        said[Outcome(one.measure, "budget", one.item, one.plan * 10_000)] += 1
        said[Outcome(one.measure, "final", one.item, one.outcome * 10_000)] += 1
        if one.rate is not None:
            said[Outcome("completion_pct", "final", one.item, one.rate)] += 1
    return said
