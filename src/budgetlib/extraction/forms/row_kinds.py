"""Which rows of a form are totals, which are subtotals and which are leaves.

Codes, units, indentation, numbering and names each propose which row is part of which; the reading under which the
most columns add up is taken, the earlier one where two are as good. Where none adds up, the paper does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from budgetlib.core.text import squeeze
from budgetlib.extraction.forms.evidence import readings
from budgetlib.extraction.forms.nesting import Nesting, Score, score
from budgetlib.extraction.forms.rows import PrintedRow
from budgetlib.extraction.forms.sums import nested_by_sums
from budgetlib.extraction.forms.titles import is_total

_FEWEST = 2
"""Of so few rows one may equal the other by chance."""
_NAMED = 3
"""So many sums that do not hold are named."""


def row_kinds(rows: Sequence[PrintedRow], strategy: str, spending_units: Sequence[str]) -> list[str]:
    """Set `kind` of each row (`total`, `subtotal`, `line`), and `unit` where units head rows; what does not add up.

    `strategy` is the form's `rows`; `spending_units` are names of spending units known from elsewhere.
    """
    _totals(rows)
    named = next((row for row in rows if row.kind == "total"), None)
    for total in [named] if named else [*_unnamed(rows), None]:
        inner = [row for row in rows if row is not total and row.kind == "line"]
        tried = _tried(inner, total, strategy, spending_units)
        if total is named or (tried and not any(head is None for head, _ in _best(tried)[1].broken)):
            break
    if total:
        total.kind = "total"
    if not tried:
        return []
    best, sums = _best(tried)
    _apply(best, inner, total is None)
    return _unexplained(sums, inner, dict.fromkeys(reading.evidence for reading, _ in tried))


def _unnamed(rows: Sequence[PrintedRow]) -> list[PrintedRow]:
    """The rows at the ends of a form, where its total stands, that say of nothing what they are."""
    ends = (rows[-1], rows[0]) if len(rows) > _FEWEST else ()
    return [row for row in ends if not (row.printed or row.code or row.unit or row.period)]


def _tried(
    rows: Sequence[PrintedRow], total: PrintedRow | None, strategy: str, spending_units: Sequence[str]
) -> list[tuple[Nesting, Score]]:
    """The readings of `rows` under a total, each with how it adds up."""
    amounts, whole = [row.by_measure() for row in rows], total.by_measure() if total else {}
    return [
        (reading, score(reading, amounts, whole))
        for nesting in (readings(rows, strategy, spending_units, total is not None) if rows else ())
        for reading in (nesting, nested_by_sums(nesting, amounts, whole))
        if reading
    ]


def _best(tried: Sequence[tuple[Nesting, Score]]) -> tuple[Nesting, Score]:
    return max(tried, key=lambda reading: reading[1].rank)


def _totals(rows: Sequence[PrintedRow]) -> None:
    """The grand totals: 总计 before 合计, never 本年…合计 or 小计 where there is another, nor those of a part alone."""
    labels = [squeeze(row.item) for row in rows]
    totals = [label for label in labels if is_total(label)]
    grand = (
        [label for label in totals if "总计" in label]
        or [label for label in totals if not re.search(r"本年|当年|小计|人员|公用|基本支出|项目支出", label)]
        or [label for label in totals if not re.search(r"人员|公用", label)]
    )
    for row, label in zip(rows, labels, strict=True):
        row.kind = "total" if label in grand else "subtotal" if is_total(label) else "line"
    if len(rows) == 1 and not rows[0].printed:
        rows[0].kind = "total"


def _apply(reading: Nesting, rows: Sequence[PrintedRow], without_total: bool) -> None:
    """Kinds and units as `reading` has them; where no total is named, a head of all rows without a code is it."""
    heads, roots = reading.heads, reading.parts(None)
    for i, row in enumerate(rows):
        row.kind = "subtotal" if i in heads or i in reading.asides else "line"
    owners = _owners(reading)
    if without_total and len(roots) == 1 and roots[0] in heads and rows[roots[0]].code is None:
        rows[roots[0]].kind = "total"
        owners[roots[0]] = None
    for row, owner in zip(rows, owners, strict=True):
        if owner is not None:
            row.unit = row.unit or rows[owner].item


def _owners(reading: Nesting) -> list[int | None]:
    """The unit whose each row is, itself or the nearest above.

    A row with units below it, a department, is none; nor is one below anything but units (监狱 is also a section).
    """
    above = [*map(reading.above, range(len(reading.part_of)))]
    outermost = {unit for unit in reading.units if reading.units.issuperset(above[unit])}
    of_units = {head for unit in outermost for head in above[unit]}
    units = (outermost & reading.heads) - of_units
    return [next((head for head in (i, *above[i]) if head in units), None) for i in range(len(above))]


def _unexplained(sums: Score, rows: Sequence[PrintedRow], tried: Iterable[str]) -> list[str]:
    """A sentence on the sums that hold under no reading; none where all hold."""
    broken = list(dict.fromkeys(head for head, _ in sums.broken))
    if not broken:
        return []
    named = ", ".join("the total" if head is None else rows[head].item[:20] or "a row" for head in broken[:_NAMED])
    more = f" and {len(broken) - _NAMED} more" if len(broken) > _NAMED else ""
    return [f"read by {', '.join(tried)}: under each some rows do not add up, here {named}{more}"]
