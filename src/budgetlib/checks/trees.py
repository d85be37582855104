"""Heads over rows without codes, several deep: which rows are a head's own, the sums decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from budgetlib.checks.budget import Row
from budgetlib.checks.figures import NOTHING, Figure


@dataclass(frozen=True)
class Branch:
    """A head and the rows right below it, heads among them, that make it up; `whole` is False where none do."""

    head: Row
    rows: tuple[Row, ...]
    whole: bool


def branches(rows: Sequence[Row], measure: str) -> list[Branch]:
    """The heads among `rows` from the last to the first, each with its own rows.

    A head takes in what follows it until its amount is reached. One that no rows make up is passed over, so that its
    rows are those of the head above; it is given with the rows whose sum is nearest.
    """
    following: list[Row] = []
    grown: list[Branch] = []
    for row in reversed(rows):
        if row.kind == "line":
            following.insert(0, row)
            continue
        if measure not in row.amounts:
            continue
        count, whole = _extent(row.amounts[measure], [other.amounts.get(measure) for other in following])
        grown.append(Branch(row, tuple(following[:count]), whole))
        if whole:
            following[:count] = [row]
    return grown


def _extent(head: Figure, following: Sequence[Figure | None]) -> tuple[int, bool]:
    """How many of the figures that follow a head make it up, with the noughts behind, or come nearest; and whether."""
    summed, nearest, least = Figure(NOTHING), 0, None
    for count, figure in enumerate(following, 1):
        summed += Figure(figure.value, figure.slack) if figure else Figure(NOTHING)
        gap = head - summed
        if gap.is_nothing:
            behind = range(count, len(following))
            return next((at for at in behind if (other := following[at]) and other.value), len(following)), True
        if least is None or abs(gap.value) < least:
            nearest, least = count, abs(gap.value)
    return nearest, False
