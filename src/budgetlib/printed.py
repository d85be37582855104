"""One printed place: a line of a form, or a sentence of the narrative part."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd

from budgetlib.money import FACTORS, numbers
from budgetlib.pages import Box

_CONTEXT = 10

Row = Mapping[Hashable, Any]


@dataclass(frozen=True)
class Proof:
    """One printed place: `text` is what stands there, `box` where on its page, where that is known.

    For a sentence `number` is the figure in it with the characters before, by which the page can be searched.
    """

    document_id: str
    form: str | None
    section: int | None
    page: int | None
    text: str
    box: Box | None = None
    number: str | None = None


def of_line(line: Row) -> Proof:
    """The place of a row of the table `lines`."""
    x0, top, x1, bottom = (line[edge] for edge in ("x0", "top", "x1", "bottom"))
    box = None if pd.isna(x0) else Box(x0, top, x1, bottom)
    text = f"{line['item']} {line['published_text']} {line['published_unit']}"
    return Proof(line["document_id"], line["form"], None, whole(line["page"]), text, box)


def of_statement(statement: Row) -> Proof:
    """The place of a row of the table `statements`."""
    sentence = statement["sentence"]
    number = as_printed(sentence, statement["value"], statement["value_unit"])
    return Proof(
        statement["document_id"], None, int(statement["section"]), whole(statement["page"]), sentence, None, number
    )


def as_printed(sentence: str, value: Decimal, unit: str) -> str | None:
    """The number of `sentence` that says `value` (`unit` as in the table `statements`), with what stands before it.

    >>> as_printed("比上年增加1,506.54万元", Decimal(15065400), "yuan")
    '比上年增加1,506.54'
    """
    for start, end, number, printed_unit in numbers(sentence):
        factor = FACTORS.get(printed_unit or "万元", Decimal(1)) if unit == "yuan" else Decimal(1)
        if number * factor == abs(value):
            return sentence[max(0, start - _CONTEXT) : end]
    return None


def whole(number: Any) -> int | None:
    """A page or section of a table as an `int`; None where it is missing."""
    return None if pd.isna(number) else int(number)
