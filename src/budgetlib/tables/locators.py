"""Where a figure is printed, in a few letters: the notation of the columns `places`, written and read here alone.

| locator | what is printed there |
|---|---|
| `expenditure:3` | row 3 of a form |
| `expenditure:3:basic` | the amount of one measure in that row |
| `expenditure` | the form, which is declared empty |
| `section:5:function:行政运行` | a figure that a section of the narrative part states: measure, item |
| `section:12` | what that section declares |
| `performance:3` | the third performance-target table |
| `department:1` | the first figure of the whole department's |
| `evaluation:2` | the second table in which a project is evaluated |
| `catalogue:A1604` | the items of a catalogue under a code |
| `sentence:17` | the 17th sentence of the document |

`<document_id>/` stands before it where the place is in another document than the row, or the rows have no single one.
A cell of `places` parts locators by blanks. One after `basic_yuan=` is a place of the figure in that column; the others
are places of every figure in the row whose column has none of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import pandas as pd

from budgetlib.core.text import squeeze

SECTION, PERFORMANCE, DEPARTMENT, CATALOGUE = "section", "performance", "department", "catalogue"
SENTENCE, EVALUATION = "sentence", "evaluation"

Row = Mapping[Any, Any] | pd.Series
"""A row of a frame."""

_LOCATOR = re.compile(r"(?:(?P<document_id>[^:/]+)/)?(?P<kind>[^:/]+)(?::(?P<rest>.+))?")
_PLACE = re.compile(r"(?:(?P<column>\w+)=)?(?P<locator>.+)")


class Locator(NamedTuple):
    """A printed place: the document, a form's name or another `kind`, and which row, section or table of it.

    `measure` is of a row or section, `item` of what a section states; in a catalogue `item` is the code.
    """

    document_id: str
    kind: str
    number: int | None = None
    measure: str = ""
    item: str = ""

    @classmethod
    def of(cls, row: Row) -> Locator:
        """The place of a row of the table `lines`, `statements` or `corrections`.

        >>> Locator.of({"document_id": "0a1b", "form": "revenue", "row": 2, "measure": "total"}).within("0a1b")
        'revenue:2:total'
        """
        if row.get("form"):
            return cls(row["document_id"], row["form"], int(row["row"]), row["measure"])
        return cls(row["document_id"], SECTION, int(row["section"]), row["measure"], squeeze(row["item"] or ""))

    @classmethod
    def read(cls, text: str, document_id: str) -> Locator:
        """The locator that `text` is; in the document `document_id` where it names none.

        Raises `ValueError` where it is in another notation.

        >>> Locator.read("section:5:function:行政运行", "0a1b")
        Locator(document_id='0a1b', kind='section', number=5, measure='function', item='行政运行')
        >>> Locator.read("2c3d/expenditure:3", "0a1b")[:3], Locator.read("catalogue:A16", "0a1b").item
        (('2c3d', 'expenditure', 3), 'A16')
        """
        match = _LOCATOR.fullmatch(text)
        if match is None:
            raise ValueError(f"{text!r} is no locator; write [document_id/]kind[:number[:measure[:item]]]")
        document_id, kind, rest = match["document_id"] or document_id, match["kind"], match["rest"] or ""
        if kind == CATALOGUE:
            return cls(document_id, kind, item=rest)
        number, *about = rest.split(":", 2 if kind == SECTION else 1)
        return cls(document_id, kind, int(number) if number else None, *about)

    def within(self, document_id: str) -> str:
        """The locator as a row of a document has it.

        >>> place = Locator("0a1b", "expenditure", 3)
        >>> place.within("0a1b"), place.within("2c3d")
        ('expenditure:3', '0a1b/expenditure:3')
        """
        text = ":".join(str(part) for part in (self.kind, self.number, self.measure, self.item) if part)
        return text if self.document_id == document_id else f"{self.document_id}/{text}"


def written(of_row: Iterable[Locator], **columns: Iterable[Locator]) -> str:
    """A cell of `places`: the row's own, then those of single columns.

    >>> total, basic = (Locator("0a1b", "expenditure", 3, measure) for measure in ("total", "basic"))
    >>> written([total], basic_yuan=[basic])
    '0a1b/expenditure:3:total basic_yuan=0a1b/expenditure:3:basic'
    """
    keyed = (f"{column}={place.within('')}" for column, places in columns.items() for place in places)
    return " ".join(dict.fromkeys([*(place.within("") for place in of_row), *keyed]))


def places(row: Row, column: str = "") -> list[Locator]:
    """Where the figure in a `column` of a row is printed, or else what it is made of.

    That are the column's own places, or else those of the row, or else those of all its columns. A row without
    `places`, of the tables `lines`, `statements` or `corrections`, is a place itself.

    >>> row = {"document_id": "0a1b", "places": "revenue:1:total basic_yuan=expenditure:3:basic"}
    >>> [place.kind for column in ("basic_yuan", "share_pct") for place in places(row, column)]
    ['expenditure', 'revenue']
    """
    if "places" not in row:
        return [Locator.of(row)] if _is_place(row) else []
    by_column: dict[str, list[Locator]] = {}
    for match in map(_PLACE.fullmatch, ("" if pd.isna(row["places"]) else row["places"]).split()):
        if match:
            place = Locator.read(match["locator"], row.get("document_id", ""))
            by_column.setdefault(match["column"] or "", []).append(place)
    every = dict.fromkeys(place for some in by_column.values() for place in some)
    return by_column.get(column) or by_column.get("") or list(every)


def _is_place(row: Row) -> bool:
    numbered = "row" if row.get("form") else "section"
    of_table = "measure" in row and ("row" in row or "sentence" in row)
    return of_table and not any(pd.isna(row[key]) for key in ("document_id", numbered))
