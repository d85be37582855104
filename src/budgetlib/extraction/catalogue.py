"""Pages → `catalogue`: the guidance catalogue of government-purchased services that a document prints.

The column of a name is its level, whatever the code: some editions give a fourth-level name a third-level code.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from budgetlib.core.text import document_number, squeeze
from budgetlib.definitions.vocabulary.catalogue import catalogue_words
from budgetlib.extraction.records import GridPlace, Record, Where
from budgetlib.pages.model import Grid, Line, Page

_LINES_ABOVE = 8
"""How many lines above a catalogue may hold its title and its number."""
_SECOND = 3
"""Characters of a second-level code: a letter and two digits."""
_LENGTHS = {1: 1, _SECOND: 2, 5: 3, 7: 4, 9: 4}
"""Length of a code → level, where no column tells."""


class Catalogue(NamedTuple):
    """The items of a document as records without `document_id`.

    `number` is the document number as the covering notice prints it; `title` and `where` say where the
    catalogue begins; `remarks` gives for each page (by index) that holds a piece of it what a reader should know.
    """

    items: list[Record]
    number: str | None
    title: str | None
    where: Where
    remarks: dict[int, list[str]]


@dataclass
class _CatalogueReader:
    """A catalogue being read: the section and the columns go on over page ends until others are printed."""

    edition: str | None = None
    levels: dict[int, int] = field(default_factory=dict)
    column_count: int = 0
    section: str | None = None
    items: list[Record] = field(default_factory=list)
    remarks: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))

    def take(self, grid: Grid, body: int, index: int, page: int | None) -> None:
        """The rows of one piece; its first row may be the rest of a name that a page end cut."""
        self.remarks[index] += []
        for row in range(body, grid.row_count):
            printed = [(cell.column, re.sub(r"\s+", "", cell.text)) for cell in grid.row(row) if cell.text.strip()]
            if not printed:
                continue
            (column, first), rest = printed[0], printed[1:]
            if catalogue_words().table_code.fullmatch(squeeze(first)) and column == 0:
                self._item(squeeze(first), rest, index, Where.of(page, grid.row(row)[0].spot))
            elif column == 0 and not rest:
                self.section = first
            elif not rest and row == body and self.items and self.levels.get(column) == self.items[-1]["level"]:
                self.items[-1]["name"] += first
            else:
                self.remarks[index].append(f"row {row + 1} is neither a section nor an item: {first[:30]}")

    def _item(self, code: str, names: Sequence[tuple[int, str]], index: int, where: Where) -> None:
        if len(names) != 1:
            self.remarks[index].append(f"{code}: {len(names)} names are printed beside it; not taken")
            return
        column, name = names[0]
        level = self.levels.get(column) or _LENGTHS[len(code)]
        self._say_oddities(code, index)
        record = {"edition": self.edition, "section": self.section, "code": code, "level": level, "name": name}
        self.items.append({**record, **where._asdict()})

    def _say_oddities(self, code: str, index: int) -> None:
        """A code printed twice, and a code whose higher level is not printed above it: both are kept."""
        codes = {item["code"] for item in self.items if item["section"] == self.section}
        where = f"section {self.section}" if self.section else "no section"
        if code in codes:
            self.remarks[index].append(f"{code} stands twice in {where}")
        parent = code[:1] if len(code) == _SECOND else code[:-2]
        siblings = any(len(other) == len(code) and other.startswith(parent) for other in codes)
        if len(code) > 1 and parent not in codes and not siblings:
            self.remarks[index].append(f"{code} stands in {where} without {parent}: pages may be missing above")


def read_catalogue(pages: Sequence[Page], number: str | None, form_places: Collection[GridPlace] = ()) -> Catalogue:
    """The items of the catalogue that a document prints, in printed order.

    `number` is the document number on the covering notice, where there is one; else the number that stands
    alone above the catalogue's title counts. `form_places` are the grids read as forms.
    A code that stands twice in a section is kept twice and said.
    """
    words, reading = catalogue_words(), _CatalogueReader()
    title, where = None, Where(None)
    above: list[str] = []
    for index, page in enumerate(pages):
        for block in page.blocks:
            if isinstance(block, Line):
                above.append(block.text)
                continue
            if (index, block.box) in form_places:
                continue
            body = _begin(block, reading)
            if body is not None:
                if not reading.remarks:
                    title, where = _nearest(above, words.title.search), Where(page.number, page.place)
                    number = number or _nearest(above, words.is_number)
                    reading.edition = document_number(number) if number else None
                reading.take(block, body, index, page.number)
            above = []
    _say_sections(reading)
    return Catalogue(reading.items, number, title, where, dict(reading.remarks))


def _begin(grid: Grid, reading: _CatalogueReader) -> int | None:
    """The first row below the header of a piece; None where the grid is no piece of a catalogue."""
    words = catalogue_words()
    header = {cell.column: squeeze(cell.text) for cell in grid.row(0)}
    levels = {column: level for column, key in header.items() if (level := words.level(key)) is not None}
    if len(levels) >= 2 and any(words.code.search(key) for key in header.values()):
        reading.levels, reading.column_count = levels, grid.column_count
        return 1
    firsts = [cells[0] for cells in map(grid.row, range(grid.row_count)) if cells]
    codes = sum(words.table_code.fullmatch(squeeze(cell.text)) is not None for cell in firsts)
    if reading.levels and grid.column_count == reading.column_count and codes * 2 > grid.row_count:
        return 0
    return None


def _nearest(above: Sequence[str], fits: Callable[[str], object]) -> str | None:
    """The line nearest above a catalogue whose key fits."""
    return next((text for text in reversed(above[-_LINES_ABOVE:]) if fits(squeeze(text))), None)


def _say_sections(reading: _CatalogueReader) -> None:
    """Which sections are there: catalogues are often printed in excerpts."""
    if reading.remarks:
        counts = Counter(item["section"] or "no section" for item in reading.items)
        sections = ", ".join(f"{section} ({count})" for section, count in counts.items())
        reading.remarks[min(reading.remarks)].insert(0, f"sections printed, with their items: {sections or 'none'}")
