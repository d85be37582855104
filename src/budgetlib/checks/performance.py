"""Performance-target tables against projects: each table its project, each disclosed project its table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from rapidfuzz import fuzz

from budgetlib.checks.budget import NOTHING, Budget, Figure, Place, Record, Row, total
from budgetlib.checks.expressions import evaluate, expression
from budgetlib.checks.findings import Finding, best, compared, failure, holding, untested
from budgetlib.checks.rules import Rule
from budgetlib.core.text import squeeze
from budgetlib.tables.locators import PERFORMANCE, Locator
from budgetlib.tables.schemas import SOURCES

SIMILAR = 60
SAME_UNIT = 85
_CLIPPED = 4


@dataclass(frozen=True, eq=False)
class Target:
    """A performance-target table and the row of the projects form that it is about, if any."""

    record: Record
    place: Place
    row: Row | None

    @property
    def annual(self) -> Figure | None:
        """The year's money."""
        amount = self.record["annual_yuan"]
        return None if amount is None else Figure(amount, NOTHING, (self.place,))


def tables_counted(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """The number of tables against the number of projects said to be disclosed."""
    stated = evaluate(expression("§10.projects_disclosed"), budget)
    there = targets(budget)
    if stated and there:
        count = Figure(Decimal(len(there)))
        finding = compared(rule, budget.document_id, stated, count, "count", "counted")
        yield finding
    elif stated and stated.value:
        yield untested(rule, budget.document_id, "insufficient_data")


def tables_summed(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """The year's money of all tables against the stated amount; each table's project rounds for itself."""
    stated = evaluate(expression("§10.projects_disclosed_amount"), budget)
    there = targets(budget)
    amounts = [target.annual for target in there]
    if stated and there and None not in amounts:
        summed = total(amount for amount in amounts if amount)
        rounded = Figure(summed.value, stated.slack * len(there), summed.places)
        yield compared(rule, budget.document_id, stated, rounded, wording="sum")
    elif stated and stated.value:
        yield untested(rule, budget.document_id, "insufficient_data")


def projects_counted(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """The number of projects under performance management against the projects form, where the money is all of it.

    A project of two units may count once.
    """
    stated = evaluate(expression("§10.projects_under_performance_management"), budget)
    money = evaluate(expression("§10.performance_amount"), budget)
    whole = evaluate(expression("projects.total"), budget)
    rows = projects(budget)
    if stated and money and whole and rows and abs(money.value - whole.value) <= money.slack + whole.slack:
        place = budget.forms["projects"].place()
        names = {_name(row.item) for row in rows}
        counts = [Figure(Decimal(count), NOTHING, (place,)) for count in (len(rows), len(names))]
        tested = [compared(rule, budget.document_id, stated, count, "count", "counted") for count in counts]
        yield best(tested)


def projects_shown(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """Every project has its table, where as many are said to be disclosed as there are."""
    stated = evaluate(expression("§10.projects_disclosed"), budget)
    rows = projects(budget)
    shown = {target.row for target in targets(budget)}
    if not shown or not stated or stated.value != len(rows):
        return
    for row in rows:
        place = budget.forms["projects"].place(row, "total")
        if row in shown:
            yield holding(rule, budget.document_id, (place,))
        else:
            yield failure(rule, budget.document_id, (place, *stated.places), "missing")


def tables_known(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """Every table has its project."""
    if not projects(budget):
        return
    for target in targets(budget):
        if target.row:
            yield holding(rule, budget.document_id, (target.place,))
        else:
            unit = target.record["unit"] or ""
            known = any(_same_unit(unit, row.unit) for row in projects(budget))
            yield failure(rule, budget.document_id, (target.place,), "unknown" if known else "stranger", unit=unit)


def tables_agree(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """The year's money of a table against its project."""
    for target in targets(budget):
        if target.row is None or "total" not in target.row.amounts:
            continue
        if target.annual:
            yield compared(rule, budget.document_id, target.annual, target.row.amounts["total"])
        else:
            yield untested(rule, budget.document_id, "insufficient_data")


def tables_named(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """The name of a table against the name of its project; a clipped name is no other name."""
    for target in targets(budget):
        if target.row is None:
            continue
        places = (target.place, budget.forms["projects"].place(target.row))
        if _same_name(target.record["project"] or "", target.row.item):
            yield holding(rule, budget.document_id, places)
        else:
            yield failure(rule, budget.document_id, places, "named", name=target.row.item)


def tables_owned(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """The unit of a table against the unit that owns its project."""
    for unit, owner, places in _units(budget):
        if _same_unit(unit, owner):
            yield holding(rule, budget.document_id, places)
        else:
            yield failure(rule, budget.document_id, places, "owned", unit=unit, owner=owner)


def tables_unit_named(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """The name of the unit in a table against its name in the projects form, where both are one unit."""
    for unit, owner, places in _units(budget):
        if _same_name(unit, owner):
            yield holding(rule, budget.document_id, places)
        elif _same_unit(unit, owner):
            yield failure(rule, budget.document_id, places, "unit_named", unit=unit, owner=owner)


def _units(budget: Budget) -> Iterator[tuple[str, str, tuple[Place, ...]]]:
    """The unit of each table, the unit that owns its project, and where both are printed."""
    for target in targets(budget):
        if target.row and target.row.unit and target.record["unit"]:
            places = (target.place, budget.forms["projects"].place(target.row))
            yield target.record["unit"], target.row.unit, places


def table_sources(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """The money of the whole period, and of the year, against its sources."""
    for target in targets(budget):
        for period in ("total", "annual"):
            amount = target.record[f"{period}_yuan"]
            parts = [target.record[f"{period}_{source}_yuan"] for source in SOURCES]
            known = [Figure(part, NOTHING, (target.place,)) for part in parts if part is not None]
            if amount is not None and known:
                whole = Figure(amount, NOTHING, (target.place,))
                yield compared(rule, budget.document_id, whole, total(known), wording="sum")


def table_periods(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """The year's money against that of the whole period."""
    for target in targets(budget):
        year, period = target.record["annual_yuan"], target.record["total_yuan"]
        if year is None or period is None:
            continue
        if year <= period:
            yield holding(rule, budget.document_id, (target.place,))
        else:
            annual, whole = (Figure(amount, NOTHING, (target.place,)) for amount in (year, period))
            yield compared(rule, budget.document_id, annual, whole)


def projects(budget: Budget) -> list[Row]:
    """The project rows of the projects form."""
    form = budget.forms.get("projects")
    return [row for row in form.rows if row.kind == "line"] if form else []


@lru_cache(maxsize=4)
def targets(budget: Budget) -> tuple[Target, ...]:
    """The performance-target tables of a document, each with its project: by name, else by similar name and amount."""
    records = budget.rows("performance_projects")
    places = [
        Place(
            budget.document_id,
            record["page_from"],
            item=record["project"],
            table=Locator(budget.document_id, PERFORMANCE, number),
        )
        for number, record in enumerate(records, 1)
    ]
    rows = [*projects(budget), *_headings(budget)]
    matched: dict[int, Row] = {}
    for fits in (_exactly, _by_amount, _by_name_alone):
        for number, record in enumerate(records):
            left = [row for row in rows if row not in matched.values()]
            if number not in matched and (row := _best(record, [row for row in left if fits(record, row)])):
                matched[number] = row
    return tuple(Target(record, places[n], matched.get(n)) for n, record in enumerate(records))


def _headings(budget: Budget) -> list[Row]:
    """Rows of the projects form above project rows that are no unit: a table may be about a group of projects."""
    form = budget.forms.get("projects")
    units = {_name(row.unit) for row in form.rows} if form else set()
    return [row for row in form.rows if row.kind == "subtotal" and _name(row.item) not in units] if form else []


def _best(record: Record, rows: Sequence[Row]) -> Row | None:
    return max(rows, key=lambda row: fuzz.ratio(_name(record["project"]), _name(row.item)), default=None)


def _exactly(record: Record, row: Row) -> bool:
    return _same_unit(record["unit"], row.unit) and _same_name(record["project"] or "", row.item)


def _by_amount(record: Record, row: Row) -> bool:
    amount, annual = row.amounts.get("total"), record["annual_yuan"]
    if amount is None or annual is None or abs(amount.value - annual) > amount.slack:
        return False
    similar = fuzz.ratio(_name(record["project"]), _name(row.item)) >= SIMILAR
    return similar and _same_unit(record["unit"], row.unit)


def _by_name_alone(record: Record, row: Row) -> bool:
    return _same_name(record["project"] or "", row.item)


def _name(name: str | None) -> str:
    """A name as it is compared: without blanks and without a year before it."""
    return re.sub(r"^20\d\d年?(度)?", "", squeeze(name or ""))


def _same_name(one: str, other: str) -> bool:
    """Equal, or one is the other cut off."""
    short, long = sorted((_name(one), _name(other)), key=len)
    return short == long or (len(short) >= _CLIPPED and long.startswith(short))


def _same_unit(one: str | None, other: str | None) -> bool:
    """Equal, cut off, or written a little differently; a unit that is not printed may be any."""
    if not one or not other:
        return True
    return _same_name(one, other) or fuzz.ratio(_name(one), _name(other)) >= SAME_UNIT
