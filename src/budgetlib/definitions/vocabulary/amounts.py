"""What makes a printed number an amount of money, from `amounts.toml`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from budgetlib.definitions.toml import load, patterns


@dataclass(frozen=True)
class AmountWords:
    """How amounts of money are printed in running text, and which columns hold them."""

    number: re.Pattern[str]
    money_unit: re.Pattern[str]
    threshold: re.Pattern[str]
    other_unit: re.Pattern[str]
    money_header: re.Pattern[str]
    other_header: re.Pattern[str]


@cache
def amount_words() -> AmountWords:
    """The words around amounts."""
    return AmountWords(**patterns(load("amounts.toml", __package__)))
