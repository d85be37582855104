"""Amounts in yuan → what a reader sees: rounded in a sentence and a chart, exact in a table."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from budgetlib.definitions.labels import label

SIGNIFICANT = 4
"""Digits of an amount in a sentence or a chart; the place that it leads to has all."""


class Unit(NamedTuple):
    """A unit of money: its key in the section `unit` of the labels, what it is in yuan, its decimals in a table."""

    key: str
    factor: Decimal
    most_decimals: int

    def name(self, language: str) -> str:
        """The unit in words."""
        return label(f"unit.{self.key}", language)


_YUAN = Unit("yuan", Decimal(1), 2)
_UNITS = {
    "zh": (_YUAN, Unit("ten_thousand", Decimal(10_000), 2), Unit("hundred_million", Decimal(100_000_000), 4)),
    "en": (_YUAN, Unit("million", Decimal(1_000_000), 4), Unit("billion", Decimal(1_000_000_000), 4)),
}
"""The smallest first. The second is that of tables: the forms print 万元 with two decimals, which is 0.0001 million."""
_FEWEST_DECIMALS = 2


class Scale(NamedTuple):
    """How the amounts of one table are written: in one unit and with the same decimals throughout, exact."""

    unit: Unit
    decimals: int

    def write(self, yuan: Decimal, signed: bool = False) -> str:
        """An amount as a number of the unit.

        >>> in_table([Decimal("32298200"), Decimal("-918800")], "zh").write(Decimal("32298200"))
        '3,229.82'
        """
        value = yuan / self.unit.factor + 0
        return f"{value:{'+' if signed and value else ''},.{self.decimals}f}"


def in_table(amounts: Iterable[Decimal], language: str) -> Scale:
    """The scale of a table that holds these `amounts`: in yuan where another unit would need more decimals than usual.

    >>> [in_table([Decimal(text)], "en")[1] for text in ("32298200", "2000000", "189767551.5")]
    [4, 2, 2]
    >>> in_table([Decimal("189767551.5")], "zh").unit.key, in_table([Decimal("189767551")], "zh").decimals
    ('yuan', 0)
    """
    values = list(amounts)
    unit = _UNITS[language][1]
    needed = max((_decimals(value / unit.factor) for value in values), default=0)
    if needed <= unit.most_decimals:
        return Scale(unit, max(needed, _FEWEST_DECIMALS) if needed <= _FEWEST_DECIMALS else unit.most_decimals)
    return Scale(_YUAN, _FEWEST_DECIMALS if any(_decimals(value) for value in values) else 0)


def unit_of(yuan: Decimal, language: str) -> Unit:
    """The largest unit that `yuan` is at least one of; the smallest for less and for nothing.

    >>> unit_of(Decimal("195774300"), "zh").key, unit_of(Decimal("195774300"), "en").key
    ('hundred_million', 'million')
    """
    units = _UNITS[language]
    return next((unit for unit in reversed(units) if abs(yuan) >= unit.factor), units[0])


def rounded(yuan: Decimal, language: str, signed: bool = False) -> tuple[str, str]:
    """An amount with at most `SIGNIFICANT` digits, and its unit.

    >>> rounded(Decimal("195774300"), "zh"), rounded(Decimal("9830500"), "en"), rounded(Decimal("513.75"), "en")
    (('1.958', '亿元'), ('9.831', 'million yuan'), ('513.8', 'yuan'))
    >>> rounded(Decimal("-2900000"), "zh", signed=True), rounded(Decimal(0), "en")
    (('-290', '万元'), ('0', 'yuan'))
    """
    first = _significant(yuan)
    unit = unit_of(first, language)
    value = first / unit.factor
    return f"{value.normalize() + 0:{'+' if signed and value else ''},f}", unit.name(language)


def in_words(yuan: Decimal, language: str, signed: bool = False) -> str:
    """An amount and its unit as `rounded` gives them.

    >>> in_words(Decimal("20703000"), "zh")
    '2,070 万元'
    """
    return " ".join(rounded(yuan, language, signed))


def exact(yuan: Decimal, language: str) -> str:
    """One amount with all its digits, and its unit.

    >>> exact(Decimal("32298200"), "zh"), exact(Decimal("918801"), "zh")
    ('3,229.82 万元', '918,801 元')
    """
    scale = in_table([yuan], language)
    return f"{scale.write(yuan)} {scale.unit.name(language)}"


def money_of_forms(yuan: Decimal) -> str:
    """An amount as most forms print it: in 万元, with two decimals."""
    return Scale(_UNITS["zh"][1], _FEWEST_DECIMALS).write(yuan)


def _significant(value: Decimal) -> Decimal:
    if not value:
        return Decimal(0)
    places = max(value.adjusted() - SIGNIFICANT + 1, -2)
    return value.quantize(Decimal(1).scaleb(places), "ROUND_HALF_UP")


def _decimals(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
