"""Pages of the original files as pictures, and where on them something is printed."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

import pypdfium2

from budgetlib.pages.model import Box

_DOTS_PER_POINT = 1.75  # of a part that is cut out: small print is legible
_AROUND, _MARGIN = 42.0, 14  # points shown above and below what is marked; pixels at the sides
_FRAME, _COLOURS = 3, 48  # pixels of a frame; of a PNG: its text stays legible
_TESTED, _TIED = (204, 32, 32), (31, 99, 190)
_CONTEXT = (10, 6, 3, 0)
"""Characters before a number that are looked for with it, until they are found."""

_SHEET_DOTS, _MOST_DOTS, _GREYS = 2.0, 2400.0, 16  # dots for a point, and in all; shades that text on paper needs


class Printed(Protocol):
    """Something printed on a page: its `box`, or where that is not known its `number` as the page prints it."""

    @property
    def box(self) -> Box | None:
        """Where it stands."""

    @property
    def number(self) -> str | None:
        """By what the page is searched for it."""


@dataclass(frozen=True)
class PageImage:
    """A page as a PNG in greys, its size in points, and where on it each of some places is (None: not found)."""

    picture: bytes
    width: float
    height: float
    boxes: tuple[Box | None, ...]


def page_images(
    file: Path, cited: Mapping[int, Sequence[Printed]], drawn: Mapping[int, bytes] = MappingProxyType({})
) -> Iterator[tuple[int, PageImage]]:
    """The pages of `file` (from 1) on which something is `cited`, in order; nothing for a file that does not open.

    Pages that were `drawn` before are not drawn again.
    """
    try:
        with pypdfium2.PdfDocument(file) as document:
            for number in sorted(cited):
                yield number, _page_image(document[number - 1], cited[number], drawn.get(number))
    except pypdfium2.PdfiumError:
        return


def _page_image(page: Any, cited: Sequence[Printed], drawn: bytes | None) -> PageImage:
    width, height = page.get_size()
    boxes = [one.box or (_find(page, one.number) if one.number else None) for one in cited]
    return PageImage(drawn or _sheet(page, width, height), width, height, tuple(boxes))


def _sheet(page: Any, width: float, height: float) -> bytes:
    """A page as a PNG in a few greys."""
    scale = min(_SHEET_DOTS, _MOST_DOTS / max(width, height))
    image = page.render(scale=scale, grayscale=True).to_pil().convert("L")
    picture = image.point([grey * _GREYS // 256 for grey in range(256)]).convert("P")
    picture.putpalette([round(grey * 255 / (_GREYS - 1)) for grey in range(_GREYS) for _ in range(3)])
    stream = io.BytesIO()
    picture.save(stream, "PNG", bits=4)
    return stream.getvalue()


def cut_out(file: Path, page: int, marks: Sequence[Box], number: str | None = None) -> bytes | None:
    """A PNG of `page` (from 1) around `marks` (points from the top left), the first in red, others in blue.

    Without marks the place of `number`, as its sentence prints it, is looked for; None where it is not found, and
    where the file does not open.
    """
    try:
        with pypdfium2.PdfDocument(file) as document:
            sheet = document[page - 1]
            height = sheet.get_height()
            shown = list(marks) or [box for box in [_find(sheet, number or "")] if box]
            if not shown:
                return None
            top = max(0.0, min(box.top for box in shown) - _AROUND)
            bottom = min(height, max(box.bottom for box in shown) + _AROUND)
            image = sheet.render(scale=_DOTS_PER_POINT, crop=(0, height - bottom, 0, top)).to_pil().convert("RGB")
    except pypdfium2.PdfiumError:
        return None
    left, _, right, _ = image.convert("L").point(lambda light: 255 - light).getbbox() or (0, 0, *image.size)
    for box in reversed(shown):
        _frame(image, box._replace(x0=max(box.x0, left / _DOTS_PER_POINT)), top, _TESTED if box is shown[0] else _TIED)
    stream = io.BytesIO()
    sides = max(0, left - _MARGIN), 0, min(image.width, right + _MARGIN), image.height
    image.crop(sides).quantize(_COLOURS).save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _find(sheet: Any, number: str) -> Box | None:
    """Where a page prints `number`: with all that stands before it there, else with less and less of it."""
    text = sheet.get_textpage()
    height = sheet.get_height()
    digits = (
        len(number) - max((number.rfind(character) for character in number if not _numeric(character)), default=-1) - 1
    )
    for before in _CONTEXT:
        piece = number[-(digits + before) :] if digits + before else ""
        hit = text.search(piece).get_next() if piece else None
        if hit:
            start, count = hit
            of_number = min(count, digits) or count
            rectangles = [text.get_rect(i) for i in range(text.count_rects(start + count - of_number, of_number))]
            _, bottom, right, top = rectangles[-1]
            left = min(one[0] for one in rectangles if one[1] < top and one[3] > bottom)
            return Box(left, height - top, right, height - bottom)
    return None


def _numeric(character: str) -> bool:
    return character.isdigit() or character in ".,%"


def _frame(image: Any, box: Box, top: float, colour: tuple[int, int, int]) -> None:
    """Draw a frame around a box."""
    width, height = image.size
    x0, x1 = max(0, int(box.x0 * _DOTS_PER_POINT) - _FRAME), min(width, int(box.x1 * _DOTS_PER_POINT) + 2 * _FRAME)
    y0 = max(0, int((box.top - top) * _DOTS_PER_POINT) - _FRAME)
    y1 = min(height, int((box.bottom - top) * _DOTS_PER_POINT) + _FRAME)
    for edge in (
        (x0, y0, x1, y0 + _FRAME),
        (x0, y1 - _FRAME, x1, y1),
        (x0, y0, x0 + _FRAME, y1),
        (x1 - _FRAME, y0, x1, y1),
    ):
        image.paste(colour, edge)
