"""A row that the end of a page cuts: the last digits of its numbers stand in the first row overleaf."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from budgetlib.core.money import parse_number
from budgetlib.core.text import squeeze
from budgetlib.extraction.forms.recognise import FormPiece
from budgetlib.pages.model import Cell


def rejoined(pieces: Sequence[FormPiece]) -> list[FormPiece]:
    """`pieces` of a form with every number that a page's end cuts whole where it begins, and gone where it ends.

    What does not become a number stays as it is where it begins, and is no amount.
    """
    whole = [*pieces]
    for at, piece in enumerate(pieces[1:]):
        cut = [] if _is_labelled(piece) else _cut(whole[at], piece)
        if any(_is_cut(begun, rest, whole[at]) for begun, rest in cut):
            texts = {id(begun): f"{begun.text}\n{rest.text}" for begun, rest in cut if _joins(begun.text, rest.text)}
            whole[at] = _with_texts(whole[at], texts)
            whole[at + 1] = _with_texts(piece, {id(rest): "" for _, rest in cut})
    return whole


def _cut(before: FormPiece, piece: FormPiece) -> list[tuple[Cell, Cell]]:
    """The amounts of the last row of a page, each with what stands in its column in the first row overleaf."""
    last = before.grid.row_count - 1
    if last < before.body or piece.body >= piece.grid.row_count:
        return []
    above = {(c.panel, c.header): before.grid.cell(last, c.index) for c in before.columns if c.measure}
    below = {(c.panel, c.header): piece.grid.cell(piece.body, c.index) for c in piece.columns if c.measure}
    pairs = [(above.get(column), cell) for column, cell in below.items() if cell and cell.text.strip()]
    found = [(begun, rest) for begun, rest in pairs if begun and begun.text.strip() and rest]
    return found if len(found) == len(pairs) else []


def _is_labelled(piece: FormPiece) -> bool:
    """Whether the first row of a page says what it is about."""
    cells = (piece.grid.cell(piece.body, column.index) for column in piece.columns if column.role)
    return any(cell and cell.text.strip() for cell in cells)


def _is_cut(begun: Cell, rest: Cell, piece: FormPiece) -> bool:
    """Whether digits are no number above a page's end, or lack the decimals that all others of their column have."""
    if not re.search(r"\d", begun.text) or not re.search(r"\d", rest.text):
        return False
    column = (piece.grid.cell(row, begun.column) for row in range(piece.body, begun.row))
    usual = {_decimals(cell.text) for cell in column if cell and parse_number(cell.text) is not None}
    whole = _decimals(begun.text) < (decimals := _decimals(f"{begun.text}\n{rest.text}")) and usual == {decimals}
    return parse_number(begun.text) is None or squeeze(rest.text).startswith(".") or whole


def _decimals(text: str) -> int:
    return len(squeeze(text).partition(".")[2])


def _joins(begun: str, rest: str) -> bool:
    return parse_number(f"{begun}\n{rest}") is not None


def _with_texts(piece: FormPiece, texts: Mapping[int, str]) -> FormPiece:
    return replace(piece, grid=piece.grid.mapped(lambda cell: replace(cell, text=texts.get(id(cell), cell.text))))
