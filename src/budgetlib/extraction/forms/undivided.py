"""Where a rule is missing between the cells of a form: rows or columns run together, and what is read is in doubt."""

from __future__ import annotations

from budgetlib.core.money import is_exact, parse_number
from budgetlib.extraction.forms.recognise import FormPiece
from budgetlib.pages.model import Cell

CODES = {"code", "class", "section", "item_code"}
_NAMES = {"item", "project"}
"""What tells rows apart; a spending unit may stand once beside several."""


def is_undivided(piece: FormPiece) -> bool:
    """Whether a cell below the header holds several amounts, or reaches over several columns or rows of them.

    A name may, where other words beside it tell its rows apart; and a code over the columns of its three parts. No
    number stands in a column of amounts and one of anything else.
    """
    amounts = {column.index for column in piece.columns if column.measure}
    codes = {column.index for column in piece.columns if column.role in CODES}
    names = {column.index for column in piece.columns if column.role in _NAMES}
    for cell in piece.grid.cells:
        columns = set(range(cell.column, cell.column + cell.columns))
        if cell.row < piece.body:
            continue
        if columns & (codes | names):
            if _labels_run_together(piece, cell, bool(columns & codes)):
                return True
        elif columns & amounts and (len(columns & amounts) > 1 or cell.rows > 1 or _holds_more(cell)):
            return True
        if columns & amounts and columns - amounts and (parse_number(cell.text) is not None or _holds_more(cell)):
            return True
    return False


def _holds_more(amount: Cell) -> bool:
    """Whether a cell holds an amount and something else."""
    return parse_number(amount.text) is None and is_exact(amount.text)


def _labels_run_together(piece: FormPiece, label: Cell, of_codes: bool) -> bool:
    """Whether a cell holds the labels of several rows or columns."""
    words = label.text.split()
    if of_codes and len(words) > 1 and any(word.isdigit() for word in words):
        return True
    return label.rows > 1 and bool(words) and (of_codes or not _told_apart(piece, label))


def _told_apart(piece: FormPiece, label: Cell) -> bool:
    """Whether the rows of a label that reaches over several print a year or words of their own in the same panel.

    One of them may print none, such as the sum of the others.
    """
    panels = {column.index: column.panel for column in piece.columns}
    years = {column.index for column in piece.columns if column.role == "year"}
    own = [
        any(
            cell.rows == 1
            and panels.get(cell.column) == panels.get(label.column)
            and cell.text.strip()
            and (cell.column in years or parse_number(cell.text) is None)
            for cell in piece.grid.row(row)
        )
        for row in range(label.row, label.row + label.rows)
    ]
    return own.count(False) <= 1
