"""The functions of pdfium that reading needs, in their plainest form: integers for handles, addresses for results.

pypdfium2's own form of them takes twice as long a call, and a page takes thousands.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any, NamedTuple

from pypdfium2 import raw

from budgetlib.pages.model import Box

Handle = int
"""What stands for a page, a text page or something painted."""

_HANDLE, _PLACE, _INT, _UINT, _DOUBLE = ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_uint, ctypes.c_double


def handle_of(typed: Any) -> Handle:
    """The address that a typed pointer holds."""
    return ctypes.cast(typed, ctypes.c_void_p).value or 0


def _function(given: Any, result: Any, *arguments: Any) -> Callable[..., Any]:
    return ctypes.PYFUNCTYPE(result, *arguments)(handle_of(given))


object_of_char = _function(raw.FPDFText_GetTextObject, _HANDLE, _HANDLE, _INT)
unicode_of_char = _function(raw.FPDFText_GetUnicode, _UINT, _HANDLE, _INT)
is_unknown_char = _function(raw.FPDFText_HasUnicodeMapError, _INT, _HANDLE, _INT)
box_of_char = _function(raw.FPDFText_GetLooseCharBox, _INT, _HANDLE, _INT, _PLACE)
matrix_of_char = _function(raw.FPDFText_GetMatrix, _INT, _HANDLE, _INT, _PLACE)
size_of_char = _function(raw.FPDFText_GetFontSize, _DOUBLE, _HANDLE, _INT)

count_in_page = _function(raw.FPDFPage_CountObjects, _INT, _HANDLE)
object_in_page = _function(raw.FPDFPage_GetObject, _HANDLE, _HANDLE, _INT)
count_in_form = _function(raw.FPDFFormObj_CountObjects, _INT, _HANDLE)
object_in_form = _function(raw.FPDFFormObj_GetObject, _HANDLE, _HANDLE, ctypes.c_ulong)

kind_of = _function(raw.FPDFPageObj_GetType, _INT, _HANDLE)
bounds_of = _function(raw.FPDFPageObj_GetBounds, _INT, _HANDLE, _PLACE, _PLACE, _PLACE, _PLACE)
matrix_of = _function(raw.FPDFPageObj_GetMatrix, _INT, _HANDLE, _PLACE)
fill_colour_of = _function(raw.FPDFPageObj_GetFillColor, _INT, _HANDLE, _PLACE, _PLACE, _PLACE, _PLACE)
stroke_colour_of = _function(raw.FPDFPageObj_GetStrokeColor, _INT, _HANDLE, _PLACE, _PLACE, _PLACE, _PLACE)
is_translucent = _function(raw.FPDFPageObj_HasTransparency, _INT, _HANDLE)
mode_of_text = _function(raw.FPDFTextObj_GetTextRenderMode, _INT, _HANDLE)
mode_of_path = _function(raw.FPDFPath_GetDrawMode, _INT, _HANDLE, _PLACE, _PLACE)

count_in_path = _function(raw.FPDFPath_CountSegments, _INT, _HANDLE)
segment_in_path = _function(raw.FPDFPath_GetPathSegment, _HANDLE, _HANDLE, _INT)
kind_of_segment = _function(raw.FPDFPathSegment_GetType, _INT, _HANDLE)
point_of_segment = _function(raw.FPDFPathSegment_GetPoint, _INT, _HANDLE, _PLACE, _PLACE)
is_closing = _function(raw.FPDFPathSegment_GetClose, _INT, _HANDLE)

clip_of = _function(raw.FPDFPageObj_GetClipPath, _HANDLE, _HANDLE)
count_in_clip = _function(raw.FPDFClipPath_CountPaths, _INT, _HANDLE)
count_in_clip_path = _function(raw.FPDFClipPath_CountPathSegments, _INT, _HANDLE, _INT)
segment_in_clip_path = _function(raw.FPDFClipPath_GetPathSegment, _HANDLE, _HANDLE, _INT, _INT)


_WHITE = 250
"""Colours whose red, green and blue are at least this (of 255) are the paper's."""
_ALPHA = slice(3, None, 4)
"""Where among the bytes of a picture's pixels it says how opaque they are."""


_MOSTLY = 0.9
"""The share of opaque pixels in a picture that hides what is below; the rest may be its edges."""


def is_see_through(page: Any, picture: Handle) -> bool:
    """Whether a picture lets through what is below it."""
    typed = ctypes.cast(picture, raw.FPDF_PAGEOBJECT)
    bitmap = raw.FPDFImageObj_GetRenderedBitmap(page.pdf.raw, page.raw, typed)
    if not bitmap:
        return True
    try:
        if raw.FPDFBitmap_GetFormat(bitmap) != raw.FPDFBitmap_BGRA:
            return False
        size = raw.FPDFBitmap_GetStride(bitmap) * raw.FPDFBitmap_GetHeight(bitmap)
        opaqueness = ctypes.string_at(raw.FPDFBitmap_GetBuffer(bitmap), size)[_ALPHA]
        return opaqueness.count(255) < _MOSTLY * len(opaqueness)
    finally:
        raw.FPDFBitmap_Destroy(bitmap)


class Matrix(NamedTuple):
    """A change of coordinates as PDF has it: (x, y) becomes (ax + cy + e, bx + dy + f)."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Where a point comes to lie."""
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    @property
    def is_slanted(self) -> bool:
        """True where what is level does not stay level or upright."""
        return bool((self.a or self.d) and (self.b or self.c))

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        """Where a rectangle comes to lie, unless it is slanted."""
        (x0, y0), (x1, y1) = self.point(left, bottom), self.point(right, top)
        return Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))

    def then(self, after: Matrix) -> Matrix:
        """The change that is made by this one and another after it."""
        a, b = after.a * self.a + after.c * self.b, after.b * self.a + after.d * self.b
        c, d = after.a * self.c + after.c * self.d, after.b * self.c + after.d * self.d
        return Matrix(a, b, c, d, *after.point(self.e, self.f))


class Answers:
    """What pdfium says when it is asked for more than one number, and where it puts that."""

    def __init__(self) -> None:
        self._floats = (ctypes.c_float * 6)()
        self._ints = (ctypes.c_uint * 4)()
        self._at = [ctypes.addressof(self._floats) + 4 * i for i in range(6)]
        self._int_at = [ctypes.addressof(self._ints) + 4 * i for i in range(4)]

    def point(self, segment: Handle) -> tuple[float, float]:
        """Where a segment of a path ends."""
        point_of_segment(segment, *self._at[:2])
        return self._floats[0], self._floats[1]

    def bounds(self, painted: Handle) -> list[float]:
        """The left, bottom, right and top of something painted."""
        bounds_of(painted, *self._at[:4])
        return self._floats[:4]

    def matrix(self, get: Callable[..., Any], *of: int) -> Matrix:
        """The matrix that one of the functions above gives."""
        get(*of, self._at[0])
        return Matrix(*self._floats)

    def modes(self, path: Handle) -> tuple[bool, bool]:
        """Whether a path is filled, and whether it is stroked."""
        mode_of_path(path, *self._int_at[:2])
        return self._ints[0] != raw.FPDF_FILLMODE_NONE, bool(self._ints[1])

    def colour(self, get: Callable[..., Any], painted: Handle) -> str:
        """`ink`, `white` or `none`, as in `ink.Run`."""
        get(painted, *self._int_at)
        red, green, blue, alpha = self._ints
        if alpha == 0:
            return "none"
        return "white" if min(red, green, blue) >= _WHITE else "ink"
