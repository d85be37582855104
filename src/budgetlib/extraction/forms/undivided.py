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

    A name may, where other words beside it tell its rows apart; and a code over the columns of its three parts. No
    number stands in a column of labels and one of amounts.
    """
    amounts = {column.index for column in piece.columns if column.measure}
    codes = {column.index for column in piece.columns if column.role in _CODES}
    names = {column.index for column in piece.columns if column.role in _NAMES}
    for cell in piece.grid.cells:
        columns = set(range(cell.column, cell.column + cell.columns))
        if cell.row < piece.body:
            continue
        if columns & (codes | names):
            if _labels_run_together(piece, cell, bool(columns & codes), bool(columns & amounts)):
                return True
        elif len(columns & amounts) > 1 or (cell.rows > 1 and columns & amounts):
            return True
    return False


def _labels_run_together(piece: FormPiece, label: Cell, of_codes: bool, of_amounts: bool) -> bool:
    """Whether a cell holds the labels of several rows or columns, or one and an amount."""
    words = label.text.split()
    if of_amounts and parse_number(label.text) is not None:
        return True
    if of_codes and len(words) > 1 and any(word.isdigit() for word in words):
        return True
    return label.rows > 1 and bool(words) and (of_codes or not _told_apart(piece, label))


def _told_apart(piece: FormPiece, label: Cell) -> bool:
    """Whether each row of a label that reaches over several prints words of its own in the same panel."""
    panels = {column.index: column.panel for column in piece.columns}
    return all(
        any(
            cell.rows == 1
            and panels.get(cell.column) == panels.get(label.column)
            and cell.text.strip()
            and parse_number(cell.text) is None
            for cell in piece.grid.row(row)
        )
        for row in range(label.row, label.row + label.rows)
    )
