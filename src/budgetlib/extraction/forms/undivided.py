"""Where a rule is missing between the cells of a form: rows or columns run together, and what is read is in doubt."""

from __future__ import annotations

from budgetlib.core.money import parse_number
from budgetlib.extraction.forms.recognise import FormPiece
from budgetlib.pages.model import Cell

_CODES = {"code", "class", "section", "item_code"}
_NAMES = {"item", "project"}
"""What tells rows apart; a spending unit may stand once beside several."""


def is_undivided(piece: FormPiece) -> bool:
    """Whether a cell below the header reaches over several columns of amounts, or over rows with amounts of their own.

    A name may, where other words beside it tell its rows apart; and a code over the columns of its three parts.
    """
    amounts = {column.index for column in piece.columns if column.measure}
    codes = {column.index for column in piece.columns if column.role in _CODES}
    names = {column.index for column in piece.columns if column.role in _NAMES}
    for cell in piece.grid.cells:
        if cell.row < piece.body:
            continue
        columns = set(range(cell.column, cell.column + cell.columns))
        label = columns & (codes | names)
        if not label and (len(columns & amounts) > 1 or (cell.rows > 1 and columns & amounts)):
            return True
        if label and cell.text.strip():
            if columns & codes and len(cell.text.split()) > 1 and "".join(cell.text.split()).isdigit():
                return True
            if cell.rows > 1 and (columns & codes or not _told_apart(piece, cell)):
                return True
    return False


def _told_apart(piece: FormPiece, label: Cell) -> bool:
    """Whether each row of a label that reaches over several prints words of its own."""
    return all(
        any(cell.rows == 1 and cell.text.strip() and parse_number(cell.text) is None for cell in piece.grid.row(row))
        for row in range(label.row, label.row + label.rows)
    )
