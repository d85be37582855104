"""Rows of indicators → third-level indicators with their targets.

A row is read by the columns of the printed head. Where it does not fit them (an extraction may lose the
blank cells that merged cells leave), it is read by its words: first- and second-level indicators are a
closed vocabulary. What fits neither way is not read, and said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from budgetlib.pages import Grid
from budgetlib.performance.layout import Layout
from budgetlib.performance.rest import LastRow
from budgetlib.performance.target import Indicator, Place, Target, Token
from budgetlib.vocabulary import performance_words

_NOTE = re.compile(r"^(?:注|备注|说明)(?:[:：]|$)")
_WITHOUT_RELATION = {"", "定性"}


class Half(NamedTuple):
    """What one half of a row says: level-2 word, indicator and target, each where printed."""

    level2: Token | None = None
    level3: Token | None = None
    target: Token | None = None

    @property
    def complete(self) -> bool:
        """True where an indicator stands with its target."""
        return self.level3 is not None and self.target is not None


class Row(NamedTuple):
    """One row of indicators, understood."""

    level1: str | None
    halves: tuple[Half, ...]


@dataclass
class Reading:
    """The indicators of one table, read row by row: what stands above goes on below (merged cells)."""

    target: Target
    layout: Layout
    first_scope: int = 0
    level1: str | None = None
    level2: dict[int, str | None] = field(default_factory=dict)
    unread: dict[int, int] = field(default_factory=dict)
    last: LastRow | None = None

    @property
    def scopes(self) -> tuple[str, ...]:
        """The periods of the halves, from left to right."""
        goals = tuple(self.target.goal_scopes)
        return goals if len(goals) == 2 else (self.target.scope, "annual")

    @property
    def two_goals(self) -> bool:
        """True where the table sets goals for the whole period and for the year."""
        return len(self.target.goal_scopes) == 2

    def begin(self, layout: Layout, row: Sequence[Token], stacked: bool) -> None:
        """A printed head of indicators; words of the levels that slipped into it stand above the rows below.

        `stacked`: a second head below the first half of the same table is that of the other half.
        """
        self.layout = layout
        self.first_scope = 1 if stacked else 0
        words = performance_words()
        for token in row:
            if first := words.first_level(token.key):
                self.level1, self.level2 = first, {}
        seconds = [second for token in row if (second := words.second_level(token.key))]
        self.level2.update(enumerate(seconds))

    def read(self, row: Sequence[Token], grid: Grid, opens: bool, place: Place) -> None:
        """Take one row; `opens` says that it is the first of a piece on a new page."""
        layout = self.layout.on(grid)
        row = [token for token in row if not _is_rubric(token) and not _spans_all(token, layout)]
        if not row or _NOTE.match(row[0].key) or all(performance_words().head_rest.search(t.key) for t in row):
            return
        if opens and self.last and (rest := self.last.rest(row, grid)):
            for index, role, text in rest:
                self.target.indicators[index] = self.target.indicators[index].longer(role, text)
            return
        understood = (layout and by_columns(row, layout)) or self._by_words(row)
        if understood is None and layout:
            understood = by_columns(row, layout, strict=False)
        if understood is None:
            if any(not performance_words().is_level(token.key) for token in row):
                self.unread[place.page_index] = self.unread.get(place.page_index, 0) + 1
            return
        self.last = LastRow(grid)
        self._take(understood, place.page)

    def _by_words(self, row: Sequence[Token]) -> Row | None:
        """The row by its words: in as many halves as the head prints, else in two where there are two goals."""
        halves = self.layout.halves
        understood = by_words(row, halves, self.layout.boundary)
        if understood is None and halves == 1 and self.two_goals:
            understood = by_words(row, 2, None)
        return understood

    def _take(self, row: Row, page: int | None) -> None:
        if row.level1 and row.level1 != self.level1:
            self.level1, self.level2 = row.level1, {}
        for position, half in enumerate(row.halves):
            if half.level2:
                second = performance_words().second_level(half.level2.key) or half.level2.text
                self.level1 = row.level1 or _above(second, self.level1)
                self.level2[position] = second
            if half.level3:
                self._keep(position, half.level3, half.target, page)

    def _keep(self, position: int, third: Token, target: Token | None, page: int | None) -> None:
        scope = self.scopes[min(self.first_scope + position, 1)]
        levels = _levels(self.level1, self.level2.get(position), third.text)
        one = Indicator(scope, *levels, target.text if target else None, page, (target or third).cell.box)
        if self.layout.halves == 1 and self.two_goals and one.key in {i.key for i in self.target.indicators}:
            one = one._replace(scope=self.scopes[1])
        self.target.indicators.append(one)
        if self.last:
            self.last.note(len(self.target.indicators) - 1, third, target)


def _above(second: str, first: str | None) -> str | None:
    """The first level above a second-level word where none is printed beside it: the one above, or the one by law."""
    parents = performance_words().parents(second)
    return first if not parents or first in parents or len(parents) > 1 else parents[0]


def _levels(first: str | None, second: str | None, third: str) -> tuple[str | None, str | None, str]:
    """The levels of an indicator; all three may stand in one cell (产出指标数量指标…)."""
    if second is None and first is None:
        for one, seconds in performance_words().levels.items():
            for two in seconds:
                if third.startswith(one + two) and len(third) > len(one + two):
                    return one, two, third[len(one + two) :]
    return first, second, third


def begins_without_head(row: Sequence[Token]) -> bool:
    """True for a row of indicators without a printed head above: a rubric, levels, an indicator with its target."""
    inner = [token for token in row if not _is_rubric(token)]
    if len(inner) == len(row) or not any(performance_words().is_level(token.key) for token in inner):
        return False
    understood = by_words(inner, 2, None)
    return understood is not None and any(half.complete for half in understood.halves)


def _spans_all(token: Token, layout: Layout | None) -> bool:
    """True for a merged cell beside the indicators: it says what all of them are."""
    return layout is not None and token.cell.rows > 1 and layout.at(token.cell.column) is None


def _is_rubric(token: Token) -> bool:
    return performance_words().rubric.search(token.key) is not None and not performance_words().is_level(token.key)


def by_columns(row: Sequence[Token], layout: Layout, strict: bool = True) -> Row | None:
    """The row as the columns of the printed head have it; None where it does not fit them.

    An indicator stands with its target, and no word of a level in a column of another. Strictly, level columns
    hold words of the vocabulary only.
    """
    if "level3" not in layout.roles:
        return None
    words = performance_words()
    held: dict[tuple[str, int], Token] = {}
    for token in row:
        column = layout.at(token.cell.column)
        if column is None or (column.role, column.half) in held:
            return None
        if column.role != "skip":
            held[column.role, column.half] = token
    first = held.get(("level1", 0))
    if first and not words.first_level(first.key) and (strict or words.is_level(first.key)):
        return None
    halves = []
    for half in range(layout.halves):
        second, third, target = held.get(("level2", half)), held.get(("level3", half)), _target(held, half)
        if second and not words.second_level(second.key) and (strict or words.is_level(second.key)):
            return None
        if (third is None) != (target is None) or (target and words.is_level(target.key)):
            return None
        if third and words.is_level(third.key) and (second is None or not words.second_level(third.key)):
            return None
        halves.append(Half(second, third, target))
    return Row((words.first_level(first.key) or first.text) if first else None, tuple(halves))


def _only_first(key: str) -> bool:
    words = performance_words()
    return words.first_level(key) is not None and words.second_level(key) is None


def _target(held: dict[tuple[str, int], Token], half: int) -> Token | None:
    """The target of a half: relation, value and unit where they stand in columns of their own."""
    value = held.get(("target", half))
    relation, unit = held.get(("relation", half)), held.get(("measure_unit", half))
    if value is None or (relation is None and unit is None):
        return value
    before = relation.text if relation and relation.key not in _WITHOUT_RELATION else ""
    after = unit.text if unit else ""
    return Token(before + value.text + after, before + value.key + after, value.cell)


def by_words(row: Sequence[Token], halves: int, boundary: int | None) -> Row | None:
    """The row as its words have it, wherever its cells stand; None where they allow no reading, or several.

    `boundary` is the column in which the second half begins; it decides where a lone half belongs.
    """
    words = performance_words()
    if halves == 1 and len(row) > 1 and row[0].key == row[1].key and performance_words().is_level(row[0].key):
        row = row[1:]
    first = words.first_level(row[0].key)
    if (first is None or words.second_level(row[0].key)) and (read := _best_cut(row, halves, boundary)):
        return Row(None, read)
    if first is None:
        return None
    rest = _best_cut(row[1:], halves, boundary)
    if rest is None:
        rest = _best_cut([token for token in row if not _only_first(token.key)], halves, boundary)
    return Row(first, rest) if rest else None


def _best_cut(row: Sequence[Token], halves: int, boundary: int | None) -> tuple[Half, ...] | None:
    """The halves of a row without its first level; None where no cut gives two halves, or several do as well."""
    readings: dict[int, list[tuple[Half, ...]]] = {}
    for cut in range(len(row) + 1) if halves == 2 else [len(row)]:
        left, right = _half(row[:cut]), _half(row[cut:])
        if left is None or right is None or (left.level3 and not left.target and not right.level2):
            continue
        wrong = sum(t.cell.column >= boundary for t in row[:cut]) if boundary else 0
        wrong += sum(t.cell.column < boundary for t in row[cut:]) if boundary else int(cut == 0)
        apart = left.level2 is not None and left.level3 is None and right.level2 is None and right.level3 is not None
        cost = 10 * sum(bool(half.level3) and not half.complete for half in (left, right)) + wrong + apart
        readings.setdefault(cost, []).append((left, right)[:halves])
    best = readings[min(readings)] if readings else []
    return best[0] if len(best) == 1 else None


def _half(row: Sequence[Token]) -> Half | None:
    """One half as its words have it: [level 2] [indicator target]; None where they are something else."""
    words = performance_words()
    second = row[0] if row and words.second_level(row[0].key) else None
    rest = row[1:] if second else row
    if len(row) == 2 and second and not performance_words().is_level(row[1].key) and re.search(r"\d|[≥≤%]", row[1].key):
        return Half(None, row[0], row[1])
    if not rest:
        return Half(second)
    if len(rest) == 1 and second and not performance_words().is_level(rest[0].key):
        return Half(second, rest[0])
    if len(rest) == 2 and not performance_words().is_level(rest[1].key) and not _only_first(rest[0].key):
        return Half(second, rest[0], rest[1])
    return None
