"""Performance-target tables and the rows of the projects form that they are about."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from rapidfuzz import fuzz

from budgetlib.checks.budget import Budget, Record, Row
from budgetlib.checks.figures import NOTHING, Figure, Place, total
from budgetlib.core.money import FACTORS, half_digit, parse_number
from budgetlib.core.text import squeeze
from budgetlib.tables.locators import PERFORMANCE, Locator

SIMILAR_NAME = 60
"""Names at least so alike are one project's where the amount is the same too."""

SAME_UNIT = 85
"""Names at least so alike are one unit's, unless both are units of the projects form."""

_CLIPPED = 4
"""So many characters of a name that a cell cut off are still this name."""

_BUDGETS, _NAMES = 4, 4096  # remembered: the rules take budgets one after another, a budget has some thousand names

_SPELLING = re.compile(r"^20\d\d年?(度)?|[()\[\]“”\"·、,，。.\-—_]|本级|机关$")


@dataclass(frozen=True, eq=False)
class Target:
    """A performance-target table and the rows of the projects form that it is about: one, several together, or none."""

    record: Record
    place: Place
    slack: Decimal
    rows: tuple[Row, ...]

    @property
    def row(self) -> Row | None:
        """The row, where it is exactly one."""
        return self.rows[0] if len(self.rows) == 1 else None

    @property
    def annual(self) -> Figure | None:
        """The year's money."""
        return self.money("annual_yuan")

    def money(self, column: str) -> Figure | None:
        """One amount of the table."""
        amount = self.record.get(column)
        return None if amount is None else Figure(amount, self.slack, (self.place,))


def projects(budget: Budget) -> list[Row]:
    """The project rows of the projects form."""
    form = budget.forms.get("projects")
    return [row for row in form.rows if row.kind == "line"] if form else []


@lru_cache(maxsize=_BUDGETS)
def targets(budget: Budget) -> tuple[Target, ...]:
    """The performance-target tables of a document, each with its rows.

    They are paired by unit, name and amount, then by what is left of these, then with a group of rows whose sum is the
    amount; a table that differs in amount has its row only where no other table and no other row can be meant.
    """
    records = budget.rows("performance_projects")
    tables = [_target(budget, record, number) for number, record in enumerate(records, 1)]
    candidates = [*projects(budget), *_headings(budget)]
    paired: dict[int, tuple[Row, ...]] = {}
    for agreements in _FITS:
        for number, table in enumerate(tables):
            left = [] if number in paired else _left(candidates, paired)
            if rows := [row for row in left if all(agrees(table, row) for agrees in agreements)]:
                paired[number] = (max(rows, key=lambda row: _likeness(table, row)),)
    for number, table in enumerate(tables):
        if number not in paired and (group := _group(table, _left(projects(budget), paired))):
            paired[number] = group
    for number, table in enumerate(tables):
        if number not in paired and (row := _only_one_meant(table, tables, candidates, _left(candidates, paired))):
            paired[number] = (row,)
    return tuple(replace(table, rows=paired.get(number, ())) for number, table in enumerate(tables))


def same_name(one: str | None, other: str | None) -> bool:
    """Equal but for brackets, a year and the like, or one is the other cut off."""
    short, long = sorted((plain(one), plain(other)), key=len)
    return short == long or (len(short) >= _CLIPPED and long.startswith(short))


def same_unit(one: str | None, other: str | None) -> bool:
    """As `same_name`; a place may be left out before a unit's name, and a unit that is not printed may be any."""
    if not one or not other:
        return True
    short, long = sorted((plain(one), plain(other)), key=len)
    return same_name(one, other) or (len(short) >= _CLIPPED and long.endswith(short))


def alike_unit(one: str | None, other: str | None) -> bool:
    """One unit's name, perhaps written a little differently."""
    return same_unit(one, other) or fuzz.ratio(plain(one), plain(other)) >= SAME_UNIT


@lru_cache(maxsize=_NAMES)
def plain(name: str | None) -> str:
    """A name as it is compared: without blanks, brackets, a year before it, or 本级 behind it.

    >>> plain("2026年深圳市建筑工务署（本级）")
    '深圳市建筑工务署'
    """
    return _SPELLING.sub("", squeeze(name or ""))


def _target(budget: Budget, record: Record, number: int) -> Target:
    table = Locator(budget.document_id, PERFORMANCE, number)
    place = Place(budget.document_id, record["page_from"], item=record["project"], table=table)
    return Target(record, place, _slack(record), ())


def _slack(record: Record) -> Decimal:
    """Half of the last digit that a table prints; money in 元 is exact."""
    number, unit = parse_number(record.get("published_text") or ""), record.get("published_unit")
    return NOTHING if number is None or unit not in FACTORS or unit == "元" else half_digit(number, unit)


def _headings(budget: Budget) -> list[Row]:
    """Rows of the projects form above project rows that are no unit: a table may be about a group of projects."""
    form = budget.forms.get("projects")
    units = {plain(row.unit) for row in form.rows} if form else set()
    return [row for row in form.rows if row.kind == "subtotal" and plain(row.item) not in units] if form else []


def _left(rows: Sequence[Row], paired: dict[int, tuple[Row, ...]]) -> list[Row]:
    taken = {row for group in paired.values() for row in group}
    return [row for row in rows if row not in taken]


def _likeness(table: Target, row: Row) -> float:
    return fuzz.ratio(plain(table.record["project"]), plain(row.item))


def _amount_agrees(table: Target, row: Row) -> bool:
    amount = row.amounts.get("total")
    return amount is not None and table.annual is not None and (table.annual - amount).is_nothing


def _name_agrees(table: Target, row: Row) -> bool:
    return same_name(table.record["project"], row.item)


def _unit_agrees(table: Target, row: Row) -> bool:
    return same_unit(table.record["unit"], row.unit)


def _alike(table: Target, row: Row) -> bool:
    return _likeness(table, row) >= SIMILAR_NAME and alike_unit(table.record["unit"], row.unit)


def _amount_unsaid(table: Target, row: Row) -> bool:
    return table.annual is None


_FITS: tuple[tuple[Callable[[Target, Row], bool], ...], ...] = (
    (_name_agrees, _unit_agrees, _amount_agrees),
    (_name_agrees, _amount_agrees),
    (_alike, _amount_agrees),
    (_amount_unsaid, _name_agrees, _unit_agrees),
)
"""What must agree between a table and its row, the surest first."""


def _group(table: Target, rows: Sequence[Row]) -> tuple[Row, ...]:
    """Several rows that together have the table's amount: those of its name, or all that are left of its unit."""
    of_name = [row for row in rows if _name_agrees(table, row)]
    of_unit = [row for row in rows if table.record["unit"] and row.unit and _unit_agrees(table, row)]
    for group in (of_name, of_unit):
        amounts = [row.amounts["total"] for row in group if "total" in row.amounts]
        if table.annual and len(amounts) > 1 and (table.annual - total(amounts)).is_nothing:
            return tuple(group)
    return ()


def _only_one_meant(table: Target, tables: Sequence[Target], rows: Sequence[Row], left: Sequence[Row]) -> Row | None:
    """The row of the table's name and unit, where both are the only ones of this name and unit."""
    unit, name = table.record["unit"], table.record["project"]
    if not left:
        return None
    meant = [row for row in rows if _name_agrees(table, row) and alike_unit(unit, row.unit)]
    rivals = [one for one in tables if same_name(one.record["project"], name) and alike_unit(one.record["unit"], unit)]
    return meant[0] if len(meant) == 1 and len(rivals) == 1 and meant[0] in left else None
