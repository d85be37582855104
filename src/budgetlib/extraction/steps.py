"""One PDF, step by step: what is made of one of its pages on the way from paper to table, to look at in a notebook."""

from __future__ import annotations

from functools import cached_property
from operator import attrgetter
from pathlib import Path

import pandas as pd

from budgetlib.core.errors import NotFound
from budgetlib.extraction.forms.recognise import FormTable, recognise
from budgetlib.pages.model import Box, Cell, Line, Page
from budgetlib.pages.reader import read_document
from budgetlib.pages.render import cut_out, page_images

_SHOWN = 0.75
"""The share of its width at which a picture is shown."""
_PLACE = ["x0", "top", "x1", "bottom"]


class Picture:
    """A PNG that a notebook shows, smaller than it is: sharp also on fine screens."""

    def __init__(self, png: bytes) -> None:
        self.png = png

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        width = int.from_bytes(self.png[16:20])
        return self.png, {"width": round(width * _SHOWN)}

    def __repr__(self) -> str:
        return f"picture of {len(self.png)} bytes"


class Steps:
    """The steps of reading the PDF `file`; pages count from 1 as in a viewer, places are points from the top left.

    Raises `UnreadableDocument` where the file cannot be read.
    """

    def __init__(self, file: Path | str) -> None:
        self.file = Path(file)

    def picture(self, page: int, *marked: pd.DataFrame) -> Picture:
        """The page as a viewer shows it; with frames that have places: cut out around these, the first framed in red.

        Raises `NotFound` where there is no such page, or nothing is marked on it.
        """
        self._page(page)
        boxes = [Box(*row) for frame in marked for row in frame[_PLACE].astype(float).itertuples(index=False)]
        png = cut_out(self.file, page, boxes) if boxes else None
        if png is None and marked:
            raise NotFound(f"nothing to mark on page {page} of {self.file.name}")
        return Picture(png or next(page_images(self.file, {page: ()}))[1].picture)

    def texts(self, page: int) -> pd.DataFrame:
        """What is printed on a page and where, in reading order.

        Columns: `text`; `row` and `column` in the table (from 0; none for a line outside any); `x0`, `top`, `x1`,
        `bottom`.
        """
        records = []
        for block in self._page(page).blocks:
            for piece in [block] if isinstance(block, Line) else sorted(block.cells, key=attrgetter("row", "column")):
                if piece.text and piece.box:
                    place = (piece.row, piece.column) if isinstance(piece, Cell) else (None, None)
                    records.append((piece.text, *place, piece.box.x0, piece.box.top, piece.box.x1, piece.box.bottom))
        columns = ["text", "row", "column", *_PLACE]
        return pd.DataFrame(records, columns=columns).astype({"row": "Int64", "column": "Int64"})

    def grid(self, page: int) -> pd.DataFrame:
        """The first table of a page as drawn: a merged cell stands in every place that it covers.

        Raises `NotFound` where no table is drawn.
        """
        grids = self._page(page).grids
        if not grids:
            raise NotFound(f"no table is drawn on page {page} of {self.file.name}")
        places = [
            [grids[0].cell(row, column) for column in range(grids[0].column_count)] for row in range(grids[0].row_count)
        ]
        return pd.DataFrame([[cell.text if cell else "" for cell in row] for row in places])

    def form(self, page: int) -> pd.Series:
        """Which statutory form a page shows: `title`, `form`, `label_zh`, `label_en`, `reference`, `unit`, `entity`.

        Raises `NotFound` where none is recognised.
        """
        table = self._table(page)
        known = {name: getattr(table.form, name) for name in ("label_zh", "label_en", "reference")}
        return pd.Series(
            {"title": table.title, "form": table.form.name, **known, "unit": table.money_unit, "entity": table.entity}
        ).rename("")

    def columns(self, page: int) -> pd.DataFrame:
        """What the columns of the form on a page mean: the printed `header`, the `role` or the `measure` under it.

        Raises `NotFound` as `form` does.
        """
        columns = self._table(page).columns
        return pd.DataFrame(
            [(column.header, column.role, column.measure) for column in columns], columns=["header", "role", "measure"]
        )

    @cached_property
    def _pages(self) -> list[Page]:
        return list(read_document(self.file))

    @cached_property
    def _tables(self) -> list[FormTable]:
        return recognise(self._pages)[0]

    def _page(self, number: int) -> Page:
        if not 1 <= number <= len(self._pages):
            raise NotFound(f"no page {number} in {self.file.name}; it has {len(self._pages)}")
        return self._pages[number - 1]

    def _table(self, number: int) -> FormTable:
        shown = [table for table in self._tables if any(piece.page.number == number for piece in table.pieces)]
        if not shown:
            known = sorted({str(piece.page.number) for table in self._tables for piece in table.pieces}, key=int)
            raise NotFound(f"no statutory form on page {number} of {self.file.name}; forms are on {', '.join(known)}")
        return shown[0]
