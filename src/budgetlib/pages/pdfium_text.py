"""The text of a page of pdfium as runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby, repeat
from math import hypot
from operator import itemgetter
from typing import Any, NamedTuple, Self

from pypdfium2 import raw

from budgetlib.core.groups import in_groups
from budgetlib.pages import pdfium_calls as pdfium
from budgetlib.pages.ink import RUN_GAP, Glyph, Run
from budgetlib.pages.matrix import Matrix
from budgetlib.pages.model import Box
from budgetlib.pages.pdfium_calls import Handle, handle_of

_BROKEN_WORD = 2
"""What pdfium says in place of a hyphen at the end of a line."""
_BLANK = 32
"""One without width is none that is painted; pdfium adds it where it sees a gap."""
_GLYPH_NUMBER = "\ue000"
"""Stands for a character that the text layer does not name."""
_UNPAINTED = (raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP)
_WHITE = 250
"""Colours whose red, green and blue are at least this (of 255) are the paper's."""

_LEFT, _TOP, _RIGHT, _BOTTOM = range(4)
_Char = tuple[Handle, int, int, tuple[float, ...], int]
"""What pdfium says of a character: its text object, its code, whether that is a glyph's number, its box; its place."""


_Painted = Callable[[Sequence[Handle]], Iterable[tuple[int, Box]]]


def runs_of(page: Any, view: Matrix, painted: _Painted) -> Iterator[Run]:
    """The runs on a page that is shown in `view`; `painted` tells when texts were painted and what is seen of them.

    Characters that are painted one by one are one run where they go on in one another's line and style.
    """
    text = page.get_textpage()
    for group in in_groups(_texts(handle_of(text.raw), text.count_chars(), view, painted), _continues):
        yield from _run(group, view)
    text.close()


class _Way(NamedTuple):
    """What the first four numbers of a matrix say of a text: where it runs to, how much larger it is drawn.

    `begin` and `end` are the sides of a character's box, `along` and `across` the numbers of the matrix, that count.
    """

    turn: int
    scale: float
    sign: int
    begin: int
    end: int
    along: int
    across: int

    @classmethod
    def of(cls, matrix: Matrix, view: Matrix) -> Self:
        turn, scale = view.turn(matrix), hypot(matrix.c, matrix.d)
        if abs(matrix.a) >= abs(matrix.b):
            return cls(turn, scale, *((1, _LEFT, _RIGHT) if matrix.a > 0 else (-1, _RIGHT, _LEFT)), 4, 5)
        return cls(turn, scale, *((1, _BOTTOM, _TOP) if matrix.b > 0 else (-1, _TOP, _BOTTOM)), 5, 4)


class _Text(NamedTuple):
    """A text object: its characters, from where to where on which line, and in what style."""

    line: float
    begin: float
    end: float
    size: float
    order: int
    way: _Way
    clip: Box
    colour: str
    matrix: tuple[float, ...]
    chars: list[_Char]


def _texts(text: Handle, count: int, view: Matrix, painted: _Painted) -> Iterator[_Text]:
    """The text objects of a page, without what pdfium adds between them."""
    objects, codes, unnamed = (
        map(function, repeat(text), range(count))
        for function in (pdfium.object_of_char, pdfium.unicode_of_char, pdfium.is_unnamed_char)
    )
    boxes = pdfium.ask(pdfium.box_of_char, pdfium.FOUR_NUMBERS, count, repeat(text), range(count))
    chars = zip(objects, codes, unnamed, boxes, range(count), strict=True)
    written = [(thing, list(of_thing)) for thing, of_thing in groupby(chars, key=itemgetter(0)) if thing]
    things, firsts = [thing for thing, _ in written], [of_thing[0][4] for _, of_thing in written]
    matrices = pdfium.ask(pdfium.matrix_of_char, pdfium.SIX_NUMBERS, len(written), repeat(text), firsts)
    sizes = map(pdfium.size_of_char, repeat(text), firsts)
    ways: dict[tuple[float, ...], _Way] = {}
    for (_, of_thing), matrix, size, (order, clip), colour in zip(
        written, matrices, sizes, painted(things), _text_colours(things), strict=True
    ):
        if (way := ways.get(matrix[:4])) is None:
            way = ways[matrix[:4]] = _Way.of(Matrix(*matrix), view)
        _, scale, sign, begin, end, _, across = way
        start, stop = sign * of_thing[0][3][begin], sign * of_thing[-1][3][end]
        yield _Text(matrix[across], start, stop, size * scale, order, way, clip, colour, matrix, of_thing)


def _continues(before: _Text, text: _Text) -> bool:
    """True where a text goes on where another ends, and looks the same."""
    return (
        len(text.chars) == len(before.chars) == 1
        and text.line == before.line
        and text.order == before.order + 1
        and before.begin <= text.begin <= before.end + RUN_GAP * text.size
        and before[3] == text[3]
        and before[5:8] == text[5:8]
    )


def _run(group: Sequence[_Text], view: Matrix) -> Iterator[Run]:
    """The run that texts make, unless there is nothing but pdfium's own blanks."""
    first = group[0]
    _, _, sign, begin, end, along, _ = first.way
    origin = first.matrix[along]
    glyphs = [
        Glyph(_character(code, unnamed), sign * (box[begin] - origin), sign * (box[end] - box[begin]))
        for text in group
        for _, code, unnamed, box, _ in text.chars
        if code != _BLANK or box[begin] != box[end]
    ]
    x, y = view.point(*first.matrix[4:])
    if glyphs:
        yield Run(x, y, glyphs, first.size, first.way.turn, first.order, first.clip, first.colour, len(group) == 1)


def _character(code: int, unnamed: int) -> str:
    """The character that a code of pdfium stands for; a private one where the font does not say."""
    return _GLYPH_NUMBER if unnamed else "-" if code == _BROKEN_WORD else chr(code)


def colours_of(function: Callable[..., Any], painted: Sequence[Handle]) -> Iterator[str]:
    """The colour of each of some things: `ink`, `white` or `none`, as in `ink.Run`."""
    for red, green, blue, alpha in pdfium.ask(function, pdfium.FOUR_INTEGERS, len(painted), painted):
        if alpha == 0:
            yield "none"
        else:
            yield "white" if red >= _WHITE and green >= _WHITE and blue >= _WHITE else "ink"


def _text_colours(painted: Sequence[Handle]) -> Iterator[str]:
    """The colour of each of some texts, be they filled, outlined or neither."""
    filled = colours_of(pdfium.fill_colour_of, painted)
    for thing, mode, colour in zip(painted, map(pdfium.mode_of_text, painted), filled, strict=True):
        if mode in _UNPAINTED:
            yield "none"
        elif mode == raw.FPDF_TEXTRENDERMODE_STROKE:
            yield from colours_of(pdfium.stroke_colour_of, [thing])
        else:
            yield colour
