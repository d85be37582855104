"""What the checks compare: figures with how far rounding may have moved them, and the places they are printed at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from budgetlib.core.text import squeeze
from budgetlib.tables.locators import SECTION, Locator

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Place:
    """Where a figure is printed: a row of a form, a sentence of a section, or an annexed table; else the document."""

    document_id: str
    page: int | None = None
    form: str | None = None
    row: int | None = None
    section: int | None = None
    item: str | None = None
    measure: str | None = None
    code: str | None = None
    table: Locator | None = None
    """Where else: a performance-target table, a figure of the whole department's, an item of the catalogue."""

    heading: str | None = None
    """That of the section, as printed."""

    pictured: bool = False
    """Whether it was read from a picture and nothing confirms it."""

    doubtful: bool = False
    """Whether a second reader of the page reads it otherwise."""

    @property
    def is_within(self) -> bool:
        """Whether it is a place in the document, not the document itself."""
        return bool(self.form or self.section or self.table)

    @property
    def locator(self) -> Locator:
        """The place as the column `places` has it."""
        if self.table:
            return self.table
        if self.form:
            return Locator(self.document_id, self.form, self.row)
        item = squeeze(self.item or "") if self.measure else ""
        return Locator(self.document_id, SECTION, self.section, self.measure or "", item)


@dataclass(frozen=True)
class Figure:
    """A value (yuan, percent or count), how far rounding may have moved it, and where it is printed."""

    value: Decimal
    slack: Decimal = NOTHING
    places: tuple[Place, ...] = ()

    def __add__(self, other: Figure) -> Figure:
        return Figure(self.value + other.value, self.slack + other.slack, self.places + other.places)

    def __neg__(self) -> Figure:
        return replace(self, value=-self.value)

    def __sub__(self, other: Figure) -> Figure:
        return self + -other

    @property
    def is_nothing(self) -> bool:
        """Whether rounding alone may have made it."""
        return abs(self.value) <= self.slack


def total(figures: Iterable[Figure]) -> Figure:
    """The sum of `figures`; slack and places add up too."""
    parts = list(figures)
    value = sum((part.value for part in parts), NOTHING)
    slack = sum((part.slack for part in parts), NOTHING)
    return Figure(value, slack, tuple(place for part in parts for place in part.places))
