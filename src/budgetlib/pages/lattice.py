"""Drawn rules → cells → tables: how a grid is read off the paper, whatever drew it.

The geometry follows Anssi Nurminen's thesis (Tampere 2013), as Tabula and pdfplumber do: rules are
snapped and joined, their crossings become corners, four connected corners a cell, touching cells a table.
Here corners are indexed by rule, so the work grows with the number of corners and not with its square.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise
from operator import itemgetter
from typing import NamedTuple

from budgetlib.core.groups import in_groups
from budgetlib.pages.ink import Rule
from budgetlib.pages.model import Box

TOLERANCE = 3.0
"""Points within which rules count as one line, gaps are closed and corners meet."""


class Segment(NamedTuple):
    """A rule after snapping and joining."""

    position: float
    start: float
    end: float


def _snapped(rules: Iterable[Rule]) -> list[Segment]:
    """Rules of one direction, those within `TOLERANCE` of each other moved to their mean, then joined."""
    segments = []
    for cluster in in_groups(sorted(rules), lambda before, rule: rule.position - before.position <= TOLERANCE):
        position = sum(rule.position for rule in cluster) / len(cluster)
        cluster.sort(key=itemgetter(2))
        start, end = cluster[0].start, cluster[0].end
        for rule in cluster[1:]:
            if rule.start <= end + TOLERANCE:
                end = max(end, rule.end)
            else:
                segments.append(Segment(position, start, end))
                start, end = rule.start, rule.end
        segments.append(Segment(position, start, end))
    return [segment for segment in segments if segment.end - segment.start >= TOLERANCE]


Corner = tuple[float, float]


def _cells(vertical: Sequence[Segment], horizontal: Sequence[Segment]) -> list[Box]:
    """The smallest rectangles whose four corners are crossings joined by rules."""
    across: dict[Corner, set[int]] = defaultdict(set)
    down: dict[Corner, set[int]] = defaultdict(set)
    tops = [segment.position for segment in horizontal]
    for i, v in enumerate(vertical):
        first, last = bisect_right(tops, v.start - TOLERANCE), bisect_right(tops, v.end + TOLERANCE)
        for j in range(first, last):
            h = horizontal[j]
            if h.start - TOLERANCE <= v.position <= h.end + TOLERANCE:
                across[v.position, h.position].add(j)
                down[v.position, h.position].add(i)
    corners = sorted(across)
    below: dict[int, list[float]] = defaultdict(list)
    right: dict[int, list[float]] = defaultdict(list)
    for x, y in corners:
        for i in down[x, y]:
            below[i].append(y)
        for j in across[x, y]:
            right[j].append(x)

    def smallest(corner: Corner) -> Box | None:
        x, y = corner
        unders = _beyond(y, [below[i] for i in down[corner]])
        beside = _beyond(x, [right[j] for j in across[corner]])
        for bottom in unders:
            for x1 in beside:
                opposite = x1, bottom
                if across.get(opposite, set()) & across[x, bottom] and down[opposite] & down[x1, y]:
                    return Box(x, y, x1, bottom)
        return None

    return [cell for corner in corners if (cell := smallest(corner))]


def _beyond(position: float, rules: Sequence[Sequence[float]]) -> Sequence[float]:
    """Where the corners on `rules` are, in order, that come after a position."""
    further = [rule[bisect_right(rule, position) :] for rule in rules]
    return further[0] if len(further) == 1 else sorted(set(chain.from_iterable(further)))


def _tables(cells: Sequence[Box]) -> list[list[Box]]:
    """Cells that touch at a corner, directly or over others; a lone cell is a frame, not a table."""
    parent = list(range(len(cells)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    seen: dict[Corner, int] = {}
    for i, cell in enumerate(cells):
        for corner in ((cell.x0, cell.top), (cell.x1, cell.top), (cell.x0, cell.bottom), (cell.x1, cell.bottom)):
            if corner in seen:
                parent[root(i)] = root(seen[corner])
            else:
                seen[corner] = i
    groups: dict[int, list[Box]] = defaultdict(list)
    for i, cell in enumerate(cells):
        groups[root(i)].append(cell)
    tables = [group for group in groups.values() if len(group) > 1]
    return sorted(tables, key=lambda group: min((cell.top, cell.x0) for cell in group))


def _closed(vertical: Sequence[Segment], horizontal: Sequence[Segment]) -> list[Segment]:
    """`horizontal` with the outer borders that are not drawn, or in part only, drawn in full.

    Where a page ends, cells that go on overleaf are often left open, all of them or some beside others that are closed.
    """
    added: list[Segment] = []
    drawn = {segment.position for segment in horizontal}
    for y in sorted(drawn | {_nearest(y, drawn) for v in vertical for y in (v.start, v.end)}):
        begin = [v for v in vertical if abs(v.start - y) <= TOLERANCE]
        end = [v for v in vertical if abs(v.end - y) <= TOLERANCE]
        for ends in (begin, end):
            if len(ends) > 1:
                border = Segment(y, min(v.position for v in ends), max(v.position for v in ends))
                if not _is_drawn(border, horizontal) and not _is_inside(border, vertical):
                    added.append(border)
    return sorted([*horizontal, *added])


def _with_sides(vertical: Sequence[Segment], horizontal: Sequence[Segment]) -> list[Segment]:
    """`vertical` with the sides of tables that are left open: rules across end together there.

    Some places draw no rule at the left and right end of a table; its first and last column would be lost.
    """
    added: list[Segment] = []
    for left in (True, False):
        ends: dict[float, list[Segment]] = defaultdict(list)
        for h in sorted(horizontal, key=lambda h: h.start if left else h.end):
            x = h.start if left else h.end
            ends[next((known for known in ends if x - known <= TOLERANCE), x)].append(h)
        for x, together in ends.items():
            added += _sides(x, sorted(together, key=lambda h: h.position), vertical)
    return sorted([*vertical, *added])


def _sides(x: float, together: Sequence[Segment], vertical: Sequence[Segment]) -> Iterator[Segment]:
    """The open side at `x`, as far as a rule down joins one of the rules across `together` to the next.

    Where several rules down end together further up or down, the table is open there too, and its side goes as far.
    """
    drawn = [v for v in vertical if abs(v.position - x) <= TOLERANCE]
    inside = [v for v in vertical if abs(v.position - x) > TOLERANCE]
    first = 0
    for i, h in enumerate(together):
        below = together[i + 1] if i + 1 < len(together) else None
        if below is None or not any(_joins(v, h, below) for v in inside):
            top, bottom = together[first].position + TOLERANCE, h.position - TOLERANCE
            if first < i and not any(v.start < bottom and top < v.end for v in drawn):
                beside = [v for v in inside if any(_joins(v, *pair) for pair in pairwise(together[first : i + 1]))]
                start = min(_ends([v.start for v in beside]), default=together[first].position)
                end = max(_ends([v.end for v in beside]), default=h.position)
                yield Segment(x, min(start, together[first].position), max(end, h.position))
            first = i + 1


def _ends(positions: Sequence[float]) -> Iterator[float]:
    """Where several rules end together."""
    return (one for one in positions if sum(abs(one - other) <= TOLERANCE for other in positions) > 1)


def _joins(v: Segment, upper: Segment, lower: Segment) -> bool:
    beside = upper.start - TOLERANCE <= v.position <= upper.end + TOLERANCE
    return beside and v.start - TOLERANCE <= upper.position and lower.position <= v.end + TOLERANCE


def _nearest(y: float, drawn: Iterable[float]) -> float:
    """The rule across that is drawn at `y`; `y` itself where none is."""
    return next((known for known in drawn if abs(known - y) <= TOLERANCE), y)


def _is_drawn(border: Segment, horizontal: Sequence[Segment]) -> bool:
    at_border = (h for h in horizontal if h.position == border.position)
    return any(h.start <= border.start + TOLERANCE and border.end - TOLERANCE <= h.end for h in at_border)


def _is_inside(border: Segment, vertical: Sequence[Segment]) -> bool:
    crossing = (v for v in vertical if v.start < border.position - TOLERANCE and border.position + TOLERANCE < v.end)
    return any(border.start <= v.position <= border.end for v in crossing)


def find_tables(rules: Iterable[Rule]) -> list[list[Box]]:
    """The tables that `rules` draw, from top to bottom: for each its cells, merged cells once."""
    all_rules = list(rules)
    vertical = _snapped(rule for rule in all_rules if rule.vertical)
    horizontal = _snapped(rule for rule in all_rules if not rule.vertical)
    vertical = _with_sides(vertical, horizontal)
    return _tables(_cells(vertical, _closed(vertical, horizontal)))
