"""What extraction hands on: the records of the tables, without `document_id`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NotRequired, TypedDict

from budgetlib.pages.model import Box

Record = dict[str, Any]
Records = dict[str, list[Record]]
"""The records of one document by table name, as they leave extraction."""
TableRecords = Mapping[str, Sequence[Mapping[str, object]]]
"""The same inside, where most have a type."""

GridPlace = tuple[int, Box | None]
"""Where a grid stands: the index of its page, and its box; a page of plain text holds one grid and no box."""


class Corners(TypedDict):
    """Where a record is printed, in points from the top left; None in plain text."""

    x0: float | None
    top: float | None
    x1: float | None
    bottom: float | None


def corners(box: Box | None) -> Corners:
    """A box as the four columns of a table."""
    if box is None:
        return {"x0": None, "top": None, "x1": None, "bottom": None}
    return {"x0": box.x0, "top": box.top, "x1": box.x1, "bottom": box.bottom}


def box_of(place: Corners) -> Box | None:
    """The box that the four columns of a record give; None in plain text."""
    x0, top, x1, bottom = place["x0"], place["top"], place["x1"], place["bottom"]
    return None if x0 is None or top is None or x1 is None or bottom is None else Box(x0, top, x1, bottom)


class LineRecord(Corners):
    """One printed amount of a form: a row of `lines`."""

    form: str
    side: str
    row: int
    row_kind: str
    stage: str | None
    code: str | None
    item: str
    gov_item: str | None
    gov_code: str | None
    economic_item: str | None
    economic_code: str | None
    unit: str | None
    measure: str
    amount_yuan: Decimal
    published_text: str
    published_unit: str
    source: str
    confirmed: bool | None
    ocr_confidence: float | None
    page: int | None


class StatementRecord(TypedDict):
    """One figure of the narrative part: a row of `statements`. The last two say how its page was read."""

    section: int
    unit: str | None
    measure: str
    stage: str | None
    value: Decimal
    value_unit: str
    item: str | None
    reason: str | None
    sentence: str
    page: int | None
    source: NotRequired[str]
    confirmed: NotRequired[bool | None]


class PageRecord(TypedDict):
    """What one page is and how reading it ended: a row of `pages`."""

    page: int | None
    kind: str
    form: str | None
    source: str
    outcome: str
    reason: str | None
    amounts_printed: int | None
    amounts_taken: int | None
    amounts_left: str | None
