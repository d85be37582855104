"""Characters of a printed line → runs of text without a wide gap, which may be cells of a table without rules."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from itertools import chain
from typing import NamedTuple

from budgetlib.core.groups import in_groups
from budgetlib.core.money import parse_number
from budgetlib.core.text import squeeze
from budgetlib.pages.layout import Span
from budgetlib.pages.model import Box

_WIDE = 0.9
"""A gap of so many heights of a character parts one cell from the next."""
_CLOSE = 0.3
"""What stands beside a digit of a number belongs to it where it is closer than so many heights of a character."""
_NUMBER = re.compile(r"[-−–—－\d,.]$")
_FIGURE = re.compile(r"(?=.*[.,])[-−–—－]?[\d.,]*\d[\d.,]*")


class Piece(NamedTuple):
    """One run of text without a wide gap."""

    text: str
    box: Box
    parts: tuple[Piece, ...] = ()
    """The runs between its narrower gaps."""

    @property
    def is_amount(self) -> bool:
        """Whether it is an amount as forms print them, with a decimal point or separators."""
        return self.is_figure and parse_number(self.text) is not None

    @property
    def is_figure(self) -> bool:
        """Whether it is an amount, or a part of one that runs over several lines."""
        return _FIGURE.fullmatch(self.text) is not None

    @property
    def leans_right(self) -> bool:
        """Whether it is set from the right of its column, as amounts and the dashes in their place are."""
        return self.is_figure or not any(character.isalnum() for character in self.text)


Row = list[Piece]


def text_of(row: Sequence[Span]) -> str:
    """What one printed line says, without blanks."""
    return squeeze("".join(chain.from_iterable(span.texts for span in row)))


def pieces_of(row: Sequence[Span]) -> Row:
    """The pieces of one printed line from left to right."""
    chars = (
        Piece(text, Box(left, span.top, right, span.bottom))
        for span in row
        for text, left, right in span.chars
        if text.strip()
    )
    runs = in_groups(chars, partial(_continues, wide=_WIDE))
    return [_piece(run)._replace(parts=tuple(map(_piece, in_groups(run, _continues)))) for run in runs]


def _piece(run: Sequence[Piece]) -> Piece:
    return Piece(squeeze("".join(char.text for char in run)), Box.around(char.box for char in run))


def _continues(before: Piece, char: Piece, wide: float = _CLOSE) -> bool:
    number = _NUMBER.match(before.text) or _NUMBER.match(char.text)
    return char.box.x0 - before.box.x1 <= (_CLOSE if number else wide) * (char.box.bottom - char.box.top)
