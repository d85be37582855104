"""Tables → what the checks compare: figures with their slack and place, rows, forms, budgets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

import pandas as pd

from budgetlib.core.money import FACTORS, numbers, parse_number
from budgetlib.core.text import grand_total, squeeze
from budgetlib.tables.corpus import Corpus
from budgetlib.tables.locators import SECTION, Locator

HALF = Decimal("0.5")
NOTHING = Decimal(0)

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Place:
    """Where a figure is printed: a row of a form, a sentence of a section, or an annexed table."""

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

    pictured: bool = False
    """Whether it was read from a picture and nothing confirms it."""

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


def total(figures: Iterable[Figure]) -> Figure:
    """The sum of `figures`; slack and places add up too."""
    return sum(figures, Figure(NOTHING))


@dataclass(frozen=True, eq=False)
class Row:
    """One printed row of a form with its amounts by measure."""

    number: int
    side: str
    kind: str
    code: str | None
    item: str
    gov_item: str | None
    unit: str | None
    page: int | None
    amounts: dict[str, Figure] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Form:
    """A form as one document prints it: its rows in order; none where it is declared empty."""

    name: str
    document_id: str
    rows: tuple[Row, ...] = ()

    def measures(self, side: str | None = None) -> dict[str, None]:
        """The measures that any row of a side prints, in printed order."""
        return self._measures[side]

    @cached_property
    def _measures(self) -> dict[str | None, dict[str, None]]:
        return {
            side: dict.fromkeys(measure for row in self.side(side) for measure in row.amounts)
            for side in (None, *self.sides())
        }

    def side(self, side: str | None) -> list[Row]:
        """The rows of one side; all where `side` is None."""
        return [row for row in self.rows if side in (None, row.side)]

    def sides(self) -> list[str]:
        """The sides there are, in printed order."""
        return list(dict.fromkeys(row.side for row in self.rows))

    def total_row(self, side: str | None) -> Row | None:
        """The row with the grand total: of several the one called 总计, else the last."""
        totals = [row for row in self.side(side) if row.kind == "total"]
        return totals[grand_total([row.item for row in totals])] if totals else None

    def place(self, row: Row | None = None, measure: str | None = None) -> Place:
        """The place of a row, or of the form."""
        if row is None:
            return Place(self.document_id, form=self.name, measure=measure)
        return Place(self.document_id, row.page, self.name, row.number, None, row.item, measure, row.code)


@dataclass(frozen=True)
class Statement:
    """One stated figure."""

    section: int
    measure: str
    item: str | None
    figure: Figure


@dataclass(frozen=True, eq=False)
class Budget:
    """What one document says, completed by what others of the same department and year alone say."""

    document_id: str
    record: Record
    forms: dict[str, Form]
    statements: tuple[Statement, ...]
    tables: dict[str, list[Record]]
    unread: bool
    """Whether pages were left unread: what is missing may stand on them."""
    everyone: list[Budget]
    """All budgets of the corpus, this one among them."""

    def rows(self, table: str) -> list[Record]:
        """The records of another table about this document."""
        return self.tables.get(table, [])


def budgets(corpus: Corpus) -> list[Budget]:
    """Every document of the corpus that was read at least in part, in the order of `documents`."""
    names = (
        "pages",
        "lines",
        "statements",
        "performance_projects",
        "department_targets",
        "catalogue",
        "catalogue_declarations",
    )
    tables = {name: _by_document(getattr(corpus, name)) for name in names}
    documents = [record for record in _records(corpus.documents) if record["outcome"] in ("ok", "partial")]
    own = [
        _budget(record, {name: rows.get(record["document_id"], []) for name, rows in tables.items()})
        for record in documents
    ]
    together: dict[tuple[Any, ...], list[Budget]] = defaultdict(list)
    for budget in own:
        together[who(budget)].append(budget)
    everyone: list[Budget] = []
    everyone += [replace(_completed(budget, together[who(budget)]), everyone=everyone) for budget in own]
    return everyone


def who(budget: Budget) -> tuple[Any, ...]:
    """Department, year and kind of document; a document that does not say them stands alone."""
    record = budget.record
    known = record["entity"] and record["fiscal_year"]
    return (record["department_id"], record["fiscal_year"], record["document_kind"]) if known else (budget.document_id,)


def _records(frame: pd.DataFrame) -> list[Record]:
    """The rows of a frame, missing values as None."""
    names = list(frame.columns)
    columns = [[None if pd.isna(value) else value for value in frame[name].tolist()] for name in names]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _by_document(frame: pd.DataFrame) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = defaultdict(list)
    for record in _records(frame):
        found[record["document_id"]].append(record)
    return found


def _budget(record: Record, tables: dict[str, list[Record]]) -> Budget:
    document_id = record["document_id"]
    forms = {
        name: Form(name, document_id)
        for page in tables["pages"]
        if page["outcome"] == "declared_empty"
        for name in (page["form"] or "").split(",")
    }
    forms |= {form.name: form for form in _forms(document_id, tables["lines"])}
    unread = not tables["pages"] or any(page["outcome"] == "unreadable" for page in tables["pages"])
    statements = tuple(_statement(statement) for statement in tables["statements"])
    return Budget(document_id, record, forms, statements, tables, unread, [])


def _completed(budget: Budget, siblings: list[Budget]) -> Budget:
    """`budget` with the forms and sections that only its siblings have."""
    forms, statements = dict(budget.forms), list(budget.statements)
    for sibling in siblings:
        forms = {**sibling.forms, **forms}
        there = {statement.section for statement in statements}
        statements += [statement for statement in sibling.statements if statement.section not in there]
    return replace(budget, forms=forms, statements=tuple(statements))


def _forms(document_id: str, lines: list[Record]) -> Iterator[Form]:
    by_form: dict[str, list[Record]] = defaultdict(list)
    for line in lines:
        by_form[line["form"]].append(line)
    for name, own in by_form.items():
        slack = half_digit(own)
        rows: dict[tuple[int, str], Row] = {}
        for line in own:
            row = rows.setdefault((line["row"], line["side"]), _row(line))
            place = Place(
                document_id,
                line["page"],
                name,
                line["row"],
                None,
                line["item"],
                line["measure"],
                line["code"],
                pictured=_unconfirmed(line),
            )
            row.amounts.setdefault(line["measure"], Figure(line["amount_yuan"], slack, (place,)))
        yield Form(name, document_id, tuple(rows.values()))


def _unconfirmed(record: Record) -> bool:
    return record["source"] == "ocr" and not record["confirmed"]


def _row(line: Record) -> Row:
    names = ("row", "side", "row_kind", "code", "item", "gov_item", "unit", "page")
    return Row(*(line[name] for name in names))


def half_digit(lines: Iterable[Record]) -> Decimal:
    """Half of the last digit that `lines` print, in yuan: a trailing zero may be left out in some of them."""
    digits = [
        FACTORS[line["published_unit"]] * Decimal((0, (1,), int(number.as_tuple().exponent)))
        for line in lines
        if line["published_unit"] in FACTORS and (number := parse_number(line["published_text"] or "")) is not None
    ]
    return HALF * min(digits, default=Decimal("0.01"))


def _statement(record: Record) -> Statement:
    place = Place(
        record["document_id"],
        record["page"],
        section=record["section"],
        item=record["item"],
        measure=record["measure"],
        pictured=_unconfirmed(record),
    )
    figure = Figure(record["value"], _stated_slack(record), (place,))
    return Statement(record["section"], record["measure"], record["item"], figure)


def _stated_slack(record: Record) -> Decimal:
    """Half of the last digit with which a sentence prints a figure; counts and 0万元 (there is none) are exact."""
    if record["value_unit"] == "count":
        return NOTHING
    money = record["value_unit"] == "yuan"
    wanted = abs(record["value"])
    digits = []
    for _, _, number, unit in numbers(squeeze(record["sentence"])):
        factor = FACTORS.get(unit or "万元", Decimal(1)) if money else Decimal(1)
        if number * factor == wanted and (unit == "%") == (record["value_unit"] == "percent"):
            digits.append(factor * Decimal((0, (1,), int(number.as_tuple().exponent))))
    if money and not wanted:
        return HALF * min((digit for digit in digits if digit < FACTORS["万元"]), default=NOTHING)
    return HALF * min(digits, default=_finest_digit(wanted))


def _finest_digit(value: Decimal) -> Decimal:
    """The place of the last digit of `value` that is not zero."""
    return Decimal((0, (1,), min(2, int(value.normalize().as_tuple().exponent))))
