"""One performance-target table: what its pieces say, and whether two pieces are of one table."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from budgetlib.core.money import to_yuan
from budgetlib.core.text import squeeze
from budgetlib.definitions.vocabulary.performance import performance_words
from budgetlib.extraction.performance.names import agree, nearly
from budgetlib.extraction.printed_amounts import Span
from budgetlib.extraction.records import Record, Where, spot_columns
from budgetlib.pages.model import Cell, Grid, Spot

SCOPES = {"whole_period": "total", "annual": "annual"}
"""Scope → how its columns of `performance_projects` begin."""


class Token(NamedTuple):
    """A cell with text: as printed without blanks and breaks, and as compared."""

    text: str
    key: str
    cell: Cell


def tokens(grid: Grid, row: int) -> list[Token]:
    """The cells with text that begin in a row, from left to right."""
    printed = ((re.sub(r"\s+", "", cell.text), cell) for cell in grid.row(row))
    return [Token(text, squeeze(text), cell) for text, cell in printed if text]


class PageRef(NamedTuple):
    """A page: its index in the document, and its number (None in plain-text sources)."""

    page_index: int
    page: int | None

    def where(self, cell: Cell) -> Where:
        """Where a cell of the page stands."""
        return Where.of(self.page, cell.spot)


class TargetAmount(NamedTuple):
    """A printed amount, in the unit of its table."""

    number: Decimal
    text: str
    page: int | None
    spot: Spot | None


class Indicator(NamedTuple):
    """A third-level indicator with its target."""

    scope: str
    level1: str | None
    level2: str | None
    level3: str
    target: str | None
    page: int | None
    spot: Spot | None

    @property
    def key(self) -> tuple[str, str | None, str, str | None]:
        """What makes an indicator the same as another one of its table."""
        return self.scope, self.level2, self.level3, self.target

    def longer(self, role: str, text: str) -> Indicator:
        """The indicator with what a page end had cut off its third level or its target."""
        if role == "target":
            return self._replace(target=(self.target or "") + text)
        return self._replace(level3=self.level3 + text)


class TargetStatement(NamedTuple):
    """A key figure, a task or a goal of a whole-department table; `amount` where it is money."""

    kind: str
    section: str | None
    item: str | None
    text: str
    amount: Decimal | None
    where: Where


@dataclass
class TargetTable:
    """One performance-target table, over as many pages as it takes.

    `names` counts the names its heads print, `titled` is the one in its title. Amounts are kept by
    (scope, source) in the printed unit; the scope is None where the label names no period.
    """

    kind: str = "project"
    names: Counter[str] = field(default_factory=Counter)
    titled: str | None = None
    fields: dict[str, str] = field(default_factory=dict)
    amounts: dict[tuple[str | None, str], TargetAmount] = field(default_factory=dict)
    money_scopes: list[str | None] = field(default_factory=list)
    goal_scopes: list[str] = field(default_factory=list)
    money_unit: str | None = None
    signed: bool = False
    listed: bool = False
    """True in lists that give a project a goal and no indicators."""
    places: list[PageRef] = field(default_factory=list)
    amount_spans: list[Span] = field(default_factory=list)
    text_spans: list[Span] = field(default_factory=list)
    """Where its amounts, and its indicators, figures and goals are printed, repeated heads included."""
    indicators: list[Indicator] = field(default_factory=list)
    statements: list[TargetStatement] = field(default_factory=list)
    remarks: list[tuple[int, str]] = field(default_factory=list)

    @property
    def name(self) -> str | None:
        """The name its heads print most often, the first of those as frequent."""
        return self.names.most_common(1)[0][0] if self.names else None

    def on(self, place: PageRef) -> None:
        """Note that a piece of the table stands on a page."""
        if place not in self.places:
            self.places.append(place)

    def take(self, spans: list[Span], place: PageRef, cells: Iterable[Cell]) -> None:
        """Note that `cells` went into the records, in one of the two lists of spans."""
        spans += [Span(place.page_index, cell.spot) for cell in cells if cell.spot]

    @property
    def spans(self) -> list[Span]:
        """What of the table went into the records; amounts without a unit did not."""
        with_amounts = self.kind == "project" and self.money_unit
        return [*self.text_spans, *(self.amount_spans if with_amounts else ())]

    def remark(self, sentence: str, page_index: int | None = None) -> None:
        """Note what is to be said in the page log, on the table's first page where no other is given."""
        noted = (
            self.places[0].page_index if page_index is None else page_index,
            f"{self.name or 'no name'}: {sentence}",
        )
        if noted not in self.remarks:
            self.remarks.append(noted)

    def repeats(self, before: TargetTable, adjacent: bool) -> bool:
        """True where this head is that of `before` again: same unit, same amounts, same name but for clipping.

        A name clipped or different by a few characters counts only where `before` stands just before and
        is not complete: two projects may well differ by one character.
        """
        if self.kind != before.kind or not agree(self.fields.get("unit"), before.fields.get("unit")):
            return False
        shared = self.amounts.keys() & before.amounts.keys()
        same_money = all(self.amounts[k].number == before.amounts[k].number for k in shared)
        complete = bool(self.amounts) and self.amounts.keys() == before.amounts.keys()
        if not same_money or not (complete or (adjacent and not (self.amounts and before.amounts))):
            return False
        name, earlier = self.name or "", before.name or ""
        return name == earlier or (adjacent and not before.complete and (not name or nearly(name, earlier)))

    @property
    def complete(self) -> bool:
        """True where the table has what stands last: its signatures, or indicators of satisfaction."""
        last = performance_words().last
        return self.signed or any(last.search(f"{one.level1}{one.level2}") for one in self.indicators)

    def absorb(self, piece: TargetTable) -> None:
        """Take over what a repeated head said that is not known yet."""
        self.names += piece.names
        longest = max(self.names, key=len, default="")
        if all(longest.startswith(name) for name in self.names):
            self.names = Counter({longest: sum(self.names.values())})
        self.fields = piece.fields | self.fields
        self.amounts = piece.amounts | self.amounts
        self.goal_scopes = self.goal_scopes or piece.goal_scopes
        self.money_unit = self.money_unit or piece.money_unit
        self.amount_spans += piece.amount_spans
        self.text_spans += piece.text_spans
        self.places += [place for place in piece.places if place not in self.places]
        self.remarks += [remark for remark in piece.remarks if remark not in self.remarks]

    def lengthen(self, name: str, unit: str) -> None:
        """Take over what a page end cut off its row in a list."""
        if self.name:
            self.names = Counter({self.name + name: 1})
        if "unit" in self.fields:
            self.fields["unit"] += unit

    def record(self) -> Record:
        """The table as a record of `performance_projects`."""
        yuan, shown = self._yuan()
        numbers = [place.page for place in self.places if place.page is not None]
        return {
            "project": self.name,
            **{name: self.fields.get(name) for name in _FIELDS},
            **yuan,
            "published_unit": self.money_unit if yuan else None,
            "published_text": shown.text if shown else None,
            "page_from": min(numbers, default=None),
            "page_to": max(numbers, default=None),
            "page": shown.page if shown else None,
            **spot_columns(shown.spot if shown else None),
        }

    def _yuan(self) -> tuple[dict[str, Decimal], TargetAmount | None]:
        """The amounts in yuan by column, and the one that evidence is shown for: of the year, else of the whole."""
        yuan: dict[str, Decimal] = {}
        shown: TargetAmount | None = None
        if self.money_unit is None:
            return yuan, shown
        for (scope, source), amount in self.amounts.items():
            stem = SCOPES[scope or self.scope]
            column = f"{stem}_yuan" if source == "total" else f"{stem}_{source}_yuan"
            try:
                yuan[column] = to_yuan(amount.number, self.money_unit)
            except ValueError as fault:
                self.remark(f"{fault}; not taken")
                continue
            if column == "annual_yuan" or (column == "total_yuan" and shown is None):
                shown = amount
        return yuan, shown

    @property
    def scope(self) -> str:
        """The period that is meant where a label names none: that of the goal, or the year of the budget."""
        return self.goal_scopes[0] if len(set(self.goal_scopes)) == 1 else "annual"

    def indicator_records(self) -> Iterator[Record]:
        """Its indicators as records of `performance_indicators`."""
        for one in self.indicators:
            about = {"table_kind": self.kind, "project": self.name, "unit": self.fields.get("unit")}
            levels = {name: getattr(one, name) for name in ("scope", "level1", "level2", "level3", "target", "page")}
            yield about | levels | spot_columns(one.spot)

    def statement_records(self) -> Iterator[Record]:
        """Its key figures, tasks and goals as records of `department_targets`."""
        for one in self.statements:
            try:
                yuan = to_yuan(one.amount, self.money_unit) if one.amount is not None and self.money_unit else None
            except ValueError:
                yuan = None
            columns = {name: getattr(one, name) for name in ("kind", "section", "item", "text")}
            yield {"department": self.name, **columns, "amount_yuan": yuan, **one.where._asdict()}


_FIELDS = ("project_code", "title", "unit", "supervisor_code", "supervisor", "attribute", "period", "form_date")
