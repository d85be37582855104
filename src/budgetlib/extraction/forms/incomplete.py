"""Where something that a form prints was not read: an amount in its table, or the codes under their head."""

from __future__ import annotations

from collections.abc import Iterable

from budgetlib.core.text import squeeze
from budgetlib.extraction.forms.recognise import FormPiece, FormTable
from budgetlib.extraction.forms.titles import is_total
from budgetlib.extraction.forms.undivided import CODES
from budgetlib.pages.model import Box, Spot

_CODES = CODES | {"unit_code"}


def leaves_out(piece: FormPiece, spots: Iterable[Spot]) -> bool:
    """Whether one of these places on its page is in its table or beside it, and not in a cell of words."""
    amounts = {column.index for column in piece.columns if column.measure}
    words = {cell.spot for cell in piece.grid.cells if cell.row >= piece.body and cell.column not in amounts}
    box = piece.grid.box
    return box is not None and any(
        isinstance(spot, Box) and spot not in words and box.top <= (spot.top + spot.bottom) / 2 <= box.bottom
        for spot in spots
    )


def lacks_codes(table: FormTable) -> bool:
    """Whether a panel of several rows has columns for codes, and nothing stands in any."""
    panels = {column.panel for column in table.columns if column.role in _CODES}
    return any(_is_uncoded(table, panel) for panel in panels)


def _is_uncoded(table: FormTable, panel: int) -> bool:
    rows = 0
    for piece in table.pieces:
        codes = {column.index for column in piece.columns if column.panel == panel and column.role in _CODES}
        amounts = {column.index for column in piece.columns if column.panel == panel and column.measure}
        body = [cell for cell in piece.grid.cells if cell.row >= piece.body and cell.text.strip()]
        if any(cell.column in codes and not is_total(squeeze(cell.text)) for cell in body):
            return False
        rows += len({cell.row for cell in body if cell.column in amounts})
    return rows > 1
