"""Where lines of text are in a picture, and what they say, by the models of RapidOCR.

Each function keeps to one processor and may be called by several threads.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources
from typing import NamedTuple

import numpy as np
from rapidocr import RapidOCR

from budgetlib.pages.image import Picture, Pixels, paper, smaller

_FINDING = 0.72
"""Lines of text are found in a picture made smaller by this factor; it takes half the time and finds the same."""

_NOISE, _APART, _AROUND = 2, 48, 8
"""Pixels: what is nothing in a row or column; of paper between two parts of a picture; that a part keeps around it."""

_FRAME, _STEP = 16, 32
"""Pixels: of paper around what lines are looked for in; the model takes multiples of."""


class Piece(NamedTuple):
    """A rectangle of a picture, in pixels."""

    x0: int
    top: int
    x1: int
    bottom: int

    def of(self, picture: Picture) -> Pixels:
        """What is in it."""
        return picture.pixels[self.top : self.bottom, self.x0 : self.x1]


@cache
def engine() -> RapidOCR:
    """The models, loaded once for each process."""
    models = resources.files("rapidocr") / "models"
    finding, recognising = (next(p for p in models.iterdir() if kind in p.name) for kind in ("_det_", "_rec_"))
    return RapidOCR(
        params={
            "Global.log_level": "error",
            "Global.use_preprocess_img": False,
            "Global.use_vertical_padding": False,
            "Det.model_path": str(finding),
            "Det.limit_side_len": _STEP,
            "Rec.model_path": str(recognising),
            "Rec.rec_img_shape": [3, 48, 64],
            "Rec.rec_batch_num": 1,
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
        }
    )


def find_lines(picture: Picture) -> list[Piece]:
    """Where lines of text are, or parts of lines."""
    return [line for part in _printed(picture) for line in _lines_in(part, picture)]


def _printed(picture: Picture) -> Iterator[Piece]:
    """What is printed, in parts one below the other; paper between them is not searched."""
    ink = picture.ink > 0
    height, width = ink.shape
    rows = np.flatnonzero(ink.sum(axis=1) > _NOISE)
    for part in np.split(rows, np.flatnonzero(np.diff(rows) > _APART) + 1) if len(rows) else ():
        top, bottom = max(int(part[0]) - _AROUND, 0), min(int(part[-1]) + 1 + _AROUND, height)
        columns = np.flatnonzero(ink[top:bottom].sum(axis=0) > _NOISE)
        if len(columns):
            yield Piece(max(int(columns[0]) - _AROUND, 0), top, min(int(columns[-1]) + 1 + _AROUND, width), bottom)


def _lines_in(part: Piece, picture: Picture) -> list[Piece]:
    small = smaller(part.of(picture), _FINDING)
    height, width = small.shape[:2]
    shape = [side + 2 * _FRAME + -(side + 2 * _FRAME) % _STEP for side in (height, width)]
    framed = np.full((*shape, 3), paper(picture.pixels), np.uint8)
    framed[_FRAME : _FRAME + height, _FRAME : _FRAME + width] = small
    boxes = engine()(framed, use_det=True, use_cls=False, use_rec=False).boxes
    if boxes is None:
        return []
    start, end = np.array(part[:2]), np.array(part[2:])
    low, high = (start + (edge - _FRAME) / _FINDING for edge in (boxes.min(axis=1), boxes.max(axis=1)))
    edges = np.hstack([low, high]).round().clip(np.hstack([start, start]), np.hstack([end, end]))
    return [Piece(*box) for box in edges.astype(int).tolist()]


def recognise(pieces: Sequence[Piece], picture: Picture) -> list[tuple[str, float]]:
    """The text of each piece, and from 0 to 1 how sure it is."""
    if not pieces:
        return []
    read = engine().recognize_txt([np.ascontiguousarray(piece.of(picture)) for piece in pieces])
    return list(zip(read.txts, read.scores, strict=True))
