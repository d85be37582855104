"""The ink of a PDF as pdfium gives it: what is painted, in which order, and within which clip."""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby, repeat
from math import hypot
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple, Self

import pypdfium2
from pypdfium2 import raw

from budgetlib.core.errors import UnreadableDocument
from budgetlib.pages import pdfium_calls as pdfium
from budgetlib.pages.ink import (
    RULE_WIDTH,
    SHORTEST_RULE,
    Area,
    Glyph,
    Ink,
    Rule,
    Run,
    Stroke,
    encrypted,
    malformed,
    rules_and_shapes,
)
from budgetlib.pages.model import Box
from budgetlib.pages.pdfium_calls import Answers, Handle, Matrix, handle_of

_BROKEN_WORD = 2
"""What pdfium says in place of a hyphen at the end of a line."""
_SIMPLE_PATH = 5
"""So many segments draw one line or one rectangle."""
_BLANK = 32
"""One without width is none that is painted; pdfium adds it where it sees a gap."""
_GLYPH_NUMBER = "\ue000"
"""Stands for a character that the text layer does not name."""
_BOX = struct.Struct("4f")
_LEFT, _TOP, _RIGHT, _BOTTOM = range(4)

_Char = tuple[Handle, int, int, tuple[float, ...], int]
"""What pdfium says of a character: its text object, its code, whether that is a glyph's number, its box; its place."""


class PdfiumReader:
    """A PDF opened by pdfium."""

    def __init__(self, path: Path, password: str | None = None) -> None:
        try:
            self._document = pypdfium2.PdfDocument(path, password=password)
        except pypdfium2.PdfiumError as error:
            raise _refusal(path, error, password) from error
        self.page_count = len(self._document)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._document.close()

    def ink(self, number: int) -> Ink:
        """The ink of page `number` (from 1)."""
        try:
            page = self._document[number - 1]
        except pypdfium2.PdfiumError as error:
            return Ink(number, fault=f"the page's content is damaged ({error})")
        try:
            return _Painting(page).ink(number)
        finally:
            page.close()


def _refusal(path: Path, error: pypdfium2.PdfiumError, password: str | None) -> UnreadableDocument:
    if error.err_code == raw.FPDF_ERR_PASSWORD:
        return encrypted(path, password)
    return malformed(path, str(error))


def _view(page: Any) -> Matrix:
    """From the coordinates of a page to those of a viewer, which crops and turns it."""
    left, bottom, right, top = page.get_bbox()
    return {
        0: Matrix(1, 0, 0, -1, -left, top),
        90: Matrix(0, 1, 1, 0, -bottom, -left),
        180: Matrix(-1, 0, 0, 1, right, -bottom),
        270: Matrix(0, -1, -1, 0, top, right),
    }[page.get_rotation()]


class _Holder(NamedTuple):
    """A page, or a form object within it, as a list of what is painted; `clip` is what is seen of it."""

    size: int
    get: Callable[[Handle, int], Handle]
    handle: Handle
    view: Matrix
    clip: Box


class _Painting:
    """What is painted on a page of pdfium, one thing after another."""

    def __init__(self, page: Any) -> None:
        self._page = page
        self._ask = Answers()
        self._view = _view(page)
        self._width, self._height = page.get_size()
        self._holders: dict[Handle, tuple[int, _Holder]] = {}
        self._rules: list[Rule] = []
        self._areas: list[Area] = []
        self._pictures = self._slanted = self._order = 0

    def ink(self, number: int) -> Ink:
        handle = handle_of(self._page.raw)
        sheet = Box(0.0, 0.0, self._width, self._height)
        self._walk(_Holder(pdfium.count_in_page(handle), pdfium.object_in_page, handle, self._view, sheet))
        return Ink(
            number,
            self._width,
            self._height,
            list(self._runs()),
            self._rules,
            self._areas,
            self._pictures,
            self._slanted,
        )

    def _walk(self, holder: _Holder) -> None:
        """Note what is painted, in order."""
        painted = list(map(holder.get, repeat(holder.handle), range(holder.size)))
        for thing, kind in zip(painted, map(pdfium.kind_of, painted), strict=True):
            self._order += 1
            if kind == raw.FPDF_PAGEOBJ_TEXT:
                self._holders[thing] = self._order, holder
            elif kind == raw.FPDF_PAGEOBJ_PATH:
                self._path(thing, holder.view)
            elif kind == raw.FPDF_PAGEOBJ_IMAGE:
                self._pictures += 1
                if not holder.view.is_slanted and not self._lets_through(thing):
                    self._areas.append(Area(holder.view.box(*self._ask.bounds(thing)), self._order, False))
            elif kind == raw.FPDF_PAGEOBJ_FORM:
                view = self._ask.matrix(pdfium.matrix_of, thing).then(holder.view)
                inner = pdfium.count_in_form(thing), pdfium.object_in_form, thing, view, self._clip(thing, holder)
                self._walk(_Holder(*inner))

    def _lets_through(self, picture: Handle) -> bool:
        """True where the text below a picture is seen, as below a seal; where there is none it does not matter."""
        if not self._holders:
            return False
        return bool(pdfium.is_translucent(picture)) or pdfium.is_see_through(self._page, picture)

    def _path(self, path: Handle, view: Matrix) -> None:
        """Note the rules that a path draws, and the area that it fills."""
        filled, stroked = self._ask.modes(path)
        unseen = not stroked and self._ask.colour(pdfium.fill_colour_of, path) != "ink"
        box = view.box(*self._ask.bounds(path))
        width, height = box.x1 - box.x0, box.bottom - box.top
        simple = pdfium.count_in_path(path) <= _SIMPLE_PATH and not view.is_slanted
        if simple and min(width, height) <= RULE_WIDTH:
            if not unseen and max(width, height) >= SHORTEST_RULE:
                upright = Rule(True, (box.x0 + box.x1) / 2, box.top, box.bottom)
                self._rules.append(
                    upright if height > width else Rule(False, (box.top + box.bottom) / 2, box.x0, box.x1)
                )
            return
        if not unseen:
            strokes = self._strokes(path, self._ask.matrix(pdfium.matrix_of, path).then(view))
            rules, slanted = rules_and_shapes(strokes)
            self._rules += rules
            self._slanted += slanted
        if filled and simple and not pdfium.is_translucent(path):
            self._areas.append(Area(box, self._order, unseen))

    def _strokes(self, path: Handle, view: Matrix) -> Iterator[Stroke]:
        """The straight parts of a path's outlines; of a curve the line between its ends."""
        first = here = (0.0, 0.0)
        curve = 0
        for i in range(pdfium.count_in_path(path)):
            segment = pdfium.segment_in_path(path, i)
            kind = pdfium.kind_of_segment(segment)
            there = view.point(*self._ask.point(segment))
            curve = curve % 3 + 1 if kind == raw.FPDF_SEGMENT_BEZIERTO else 0
            if curve in (1, 2):
                continue
            if kind == raw.FPDF_SEGMENT_MOVETO:
                first = there
            else:
                yield here, there
            here = there
            if pdfium.is_closing(segment):
                yield here, first

    def _clip(self, painted: Handle, holder: _Holder) -> Box:
        """What is seen of something: what is seen of its holder, within the paths that clip it."""
        x0, top, x1, bottom = holder.clip.x0, holder.clip.top, holder.clip.x1, holder.clip.bottom
        clip = pdfium.clip_of(painted)
        for i in range(pdfium.count_in_clip(clip)):
            count = pdfium.count_in_clip_path(clip, i)
            corners = (0, 2) if count in (4, 5) else range(count)
            points = [
                holder.view.point(*self._ask.point(pdfium.segment_in_clip_path(clip, i, corner))) for corner in corners
            ]
            if points:
                xs, ys = zip(*points, strict=True)
                x0, x1 = max(x0, min(xs)), min(x1, max(xs))
                top, bottom = max(top, min(ys)), min(bottom, max(ys))
        return Box(x0, top, x1, bottom)

    def _runs(self) -> Iterator[Run]:
        """The glyphs of each text object, without those that pdfium adds between them."""
        text = self._page.get_textpage()
        handle, count = handle_of(text.raw), text.count_chars()
        boxes = (raw.FS_RECTF * count)()
        start = ctypes.addressof(boxes)
        for _ in map(
            pdfium.box_of_char, repeat(handle), range(count), range(start, start + _BOX.size * count, _BOX.size)
        ):
            pass
        objects, codes, unknown = (
            map(ask, repeat(handle), range(count))
            for ask in (pdfium.object_of_char, pdfium.unicode_of_char, pdfium.is_unknown_char)
        )
        chars = zip(objects, codes, unknown, _BOX.iter_unpack(boxes), range(count), strict=True)
        for painted, own in groupby(chars, key=itemgetter(0)):
            if painted:
                yield self._run(painted, handle, list(own))
        text.close()

    def _run(self, painted: Handle, text: Handle, chars: Sequence[_Char]) -> Run:
        order, holder = self._holders[painted]
        first = chars[0][4]
        matrix = self._ask.matrix(pdfium.matrix_of_char, text, first)
        size = pdfium.size_of_char(text, first) * hypot(matrix.c, matrix.d)
        if abs(matrix.a) >= abs(matrix.b):
            origin, sign = matrix.e, 1 if matrix.a > 0 else -1
            begin, end = (_LEFT, _RIGHT) if matrix.a > 0 else (_RIGHT, _LEFT)
        else:
            origin, sign = matrix.f, 1 if matrix.b > 0 else -1
            begin, end = (_BOTTOM, _TOP) if matrix.b > 0 else (_TOP, _BOTTOM)
        glyphs = [
            Glyph(_text(code, lost), sign * (box[begin] - origin), sign * (box[end] - box[begin]))
            for _, code, lost, box, _ in chars
            if code != _BLANK or box[begin] != box[end]
        ]
        x, y = self._view.point(matrix.e, matrix.f)
        return Run(x, y, glyphs, size, self._turn(matrix), order, self._clip(painted, holder), self._colour(painted))

    def _turn(self, matrix: Matrix) -> int:
        """How far the sheet is to be turned clockwise so that text of that matrix runs from left to right."""
        right = self._view.a * matrix.a + self._view.c * matrix.b
        down = self._view.b * matrix.a + self._view.d * matrix.b
        if abs(right) >= abs(down):
            return 0 if right > 0 else 180
        return 270 if down > 0 else 90

    def _colour(self, painted: Handle) -> str:
        mode = pdfium.mode_of_text(painted)
        if mode in (raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP):
            return "none"
        outlined = mode == raw.FPDF_TEXTRENDERMODE_STROKE
        return self._ask.colour(pdfium.stroke_colour_of if outlined else pdfium.fill_colour_of, painted)


def _text(code: int, lost: int) -> str:
    """The character that a code of pdfium stands for; a private one where the font does not say."""
    return _GLYPH_NUMBER if lost else "-" if code == _BROKEN_WORD else chr(code)
