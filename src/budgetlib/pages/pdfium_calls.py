"""The functions of pdfium that reading needs, in their plainest form: integers for handles, addresses for results.

pypdfium2's own form of them takes twice as long a call, and a page takes thousands.
"""

from __future__ import annotations

import ctypes
import struct
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from pypdfium2 import raw

Handle = int
"""What stands for a page, a text page or something painted; 0 for none."""
Numbers = npt.NDArray[Any]

_HANDLE, _PLACE, _INT, _UINT = ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_uint
_FOUND = ctypes.c_size_t
"""A handle that is given back; the type of those taken would make None of 0."""


def handle_of(typed: Any) -> Handle:
    """The address that a typed pointer holds."""
    return ctypes.cast(typed, ctypes.c_void_p).value or 0


def _function(given: Any, result: Any, *arguments: Any) -> Callable[..., Any]:
    return ctypes.PYFUNCTYPE(result, *arguments)(handle_of(given))


object_of_char = _function(raw.FPDFText_GetTextObject, _FOUND, _HANDLE, _INT)
unicode_of_char = _function(raw.FPDFText_GetUnicode, _UINT, _HANDLE, _INT)
is_unnamed_char = _function(raw.FPDFText_HasUnicodeMapError, _INT, _HANDLE, _INT)
box_of_char = _function(raw.FPDFText_GetLooseCharBox, _INT, _HANDLE, _INT, _PLACE)
matrix_of_char = _function(raw.FPDFText_GetMatrix, _INT, _HANDLE, _INT, _PLACE)

count_in_page = _function(raw.FPDFPage_CountObjects, _INT, _HANDLE)
object_in_page = _function(raw.FPDFPage_GetObject, _FOUND, _HANDLE, _INT)
count_in_form = _function(raw.FPDFFormObj_CountObjects, _INT, _HANDLE)
object_in_form = _function(raw.FPDFFormObj_GetObject, _FOUND, _HANDLE, ctypes.c_ulong)

kind_of = _function(raw.FPDFPageObj_GetType, _INT, _HANDLE)
bounds_of = _function(raw.FPDFPageObj_GetBounds, _INT, _HANDLE, _PLACE, _PLACE, _PLACE, _PLACE)
matrix_of = _function(raw.FPDFPageObj_GetMatrix, _INT, _HANDLE, _PLACE)
fill_colour_of = _function(raw.FPDFPageObj_GetFillColor, _INT, _HANDLE, _PLACE, _PLACE, _PLACE, _PLACE)
stroke_colour_of = _function(raw.FPDFPageObj_GetStrokeColor, _INT, _HANDLE, _PLACE, _PLACE, _PLACE, _PLACE)
is_translucent = _function(raw.FPDFPageObj_HasTransparency, _INT, _HANDLE)
size_of_text = _function(raw.FPDFTextObj_GetFontSize, _INT, _HANDLE, _PLACE)
mode_of_text = _function(raw.FPDFTextObj_GetTextRenderMode, _INT, _HANDLE)
mode_of_path = _function(raw.FPDFPath_GetDrawMode, _INT, _HANDLE, _PLACE, _PLACE)

count_in_path = _function(raw.FPDFPath_CountSegments, _INT, _HANDLE)
segment_in_path = _function(raw.FPDFPath_GetPathSegment, _FOUND, _HANDLE, _INT)
kind_of_segment = _function(raw.FPDFPathSegment_GetType, _INT, _HANDLE)
point_of_segment = _function(raw.FPDFPathSegment_GetPoint, _INT, _HANDLE, _PLACE, _PLACE)
is_closing = _function(raw.FPDFPathSegment_GetClose, _INT, _HANDLE)

clip_of = _function(raw.FPDFPageObj_GetClipPath, _FOUND, _HANDLE)
count_in_clip = _function(raw.FPDFClipPath_CountPaths, _INT, _HANDLE)
count_in_clip_path = _function(raw.FPDFClipPath_CountPathSegments, _INT, _HANDLE, _INT)
segment_in_clip_path = _function(raw.FPDFClipPath_GetPathSegment, _FOUND, _HANDLE, _INT, _INT)


TWO_NUMBERS, FOUR_NUMBERS, SIX_NUMBERS = struct.Struct("2f"), struct.Struct("4f"), struct.Struct("6f")
TWO_INTEGERS, FOUR_INTEGERS = struct.Struct("2i"), struct.Struct("4I")


def ask(function: Any, form: struct.Struct, count: int, *arguments: Iterable[Any]) -> Iterator[Any]:
    """What `function` puts at the places it is given, for each of `count` things, as tuples of `form`.

    `arguments` are those of all calls but the places.
    """
    return form.iter_unpack(_answers(function, form.size, count, *arguments).data)


def ask_array(function: Any, size: int, count: int, *arguments: Iterable[Any], kind: Any = np.float32) -> Numbers:
    """The same as an array of `count` rows of `size` numbers of a `kind`, in double precision."""
    answers = _answers(function, size * np.dtype(kind).itemsize, count, *arguments)
    return np.asarray(answers.view(kind).reshape(count, size), np.float64)


def tell(function: Any, count: int, *arguments: Iterable[Any]) -> Numbers:
    """The whole number that `function` gives back for each of `count` things."""
    return np.fromiter(map(function, *arguments), np.int64, count)


def _answers(function: Any, size: int, count: int, *arguments: Iterable[Any]) -> Numbers:
    """The memory into which `function` put so many bytes, four for each place, for each of `count` things."""
    answers = np.zeros(size * count, np.uint8)
    start = answers.ctypes.data
    places = len(function.argtypes) - len(arguments)
    each = (range(at, at + size * count, size) for at in range(start, start + 4 * places, 4))
    deque(map(function, *arguments, *each), maxlen=0)
    return answers


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
