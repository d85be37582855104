"""Headings that name a spending unit: some cities repeat part three for each unit of the department."""

from __future__ import annotations

import re
from collections.abc import Collection

from budgetlib.core.text import squeeze
from budgetlib.definitions.phrases import headings

_BRACKETS = re.compile(r"[()\[\]]")
_SHORTEST = 4
"""A heading of fewer characters tells no unit, even where a unit's name ends with it."""


class UnitNames:
    """The spending units that the forms of a document name, and those `in_turn` that its headings do."""

    def __init__(self, names: Collection[str], in_turn: Collection[str] = ()) -> None:
        self._names = {_key(name): name for name in names}
        self._in_turn = in_turn

    def find(self, words: str, below: str = "") -> str | None:
        """The unit that the words of a heading name, as the forms have it; None where they name none.

        A unit that no form names is told by its ending, and by the text `below` that begins with it.

        >>> names = UnitNames(["示例市示例局（本级）", "示例市示例局信息中心"])
        >>> names.find("市示例局本级"), names.find("信息中心2026年单位预算情况说明"), names.find("项目支出")
        ('示例市示例局（本级）', '示例市示例局信息中心', None)
        >>> names.find("示例市示例学校", "示例市示例学校预算5万元，包括"), names.find("示例市示例学校")
        ('示例市示例学校', None)
        """
        name = headings().of_a_unit.sub("", words)
        key = _key(name)
        if len(key) < _SHORTEST and key not in self._names:
            return None
        known = [printed for other, printed in self._names.items() if other == key] or [
            printed for other, printed in self._names.items() if other.endswith(key)
        ]
        if known:
            return known[0] if len(known) == 1 else name
        is_unit = words in self._in_turn or (headings().unit.search(name) and below.startswith(name))
        return name if is_unit else None


def _key(name: str) -> str:
    return _BRACKETS.sub("", squeeze(name))
