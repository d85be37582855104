"""What one document says, as the checks see it: forms with their rows, statements, and the rows of other tables."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from budgetlib.checks.figures import Figure, Place, total
from budgetlib.core.money import bears_unit
from budgetlib.core.text import grand_total, squeeze
from budgetlib.tables.locators import SENTENCE, Locator

Record = Mapping[str, Any]

_SHOWN = 24
"""Characters of a sentence that tell which it is."""

_FEWEST_OF_A_TABLE = 5
"""Amounts left over on one page: so many are rows that were not recognised."""


def is_read_whole(page: Record) -> bool:
    """Whether a page was read and not many amounts of tables went into none."""
    return page["outcome"] != "unreadable" and len(amounts_left(page)) < _FEWEST_OF_A_TABLE


def amounts_left(page: Record) -> list[str]:
    """The amounts of tables on a page that went into none; those of sentences bear their unit."""
    return [text for text in (page["amounts_left"] or "").split() if not bears_unit(text)]


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
    stage: str | None = "budget"
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
        return self._sides.get(side, [])

    @cached_property
    def _sides(self) -> dict[str | None, list[Row]]:
        of_side: dict[str | None, list[Row]] = {None: list(self.rows)}
        for row in self.rows:
            of_side.setdefault(row.side, []).append(row)
        return of_side

    def sides(self) -> list[str]:
        """The sides there are, in printed order."""
        return [side for side in self._sides if side is not None]

    def total_row(self, side: str | None, measures: Sequence[str] = ()) -> Row | None:
        """The row with the grand total; where panels have their own, that of one of `measures`."""
        totals = [row for row in self.side(side) if row.kind == "total"]
        fitting = [row for row in totals if any(measure in row.amounts for measure in measures)] or totals
        return fitting[grand_total([row.item for row in fitting])] if fitting else None

    def adds_up(self, side: str | None, measure: str) -> bool:
        """Whether the leaves of one column make up its total; where no total is printed they are all there is."""
        head = self.total_row(side, [measure])
        if head is None or measure not in head.amounts:
            return True
        leaves = (row.amounts[measure] for row in self.side(side) if row.kind == "line" and measure in row.amounts)
        return (head.amounts[measure] - total(leaves)).is_nothing

    def place(self, row: Row | None = None, measure: str | None = None) -> Place:
        """The place of a row, or of the form."""
        if row is None:
            return Place(self.document_id, form=self.name, measure=measure)
        return Place(self.document_id, row.page, self.name, row.number, None, row.item, measure, row.code)


@dataclass(frozen=True)
class Statement:
    """One stated figure; the measure of a plan that stands beside an outcome begins with `plan:`."""

    section: int
    measure: str
    item: str | None
    figure: Figure
    sentence: str
    stage: str | None = "budget"


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
    out_of_sequence: bool
    """Whether by their printed numbers pages are missing, or stand in another order."""
    not_read_whole: frozenset[tuple[str, str | int]]
    """Forms and pages of targets, each with its document, of which something was not read, or not told apart."""
    everyone: list[Budget]
    """All budgets of the corpus, this one among them; a test may look at those to which `ties` lead."""
    catalogue: list[Record]
    """The items of all catalogues in the corpus."""
    repeated: tuple[Form, ...] = ()
    """Forms of which the document prints several, as for each of its units: none of them is the whole document's."""
    siblings: tuple[Budget, ...] = ()
    """The documents of its disclosure, each as it stands alone, the latest version first; this one among them."""

    @property
    def is_all_there(self) -> bool:
        """Whether all pages were read, and by their printed numbers none is missing."""
        return not (self.unread or self.out_of_sequence)

    @property
    def form_names(self) -> set[str]:
        """The names of all forms that are there."""
        return {*self.forms, *(form.name for form in self.repeated)}

    def own_forms(self, names: Sequence[str] | None = None) -> list[Form]:
        """The forms that this document itself prints: all, or those with one of `names`."""
        printed = [one for one in (*self.forms.values(), *self.repeated) if one.document_id == self.document_id]
        return [form for form in printed if names is None or form.name in names]

    def sides(self, names: Sequence[str] | None = None) -> Iterator[tuple[Form, str, list[Row]]]:
        """Each side of `own_forms`, with its rows."""
        return ((form, side, form.side(side)) for form in self.own_forms(names) for side in form.sides())

    def sentence(self, pattern: str, pages: Collection[int] | None = None) -> str | None:
        """The first sentence (on `pages`) in which a regular expression is found; it is written for folded text."""
        words = re.compile(pattern)
        near = [entry for entry in self.sentences if pages is None or entry[0].page in pages]
        return next((sentence for _, sentence, folded in near if words.search(folded)), None)

    @cached_property
    def sentences(self) -> list[tuple[Place, str, str]]:
        """Each sentence outside tables: where it stands, as printed, folded."""
        printed = [(record["page"], record["sentence"]) for record in self.rows("sentences")]
        tables = [Locator(self.document_id, SENTENCE, number) for number in range(1, len(printed) + 1)]
        return [
            (Place(self.document_id, page, item=sentence[:_SHOWN], table=table), sentence, squeeze(sentence))
            for table, (page, sentence) in zip(tables, printed, strict=True)
        ]

    def rows(self, table: str) -> list[Record]:
        """The records of another table about this document."""
        return self.tables.get(table, [])
