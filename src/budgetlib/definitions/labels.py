"""Keys and exact numbers → what a reader sees, in Chinese (`zh`) and English (`en`)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from numbers import Integral
from typing import Self

from babel import Locale
from babel.numbers import format_decimal

from budgetlib.definitions.columns import result_columns
from budgetlib.definitions.toml import load

LANGUAGES = ("zh", "en")
_ORDINALS = {"year", "years", "before", "page", "number", "table", "row", "column", "paragraph", "previous", "current"}
"""Numbers that say which, not how many: their digits are not grouped."""


@cache
def labels() -> dict[str, dict[str, dict[str, str]]]:
    """All labels: section → key → language → text; the heads of columns are the section `column`."""
    heads = {column.name: {"zh": column.zh, "en": column.en} for column in result_columns().values()}
    return {**load("labels.toml", __package__), "column": heads}


def label(key: str, language: str, **values: object) -> str:
    """The text of `key` (`section.name`), filled with `values`; `{count:item|items}` is the word for that many.

    Raises `KeyError` for an unknown key or language.

    >>> label("report.year", "zh", year=2026), label("report.year", "en", year=2026)
    ('2026 年度预算', 'Budget for 2026')
    >>> [label("dimension.others", "en", count=count) for count in (1, 1482)]
    ['1 other', '1,482 others']
    """
    section, name = key.split(".", 1)
    return labels()[section][name][language].format(**counted(values, language))


def counted(values: Mapping[str, object], language: str) -> dict[str, object]:
    """`values` to fill a label with, where numbers of things choose between the words for one and for many."""
    return {
        name: _Count(value, language) if isinstance(value, Integral) and name not in _ORDINALS else value
        for name, value in values.items()
    }


class _Count(int):
    """How many: written as the language groups digits, or the word that it takes."""

    def __new__(cls, number: Integral, language: str) -> Self:
        count = super().__new__(cls, int(number))
        count.locale = Locale.parse(language)
        return count

    locale: Locale

    def __format__(self, words: str) -> str:
        one, is_choice, many = words.partition("|")
        if not is_choice:
            return format_decimal(int(self), locale=self.locale)
        return one if self.locale.plural_form(int(self)) == "one" else many


def name(section: str, value: str, language: str) -> str:
    """The label of a `value` that a table holds; the value itself where none is known.

    >>> name("kind", "goods", "en"), name("kind", "其他", "en")
    ('Goods', '其他')
    """
    return labels()[section].get(value, {}).get(language, value)


def item(printed: str | None, language: str, code: str | None = None) -> str:
    """What a row is about: as printed, in English with a translation before it where one is known.

    Without a printed name the class (类) of `code` names it, and without that the code itself.

    >>> item("办公费", "en"), item("综合窗口服务费", "en"), item(None, "zh", "201")
    ('Office supplies 办公费', '综合窗口服务费', '一般公共服务支出')
    """
    printed = printed or name("function", code or "", "zh")
    translation = _translations().get(printed)
    return f"{translation} {printed}" if translation and language == "en" else printed


@cache
def _translations() -> dict[str, str]:
    entries = [entry for section in ("function", "item", "total") for entry in labels()[section].values()]
    return {entry["zh"]: entry["en"] for entry in entries}


def percent(value: Decimal, signed: bool = False) -> str:
    """A share or change with two decimals and the sign %.

    >>> percent(Decimal("45.8")), percent(Decimal("2.4700"), signed=True)
    ('45.80%', '+2.47%')
    """
    return f"{decimal(value, signed)}%"


def decimal(value: Decimal, signed: bool = False) -> str:
    """A number with two decimals, rounded half up.

    >>> decimal(Decimal("-0.004")), decimal(Decimal("2.5833"), signed=True)
    ('0.00', '+2.58')
    """
    rounded = value.quantize(Decimal("0.01"), "ROUND_HALF_UP") + 0
    return f"{rounded:{'+' if signed and rounded else ''},.2f}"
