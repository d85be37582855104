"""Words about spending, from `spending.toml`: figures counted otherwise, and what a project's name says it buys."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from budgetlib.core.text import squeeze
from budgetlib.definitions.toml import load, patterns


@dataclass(frozen=True)
class SpendingWords:
    """Regular expressions over text without blanks; `kinds` in the order in which they count."""

    redefined: re.Pattern[str]
    kinds: Mapping[str, re.Pattern[str]]

    def is_redefined(self, reason: str) -> bool:
        """True where the reason of a change is that the figure is counted otherwise.

        >>> spending_words().is_redefined("统计口径形成的差异"), spending_words().is_redefined("与上年同口径相比增加")
        (True, False)
        """
        return self.redefined.search(squeeze(reason)) is not None

    def kind(self, project: str) -> str | None:
        """`works` or `goods` where a project's name says that it buys them, else None.

        >>> [spending_words().kind(name) for name in ("大厅改造工程", "办公设备购置", "窗口服务费")]
        ['works', 'goods', None]
        """
        name = squeeze(project)
        return next((kind for kind, words in self.kinds.items() if words.search(name)), None)


@cache
def spending_words() -> SpendingWords:
    """The words of `spending.toml`."""
    return SpendingWords(**patterns(load("spending.toml", __package__)))
