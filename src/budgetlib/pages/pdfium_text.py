"""The text of a page of pdfium as runs.

A page has thousands of texts, many of a single character: what pdfium says of them is kept in arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, repeat
from math import hypot
from typing import Any, NamedTuple, Self

import numpy as np
from pypdfium2 import raw

from budgetlib.pages import pdfium_calls as pdfium
from budgetlib.pages.ink import RUN_GAP, Run
from budgetlib.pages.matrix import Matrix
from budgetlib.pages.model import Box
from budgetlib.pages.pdfium_calls import Handle, Numbers, handle_of

_BROKEN_WORD = 2
"""What pdfium says in place of a hyphen at the end of a line."""
_GLYPH_NUMBER = 0xE000
"""Stands for a character that the text layer does not name."""
_UNPAINTED = (raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP)
_WHITE = 250
"""Colours whose red, green and blue are at least this (of 255) are the paper's."""
COLOURS = "ink", "white", "none"
"""As in `ink.Run`."""
_NONE = COLOURS.index("none")

_LEFT, _TOP, _RIGHT, _BOTTOM = range(4)


class Seen(NamedTuple):
    """When each of some texts was painted, and the number in `clips` of what is seen of it."""

    orders: Numbers
    clips: Sequence[Box]
    clip_of: Numbers


_Painted = Callable[[Sequence[Handle]], Seen]


def runs_of(page: Any, view: Matrix, painted: _Painted) -> Iterator[Run]:
    """The runs on a page that is shown in `view`; `painted` tells when texts were painted and what is seen of them.

    Characters that are painted one by one are one run where they go on in one another's line and style.
    """
    text = page.get_textpage()
    if count := text.count_chars():
        chars = _Chars.of(handle_of(text.raw), count)
        if chars.objects.any():
            yield from _runs(chars, _Texts.of(handle_of(text.raw), chars, view, painted), view)
    text.close()


@dataclass(frozen=True)
class _Chars:
    """The characters of a page: of each its text object, its code, the four sides of its box.

    Those that pdfium adds to the page's own are of no object (0).
    """

    objects: Numbers
    codes: Numbers
    sides: Numbers

    @classmethod
    def of(cls, text: Handle, count: int) -> Self:
        objects, codes, unnamed = (
            pdfium.tell(function, count, repeat(text), range(count))
            for function in (pdfium.object_of_char, pdfium.unicode_of_char, pdfium.is_unnamed_char)
        )
        codes[codes == _BROKEN_WORD] = ord("-")
        codes[unnamed != 0] = _GLYPH_NUMBER
        return cls(objects, codes, pdfium.ask_array(pdfium.box_of_char, 4, count, repeat(text), range(count)))


class _Way(NamedTuple):
    """What the first four numbers of a matrix say of a text: where it runs to, how much larger it is drawn.

    `begin` and `end` are the sides of a character's box, `along` and `across` the numbers of the matrix, that count.
    """

    sign: int
    begin: int
    end: int
    along: int
    across: int
    turn: int
    scale: float

    @classmethod
    def of(cls, matrix: Matrix, view: Matrix) -> Self:
        turn, scale = view.turn(matrix), hypot(matrix.c, matrix.d)
        if abs(matrix.a) >= abs(matrix.b):
            return cls(*((1, _LEFT, _RIGHT) if matrix.a > 0 else (-1, _RIGHT, _LEFT)), 4, 5, turn, scale)
        return cls(*((1, _BOTTOM, _TOP) if matrix.b > 0 else (-1, _TOP, _BOTTOM)), 5, 4, turn, scale)


@dataclass(frozen=True)
class _Texts:
    """The text objects of a page: of each how many characters it has, its matrix, its size.

    Also the number of its way in `ways`, of what is seen of it in `seen.clips`, of its colour in `COLOURS`.
    """

    lengths: Numbers
    matrices: Numbers
    sizes: Numbers
    ways: Sequence[_Way]
    way_of: Numbers
    seen: Seen
    colour_of: Numbers

    @classmethod
    def of(cls, text: Handle, chars: _Chars, view: Matrix, painted: _Painted) -> Self:
        changes = np.flatnonzero(chars.objects[1:] != chars.objects[:-1]) + 1
        firsts, lengths = np.array([0, *changes]), np.diff([0, *changes, len(chars.objects)])
        written = chars.objects[firsts] != 0
        firsts, lengths = firsts[written], lengths[written]
        places, things = firsts.tolist(), chars.objects[firsts].tolist()
        matrices = pdfium.ask_array(pdfium.matrix_of_char, 6, len(places), repeat(text), places)
        ways, way_of = distinct(matrices[:, :4], lambda i: _Way.of(Matrix(*matrices[i].tolist()), view))
        sizes = pdfium.ask_array(pdfium.size_of_text, 1, len(things), things)[:, 0]
        scales = np.array([way.scale for way in ways])[way_of]
        return cls(lengths, matrices, sizes * scales, ways, way_of, painted(things), _colours(things))


def _runs(chars: _Chars, texts: _Texts, view: Matrix) -> Iterator[Run]:
    """The runs that texts make, without pdfium's own blanks, which have no width."""
    own = np.flatnonzero(chars.objects)
    text_of = np.repeat(np.arange(len(texts.lengths)), texts.lengths)
    sign, begin, end, along, across = np.array([way[:5] for way in texts.ways])[texts.way_of].T
    begins = sign[text_of] * chars.sides[own, begin[text_of]]
    ends = sign[text_of] * chars.sides[own, end[text_of]]
    last = np.cumsum(texts.lengths)
    line = texts.matrices[np.arange(len(last)), across]
    goes_on = _go_on(texts, line, begins[last - texts.lengths], ends[last - 1])
    heads = np.array([0, *(np.flatnonzero(~goes_on) + 1)])
    counts = np.diff([*heads, len(last)])
    head_of = np.repeat(heads, counts)[text_of]
    origins = sign[text_of] * texts.matrices[head_of, along[head_of]]
    printed = (chars.codes[own] != ord(" ")) | (begins != ends)
    glyphs = list(map(chr, chars.codes[own][printed].tolist()))
    starts, advances = (begins - origins)[printed].tolist(), (ends - begins)[printed].tolist()
    bounds = np.searchsorted(head_of[printed], [*heads, len(last)]).tolist()
    styles = zip(
        texts.matrices[heads, 4:].tolist(),
        texts.sizes[heads].tolist(),
        [texts.ways[way].turn for way in texts.way_of[heads].tolist()],
        texts.seen.orders[heads].tolist(),
        [texts.seen.clips[clip] for clip in texts.seen.clip_of[heads].tolist()],
        [COLOURS[colour] for colour in texts.colour_of[heads].tolist()],
        (counts == 1).tolist(),
        strict=True,
    )
    for (first, stop), (place, *style) in zip(pairwise(bounds), styles, strict=True):
        if first < stop:
            yield Run(*view.point(*place), glyphs[first:stop], starts[first:stop], advances[first:stop], *style)


def _go_on(texts: _Texts, line: Numbers, begins: Numbers, ends: Numbers) -> Numbers:
    """For each text but the first whether it goes on where the one before ends, and looks the same."""
    goes_on: Numbers = np.diff(texts.seen.orders) == 1
    goes_on &= (texts.lengths[1:] == 1) & (texts.lengths[:-1] == 1)
    for look in (line, texts.sizes, texts.way_of, texts.seen.clip_of, texts.colour_of):
        goes_on &= look[1:] == look[:-1]
    goes_on &= begins[:-1] <= begins[1:]
    goes_on &= begins[1:] <= ends[:-1] + RUN_GAP * texts.sizes[1:]
    return goes_on


def distinct(rows: Numbers, made: Callable[[int], Any]) -> tuple[list[Any], Numbers]:
    """What is `made` of the rows that differ, by their place, and for each row the number of its own among these."""
    firsts = [0, *(np.flatnonzero((rows[1:] != rows[:-1]).any(axis=1)) + 1).tolist()]
    made_of: dict[tuple[float, ...], Any] = {}
    numbers: dict[Any, int] = {}
    number_of = []
    for first, key in zip(firsts, map(tuple, rows[firsts].tolist()), strict=True):
        if key not in made_of:
            made_of[key] = made(first)
        number_of.append(numbers.setdefault(made_of[key], len(numbers)))
    return list(numbers), np.repeat(number_of, np.diff([*firsts, len(rows)]))


def colours_of(function: Callable[..., Any], painted: Sequence[Handle]) -> Numbers:
    """The number in `COLOURS` of the colour of each of some things."""
    parts = pdfium.ask_array(function, 4, len(painted), painted, kind=np.uint32)
    colours: Numbers = (parts[:, :3].min(axis=1) >= _WHITE).astype(np.int64)
    colours[parts[:, 3] == 0] = _NONE
    return colours


def _colours(texts: Sequence[Handle]) -> Numbers:
    """The same of texts, be they filled, outlined or neither."""
    colours = colours_of(pdfium.fill_colour_of, texts)
    modes = pdfium.tell(pdfium.mode_of_text, len(texts), texts)
    outlined = np.flatnonzero(modes == raw.FPDF_TEXTRENDERMODE_STROKE).tolist()
    colours[outlined] = colours_of(pdfium.stroke_colour_of, [texts[i] for i in outlined])
    colours[np.isin(modes, _UNPAINTED)] = _NONE
    return colours
