"""The ink of a PDF as pdfplumber gives it, which knows of no clip and not what covers what."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self

import pdfplumber
from pdfminer.converter import PDFPageAggregator
from pdfminer.layout import LTChar, LTContainer, LTItem
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfminer.pdffont import PDFFont
from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
from pdfminer.pdftypes import resolve_all
from pdfplumber.utils.exceptions import PdfminerException

from budgetlib.core.errors import UnreadableDocument
from budgetlib.pages.ink import (
    RULE_WIDTH,
    Area,
    Ink,
    Run,
    Stroke,
    joined,
    refusal,
    rules_and_shapes,
)
from budgetlib.pages.model import Box

logging.getLogger("pdfminer").setLevel(logging.ERROR)

_CMYK = 4  # numbers of a colour of printing inks, of which paper bears none
_LAST_CHARACTER = 0xFFFF
"""Of a font; a damaged one that gives widths for thousands of millions would fill the memory."""


class _Fonts(PDFResourceManager):
    """Fonts whose widths are of characters that there can be; else without widths."""

    def get_font(self, objid: object, spec: Mapping[str, object]) -> PDFFont:
        numbers = (
            one for key in ("W", "W2") if isinstance(widths := resolve_all(spec.get(key)), list) for one in widths
        )
        if any(isinstance(one, int | float) and abs(one) > _LAST_CHARACTER for one in numbers):
            spec = {key: value for key, value in spec.items() if key not in ("W", "W2")}
        return super().get_font(objid, spec)


class _Writing(PDFPageAggregator):
    """The characters of a page; what is drawn is left out."""

    def paint_path(self, *_: object) -> None: ...

    def render_image(self, *_: object) -> None: ...


class PdfplumberReader:
    """A PDF opened by pdfplumber."""

    def __init__(self, path: Path, password: str | None = None) -> None:
        try:
            self._document = pdfplumber.open(path, password=password)
            self._document.rsrcmgr = _Fonts()
        except PdfminerException as error:
            raise _refusal(path, error.args[0] if error.args else error, password) from error
        try:
            self.page_count = len(self._document.pages)
        except Exception as error:  # pdfminer raises anything on a damaged file
            self._document.stream.close()
            raise _refusal(path, error, password) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._document.close()

    def ink(self, number: int) -> Ink:
        """The ink of page `number` (from 1)."""
        page = self._document.pages[number - 1]
        try:
            left, top, right, bottom = page.cropbox
            rules, slanted = rules_and_shapes(_strokes(page.edges, left, top))
            return Ink(
                number,
                float(right - left),
                float(bottom - top),
                list(_runs(page, page.layout)),
                rules,
                list(_areas(page.rects, left, top)),
                len(page.images),
                slanted,
            )
        except Exception as error:  # noqa: BLE001 - pdfminer raises anything on damaged content; the reason is kept
            return _damaged(number, error)
        finally:
            page.close()

    def writing(self, number: int) -> Ink:
        """The runs of page `number`, as if all were printed in ink: what they stand on is not known."""
        page = self._document.pages[number - 1]
        try:
            device = _Writing(self._document.rsrcmgr, page.page_number)
            PDFPageInterpreter(self._document.rsrcmgr, device).process_page(page.page_obj)
            left, top, right, bottom = page.cropbox
            runs = [run._replace(colour="ink") for run in _runs(page, device.get_result())]
            return Ink(number, float(right - left), float(bottom - top), runs)
        except Exception as error:  # noqa: BLE001 - as above
            return _damaged(number, error)
        finally:
            page.close()


def _damaged(number: int, error: Exception) -> Ink:
    return Ink(number, fault=f"the page's content is damaged ({type(error).__name__})")


def _refusal(path: Path, error: object, password: str | None) -> UnreadableDocument:
    why = f"{type(error).__name__}: {error}".strip(": ")
    return refusal(path, password, isinstance(error, PDFPasswordIncorrect), why)


def _runs(page: Any, layout: LTItem) -> Iterator[Run]:
    """The characters that pdfminer has laid out on one of pdfplumber's pages.

    pdfminer counts places from the corner of the sheet, a viewer from the corner of what it shows.
    """
    left, top, *_ = page.cropbox
    origin, highest, *_ = page.mediabox
    return joined(_run(char, origin - left, page.height, highest - top) for char in _chars(layout))


def _chars(layout: LTItem) -> Iterator[LTChar]:
    """The characters in `layout`, in the order in which they are painted."""
    if isinstance(layout, LTChar):
        yield layout
    elif isinstance(layout, LTContainer):
        for item in layout:
            yield from _chars(item)


def _run(char: LTChar, right: float, height: float, down: float) -> Run:
    """A character as a run, on a sheet of some height whose corner is so far to the right and down."""
    a, b, _, _, x, y = char.matrix
    line = height - y + down
    colour = "white" if _is_white(char.graphicstate.ncolor) else "ink"
    text, width, height = [char.get_text()], char.x1 - char.x0, char.y1 - char.y0
    if abs(b) > abs(a):
        return Run(x + right, line, text, [0.0], [height], width, 90 if b > 0 else 270, 0, colour=colour)
    start, turn = (char.x0, 0) if a > 0 else (char.x1, 180)
    return Run(start + right, line, text, [0.0], [width], height, turn, 0, colour=colour)


def _strokes(edges: list[dict[str, Any]], left: float, top: float) -> Iterator[Stroke]:
    """The edges of lines, rectangles and curves; not those of areas filled with the white of the paper."""
    for edge in edges:
        unseen = edge["object_type"] == "rect_edge" and edge.get("fill") and not edge.get("stroke")
        if not (unseen and _is_white(edge.get("non_stroking_color"))):
            yield (edge["x0"] - left, edge["top"] - top), (edge["x1"] - left, edge["bottom"] - top)


def _areas(rects: list[dict[str, Any]], left: float, top: float) -> Iterator[Area]:
    """The filled rectangles, as if they all lay below the text."""
    for rect in rects:
        if rect.get("fill") and min(rect["width"], rect["height"]) > RULE_WIDTH:
            box = Box(rect["x0"] - left, rect["top"] - top, rect["x1"] - left, rect["bottom"] - top)
            yield Area(box, -1, _is_white(rect.get("non_stroking_color")))


def _is_white(colour: Any) -> bool:
    if colour is None:
        return False
    parts = tuple(colour) if isinstance(colour, (tuple, list)) else (colour,)
    return all(part == 0 for part in parts) if len(parts) == _CMYK else all(part == 1 for part in parts)
