"""Names of projects and units that pages clip, or print with another character."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from budgetlib.core.text import squeeze

_SIMILAR = 0.9
"""Likeness from which two long names are one, a character or two misread; short ones may differ a little more."""
_CLIPPED = 6
"""A name clipped shorter than this may begin many names."""
_MARKS = re.compile(r"[0-9A-Za-z]+")


def agree(one: str | None, other: str | None) -> bool:
    """True where two names of a unit may be the same: equal, one clipped, or one missing."""
    if not one or not other:
        return True
    first, second = squeeze(one), squeeze(other)
    return first.startswith(second) or second.startswith(first)


def nearly(one: str, other: str) -> bool:
    """True where names differ by clipping or by a few characters; numbers and Latin letters never differ.

    >>> nearly("离任审计及注销审计服务、规划编制", "离任审计及注销审计报告、规划编制")
    True
    >>> nearly("2025年信息化运维项目", "2026年信息化运维项目")
    False
    """
    first, second = squeeze(one), squeeze(other)
    if min(len(first), len(second)) >= _CLIPPED and (first.startswith(second) or second.startswith(first)):
        return True
    if _MARKS.findall(first) != _MARKS.findall(second):
        return False
    return SequenceMatcher(None, first, second, autojunk=False).ratio() >= _SIMILAR - 1 / max(len(first), 1)
