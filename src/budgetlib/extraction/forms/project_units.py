"""Which rows of a projects form are the department, its spending units, and their projects.

They are drawn alike, and a unit may bear the department's name: sums and names tell them apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from budgetlib.core.text import squeeze
from budgetlib.extraction.forms.rows import PrintedRow

_HALF_A_HUNDREDTH = Decimal("0.005")
_ORGANISATION = re.compile(
    r"(局|中心|办公室|委员会|委|院|所|队|馆|处|站|校|学|园|会|公司|厅|部|政府|监狱|银行|基地|本级|机关)"
    r"(本级)?([(\[].*[)\]])?$"
)
_PROJECT = re.compile(
    r"^(J|Z|XM|QT)|(费|经费|项目|资金|补助|补贴|支出|工程|建设|运维|服务|维护|租赁|改造|尾款)\d*([(].*[)])?$"
)
_IS_UNIT, _UNKNOWN, _IS_PROJECT, _MISFIT = 1, 4, 6, 3
"""What it costs to read a row as a unit: named like one, like neither, like a project; and to leave its sum unmet.

A sum weighs less than a name: rounding and misprints break sums, and two projects of one amount make a false one.
"""


def half_last_digit(numbers: Iterable[Decimal]) -> Decimal:
    """Half of the last printed digit of `numbers`; of a hundredth where they have fewer decimals."""
    exponents = [int(number.as_tuple().exponent) for number in numbers]
    return min(_HALF_A_HUNDREDTH, Decimal(5).scaleb(min(exponents, default=0) - 1))


def assign_units(rows: Sequence[PrintedRow], spending_units: Sequence[str]) -> None:
    """Department row, unit rows, project rows: cheapest reading by sums and names (a unit may bear any name)."""
    inner = [row for row in rows if row.kind == "line"]
    if not inner:
        return
    numbers = [row.amount() or Decimal(0) for row in inner]
    known = {squeeze(unit) for unit in spending_units}
    as_unit = [_unit_cost(squeeze(row.item), known) for row in inner]
    headed = 0
    if len(inner) > 1 and as_unit[0] < _IS_PROJECT and _leads(numbers):
        inner[0].kind = "subtotal" if len(inner) < len(rows) else "total"
        headed = 1
    heads = _unit_rows(numbers[headed:], as_unit[headed:])
    owner = inner[0].item if headed and not heads else None
    for i, row in enumerate(inner[headed:]):
        if i in heads:
            row.kind, owner = "subtotal", row.item
        row.unit = owner


def _leads(numbers: Sequence[Decimal]) -> bool:
    """True where the first row is the sum of all others, counted once, or twice with their unit rows."""
    head, rest = numbers[0], sum(numbers[1:])
    slack = half_last_digit(numbers) * (len(numbers) + 1)
    return (
        abs(head - rest) <= slack
        or abs(2 * head - rest) <= 2 * slack
        or (0 < head == max(numbers) and 2 * head <= rest)
    )


def _unit_cost(name: str, known: set[str]) -> int:
    if name in known:
        return 0
    if _PROJECT.search(name):
        return _IS_PROJECT
    return _IS_UNIT if _ORGANISATION.search(name) else _UNKNOWN


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
