"""What extraction hands on: the records of the tables, without `document_id`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple, NotRequired, TypedDict

from budgetlib.pages.model import Box, Spot

Record = dict[str, Any]
Records = dict[str, list[Record]]
"""The records of one document by table name, as they leave extraction."""
TableRecords = Mapping[str, Sequence[Mapping[str, object]]]
"""The same inside, where most have a type."""

GridPlace = tuple[int, Box | None]
"""Where a grid stands: the index of its page, and its box; in a file without pages each holds one grid and no box."""


class SpotColumns(TypedDict):
    """Where a record is printed: its box in points from the top left, or its place; None in plain text."""

    x0: float | None
    top: float | None
    x1: float | None
    bottom: float | None
    place: str | None


def spot_columns(spot: Spot | None) -> SpotColumns:
    """Where something stands as columns of a table."""
    if isinstance(spot, Box):
        return {"x0": spot.x0, "top": spot.top, "x1": spot.x1, "bottom": spot.bottom, "place": None}
    return {"x0": None, "top": None, "x1": None, "bottom": None, "place": spot}


def spot_of(record: SpotColumns) -> Spot | None:
    """Where a record is printed; None in plain text."""
    x0, top, x1, bottom = record["x0"], record["top"], record["x1"], record["bottom"]
    if x0 is None or top is None or x1 is None or bottom is None:
        return record["place"]
    return Box(x0, top, x1, bottom)


class Where(NamedTuple):
    """The page on which something is printed, and its place in a file without pages: the columns of those names."""

    page: int | None
    place: str | None = None

    @classmethod
    def of(cls, page: int | None, spot: Spot | None) -> Where:
        """Where something stands that a page holds."""
        return cls(page, spot if isinstance(spot, str) else None)


class LineRecord(SpotColumns):
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
    """One figure of the narrative part: a row of `statements`; only changes have a `base`.

    The last two say how its page was read.
    """

    section: int
    heading: str
    unit: str | None
    measure: str
    stage: str | None
    value: Decimal
    value_unit: str
    item: str | None
    reason: str | None
    base: NotRequired[str | None]
    sentence: str
    page: int | None
    place: str | None
    source: NotRequired[str]
    confirmed: NotRequired[bool | None]


class PageRecord(TypedDict):
    """What one page is and how reading it ended: a row of `pages`."""

    page: int | None
    place: str | None
    kind: str
    form: str | None
    undivided: str | None
    incomplete: str | None
    out_of_sequence: bool
    source: str
    outcome: str
    reason: str | None
    amounts_printed: int | None
    amounts_taken: int | None
    amounts_left: str | None
