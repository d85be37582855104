"""The picture of a page → a page: characters recognised in it, cells drawn by the rules found in it.

Needs the extra `ocr`: RapidOCR with the PP-OCR models inside its wheel, run by ONNX Runtime. Nothing is downloaded.
"""

from __future__ import annotations

import multiprocessing
import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt
import pypdfium2

from budgetlib.core.workers import by_threads
from budgetlib.pages.image import SCALE, Picture, take
from budgetlib.pages.image_lines import rules_of
from budgetlib.pages.lattice import find_tables
from budgetlib.pages.layout import Span, grids_of, lines_of, rows_of_text
from budgetlib.pages.model import UNREAD, Box, Page
from budgetlib.pages.recognition import Piece, engine, find_lines, recognise

Ink = npt.NDArray[np.int64]

_MOST_AT_ONCE = 4
"""Pages; the models take 640 MB with the first, some 240 MB more with each other one."""

_BEYOND_DOUBT, _LEGIBLE, _SURE_ENOUGH = 0.98, 0.8, 0.5
"""How sure recognition is, from 0 to 1: needs no second look; is of a page that stands upright; counts as read."""

_UPRIGHT = 1.5
"""A piece so many times as high as wide is a line that stands upright: the sheet lies on its side."""
_SHARED = 0.5
"""The share of its height, or of the cell's, that a line has in a cell where it stands in that cell."""
_LEAST_SHARED = 4
"""Pixels that it reaches into it: less is a stroke of the rule beside it."""
_ONE_LINE = 0.4
"""Bands whose middles are nearer than so many times the lower one's height are one line."""
_MARGIN = 0.6
"""Times its height that a line is given of the paper at its left and right: recognition needs some."""

_SMALLEST = 4.0
"""Points: lower bands of ink in a cell are specks, dashes or rests of a rule."""

_PAGE_NUMBER = 0.02
"""The share of a page's height that a page number takes; a page with no more on it is blank."""

_HAN = "[\u3400-\u9fff]"
_FULL_WIDTH = str.maketrans("(),:;?!", "（），：；？！")


def with_pictures(
    path: Path, password: str | None, pages: Iterable[Page], is_wanted: Callable[[Page], bool]
) -> Iterator[Page]:
    """The `pages` of a PDF in their order, those that are wanted as their pictures show them."""
    engine()
    with pypdfium2.PdfDocument(path, password=password) as document:

        def taken() -> Iterator[tuple[Page, Picture | None]]:
            for page in pages:
                if page.number is not None and is_wanted(page):
                    sheet = document[page.number - 1]
                    yield Page(page.number, *sheet.get_size()), take(sheet)
                else:
                    yield page, None

        yield from by_threads(_read, taken(), _pages_at_once())


def _pages_at_once() -> int:
    """One for each processor, as far as memory allows; one where other processes read other documents."""
    return min(os.cpu_count() or 1, _MOST_AT_ONCE) if multiprocessing.parent_process() is None else 1


def _read(page: Page, picture: Picture | None) -> Page:
    """The page as its picture, where there is one, shows it; with `source` `none` where nothing in it can be read."""
    if picture is None:
        return page
    view = _View.of(picture, 0)
    if view.lies_on_its_side:
        view = max((_View.of(picture.turned(turn), turn) for turn in (90, 270)), key=lambda way: way.legibility)
    elif view.texts and view.legibility < _LEGIBLE:
        view = max(view, _View.of(picture.turned(180), 180), key=lambda way: way.legibility)
    return view.on(page)


class _Band(NamedTuple):
    """Rows of a picture that hold a printed line, in pixels."""

    top: int
    bottom: int

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def middle(self) -> int:
        return (self.top + self.bottom) // 2


@dataclass(frozen=True)
class _View:
    """A picture as it lies before the reader, turned clockwise by `turn`: the tables drawn in it, where text stands."""

    turn: int
    picture: Picture
    clean: Picture
    tables: list[list[Box]]
    pieces: list[Piece]

    @classmethod
    def of(cls, picture: Picture, turn: int) -> Self:
        straight = picture.straightened()
        rules, clean = rules_of(straight)
        tables = find_tables(rules)
        cells = [_in_pixels(cell) for table in tables for cell in table]
        return cls(turn, straight, clean, tables, _pieces(find_lines(clean), cells, clean))

    @property
    def lies_on_its_side(self) -> bool:
        tall = [piece for piece in self.pieces if piece.bottom - piece.top > _UPRIGHT * (piece.x1 - piece.x0)]
        return 2 * len(tall) > len(self.pieces)

    @cached_property
    def texts(self) -> list[Span]:
        return list(_recognised(self.pieces, self.picture, self.clean))

    @property
    def legibility(self) -> float:
        """How sure the recognition is on average, from 0 to 1."""
        return float(np.mean([text.confidence or 0 for text in self.texts] or [0]))

    def on(self, page: Page) -> Page:
        """The page with what its picture shows."""
        if not self.texts and self.clean.height_of_ink > _PAGE_NUMBER:
            return replace(page, source="none", fault="the page is a picture in which no text was found")
        grids, outside = grids_of(self.texts, self.tables)
        back = self.picture.back
        return replace(
            page,
            lines=tuple(line.moved(back) for line in lines_of(rows_of_text(outside))),
            grids=tuple(grid.moved(back) for grid in grids),
            turn=self.turn,
            source="ocr",
        )


def _in_pixels(box: Box) -> Piece:
    return Piece(*(round(points * SCALE) for points in (box.x0, box.top, box.x1, box.bottom)))


def _pieces(lines: Sequence[Piece], cells: Sequence[Piece], picture: Picture) -> list[Piece]:
    """What is to be recognised: in a cell its lines, each from the first ink to the last; elsewhere `lines`."""
    pieces = []
    bands: dict[Piece, list[_Band]] = defaultdict(list)
    for line in lines:
        owners = [cell for cell in cells if _stands_in(line, cell)]
        for cell in owners:
            bands[cell].append(_Band(max(line.top, cell.top), min(line.bottom, cell.bottom)))
        if not owners:
            pieces.append(line)
    for cell in cells:
        ink = (picture.ink[cell.top : cell.bottom, cell.x0 : cell.x1] > 0).sum(axis=1)
        of_cell = _apart(bands[cell], cell.top, ink)
        of_cell += _overlooked(of_cell, cell.top, ink)
        pieces += [piece for band in of_cell if (piece := _inked(cell, band, picture))]
    return pieces


def _stands_in(line: Piece, cell: Piece) -> bool:
    across = min(line.x1, cell.x1) - max(line.x0, cell.x0)
    down = min(line.bottom, cell.bottom) - max(line.top, cell.top)
    return across > _LEAST_SHARED and down > _SHARED * min(line.bottom - line.top, cell.bottom - cell.top)


def _apart(bands: Sequence[_Band], start: int, ink: Ink) -> list[_Band]:
    """The printed lines of a cell: bands side by side made one, those that overlap parted where least is printed.

    `ink` counts the printed pixels of each row of the cell, from row `start`.
    """
    lines: list[_Band] = []
    for band in sorted(bands, key=lambda band: band.middle):
        if lines and band.middle - lines[-1].middle < _ONE_LINE * min(band.height, lines[-1].height):
            lines[-1] = _Band(min(band.top, lines[-1].top), max(band.bottom, lines[-1].bottom))
        else:
            lines.append(band)
    for i, (above, below) in enumerate(pairwise(lines)):
        if above.bottom > below.top:
            between = ink[above.middle - start : below.middle - start]
            cut = above.middle + int(np.flatnonzero(between == between.min()).mean())
            lines[i], lines[i + 1] = _Band(above.top, cut), _Band(cut, below.bottom)
    return lines


def _overlooked(lines: Sequence[_Band], start: int, ink: Ink) -> list[_Band]:
    """Bands of a cell that hold ink outside its lines."""
    rows = ink > 1
    for line in lines:
        rows[line.top - start : line.bottom - start] = False
    edges = np.flatnonzero(np.diff(np.concatenate([[False], rows, [False]]))).tolist()
    bands = [_Band(start + top, start + bottom) for top, bottom in zip(edges[::2], edges[1::2], strict=True)]
    return [band for band in bands if band.height > _SMALLEST * SCALE]


def _inked(cell: Piece, line: _Band, picture: Picture) -> Piece | None:
    """A line of a cell with little paper at its left and right; None where there is paper only."""
    top, bottom = line
    columns = np.flatnonzero((picture.ink[top:bottom, cell.x0 : cell.x1] > 0).sum(axis=0) > 1).tolist()
    if not columns or columns[-1] - columns[0] < 2:
        return None
    margin = int(_MARGIN * (bottom - top))
    return Piece(
        max(cell.x0, cell.x0 + columns[0] - margin), top, min(cell.x1, cell.x0 + columns[-1] + 1 + margin), bottom
    )


def _recognised(pieces: Sequence[Piece], picture: Picture, clean: Picture) -> Iterator[Span]:
    """The text of each piece; where the first look leaves doubt, a second at the softened picture without rules."""
    readings = recognise(pieces, picture)
    doubtful = [i for i, (_, score) in enumerate(readings) if score < _BEYOND_DOUBT]
    if doubtful:
        second_look = recognise([pieces[i] for i in doubtful], clean.softened())
        for i, second in zip(doubtful, second_look, strict=True):
            readings[i] = max(readings[i], second, key=lambda reading: reading[1])
    for piece, (text, score) in zip(pieces, readings, strict=True):
        x0, top, x1, bottom = (pixels / SCALE for pixels in piece)
        if text.strip():
            printed = _as_set(text) if score >= _SURE_ENOUGH else UNREAD
            yield Span([printed], [x0], [x1], top, bottom, (top + bottom) / 2, confidence=score)


def _as_set(text: str) -> str:
    """Recognised text with the punctuation that Chinese is set with: full width beside Han, half width inside numbers.

    A letter alone before Han that looks the same in both cases is a capital: `Z` marks special projects. The letter O
    among nothing but digits is a zero.

    >>> _as_set("（一)收入(含结转)3，229.82万元;其中:2026年"), _as_set("z评审经费"), _as_set("500,00O")
    ('（一）收入（含结转）3,229.82万元；其中：2026年', 'Z评审经费', '500,000')
    """
    if re.fullmatch(r"[\doO.,]+", text):
        return text.replace("o", "0").replace("O", "0")
    text = re.sub(rf"(?<![A-Za-z0-9])[cosvwxz](?={_HAN})", lambda match: match[0].upper(), text)
    text = re.sub(r"(?<!\d)\d{1,3}(?:[,，]\d{3})+(?!\d)", lambda match: match[0].replace("，", ","), text)
    beside = re.compile(rf"(?<={_HAN})[(),:;?!]|[(),:;?!](?={_HAN})|(?<=[（），：；])[(),:;]|[(),:;](?=[（），：；])")
    return beside.sub(lambda match: match[0].translate(_FULL_WIDTH), text)
