"""Paragraphs and tables that follow one another → pages: each ends with a table.

What Word and web pages have in common. A table that holds tables, or nothing but one cell, only lays out what is in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from budgetlib.core.errors import UnreadableDocument
from budgetlib.pages.model import Cell, Grid, Line, Page

MOST_COLUMNS = 500  # of one table; wider ones are no form
MOST_PLACES = 400_000
"""Of one table; disclosures have some ten thousand at most."""

_BLANK_WIDTH = 4.5
"""Points that a leading blank sets text in."""


@dataclass(frozen=True)
class Paragraph:
    """A paragraph with its line breaks; `indent` is how far it is set in, in points."""

    text: str
    indent: float = 0.0


@dataclass(frozen=True)
class Slot:
    """A cell of a table: which places it covers, and what is in it."""

    row: int
    column: int
    content: Sequence[Paragraph | Table]
    rows: int = 1
    columns: int = 1

    @property
    def text(self) -> str:
        """Its paragraphs, one a line."""
        return "\n".join(part.text for part in self.content if isinstance(part, Paragraph) and part.text.strip())


@dataclass(frozen=True)
class Table:
    """A table: its cells in reading order."""

    slots: Sequence[Slot]

    @property
    def only_lays_out(self) -> bool:
        """Whether it is no table to a reader."""
        return len(self.slots) == 1 or any(isinstance(part, Table) for slot in self.slots for part in slot.content)


def pages_of(flow: Iterable[Paragraph | Table], remarks: Sequence[str] = ()) -> Iterator[Page]:
    """The pages of a flow; the first one bears `remarks`.

    Raises `UnreadableDocument` (empty, too_large).
    """
    lines: list[Line] = []
    open_remarks = tuple(remarks)
    paragraphs = tables = 0
    for part in _laid_out(flow):
        if isinstance(part, Paragraph):
            paragraphs += 1
            texts = [text for line in part.text.split("\n") if (text := line.strip())]
            lines += [
                Line(text, place=f"paragraph {paragraphs}" + (f", line {number}" if number > 1 else ""))
                for number, text in enumerate(texts, 1)
            ]
        elif any(slot.text for slot in part.slots):
            tables += 1
            place = f"table {tables}"
            yield Page(None, lines=tuple(lines), grids=(_grid(part, place),), remarks=open_remarks, place=place)
            lines, open_remarks = [], ()
    if lines or not tables:
        if not lines:
            raise UnreadableDocument("empty", "holds neither text nor tables; fetch it again from its publisher")
        yield Page(None, lines=tuple(lines), remarks=open_remarks, place=lines[0].place)


def indent_of(text: str, indent: float = 0.0) -> float | None:
    """How far from the left the first line of a cell begins, in points; None where it is blank.

    >>> indent_of("  行政运行"), indent_of("  ")
    (9.0, None)
    """
    first = text.split("\n")[0]
    bare = first.lstrip()
    leading = first[: len(first) - len(bare)]
    return indent + _BLANK_WIDTH * sum(2 if blank == "\u3000" else 1 for blank in leading) if bare else None


def _laid_out(flow: Iterable[Paragraph | Table]) -> Iterator[Paragraph | Table]:
    for part in flow:
        if isinstance(part, Table) and part.only_lays_out:
            for slot in part.slots:
                yield from _laid_out(slot.content)
        else:
            yield part


def _grid(table: Table, place: str) -> Grid:
    row_count = max(slot.row for slot in table.slots) + 1
    column_count = max(slot.column + slot.columns for slot in table.slots)
    if column_count > MOST_COLUMNS or row_count * column_count > MOST_PLACES:
        raise UnreadableDocument("too_large", f"{place} has {row_count} rows and {column_count} columns")
    cells = tuple(
        Cell(
            slot.text,
            slot.row,
            slot.column,
            min(slot.rows, row_count - slot.row),
            slot.columns,
            indent=_indent(slot),
            place=f"{place}, row {slot.row + 1}, column {slot.column + 1}",
        )
        for slot in table.slots
    )
    return Grid(cells, row_count, column_count)


def _indent(slot: Slot) -> float | None:
    first = next((part for part in slot.content if isinstance(part, Paragraph) and part.text.strip()), None)
    return indent_of(first.text, first.indent) if first else None
