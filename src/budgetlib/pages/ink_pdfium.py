"""The ink of a PDF as pdfium gives it: what is painted, in which order, and under which clip."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, Self

import pypdfium2
from pypdfium2 import raw

from budgetlib.core.errors import UnreadableDocument
from budgetlib.pages.ink import RULE_WIDTH, Area, Glyph, Ink, Rule, Run, Stroke, encrypted, malformed, rules_and_shapes
from budgetlib.pages.model import Box

_WHITE = 250
"""Colours whose red, green and blue are at least this (of 255) are the paper's."""
_BROKEN_WORD = 2
"""What pdfium says in place of a hyphen at the end of a line."""
_SIMPLE_PATH = 5
"""So many segments draw one line or one rectangle."""


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


class _Matrix(NamedTuple):
    """A change of coordinates as PDF has it: (x, y) becomes (ax + cy + e, bx + dy + f)."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    def point(self, x: float, y: float) -> tuple[float, float]:
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        xs, ys = zip(*(self.point(x, y) for x in (left, right) for y in (bottom, top)), strict=True)
        return Box(min(xs), min(ys), max(xs), max(ys))

    def then(self, after: _Matrix) -> _Matrix:
        e, f = after.point(self.e, self.f)
        return _Matrix(
            after.a * self.a + after.c * self.b,
            after.b * self.a + after.d * self.b,
            after.a * self.c + after.c * self.d,
            after.b * self.c + after.d * self.d,
            e,
            f,
        )


def _view(page: Any) -> _Matrix:
    """From the coordinates of a page to those of a viewer, which crops and turns it."""
    left, bottom, right, top = page.get_bbox()
    return {
        0: _Matrix(1, 0, 0, -1, -left, top),
        90: _Matrix(0, 1, 1, 0, -bottom, -left),
        180: _Matrix(-1, 0, 0, 1, right, -bottom),
        270: _Matrix(0, -1, -1, 0, top, right),
    }[page.get_rotation()]


class _Painting:
    """A page of pdfium as the list of what was painted on it, one thing after another."""

    def __init__(self, page: Any) -> None:
        self._page = page
        self.width, self.height = page.get_size()
        self._texts: dict[int, tuple[int, _Matrix, Box | None]] = {}
        self._order = 0
        self.rules: list[Rule] = []
        self.areas: list[Area] = []
        self.pictures = self.slanted = 0
        sheet = Box(0.0, 0.0, self.width, self.height)
        self._walk(page.raw, raw.FPDFPage_CountObjects, raw.FPDFPage_GetObject, _view(page), sheet)

    def ink(self, number: int) -> Ink:
        glyphs = list(self._glyphs())
        return Ink(number, self.width, self.height, glyphs, self.rules, self.areas, self.pictures, self.slanted)

    def _walk(
        self, holder: Any, count: Callable[[Any], int], get: Callable[[Any, int], Any], view: _Matrix, clip: Box | None
    ) -> None:
        """Note what is painted in `holder`, a page or a form object in it."""
        for i in range(count(holder)):
            painted = get(holder, i)
            self._order += 1
            kind = raw.FPDFPageObj_GetType(painted)
            if kind == raw.FPDF_PAGEOBJ_TEXT:
                self._texts[_address(painted)] = self._order, view, clip
            elif kind == raw.FPDF_PAGEOBJ_PATH:
                self._path(painted, view, clip)
            elif kind == raw.FPDF_PAGEOBJ_FORM:
                inner = _matrix(painted).then(view)
                self._walk(
                    painted, raw.FPDFFormObj_CountObjects, raw.FPDFFormObj_GetObject, inner, _clip(painted, view, clip)
                )
            elif kind == raw.FPDF_PAGEOBJ_IMAGE:
                self.pictures += 1
                if not _is_translucent(painted):
                    self.areas.append(Area(_bounds(painted, view), self._order, False))

    def _path(self, path: Any, view: _Matrix, clip: Box | None) -> None:
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        raw.FPDFPath_GetDrawMode(path, fill, stroke)
        box = _bounds(path, view)
        unseen = not stroke.value and (not fill.value or _colour(path, raw.FPDFPageObj_GetFillColor) != "ink")
        thin = min(box.x1 - box.x0, box.bottom - box.top) <= RULE_WIDTH
        if thin and not unseen and raw.FPDFPath_CountSegments(path) <= _SIMPLE_PATH:
            middle = (box.x0 + box.x1) / 2, (box.top + box.bottom) / 2
            flat = box.bottom - box.top < box.x1 - box.x0
            ends = (
                ((box.x0, middle[1]), (box.x1, middle[1])) if flat else ((middle[0], box.top), (middle[0], box.bottom))
            )
            self._draw([ends])
            return
        if not unseen:
            self._draw(_strokes(path, _matrix(path).then(view)))
        if fill.value and not thin and not _is_translucent(path) and raw.FPDFPath_CountSegments(path) <= _SIMPLE_PATH:
            self.areas.append(Area(box, self._order, unseen))

    def _draw(self, strokes: Iterable[Stroke]) -> None:
        rules, slanted = rules_and_shapes(strokes)
        self.rules += rules
        self.slanted += slanted

    def _glyphs(self) -> Iterator[Glyph]:
        text = self._page.get_textpage()
        handle = text.raw
        box, before = raw.FS_RECTF(), 0
        place = ctypes.byref(box)
        for i in range(text.count_chars()):
            painted = raw.FPDFText_GetTextObject(handle, i)
            if not painted:
                continue
            address = _address(painted)
            if address != before:
                before = address
                run, view, (x, y), flat, start = self._run(painted, handle, i)
            raw.FPDFText_GetLooseCharBox(handle, i, place)
            here = view.point(getattr(box, start), y) if flat else view.point(x, getattr(box, start))
            advance = box.right - box.left if flat else box.top - box.bottom
            code = raw.FPDFText_GetUnicode(handle, i)
            yield Glyph("-" if code == _BROKEN_WORD else chr(code), *here, advance, run)
        text.close()

    def _run(self, painted: Any, handle: Any, i: int) -> tuple[Run, _Matrix, tuple[float, float], bool, str]:
        order, outer, clip = self._texts.get(_address(painted), (self._order, _view(self._page), None))
        matrix = raw.FS_MATRIX()
        raw.FPDFText_GetMatrix(handle, i, matrix)
        view = _view(self._page)
        size = raw.FPDFText_GetFontSize(handle, i) * (matrix.c**2 + matrix.d**2) ** 0.5
        flat = abs(matrix.a) >= abs(matrix.b)
        along = matrix.a if flat else matrix.b
        start = ("left" if along > 0 else "right") if flat else ("bottom" if along > 0 else "top")
        right, down = view.a * matrix.a + view.c * matrix.b, view.b * matrix.a + view.d * matrix.b
        turn = (0 if right > 0 else 180) if abs(right) >= abs(down) else (90 if down < 0 else 270)
        mode = raw.FPDFTextObj_GetTextRenderMode(painted)
        if mode in (raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP):
            colour = "none"
        else:
            stroked = mode == raw.FPDF_TEXTRENDERMODE_STROKE
            colour = _colour(painted, raw.FPDFPageObj_GetStrokeColor if stroked else raw.FPDFPageObj_GetFillColor)
        run = Run(size, turn, order, _clip(painted, outer, clip), colour)
        return run, view, (matrix.e, matrix.f), flat, start


def _address(painted: Any) -> int:
    return ctypes.addressof(painted.contents)


def _matrix(painted: Any) -> _Matrix:
    matrix = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(painted, matrix)
    return _Matrix(matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)


def _bounds(painted: Any, view: _Matrix) -> Box:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    raw.FPDFPageObj_GetBounds(painted, left, bottom, right, top)
    return view.box(left.value, bottom.value, right.value, top.value)


def _colour(painted: Any, get: Any) -> str:
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    get(painted, red, green, blue, alpha)
    if alpha.value == 0:
        return "none"
    return "white" if min(red.value, green.value, blue.value) >= _WHITE else "ink"


def _is_translucent(painted: Any) -> bool:
    return bool(raw.FPDFPageObj_HasTransparency(painted))


def _strokes(path: Any, view: _Matrix) -> Iterator[Stroke]:
    """The straight parts of a path's outlines; of a curve the line between its ends."""
    x, y = ctypes.c_float(), ctypes.c_float()
    first = here = (0.0, 0.0)
    curve = 0
    for i in range(raw.FPDFPath_CountSegments(path)):
        segment = raw.FPDFPath_GetPathSegment(path, i)
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        there = view.point(x.value, y.value)
        kind = raw.FPDFPathSegment_GetType(segment)
        curve = curve % 3 + 1 if kind == raw.FPDF_SEGMENT_BEZIERTO else 0
        if curve in (1, 2):
            continue
        if kind == raw.FPDF_SEGMENT_MOVETO:
            first = there
        else:
            yield here, there
        here = there
        if raw.FPDFPathSegment_GetClose(segment):
            yield here, first


def _clip(painted: Any, view: _Matrix, outer: Box | None) -> Box | None:
    """What is left of `outer` within the paths that clip something painted."""
    clip = raw.FPDFPageObj_GetClipPath(painted)
    x, y = ctypes.c_float(), ctypes.c_float()
    for i in range(raw.FPDFClipPath_CountPaths(clip)):
        points = []
        for j in range(raw.FPDFClipPath_CountPathSegments(clip, i)):
            raw.FPDFPathSegment_GetPoint(raw.FPDFClipPath_GetPathSegment(clip, i, j), x, y)
            points.append(view.point(x.value, y.value))
        if points:
            xs, ys = zip(*points, strict=True)
            box = Box(min(xs), min(ys), max(xs), max(ys))
            outer = (
                Box(
                    max(outer.x0, box.x0), max(outer.top, box.top), min(outer.x1, box.x1), min(outer.bottom, box.bottom)
                )
                if outer
                else box
            )
    return outer
