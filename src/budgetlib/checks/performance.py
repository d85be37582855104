"""Performance-target tables against projects: each table its project, each disclosed project its table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from budgetlib.checks.budget import Budget
from budgetlib.checks.expressions import evaluate, expression
from budgetlib.checks.figures import NOTHING, Figure, Place, total
from budgetlib.checks.findings import Finding, best, compared, holding, judged, passed, untested
from budgetlib.checks.pairing import Target, alike_unit, plain, projects, same_unit, targets
from budgetlib.checks.rules import Rule
from budgetlib.tables.schemas import SOURCES


def tables_counted(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """The number of tables against the number of projects said to be disclosed."""
    stated = evaluate(expression("§10.projects_disclosed"), budget)
    there = targets(budget)
    if stated and there and not budget.unread:
        yield compared(rule, budget.document_id, stated, Figure(Decimal(len(there))), "count", "counted")
    elif stated and stated.value:
        yield untested(rule, budget.document_id, "insufficient_data")


def tables_summed(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """The year's money of all tables against the stated amount; each table's project rounds for itself."""
    stated = evaluate(expression("§10.projects_disclosed_amount"), budget)
    amounts = [target.annual for target in targets(budget)]
    known = [amount for amount in amounts if amount]
    if stated and known and len(known) == len(amounts) and not budget.unread:
        summed = total(known)
        rounded = Figure(summed.value, stated.slack * len(known), summed.places)
        yield compared(rule, budget.document_id, stated, rounded, wording="sum")
    elif stated and stated.value:
        yield untested(rule, budget.document_id, "insufficient_data")


def projects_counted(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """The number of projects under performance management against the projects form, where the money is all of it.

    A project of two units may count once; projects of the first level are groups of the form's.
    """
    stated = evaluate(expression("§10.projects_under_performance_management"), budget)
    money = evaluate(expression("§10.performance_amount"), budget)
    whole = evaluate(expression("projects.total"), budget)
    rows = projects(budget)
    sentences = (s.sentence for s in budget.statements if s.measure == "projects_under_performance_management")
    of_groups = any(re.search(rule.data["unless"], sentence) for sentence in sentences)
    of_another_file = stated is not None and stated.places[0].document_id != budget.document_id
    if of_groups or of_another_file:
        yield untested(rule, budget.document_id, "not_applicable")
    elif stated and money and whole and rows and (money - whole).is_nothing:
        place = budget.forms["projects"].place()
        names = {plain(row.item) for row in rows}
        counts = [Figure(Decimal(count), places=(place,)) for count in (len(rows), len(names))]
        yield best([compared(rule, budget.document_id, stated, count, "count", "counted") for count in counts])


def projects_shown(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """Every project has its table, where as many are disclosed as there are and no table is without its project."""
    stated = evaluate(expression("§10.projects_disclosed"), budget)
    rows, tables = projects(budget), targets(budget)
    shown = {row for target in tables for row in target.rows}
    if not stated or not all(target.rows for target in tables) or not tables or stated.value != len(rows):
        return
    for row in rows:
        places = (budget.forms["projects"].place(row, "total"), *stated.places)
        yield judged(rule, budget.document_id, places, row in shown, "missing")


def tables_known(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """Every table has its project, or is of a unit in the form: a fund or a transfer may be no project there."""
    rows, tables = projects(budget), targets(budget)
    units = {row.unit for row in rows if row.unit} | {budget.record["entity"]}
    for target in tables if rows else ():
        unit = target.record["unit"]
        foreign = bool(unit) and not any(_belongs(unit, known) for known in units if known)
        apart = re.search(rule.data["unless"], target.record["project"] or "") or not _most(tables, _has_rows)
        if target.rows or (foreign and not apart):
            yield judged(rule, budget.document_id, (target.place,), target.rows, "foreign_unit", unit=unit or "")
        else:
            yield untested(rule, budget.document_id, "not_applicable")


def tables_agree(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """The year's money of a table against its project, where most tables agree with theirs."""
    tested = [
        (target, _agreement(rule, budget, target.annual, [row.amounts["total"] for row in target.rows]))
        for target in targets(budget)
        if target.rows and target.annual and all("total" in row.amounts for row in target.rows)
    ]
    agree = passed(finding for _, finding in tested) * 2 >= len(tested)
    for target, finding in tested:
        apart = re.search(rule.data["unless"], target.record["project"] or "")
        if finding.state == "pass" or (agree and not apart):
            yield finding
        else:
            yield untested(rule, budget.document_id, "not_applicable")
    if not tested and targets(budget) and projects(budget):
        yield untested(rule, budget.document_id, "insufficient_data")


def _agreement(rule: Rule, budget: Budget, annual: Figure, amounts: Sequence[Figure]) -> Finding:
    """A table's money against that of its rows. Where it is one row, it is one number: the coarser print is rounded."""
    if len(amounts) == 1:
        annual = replace(annual, slack=max(annual.slack, amounts[0].slack))
        amounts = [replace(amounts[0], slack=NOTHING)]
    return compared(rule, budget.document_id, annual, total(amounts))


def tables_owned(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """The unit of a table against the unit that owns its project, where most are the same.

    A table may stand for several units: one that says so, or the department where it has no projects of its own.
    """
    tables = targets(budget)
    department = budget.record["entity"] or ""
    owns = any(same_unit(row.unit, department) for row in projects(budget) if row.unit)
    for unit, owner, places in _units(budget):
        of_several = re.search(rule.data["unless"], unit) or (_belongs(unit, department) and not owns)
        if alike_unit(unit, owner) or (not of_several and _most(tables, _unit_agrees)):
            yield judged(rule, budget.document_id, places, alike_unit(unit, owner), "owned", unit=unit, owner=owner)
        else:
            yield untested(rule, budget.document_id, "not_applicable")


def table_sources(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """The money of the whole period, and of the year, against its sources; not where the one that pays is unknown."""
    for target in targets(budget):
        for period in ("total", "annual"):
            whole = target.money(f"{period}_yuan")
            parts = [target.money(f"{period}_{source}_yuan") for source in SOURCES]
            known = [part for part in parts if part]
            if whole and (any(part.value for part in known) or len(known) == len(parts)):
                yield compared(rule, budget.document_id, whole, total(known), wording="sum")


def table_periods(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """The year's money against that of the whole period."""
    for target in targets(budget):
        annual, whole = target.annual, target.money("total_yuan")
        if annual and whole and annual.value <= whole.value:
            yield holding(rule, budget.document_id, (target.place,))
        elif annual and whole:
            yield compared(rule, budget.document_id, annual, whole)


def _units(budget: Budget) -> Iterator[tuple[str, str, tuple[Place, ...]]]:
    """The unit of each table, the unit that owns its project, and where both are printed."""
    for target in targets(budget):
        if target.row and target.row.unit and target.record["unit"]:
            places = (target.place, budget.forms["projects"].place(target.row))
            yield target.record["unit"], target.row.unit, places


def _has_rows(target: Target) -> bool:
    return bool(target.rows)


def _unit_agrees(target: Target) -> bool:
    return target.row is None or alike_unit(target.record["unit"], target.row.unit)


def _most(tables: Sequence[Target], holds: Callable[[Target], bool]) -> bool:
    """Whether something holds for at least half of the tables."""
    return sum(holds(target) for target in tables) * 2 >= len(tables)


def _belongs(unit: str, known: str) -> bool:
    """Whether a unit is a known one, or one of the two names the other."""
    return alike_unit(unit, known) or plain(known) in plain(unit) or plain(unit) in plain(known)
