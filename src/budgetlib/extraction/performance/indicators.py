"""Rows of indicators → third-level indicators with their targets.

A row is read by the columns of the printed head. Where it does not fit them (an extraction may lose the
blank cells that merged cells leave), it is read by its words: first- and second-level indicators are a
closed vocabulary. What fits neither way is not read, and said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from budgetlib.definitions.vocabulary.performance import performance_words
from budgetlib.extraction.performance.columns import IndicatorLayout
from budgetlib.extraction.performance.continuation import LastRow
from budgetlib.extraction.performance.indicator_rows import IndicatorRow, by_columns, by_words, is_rubric, spans_all
from budgetlib.extraction.performance.model import Indicator, PageRef, TargetTable, Token
from budgetlib.pages.model import Grid

_NOTE = re.compile(r"^(?:注|备注|说明)(?:[:：]|$)")


@dataclass
class IndicatorReader:
    """The indicators of one table, read row by row: what stands above goes on below (merged cells)."""

    target: TargetTable
    layout: IndicatorLayout
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

    def begin(self, layout: IndicatorLayout, row: Sequence[Token], stacked: bool) -> None:
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

    def read(self, row: Sequence[Token], grid: Grid, opens: bool, place: PageRef) -> None:
        """Take one row; `opens` says that it is the first of a piece on a new page."""
        layout = self.layout.on(grid)
        row = [token for token in row if not is_rubric(token) and not spans_all(token, layout)]
        if not row or _NOTE.match(row[0].key) or all(performance_words().head_rest.search(t.key) for t in row):
            return
        if opens and self.last and (added := self.last.continuation(row, grid)):
            for index, role, text in added:
                self.target.indicators[index] = self.target.indicators[index].longer(role, text)
            self.target.take(self.target.text_spans, place, [token.cell for token in row])
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
        self.target.take(self.target.text_spans, place, [token.cell for token in row])

    def _by_words(self, row: Sequence[Token]) -> IndicatorRow | None:
        """The row by its words: in as many halves as the head prints, else in two where there are two goals."""
        halves = self.layout.halves
        understood = by_words(row, halves, self.layout.boundary)
        if understood is None and halves == 1 and self.two_goals:
            understood = by_words(row, 2, None)
        return understood

    def _take(self, row: IndicatorRow, page: int | None) -> None:
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
        one = Indicator(scope, *levels, target.text if target else None, page, (target or third).cell.spot)
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
