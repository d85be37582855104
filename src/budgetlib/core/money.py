"""Printed amount → exact yuan. Blank, dash and zero are kept apart.

The grammar is explicit; no text ever passes through `float`. Sources: the forms print
万元 with two or six decimals, 元 with none or two, with or without thousands separators.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from budgetlib.core.text import squeeze

FACTORS = {"元": Decimal(1), "千元": Decimal(1000), "万元": Decimal(10_000), "亿元": Decimal(100_000_000)}

_AMOUNT = re.compile(r"(?P<sign>[-−－△▲+])?(?P<digits>\d+(?:,\d{3})*)(?P<decimals>\.\d+)?[⁰¹²³⁴-⁹①-⑳]?")
"""A number, and the mark of a note behind it."""
_BRACKETED = re.compile(r"\((?P<inner>[^()]+)\)")
_STATED = re.compile(r"(?P<number>\d+(?:,\d{3})*(?:\.\d+)?)[(（]?(?P<unit>万元|亿元|千元|元|%|个|辆|平方米)?")
_EXACT = re.compile(r"\d[.,]\d")
_BLANK = re.compile(r"[-—–―－/#*\\]*|无|不涉及")


def is_blank(text: str) -> bool:
    """True where a cell says that there is no amount: empty, a dash, a stroke.

    >>> is_blank(" — "), is_blank("0.00")
    (True, False)
    """
    return _BLANK.fullmatch(squeeze(text)) is not None


def is_exact(text: str) -> bool:
    """True where a number with decimals or thousands separators stands in `text`.

    >>> is_exact("合计 1,200"), is_exact("3.5 万元"), is_exact("2026年 12 人")
    (True, True, False)
    """
    return _EXACT.search(text) is not None


def bears_unit(amount: str) -> bool:
    """True where an amount is printed with its unit, as in sentences; those of tables stand alone.

    >>> bears_unit("12.50万元"), bears_unit("12.50")
    (True, False)
    """
    return amount.endswith("元")


@lru_cache(1024)
def parse_number(text: str) -> Decimal | None:
    """The number that `text` prints, or None where it is not exactly one number.

    >>> parse_number("3,229.82"), parse_number("24995.9\\n4"), parse_number("(1.20)")
    (Decimal('3229.82'), Decimal('24995.94'), Decimal('-1.20'))
    >>> parse_number("△5.60"), parse_number("+406.39"), parse_number("128138,600")
    (Decimal('-5.60'), Decimal('406.39'), Decimal('128138600'))
    >>> parse_number("12.50①"), parse_number("12.50²")
    (Decimal('12.50'), Decimal('12.50'))
    >>> parse_number("2,18.00") is None, parse_number("12人") is None
    (True, True)
    """
    squeezed = squeeze(text)
    negative = False
    if bracketed := _BRACKETED.fullmatch(squeezed):
        squeezed, negative = bracketed["inner"], True
    match = _AMOUNT.fullmatch(squeezed)
    if match is None:
        return None
    number = Decimal(match["digits"].replace(",", "") + (match["decimals"] or ""))
    return -number if negative or (match["sign"] or "+") != "+" else number


def numbers(text: str) -> Iterator[tuple[int, int, Decimal, str | None]]:
    """The unsigned numbers in a sentence: where each begins and ends, its value, and the unit printed behind it.

    >>> [(str(number), unit) for _, _, number, unit in numbers("1,750.60万元，占36.57%")]
    [('1750.60', '万元'), ('36.57', '%')]
    """
    for match in _STATED.finditer(text):
        number = Decimal(match["number"].replace(",", ""))
        yield match.start("number"), match.end("number"), number, match["unit"]


def amounts_in(text: str) -> set[Decimal]:
    """The amounts of money in a sentence, in yuan; numbers in no unit of money are none.

    >>> sorted(map(str, amounts_in("预算1.20万元，决算9元，完成36.57%")))
    ['12000.00', '9']
    """
    return {number * FACTORS[unit] for _, _, number, unit in numbers(text) if unit in FACTORS}


def is_whole(number: Decimal, unit: str) -> bool:
    """True where `number` in `unit` is a whole number of fen.

    >>> is_whole(Decimal("0.333333"), "万元"), is_whole(Decimal("0.3333333"), "万元")
    (True, False)
    """
    fen = number * FACTORS[unit] * 100
    return fen == fen.to_integral_value()


def to_yuan(number: Decimal, unit: str) -> Decimal:
    """`number` in `unit` (元, 千元, 万元, 亿元) as yuan, exact to the fen.

    Raises `KeyError` for another unit and `ValueError` where the paper prints fractions of a fen.

    >>> to_yuan(Decimal("185.34"), "万元")
    Decimal('1853400.00')
    """
    yuan = number * FACTORS[unit]
    fen = yuan.quantize(Decimal("0.01"))
    if fen != yuan:
        raise ValueError(f"{number} {unit} is not a whole number of fen")
    return fen


def half_digit(number: Decimal, unit: str = "元") -> Decimal:
    """Half of the last digit with which `number` is printed in `unit`, in yuan: how far rounding may have moved it.

    >>> half_digit(Decimal("185.34"), "万元"), half_digit(Decimal("45.8"))
    (Decimal('50.000'), Decimal('0.05'))
    """
    return FACTORS[unit] * Decimal(5).scaleb(int(number.as_tuple().exponent) - 1)
