"""The ink of a PDF as pdfium gives it: what is painted, in which order, and within which clip."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import repeat
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
import pypdfium2
from pypdfium2 import raw

from budgetlib.pages import pdfium_calls as pdfium
from budgetlib.pages.ink import (
    RULE_WIDTH,
    SHORTEST_RULE,
    Area,
    Ink,
    Rule,
    Stroke,
    refusal,
    rules_and_shapes,
)
from budgetlib.pages.matrix import Matrix
from budgetlib.pages.model import Box
from budgetlib.pages.pdfium_calls import Handle, handle_of
from budgetlib.pages.pdfium_text import COLOURS, Seen, colours_of, distinct, runs_of

_TEXT, _PATH, _IMAGE, _FORM = (
    raw.FPDF_PAGEOBJ_TEXT,
    raw.FPDF_PAGEOBJ_PATH,
    raw.FPDF_PAGEOBJ_IMAGE,
    raw.FPDF_PAGEOBJ_FORM,
)
"""Kinds of what is painted."""
_SIMPLE_PATH = 5
"""So many segments draw one line or one rectangle."""


class PdfiumReader:
    """A PDF opened by pdfium."""

    def __init__(self, path: Path, password: str | None = None) -> None:
        try:
            self._document = pypdfium2.PdfDocument(path, password=password)
        except pypdfium2.PdfiumError as error:
            locked = error.err_code == raw.FPDF_ERR_PASSWORD
            raise refusal(path, password, locked, str(error)) from error
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

    writing = ink


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

    number: int
    size: int
    get: Callable[[Handle, int], Handle]
    handle: Handle
    view: Matrix
    clip: Box


class _Painting:
    """What is painted on a page of pdfium, one thing after another."""

    def __init__(self, page: Any) -> None:
        self._page = page
        self._width, self._height = page.get_size()
        handle = handle_of(page.raw)
        sheet = Box(0.0, 0.0, self._width, self._height)
        size = pdfium.count_in_page(handle)
        self._holders = [_Holder(0, size, pdfium.object_in_page, handle, _view(page), sheet)]
        self._texts: dict[Handle, int] = {}
        """When each text was painted."""
        self._within: dict[Handle, int] = {}
        """The number of the holder of each text that is in a form object."""
        self._rules: list[Rule] = []
        self._areas: list[Area] = []
        self._pictures = self._slanted = self._order = 0

    def ink(self, number: int) -> Ink:
        (sheet,) = self._holders
        self._walk(sheet)
        runs = list(runs_of(self._page, sheet.view, self._seen))
        return Ink(number, self._width, self._height, runs, self._rules, self._areas, self._pictures, self._slanted)

    def _walk(self, holder: _Holder) -> None:
        """Note what is painted, in order."""
        painted = list(map(holder.get, repeat(holder.handle), range(holder.size)))
        paths: list[tuple[Handle, int]] = []
        for thing, kind in zip(painted, map(pdfium.kind_of, painted), strict=True):
            self._order += 1
            if kind == _TEXT:
                self._texts[thing] = self._order
                if holder.number:
                    self._within[thing] = holder.number
            elif kind == _PATH:
                paths.append((thing, self._order))
            elif kind == _IMAGE:
                self._picture(thing, holder.view)
            elif kind == _FORM:
                number, size = len(self._holders), pdfium.count_in_form(thing)
                view, clip = _matrix(thing).then(holder.view), _clip(thing, holder)
                self._holders.append(_Holder(number, size, pdfium.object_in_form, thing, view, clip))
                self._walk(self._holders[-1])
        self._draw(paths, holder.view)

    def _picture(self, picture: Handle, view: Matrix) -> None:
        """Note the area that a picture covers; not of one through which text is seen, as through a seal."""
        self._pictures += 1
        over_text = bool(self._texts)
        if view.is_slanted or (over_text and pdfium.is_see_through(self._page, picture)):
            return
        (bounds,) = pdfium.ask(pdfium.bounds_of, pdfium.FOUR_NUMBERS, 1, [picture])
        self._areas.append(Area(view.box(*bounds), self._order, False))

    def _draw(self, painted: Sequence[tuple[Handle, int]], view: Matrix) -> None:
        """Note the rules that paths draw, and the areas that they fill."""
        count, paths = len(painted), [path for path, _ in painted]
        modes = pdfium.ask(pdfium.mode_of_path, pdfium.TWO_INTEGERS, count, paths)
        bounds = pdfium.ask(pdfium.bounds_of, pdfium.FOUR_NUMBERS, count, paths)
        colours = colours_of(pdfium.fill_colour_of, paths).tolist()
        sizes = map(pdfium.count_in_path, paths)
        for (path, order), (fill, stroke), edges, colour, size in zip(
            painted, modes, bounds, colours, sizes, strict=True
        ):
            box = view.box(*edges)
            width, height = box.x1 - box.x0, box.bottom - box.top
            unseen = not stroke and COLOURS[colour] != "ink"
            simple = size <= _SIMPLE_PATH and not view.is_slanted
            if simple and min(width, height) <= RULE_WIDTH:
                if not unseen and max(width, height) >= SHORTEST_RULE:
                    self._rules.append(_thin(box, height > width))
                continue
            if not unseen:
                rules, slanted = rules_and_shapes(_strokes(path, size, _matrix(path).then(view)))
                self._rules += rules
                self._slanted += slanted
            if fill != raw.FPDF_FILLMODE_NONE and simple and not pdfium.is_translucent(path):
                self._areas.append(Area(box, order, unseen))

    def _seen(self, texts: Sequence[Handle]) -> Seen:
        """When each of some texts was painted, and what is seen of it.

        Things of one holder with as many clips, the innermost of which is one and the same, have the others in common.
        """
        orders = pdfium.tell(self._texts.get, len(texts), texts, repeat(self._order))
        holders = pdfium.tell(self._within.get, len(texts), texts, repeat(0))
        clips = list(map(pdfium.clip_of, texts))
        sizes = pdfium.tell(pdfium.count_in_clip, len(texts), clips)
        innermost = pdfium.tell(pdfium.segment_in_clip_path, len(texts), clips, (sizes - 1).tolist(), repeat(0))
        boxes, clip_of = distinct(
            np.stack([holders, sizes, innermost], axis=1), lambda i: _clip(texts[i], self._holders[holders[i]])
        )
        return Seen(orders, boxes, clip_of)


def _matrix(painted: Handle) -> Matrix:
    (numbers,) = pdfium.ask(pdfium.matrix_of, pdfium.SIX_NUMBERS, 1, [painted])
    return Matrix(*numbers)


def _thin(box: Box, vertical: bool) -> Rule:
    """The rule that a thin rectangle is."""
    if vertical:
        return Rule(True, (box.x0 + box.x1) / 2, box.top, box.bottom)
    return Rule(False, (box.top + box.bottom) / 2, box.x0, box.x1)


def _strokes(path: Handle, size: int, view: Matrix) -> Iterator[Stroke]:
    """The straight parts of a path's outlines; of a curve the line between its ends."""
    segments = list(map(pdfium.segment_in_path, repeat(path), range(size)))
    points = pdfium.ask(pdfium.point_of_segment, pdfium.TWO_NUMBERS, size, segments)
    kinds, closing = map(pdfium.kind_of_segment, segments), map(pdfium.is_closing, segments)
    first = here = (0.0, 0.0)
    control = 0
    for point, kind, closes in zip(points, kinds, closing, strict=True):
        control = (control + 1) % 3 if kind == raw.FPDF_SEGMENT_BEZIERTO else 0
        if control:
            continue
        there = view.point(*point)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            first = there
        else:
            yield here, there
        here = there
        if closes:
            yield here, first


def _clip(painted: Handle, holder: _Holder) -> Box:
    """What is seen of something: what is seen of its holder, within the paths that clip it.

    A path that is no rectangle counts as what it spans.
    """
    clip = pdfium.clip_of(painted)
    x0, top, x1, bottom = holder.clip
    for number in range(pdfium.count_in_clip(clip)):
        count = pdfium.count_in_clip_path(clip, number)
        segments = map(pdfium.segment_in_clip_path, repeat(clip), repeat(number), range(count))
        points = list(pdfium.ask(pdfium.point_of_segment, pdfium.TWO_NUMBERS, count, segments))
        if points:
            xs, ys = zip(*points, strict=True)
            box = holder.view.box(min(xs), min(ys), max(xs), max(ys))
            x0, top, x1, bottom = max(x0, box.x0), max(top, box.top), min(x1, box.x1), min(bottom, box.bottom)
    return Box(x0, top, x1, bottom)
