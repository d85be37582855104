"""Which row of a form is part of which, told by sums alone: every head is the sum of its parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache
from itertools import accumulate, chain, count
from operator import add, sub
from typing import Generic, NamedTuple, TypeVar

from budgetlib.extraction.forms.nesting import Amounts, Nesting, half_last_digit, holds

_MAX_ROWS, _MAX_STEPS = 160, 30_000
"""Where the search for a nesting in all columns stops: a longer list would take for ever."""
_LONGEST, _MAX_READINGS = 4_000, 64
"""Where that in one column stops, and how many sums it keeps in view at one row."""
_ROUNDINGS = 6
"""Half last digits by which a sum of rounded amounts may be off while a nesting is looked for."""
_DEPTH = 6
"""Levels of a nesting: kind of money, department, unit, two levels of groups, project."""


def nested_by_sums(nesting: Nesting, rows: Sequence[Amounts], total: Amounts) -> Nesting | None:
    """`nesting` with the rows below a head that does not add up nested among themselves by their sums.

    None where no sum is mended so.
    """
    part_of = list(nesting.part_of)
    for head in (None, *sorted(nesting.heads)):
        parts = nesting.parts(head)
        whole = total if head is None else rows[head]
        broken = any(not holds(whole[m], [rows[part].get(m, Decimal(0)) for part in parts]) for m in whole)
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


Item = TypeVar("Item")


class _Replayed(Generic[Item]):
    """What an iterator gives, as often as it is asked for, and no more of it than that."""

    def __init__(self, items: Iterator[Item]) -> None:
        self._items, self._known = items, list[Item]()

    def __iter__(self) -> Iterator[Item]:
        for place in count():
            if place == len(self._known):
                if (item := next(self._items, None)) is None:
                    return
                self._known.append(item)
            yield self._known[place]


class _Tree(NamedTuple):
    """A row with the first of its parts and the next beside it."""

    row: int
    parts: _Tree | None
    beside: _Tree | None


_Forest = tuple[int, _Tree | None]
"""Where it ends, and its first tree."""


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
    def forests(start: int, rest: tuple[int, ...], depth: int) -> _Replayed[_Forest]:
        return _Replayed(grown(start, rest, depth))

    def grown(start: int, rest: tuple[int, ...], depth: int) -> Iterator[_Forest]:
        """The forests of the rows from `start` on that sum to `rest`: one for each end."""
        nonlocal steps
        steps += 1
        if start >= len(rows) or steps > _MAX_STEPS or max(map(sub, rest, from_here[start])) > slack:
            return
        left = tuple(map(sub, rest, rows[start]))
        if min(left) < -slack:
            return
        done, reached = max(left) <= slack, set[int]()
        inside: Iterable[_Forest] = forests(start + 1, rows[start], depth - 1) if depth > 1 and any(rows[start]) else ()
        for end, parts in chain(inside, [(start + 1, None)]):
            goes_on = not done or (end < len(rows) and max(rows[end]) <= slack)
            others: Iterable[_Forest] = forests(end, left, depth) if goes_on else ()
            for further, beside in chain([(end, None)] if done else [], others):
                steps += 1
                if further not in reached and steps <= _MAX_STEPS:
                    reached.add(further)
                    yield further, _Tree(start, parts, beside)

    first = next((first for end, first in forests(0, whole, most) if end == len(rows)), None)
    if first is None:
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
