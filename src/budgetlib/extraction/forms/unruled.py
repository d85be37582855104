"""Tables that no rules divide: whole or not at all, since what is left of one makes the rest look wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence

from budgetlib.core.text import fold
from budgetlib.definitions.forms import Form
from budgetlib.extraction.forms.recognise import FormTable
from budgetlib.extraction.forms.titles import form_above
from budgetlib.pages.model import Grid, Line, Page

_NUMBER = re.compile(r"[-−–—－+]?[\d.,]*\d[\d.,]*")
"""A number, or what of one stands on the first or last of its lines."""
_FEWEST_DIGITS = 4
"""Digits of a code or an amount without separators; a number with fewer may be that of the page."""


def left_out(tables: Sequence[FormTable], pages: Sequence[Page]) -> list[str | None]:
    """For each form the first line between the forms before and after it that prints a row and went into no grid.

    What stands above its first title is another's. None where there is none, and for forms that rules divide.
    """
    if all(part.grid.ruled for table in tables for part in table.parts):
        return [None] * len(tables)
    blocks = [block for page in pages for block in page.blocks]
    places = {id(block): place for place, block in enumerate(blocks)}
    taken = {id(part.grid) for table in tables for part in table.parts}

    def first(table: FormTable) -> str | None:
        if all(part.grid.ruled for part in table.parts):
            return None
        pieces = [places[id(part.grid)] for part in table.parts if id(part.grid) in places]
        begin, end = min(pieces), max(pieces) + 1
        start = begin
        while start > 0 and id(blocks[start - 1]) not in taken and not _is_beyond(blocks[start - 1], table):
            start -= 1
        while end < len(blocks) and id(blocks[end]) not in taken and not _is_beyond(blocks[end], table):
            end += 1
        start = next((place for place in range(start, begin) if _titled(blocks[place]) == table.form), start)
        rows = (text for block in blocks[start:end] if id(block) not in taken for text in _rows(block))
        return next(rows, None)

    return [first(table) for table in tables]


def _is_beyond(block: Line | Grid, table: FormTable) -> bool:
    """Whether a block is no part of a form: a ruled table, a sentence, or the title of another form."""
    if isinstance(block, Grid):
        return block.ruled
    return "。" in block.text or _titled(block) not in (None, table.form)


def _titled(block: Line | Grid) -> Form | None:
    """The form that a line is the title of."""
    titled = form_above([block.text]) if isinstance(block, Line) else None
    return titled[0] if titled else None


def _rows(block: Line | Grid) -> list[str]:
    """What prints a code or an amount."""
    texts = [block.text] if isinstance(block, Line) else [" ".join(cell.text for cell in block.cells)]
    return [text for text in texts if any(map(_is_of_a_row, fold(text).split()))]


def _is_of_a_row(word: str) -> bool:
    if not _NUMBER.fullmatch(word):
        return False
    digits = sum(map(str.isdigit, word))
    return "." in word or "," in word or (digits >= _FEWEST_DIGITS and not re.fullmatch(r"20\d\d", word))
