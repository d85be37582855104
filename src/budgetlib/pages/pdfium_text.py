"""The text of a page of pdfium as runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise, repeat
from math import hypot
from typing import Any, NamedTuple, Self

from pypdfium2 import raw

from budgetlib.core.groups import in_groups
from budgetlib.pages import pdfium_calls as pdfium
from budgetlib.pages.ink import RUN_GAP, Run
from budgetlib.pages.matrix import Matrix
from budgetlib.pages.model import Box
from budgetlib.pages.pdfium_calls import Handle, handle_of

_BROKEN_WORD = 2
"""What pdfium says in place of a hyphen at the end of a line."""
_GLYPH_NUMBER = "\ue000"
"""Stands for a character that the text layer does not name."""
_UNPAINTED = (raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP)
_WHITE = 250
"""Colours whose red, green and blue are at least this (of 255) are the paper's."""

_LEFT, _TOP, _RIGHT, _BOTTOM = range(4)

_Painted = Callable[[Sequence[Handle]], Iterable[tuple[int, Box]]]


def runs_of(page: Any, view: Matrix, painted: _Painted) -> Iterator[Run]:
    """The runs on a page that is shown in `view`; `painted` tells when texts were painted and what is seen of them.

    Characters that are painted one by one are one run where they go on in one another's line and style.
    """
    text = page.get_textpage()
    if count := text.count_chars():
        chars = _Chars.of(handle_of(text.raw), count)
        for group in in_groups(_texts(handle_of(text.raw), chars, view, painted), _continues):
            yield from _run(group, chars, view)
    text.close()


class _Chars(NamedTuple):
    """What pdfium says of the characters of a page: of each its text object, what it is, the four sides of its box."""

    objects: Sequence[Handle]
    texts: Sequence[str]
    sides: Sequence[Sequence[float]]

    @classmethod
    def of(cls, text: Handle, count: int) -> Self:
        objects, codes, unnamed = (
            list(map(function, repeat(text, count), range(count)))
            for function in (pdfium.object_of_char, pdfium.unicode_of_char, pdfium.is_unnamed_char)
        )
        sides = pdfium.ask_boxes(pdfium.box_of_char, count, repeat(text), range(count))
        return cls(objects, list(map(_character, codes, unnamed)), sides)

    def of_objects(self) -> Iterator[range]:
        """The places of the characters of each text object, without those that pdfium adds between them."""
        starts = [0, *(i for i, (before, after) in enumerate(pairwise(self.objects), 1) if before != after)]
        places = map(range, starts, [*starts[1:], len(self.objects)])
        return (of_object for of_object in places if self.objects[of_object[0]])


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
    places: range


def _texts(text: Handle, chars: _Chars, view: Matrix, painted: _Painted) -> Iterator[_Text]:
    """The text objects of a page."""
    written = list(chars.of_objects())
    firsts = [places[0] for places in written]
    things = [chars.objects[first] for first in firsts]
    matrices = pdfium.ask(pdfium.matrix_of_char, pdfium.SIX_NUMBERS, len(written), repeat(text), firsts)
    sizes = map(pdfium.size_of_char, repeat(text), firsts)
    ways: dict[tuple[float, ...], _Way] = {}
    for places, matrix, size, (order, clip), colour in zip(
        written, matrices, sizes, painted(things), _text_colours(things), strict=True
    ):
        if (way := ways.get(matrix[:4])) is None:
            way = ways[matrix[:4]] = _Way.of(Matrix(*matrix), view)
        _, scale, sign, begin, end, _, across = way
        start, stop = sign * chars.sides[begin][places[0]], sign * chars.sides[end][places[-1]]
        yield _Text(matrix[across], start, stop, size * scale, order, way, clip, colour, matrix, places)


def _continues(before: _Text, text: _Text) -> bool:
    """True where a text goes on where another ends, and looks the same."""
    return (
        len(text.places) == len(before.places) == 1
        and text.line == before.line
        and text.order == before.order + 1
        and before.begin <= text.begin <= before.end + RUN_GAP * text.size
        and before[3] == text[3]
        and before[5:8] == text[5:8]
    )


def _run(group: Sequence[_Text], chars: _Chars, view: Matrix) -> Iterator[Run]:
    """The run that texts make, unless there is nothing but pdfium's own blanks, which have no width."""
    first = group[0]
    _, _, sign, begin, end, along, _ = first.way
    origin, begins, ends, texts = first.matrix[along], chars.sides[begin], chars.sides[end], chars.texts
    places = [i for text in group for i in text.places if texts[i] != " " or begins[i] != ends[i]]
    if places:
        yield Run(
            *view.point(*first.matrix[4:]),
            [texts[i] for i in places],
            [sign * (begins[i] - origin) for i in places],
            [sign * (ends[i] - begins[i]) for i in places],
            first.size,
            first.way.turn,
            first.order,
            first.clip,
            first.colour,
            len(group) == 1,
        )


def _character(code: int, unnamed: int) -> str:
    """The character that a code of pdfium stands for; a private one where the font does not say."""
    return _GLYPH_NUMBER if unnamed else "-" if code == _BROKEN_WORD else chr(code)


def colours_of(function: Callable[..., Any], painted: Sequence[Handle]) -> Iterator[str]:
    """The colour of each of some things: `ink`, `white` or `none`, as in `ink.Run`."""
    return map(_colour, pdfium.ask(function, pdfium.FOUR_INTEGERS, len(painted), painted))


@lru_cache
def _colour(parts: tuple[int, ...]) -> str:
    """What red, green, blue and alpha look like."""
    *colours, alpha = parts
    if alpha == 0:
        return "none"
    return "white" if min(colours) >= _WHITE else "ink"


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
