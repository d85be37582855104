"""Which row of a form is part of which: readings that the page offers, and how well each adds up.

Codes, indentation, numbering and names propose; the sums choose. Rows here have been told from totals already.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from itertools import accumulate
from operator import add, sub
from typing import NamedTuple

from budgetlib.core.money import half_digit

_HALF_A_HUNDREDTH = Decimal("0.005")
_MAX_ROWS, _MAX_STEPS = 160, 60_000
"""Where the search for a nesting in all columns stops: a longer list would take for ever."""
_LONGEST, _MAX_READINGS = 4_000, 64
"""Where that in one column stops, and how many sums it keeps in view at one row."""
_ROUNDINGS = 6
"""Half last digits by which a sum of rounded amounts may be off while a nesting is looked for."""
_DEPTH = 6
"""Levels of a nesting: kind of money, department, unit, two levels of groups, project."""
_STEP, _STEPS = 2.0, 6
"""Points by which steps of indentation differ, and how many there are at most: centred text has more."""

Amounts = Mapping[str, Decimal]
"""The amounts of one row by column."""


@dataclass(frozen=True)
class Nesting:
    """Of which row each row is a part (None: of none but the total), as one kind of `evidence` says.

    `asides` are the rows that repeat a part of the row above (其中) and are counted in no sum, `units` those that name
    a spending unit where they head others.
    """

    evidence: str
    part_of: tuple[int | None, ...]
    asides: frozenset[int] = frozenset()
    units: frozenset[int] = frozenset()

    @property
    def heads(self) -> set[int]:
        """The rows that have parts."""
        return {head for row, head in enumerate(self.part_of) if head is not None and row not in self.asides}

    def above(self, row: int) -> list[int]:
        """The rows that `row` is a part of, the nearest first."""
        heads: list[int] = []
        head = self.part_of[row]
        while head is not None:
            heads.append(head)
            head = self.part_of[head]
        return heads

    def parts(self, head: int | None) -> list[int]:
        """The rows right below `head` that its sum counts."""
        return [row for row, above in enumerate(self.part_of) if above == head and row not in self.asides]


@dataclass(frozen=True)
class Score:
    """How a nesting adds up: columns in which every sum holds, sums that hold, and the sums (row, column) that do not.

    The row of a sum is None where it is the total.
    """

    columns: int
    holding: int
    broken: tuple[tuple[int | None, str], ...]

    @property
    def rank(self) -> tuple[int, int, int]:
        """What the better of two readings has more of."""
        return self.columns, self.holding, -len(self.broken)


def half_last_digit(numbers: Iterable[Decimal]) -> Decimal:
    """Half of the last printed digit of `numbers`; of a hundredth where they have fewer decimals."""
    return min([_HALF_A_HUNDREDTH, *map(half_digit, numbers)])


def from_levels(evidence: str, levels: Sequence[int], asides: Iterable[int] = ()) -> Nesting:
    """Each row is part of the last one above it that is on a higher level (a smaller number).

    >>> from_levels("codes", [0, 1, 2, 2, 0]).part_of
    (None, 0, 1, 1, None)
    """
    part_of: list[int | None] = []
    open_rows: list[int] = []
    for row, level in enumerate(levels):
        while open_rows and levels[open_rows[-1]] >= level:
            open_rows.pop()
        part_of.append(open_rows[-1] if open_rows else None)
        open_rows.append(row)
    return Nesting(evidence, tuple(part_of), frozenset(asides))


def score(nesting: Nesting, rows: Sequence[Amounts], total: Amounts) -> Score:
    """How the sums of `rows` hold when they are nested so, under a `total` that may be empty."""
    columns: dict[str, list[bool]] = {}
    broken: list[tuple[int | None, str]] = []
    for head, measure, holds in _sums(nesting, rows, total):
        columns.setdefault(measure, []).append(holds)
        if not holds:
            broken.append((head, measure))
    return Score(sum(map(all, columns.values())), sum(map(sum, columns.values())), tuple(broken))


def _sums(nesting: Nesting, rows: Sequence[Amounts], total: Amounts) -> Iterator[tuple[int | None, str, bool]]:
    """The sums of a nesting, by head and column, and whether each holds; those of nothing but zeros are none."""
    parts: dict[int | None, list[int]] = {}
    for row, head in enumerate(nesting.part_of):
        if row not in nesting.asides:
            parts.setdefault(head, []).append(row)
    for measure in dict.fromkeys(measure for row in (total, *rows) for measure in row):
        values: dict[int, Decimal] = {}
        for row in reversed(range(len(rows))):
            below = [values[part] for part in parts.get(row, ()) if part in values]
            if measure in rows[row]:
                values[row] = rows[row][measure]
                if below and (any(below) or values[row]):
                    yield row, measure, _holds(values[row], below)
            elif below:
                values[row] = sum(below, Decimal(0))
        roots = [values[part] for part in parts.get(None, ()) if part in values]
        if measure in total and roots and (any(roots) or total[measure]):
            yield None, measure, _holds(total[measure], roots)


def _holds(whole: Decimal, parts: Sequence[Decimal]) -> bool:
    return abs(whole - sum(parts)) <= half_last_digit([whole, *parts]) * (len(parts) + 1)


def nested_by_sums(nesting: Nesting, rows: Sequence[Amounts], total: Amounts) -> Nesting | None:
    """`nesting` with the rows below a head that does not add up nested among themselves by their sums.

    None where no sum is mended so.
    """
    part_of = list(nesting.part_of)
    for head in (None, *sorted(nesting.heads)):
        parts = nesting.parts(head)
        whole = total if head is None else rows[head]
        broken = any(not _holds(whole[m], [rows[part].get(m, Decimal(0)) for part in parts]) for m in whole)
        if broken and 0 < len(parts) <= _LONGEST and (below := nested([rows[part] for part in parts], whole)):
            for part, above in zip(parts, below, strict=True):
                part_of[part] = head if above is None else parts[above]
    if part_of == list(nesting.part_of):
        return None
    return replace(nesting, evidence=f"{nesting.evidence} and sums".removeprefix("order and "), part_of=tuple(part_of))


def nested(rows: Sequence[Amounts], whole: Amounts, depth: int = _DEPTH) -> tuple[int | None, ...] | None:
    """Of which row each row is a part where every head is the sum of its parts, and `whole` the sum of the others.

    In every column, or in the first one where not in every one; None where no nesting at most `depth` deep adds up.
    """
    measures = [m for m in whole if all(row.get(m, Decimal(0)) >= 0 for row in (whole, *rows))]
    if len(rows) > _MAX_ROWS:
        return (
            _from_below([row.get(m, Decimal(0)) for row in rows], whole[m]) if (m := next(iter(measures), "")) else None
        )
    for columns in dict.fromkeys((tuple(measures), tuple(measures[:1]))):
        numbers = tuple(tuple(row.get(m, Decimal(0)) for m in columns) for row in rows)
        for roundings in (0, _ROUNDINGS):  # an exact sum is likelier than one that rounding explains
            if columns and (forest := _forest(numbers, tuple(whole[m] for m in columns), depth, roundings)):
                return forest
    return None


class _Tree(NamedTuple):
    """A row with the first of its parts and the next beside it."""

    row: int
    parts: _Tree | None
    beside: _Tree | None


def _forest(
    numbers: Sequence[Sequence[Decimal]], total: Sequence[Decimal], most: int, slack: int
) -> tuple[int | None, ...] | None:
    """Of which row each of `numbers` (heads before their parts) is a part, so that the roots sum to `total`.

    Sums may be off by `slack` halves of the last digit.
    """
    steps = 0
    half = half_last_digit([number for row in (*numbers, total) for number in row])
    *rows, whole = (tuple(int(number / half) for number in row) for row in (*numbers, total))
    from_here = list(accumulate(reversed(rows), lambda below, row: tuple(map(add, below, row))))[::-1]

    @cache
    def forests(start: int, rest: tuple[int, ...], depth: int) -> dict[int, _Tree]:
        """Where a forest of the rows from `start` on that sums to `rest` may end."""
        nonlocal steps
        steps += 1
        reached: dict[int, _Tree] = {}
        if start >= len(rows) or steps > _MAX_STEPS or max(map(sub, rest, from_here[start])) > slack:
            return reached
        left = tuple(map(sub, rest, rows[start]))
        if min(left) < -slack:
            return reached
        ends: dict[int, _Tree | None] = {}
        if depth > 1 and any(rows[start]):
            ends |= forests(start + 1, rows[start], depth - 1)
        done = max(left) <= slack
        for end, parts in (ends | {start + 1: None}).items():
            if done:
                reached.setdefault(end, _Tree(start, parts, None))
            if not done or (end < len(rows) and max(rows[end]) <= slack):
                for further, beside in forests(end, left, depth).items():
                    reached.setdefault(further, _Tree(start, parts, beside))
        return reached

    if not (first := forests(0, whole, most).get(len(rows))):
        return None
    part_of: list[int | None] = [None] * len(rows)
    below: list[tuple[_Tree | None, int | None]] = [(first, None)]
    while below:
        tree, head = below.pop()
        if tree:
            part_of[tree.row] = head
            below += (tree.parts, tree.row), (tree.beside, head)
    return tuple(part_of)


class _Part(NamedTuple):
    """A row that is counted in a sum, where the rows below it end, and the part counted before it."""

    row: int
    end: int
    before: _Part | None


def _from_below(amounts: Sequence[Decimal], total: Decimal) -> tuple[int | None, ...] | None:
    """Of which row each of many `amounts` is a part so that the roots sum to `total`; None where none are found.

    From the last row up. What is the sum of two or more parts is their head; what equals one row below may be.
    """
    slack = half_last_digit([*amounts, total]) * _ROUNDINGS
    heads: list[dict[int, _Part]] = [{} for _ in amounts]
    for row in reversed(range(len(amounts))):
        if amounts[row]:
            heads[row] = _sums_from(row + 1, amounts[row], amounts, heads, slack)
    last = _sums_from(0, total, amounts, heads, slack).get(len(amounts))
    if last is None:
        return None
    part_of: list[int | None] = [None] * len(amounts)
    below: list[tuple[_Part | None, int | None]] = [(last, None)]
    while below:
        part, head = below.pop()
        while part:
            part_of[part.row] = head
            if part.end > part.row + 1:
                below.append((heads[part.row][part.end], part.row))
            part = part.before
    return tuple(part_of)


def _sums_from(
    start: int, whole: Decimal, amounts: Sequence[Decimal], heads: Sequence[Mapping[int, _Part]], slack: Decimal
) -> dict[int, _Part]:
    """Where rows from `start` on that sum to `whole` may end, with the last of them."""
    ends: dict[int, _Part] = {}
    open_sums: dict[int, dict[Decimal, tuple[int, _Part | None]]] = {start: {Decimal(0): (0, None)}}
    for row in range(start, len(amounts) + 1):
        likely = sorted(open_sums.pop(row, {}).items(), key=lambda reading: reading[1][0])[:_MAX_READINGS]
        for so_far, (doubt, before) in likely:
            if before and abs(so_far - whole) <= slack:
                ends.setdefault(row, before)
            if row == len(amounts) or so_far + amounts[row] > whole + slack:
                continue
            certain = any(last.before for last in heads[row].values())
            for more, end in enumerate((*sorted(heads[row]), *(() if certain else (row + 1,)))):
                reached = open_sums.setdefault(end, {})
                known = reached.get(so_far + amounts[row])
                if known is None or doubt + more < known[0]:
                    reached[so_far + amounts[row]] = (doubt + more, _Part(row, end, before))
        if not open_sums:
            break
    return ends


def levels_of_indents(indents: Sequence[float | None]) -> list[int] | None:
    """How deep each row is indented, counted in steps; None where the indents are no steps."""
    known = sorted(indent for indent in indents if indent is not None)
    if len(known) < len(indents):
        return None
    steps = [known[0]] if known else []
    for indent in known:
        if indent - steps[-1] > _STEP:
            steps.append(indent)
    if not 1 < len(steps) <= _STEPS:
        return None
    return [max(i for i, step in enumerate(steps) if step <= indent) for indent in indents if indent is not None]
