"""The words of performance-target tables (绩效目标表), from `performance.toml`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from budgetlib.definitions.toml import load, patterns

_CLIPPED = 4
"""How many characters of a level word must be left to know it."""


def _name(words: dict[str, re.Pattern[str]], key: str) -> str | None:
    return next((name for name, pattern in words.items() if pattern.search(key)), None)


@dataclass(frozen=True)
class PerformanceWords:
    """The words of performance-target tables (绩效目标表).

    `labels`, `sources`, `listing` and `columns` give for each field the pattern of its label; `levels` the
    second-level indicators below each first-level one. Keys are squeezed texts without a closing colon.
    """

    title: re.Pattern[str]
    department_title: re.Pattern[str]
    named_title: re.Pattern[str]
    signature: re.Pattern[str]
    form_date: re.Pattern[str]
    listed_indicator: re.Pattern[str]
    rubric: re.Pattern[str]
    last: re.Pattern[str]
    head_rest: re.Pattern[str]
    goal_row: re.Pattern[str]
    task: re.Pattern[str]
    total: re.Pattern[str]
    not_a_figure: re.Pattern[str]
    annual: re.Pattern[str]
    whole_period: re.Pattern[str]
    labels: dict[str, re.Pattern[str]]
    sources: dict[str, re.Pattern[str]]
    listing: dict[str, re.Pattern[str]]
    columns: dict[str, re.Pattern[str]]
    levels: dict[str, list[str]]

    def label(self, key: str) -> str | None:
        """The field of the head that a label stands before; None where it is no label."""
        return _name(self.labels, key)

    def source(self, key: str) -> str | None:
        """The source of money that a label names, or `total`."""
        return _name(self.sources, key)

    def column(self, key: str) -> str | None:
        """What the column under a printed header holds."""
        return _name(self.columns, key)

    def list_column(self, key: str) -> str | None:
        """What a column of a list of projects holds, besides the columns of the indicators."""
        return _name(self.listing, key)

    def scope(self, key: str) -> str | None:
        """The period that a label speaks of: `whole_period`, `annual`, or None where it names none."""
        if self.whole_period.search(key):
            return "whole_period"
        return "annual" if self.annual.search(key) else None

    def first_level(self, key: str) -> str | None:
        """The first-level indicator that `key` is, clipped words made whole; None where it is none.

        >>> performance_words().first_level("满意度指"), performance_words().first_level("数量指标")
        ('满意度指标', None)
        """
        return _whole(key, self.levels)

    def second_level(self, key: str) -> str | None:
        """The second-level indicator that `key` is, clipped words made whole; None where it is none.

        >>> performance_words().second_level("服务对象满"), performance_words().second_level("经济效益")
        ('服务对象满意度', '经济效益')
        """
        return _whole(key, [word for words in self.levels.values() for word in words])

    def is_level(self, key: str) -> bool:
        """True for the word of a first- or second-level indicator."""
        return self.first_level(key) is not None or self.second_level(key) is not None

    def parents(self, second: str) -> list[str]:
        """The first-level indicators that may stand above a second-level one (成本指标 also stands alone)."""
        return [first for first, words in self.levels.items() if _whole(second, words)]


def _whole(key: str, words: Iterable[str]) -> str | None:
    """The word that `key` is or begins; the ending 指标 may be left out where three characters stand before it."""
    for word in words:
        stem = word.removesuffix("指标")
        if key == word or (key == stem and len(stem) > 2):
            return key
    for word in words:
        if len(key) >= _CLIPPED and word.startswith(key):
            stem = word.removesuffix("指标")
            return stem if len(key) < len(stem) else word
    return None


@cache
def performance_words() -> PerformanceWords:
    """The words of performance-target tables, from `performance.toml`."""
    return PerformanceWords(**patterns(load("performance.toml", __package__)))
