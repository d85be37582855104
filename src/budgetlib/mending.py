"""Amounts misread in a picture: put right where the sums of their form prove one reading, else left unread."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from budgetlib.confirmation import mark
from budgetlib.money import parse_number
from budgetlib.pages import Cell, Grid
from budgetlib.recognise import Piece, Sheet
from budgetlib.rows import amount_cell
from budgetlib.text import squeeze
from budgetlib.tidy import tidy

_LOOK_ALIKES = str.maketrans("OoDQ〇○IiljL|!SsZzBbgq", "00000011111115522" + "8699")
_SEPARATORS = re.compile(r"[.,·。、:;']")


def mend(sheet: Sheet, units: Sequence[str] = ()) -> None:
    """Put right the amounts of a form that were misread, as far as sums prove how; each is said in the sheet's notes.

    A cell is read again with look-alikes taken for digits and its separators set where the other amounts of the form
    have them. The reading is taken when, with it, a sum of the form is exact to the fen.
    """
    decimals = _decimals(sheet)
    for number, piece in enumerate(sheet.pieces):
        if piece.page.source != "ocr":
            continue
        for cell in [cell for cell in _money(piece) if parse_number(cell.text) is None and re.search(r"\d", cell.text)]:
            for text in _readings(cell.text, decimals):
                before = sheet.pieces[number]
                sheet.pieces[number] = replace(before, grid=_with(before.grid, cell, text))
                if _proved(sheet, cell, units):
                    where = f"page {piece.page.number}, row {cell.row + 1}"
                    sheet.notes.append(f"{where}: {squeeze(cell.text)!r} was recognised; the sums prove {text}")
                    break
                sheet.pieces[number] = before


def _money(piece: Piece) -> Iterator[Cell]:
    """The cells of a piece in which an amount may stand."""
    for row in range(piece.body, piece.grid.row_count):
        for column in piece.columns:
            if column.measure and (cell := amount_cell(piece, row, column)):
                yield cell


def _decimals(sheet: Sheet) -> int:
    """How many decimals most amounts of a form have."""
    numbers = [parse_number(cell.text) for piece in sheet.pieces for cell in _money(piece)]
    counts = Counter(-int(n.as_tuple().exponent) for n in numbers if n is not None)
    return counts.most_common(1)[0][0] if counts else 2


def _readings(text: str, decimals: int) -> Iterator[str]:
    """What may be printed where `text` was recognised.

    >>> list(_readings("3.229.82", 2)), list(_readings("S31,74", 2)), list(_readings("12人", 2))
    (['3,229.82'], ['531.74'], [])
    """
    plain = squeeze(text).translate(_LOOK_ALIKES)
    digits = _SEPARATORS.sub("", plain)
    if not digits.isascii() or not digits.isdigit() or len(digits) <= decimals:
        return
    whole, rest = (digits[:-decimals], digits[-decimals:]) if decimals else (digits, "")
    grouped = f"{int(whole):,}" if len(_SEPARATORS.findall(plain)) > bool(decimals) else whole
    yield f"{grouped}.{rest}" if rest else grouped


def _with(grid: Grid, cell: Cell, text: str) -> Grid:
    cells = tuple(replace(own, text=text) if own is cell else own for own in grid.cells)
    return Grid(cells, grid.row_count, grid.column_count, grid.box, grid.edges)


def _proved(sheet: Sheet, cell: Cell, units: Sequence[str]) -> bool:
    """True where a sum confirms the amount that now stands in the place of `cell`."""
    records = tidy(sheet, units)
    sheet.remarks.clear()
    mark(records, {piece.page.number: piece.page.source for piece in sheet.pieces})
    box = cell.box
    return any(r["confirmed"] and box and (r["x0"], r["top"]) == (box.x0, box.top) for r in records)
