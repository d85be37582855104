"""Which rows of a projects form are the department, its spending units, and their projects.

They are drawn alike, and a unit may bear the department's name: sums and names tell them apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from budgetlib.core.text import squeeze
from budgetlib.extraction.forms.nesting import half_last_digit
from budgetlib.extraction.forms.rows import PrintedRow
from budgetlib.extraction.forms.titles import is_organisation

_PROJECT = re.compile(
    r"^(J|Z|XM|QT)|(费|经费|项目|资金|补助|补贴|支出|工程|建设|运维|服务|维护|租赁|改造|尾款)\d*([(].*[)])?$"
)
_IS_UNIT, _UNKNOWN, _IS_PROJECT, _MISFIT = 1, 4, 6, 3
"""What it costs to read a row as a unit: named like one, like neither, like a project; and to leave its sum unmet.

A sum weighs less than a name: rounding and misprints break sums, and two projects of one amount make a false one.
"""


def is_unit(name: str, known: set[str]) -> bool:
    """True for the name of a spending unit: one of the `known`, or one that ends as names of organisations do."""
    return name in known or (is_organisation(name) and not _PROJECT.search(name))


def unit_levels(
    rows: Sequence[PrintedRow], known: set[str], has_total: bool
) -> Iterator[tuple[list[int], frozenset[int]]]:
    """The levels of rows where a department, its units and their projects are told apart, and which are units."""
    numbers = [row.amount() or Decimal(0) for row in rows]
    as_unit = [_unit_cost(squeeze(row.item), known) for row in rows]
    leads = len(rows) > 1 and as_unit[0] < _IS_PROJECT and _leads(numbers, has_total)
    for headed in [1, 0] if leads and has_total else [int(leads)]:
        units = {headed + i for i in _unit_rows(numbers[headed:], as_unit[headed:])}
        levels = [0 if i < headed else 1 if i in units else 2 for i in range(len(rows))]
        if headed or units:
            yield levels, frozenset([*range(headed), *units])


def _leads(numbers: Sequence[Decimal], has_total: bool) -> bool:
    """True where the first row is the sum of all others, counted once, or twice with their unit rows.

    Without a total of another name it is also where it is the largest by far.
    """
    head, rest = numbers[0], sum(numbers[1:])
    slack = half_last_digit(numbers) * (len(numbers) + 1)
    return (
        abs(head - rest) <= slack
        or abs(2 * head - rest) <= 2 * slack
        or (not has_total and 0 < head == max(numbers) and 2 * head <= rest)
    )


def _unit_cost(name: str, known: set[str]) -> int:
    if name in known:
        return 0
    if _PROJECT.search(name):
        return _IS_PROJECT
    return _IS_UNIT if is_organisation(name) else _UNKNOWN


def _unit_rows(numbers: Sequence[Decimal], as_unit: Sequence[int]) -> set[int]:
    """The rows that head a run of projects: cheapest by name, and by whether the run adds up to its head."""
    count = len(numbers)
    half = half_last_digit(numbers)
    flat = sum(_UNKNOWN - cost for cost in as_unit if cost < _UNKNOWN)
    best: list[tuple[float, tuple[int, ...]]] = [*([(float("inf"), ())] * count), (0.0, ())]
    for start in range(count - 1, -1, -1):
        running = Decimal(0)
        as_project = 0
        for end in range(start + 1, count + 1):
            tail, heads = best[end]
            if end > start + 1:
                running += numbers[end - 1]
                as_project += max(0, _UNKNOWN - as_unit[end - 1])
            fits = end > start + 1 and abs(numbers[start] - running) <= half * (end - start)
            cost = as_unit[start] + as_project + (0 if fits else _MISFIT) + tail
            if cost < best[start][0]:
                best[start] = cost, (start, *heads)
    return set(best[0][1]) if count and best[0][0] < flat else set()
