"""Which row of a form is part of which: readings that the page offers, and how well each adds up.

Codes, indentation, numbering and names propose; the sums choose. Rows here have been told from totals already.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from budgetlib.core.money import half_digit

_HALF_A_HUNDREDTH = Decimal("0.005")
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
    for head, measure, is_equal in _sums(nesting, rows, total):
        columns.setdefault(measure, []).append(is_equal)
        if not is_equal:
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
                    yield row, measure, holds(values[row], below)
            elif below:
                values[row] = sum(below, Decimal(0))
        roots = [values[part] for part in parts.get(None, ()) if part in values]
        if measure in total and roots and (any(roots) or total[measure]):
            yield None, measure, holds(total[measure], roots)


def holds(whole: Decimal, parts: Sequence[Decimal]) -> bool:
    """True where `parts` sum to `whole`, but for rounding."""
    return abs(whole - sum(parts)) <= half_last_digit([whole, *parts]) * (len(parts) + 1)


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
