"""The whole-department table (整体支出绩效目标表) above its indicators: key figures, tasks, goals."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from budgetlib.core.money import parse_number
from budgetlib.definitions.vocabulary.performance import performance_words
from budgetlib.extraction.forms.titles import find_unit
from budgetlib.extraction.performance.header import bare
from budgetlib.extraction.performance.model import PageRef, TargetStatement, TargetTable, Token

_SHORT = 4
"""Words no longer than this are the second row of a head, not a task."""
_END = ("。", ".", "；", ";")
_COUNT = re.compile(r"[<>≤≥]?\d[\d,]*(?:\.\d+)?(?P<unit>\D{0,4})")


class DepartmentFigures:
    """What the rows above the indicators say, row by row; headers stay for the rows below them."""

    def __init__(self) -> None:
        self.section: str | None = None
        self.in_money = False
        self.in_tasks = False
        self.headers: dict[int, list[str]] = {}

    def take(self, target: TargetTable, row: Sequence[Token], opens: bool, place: PageRef) -> None:
        """One row: key figures, a task, a goal, or the head of such rows; `opens` says that it begins a page."""
        words = performance_words()
        if opens and self._is_rest(target, row):
            target.take(target.text_spans, place, [token.cell for token in row])
            return
        self._enter(target, row)
        label = words.label(bare(row[0].key))
        if label in ("department", "prose"):
            return
        if label == "goal" and len(row) > 1:
            self.in_tasks = False
            where = place.where(row[-1].cell)
            target.statements.append(TargetStatement("goal", None, row[0].text, row[-1].text, None, where))
            target.take(target.text_spans, place, [row[-1].cell])
            return
        numbers = [token for token in row if _COUNT.fullmatch(token.key)]
        if any(words.task.search(token.key) for token in row):
            self.in_tasks = True
        elif self.in_tasks and not words.total.search(row[0].key):
            self._take_task(target, [t for t in row if t not in numbers], numbers, place)
            return
        if not numbers:
            self._remember(row)
        for token in numbers:
            if item := self._item(row, token):
                amount, where = self._amount(target, token), place.where(token.cell)
                target.statements.append(TargetStatement("figure", self.section, item, token.text, amount, where))
                target.take(target.text_spans, place, [token.cell])

    def _is_rest(self, target: TargetTable, row: Sequence[Token]) -> bool:
        """True for the rest of a task or goal that a page end cut off; it is added to what stands before."""
        last = target.statements[-1] if target.statements else None
        if last is None or last.kind == "figure" or last.text.endswith(_END) or len(row) > 2:
            return False
        item = (last.item or "") + row[0].text if len(row) == 2 else last.item
        target.statements[-1] = last._replace(item=item, text=last.text + row[-1].text)
        return True

    def _enter(self, target: TargetTable, row: Sequence[Token]) -> None:
        """A new section begins with a word in the first column; money has its unit printed."""
        first = row[0]
        if first.cell.column <= 1 and len(row) > 1 and not _COUNT.fullmatch(row[1].key) and not self._is_task(row):
            self.section, self.in_money, self.in_tasks = first.text, False, False
            self.headers = {}
        if unit := find_unit([token.key for token in row]):
            target.money_unit, self.in_money = unit, True
            if first.cell.column <= 1 and find_unit([first.key]):
                self.section = first.text

    def _is_task(self, row: Sequence[Token]) -> bool:
        return self.in_tasks and performance_words().label(bare(row[0].key)) is None

    def _take_task(self, target: TargetTable, words: Sequence[Token], numbers: Sequence[Token], place: PageRef) -> None:
        if numbers == [] and all(len(token.key) <= _SHORT for token in words):
            self._remember(words)
        elif words:
            item = words[0].text if len(words) > 1 else None
            amount = self._amount(target, numbers[0]) if numbers else None
            where = place.where(words[0].cell)
            target.statements.append(TargetStatement("task", self.section, item, words[-1].text, amount, where))
            target.take(target.text_spans, place, [token.cell for token in (words[0], words[-1], *numbers)])
            for number in numbers[1:]:
                about = "、".join([item or words[-1].text, *self.headers.get(number.cell.column, [])[-1:]])
                money, where = self._amount(target, number), place.where(number.cell)
                target.statements.append(TargetStatement("figure", self.section, about, number.text, money, where))

    def _remember(self, row: Sequence[Token]) -> None:
        for token in row:
            for column in range(token.cell.column, token.cell.column + token.cell.columns):
                self.headers.setdefault(column, []).append(token.text)

    def _item(self, row: Sequence[Token], token: Token) -> str | None:
        """What a figure is of: the words at its left, else the header above it."""
        before = [other for other in row if other.cell.column < token.cell.column]
        if before and not _COUNT.fullmatch(before[-1].key) and before[-1].text != self.section:
            return before[-1].text
        return "、".join(self.headers.get(token.cell.column, [])) or None

    def _amount(self, target: TargetTable, token: Token) -> Decimal | None:
        """The figure where it is money, in the unit of the table; the unit may stand beside it once more."""
        match = _COUNT.fullmatch(token.key)
        if not self.in_money or match is None or match["unit"] not in ("", target.money_unit):
            return None
        return parse_number(token.key.removesuffix(match["unit"]))
