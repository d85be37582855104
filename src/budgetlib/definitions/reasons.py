"""Why something was not read: the sentences of the page log in the language of a report, from `reasons.toml`."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, NamedTuple

from budgetlib.definitions.forms import forms
from budgetlib.definitions.toml import load

_BETWEEN = "; "
_HOLE = re.compile(r"\\\{(\w+)\\\}")
_LONGEST = 2
"""A sentence that itself has a semicolon is one of so many parts."""


class _Template(NamedTuple):
    pattern: re.Pattern[str]
    chinese: str


def reason_in(language: str, reason: str) -> tuple[str, bool]:
    """A reason of the tables `pages` or `documents` in a `language`, and whether all of it is in that language.

    >>> reason_in("zh", "3 of 40 amounts went into no table; revenue: states no unit")
    ('40 个金额中有 3 个没有进入任何表；revenue: states no unit', False)
    """
    if language == "en":
        return reason, True
    parts, said, whole = reason.split(_BETWEEN), [], True
    while parts:
        for length in range(1, _LONGEST + 1):
            if sentence := _sentence(_BETWEEN.join(parts[:length])):
                said.append(sentence)
                del parts[:length]
                break
        else:
            said.append(parts.pop(0))
            whole = False
    return "；".join(said), whole


def _sentence(english: str) -> str | None:
    """One sentence in Chinese; None for one that the file does not have."""
    for template in _templates():
        if match := template.pattern.fullmatch(english):
            values = {name: _value(name, value) for name, value in match.groupdict().items()}
            if None not in values.values():
                return template.chinese.format(**values)
    return None


def _value(hole: str, text: str) -> str | None:
    if hole == "also":
        return _sentence(text)
    if hole == "form":
        return forms()[text].label_zh if text in forms() else _words().get(text, text)
    return "、".join(_words().get(one, one) for one in text.split(", ")) if hole in ("words", "where") else text


@cache
def _templates() -> list[_Template]:
    def pattern(english: str) -> re.Pattern[str]:
        return re.compile(_HOLE.sub(r"(?P<\1>.+?)", re.escape(english)), re.DOTALL)

    return [_Template(pattern(one["en"]), one["zh"]) for one in _data()["reason"]]


def _words() -> dict[str, str]:
    words: dict[str, str] = _data()["words"]
    return words


@cache
def _data() -> dict[str, Any]:
    return load("reasons.toml", __package__)
