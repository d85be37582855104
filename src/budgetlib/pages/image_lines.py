"""Rules found in the picture of a page: long straight strokes, told from those of characters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from budgetlib.pages.image import SCALE, Picture, Pixels, as_pixels, paper
from budgetlib.pages.ink import Rule

_ACROSS, _DOWN = (14.0, 12.0), (8.0, 3.0)
"""Points, for each direction: the shortest stroke, and the largest gap that noise or text leaves in one."""

_THICKEST = 4.0
"""Points."""

_SURELY_A_RULE, _CHARACTER = 60.0, 26.0
"""Points: what is longer is no stroke of a character, wherever it ends; and the height of the largest characters."""

_NEAR = 3
"""Pixels within which strokes meet."""

_WIDE_STRIP = 9
"""Pixels of paper on both sides of a short stroke that stands in line with no rule."""

_AROUND, _STRIP = 2, (2, 3)
"""Pixels by which a rule is painted over wider than it is; and from it, between which paper is looked for beside it."""

_DRAWN = 0.9
"""The share of a rule's length at least that is seen printed, and of the strips beside it that is seen blank."""


def rules_of(picture: Picture) -> tuple[list[Rule], Picture]:
    """The rules drawn in a picture, and the picture without them."""
    ink, turned = picture.ink, np.ascontiguousarray(picture.ink.T)
    across, down = _strokes(ink, *_ACROSS), _strokes(turned, *_DOWN)
    rows, columns = _long(across), _long(down)
    columns += _joining(down, rows, columns, turned)
    rows += _joining(across, columns, rows, ink)
    columns = [part for stroke in columns for part in _covered(stroke, rows, turned)]
    rows = [part for stroke in rows for part in _covered(stroke, columns, ink)]
    mask = _painted(rows, ink.shape) | _painted(columns, turned.shape).T
    pixels, rest = picture.pixels.copy(), ink.copy()
    pixels[mask > 0] = paper(pixels)
    rest[mask > 0] = 0
    rules = [stroke.rule(False) for stroke in rows] + [stroke.rule(True) for stroke in columns]
    return rules, Picture(pixels, rest, picture.to_page)


@dataclass(frozen=True)
class _Stroke:
    """A straight stroke from left to right, in pixels: from `start` to `end`, at `height + slope * x`."""

    start: int
    end: int
    height: float
    slope: float
    thickness: float

    def at(self, x: npt.ArrayLike) -> Any:
        return self.height + self.slope * np.asarray(x)

    def rule(self, vertical: bool) -> Rule:
        middle = float(self.at((self.start + self.end) / 2)) + 0.5
        return Rule(vertical, middle / SCALE, self.start / SCALE, self.end / SCALE)


def _strokes(ink: Pixels, shortest: float, gap: float) -> list[_Stroke]:
    """Thin strokes from left to right, at least `shortest` points long, gaps up to `gap` points closed."""
    opened = as_pixels(cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, round(shortest * SCALE)), np.uint8)))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(opened, connectivity=8)
    strokes = []
    for i, (x, y, length, thick, area) in enumerate(stats[1:].tolist(), 1):
        if area <= _THICKEST * SCALE * length:
            ys, xs = np.nonzero(labels[y : y + thick, x : x + length] == i)
            slope, height = np.polyfit(xs, ys, 1)
            strokes.append(_Stroke(x, x + length, y + float(height) - float(slope) * x, float(slope), area / length))
    return _joined(strokes, gap)


def _joined(strokes: Sequence[_Stroke], gap: float) -> list[_Stroke]:
    """Strokes that go on in the same line after a small gap, as one."""
    joined: list[_Stroke] = []
    for stroke in sorted(strokes, key=lambda stroke: stroke.start):
        for i, before in enumerate(joined):
            near = -_NEAR <= stroke.start - before.end <= gap * SCALE
            if near and abs(float(before.at(stroke.start) - stroke.at(stroke.start))) <= _NEAR / 2:
                longer = max(before, stroke, key=lambda part: part.end - part.start)
                joined[i] = replace(longer, start=before.start, end=max(before.end, stroke.end))
                break
        else:
            joined.append(stroke)
    return joined


def _long(strokes: Sequence[_Stroke], points: float = _SURELY_A_RULE) -> list[_Stroke]:
    """The strokes longer than `points`."""
    return [stroke for stroke in strokes if stroke.end - stroke.start > points * SCALE]


def _crossings(stroke: _Stroke, others: Sequence[_Stroke]) -> list[int]:
    """Where `others`, which run across, meet a stroke."""
    crossings = []
    for other in others:
        x = float(other.at(stroke.at((stroke.start + stroke.end) / 2)))
        if stroke.start - _NEAR <= x <= stroke.end + _NEAR and other.start - _NEAR <= stroke.at(x) <= other.end + _NEAR:
            crossings.append(round(x))
    return sorted(crossings)


def _joining(
    strokes: Sequence[_Stroke], others: Sequence[_Stroke], sure: Sequence[_Stroke], ink: Pixels
) -> list[_Stroke]:
    """The strokes, besides those that are `sure`, so far as they reach from one rule of the other direction to another.

    Those no longer than a character is high must have paper on both sides: a wide strip of it, or a narrow one where
    they stand in line with another rule.
    """
    reaching = []
    for stroke in strokes:
        met = [] if stroke in sure else _crossings(stroke, others)
        if len(met) > 1 and met[-1] - met[0] > 2 * _NEAR:
            reaching.append(replace(stroke, start=met[0], end=met[-1] + 1))
    joining = _long(reaching, _CHARACTER)
    for stroke in reaching:
        in_line = any(
            abs(float(rule.at(stroke.start) - stroke.at(stroke.start))) <= _NEAR for rule in [*sure, *joining]
        )
        if stroke not in joining and _stands_free(stroke, _NEAR if in_line else _WIDE_STRIP, ink):
            joining.append(stroke)
    return joining


def _stands_free(stroke: _Stroke, distance: int, ink: Pixels) -> bool:
    """True where there is paper on both sides of a stroke, up to `distance` pixels from it."""
    xs = np.arange(stroke.start + 2 * _NEAR, stroke.end - 2 * _NEAR)
    ys = stroke.at(xs)
    beside = np.zeros(len(xs), dtype=bool)
    for offset in stroke.thickness / 2 + np.arange(2, distance):
        beside |= _read(ink, xs, ys - offset) | _read(ink, xs, ys + offset)
    return not len(xs) or bool(beside.mean() < 1 - _DRAWN)


def _read(ink: Pixels, xs: Any, ys: Any) -> Any:
    return ink[np.clip(np.rint(ys).astype(int), 0, ink.shape[0] - 1), xs] > 0


def _covered(stroke: _Stroke, others: Sequence[_Stroke], ink: Pixels) -> Iterator[_Stroke]:
    """The parts of a stroke, between crossings, that are drawn in full."""
    places = sorted({stroke.start, *_crossings(stroke, others), stroke.end})
    parts = [replace(stroke, start=left, end=right) for left, right in pairwise(places)]
    for drawn, run in groupby(parts, key=lambda part: _is_drawn(part, ink)):
        if drawn:
            whole = list(run)
            yield replace(stroke, start=whole[0].start, end=whole[-1].end)


def _is_drawn(part: _Stroke, ink: Pixels) -> bool:
    """True where a part of a rule is printed from end to end, and not by a character that happens to stand there.

    What is no longer than a character is high must lie just where the rule does, or between paper.
    """
    xs = np.arange(part.start + _NEAR, part.end - _NEAR)
    if not len(xs):
        return True
    ys = part.at(xs)
    exactly = _read(ink, xs, ys)
    nearly = exactly | _read(ink, xs, ys - 1) | _read(ink, xs, ys + 1)
    if nearly.mean() < _DRAWN:
        return False
    if len(xs) > _CHARACTER * SCALE:
        return True
    strips = [[side * (part.thickness / 2 + distance) for distance in _STRIP] for side in (-1, 1)]
    sides = [max(_read(ink, xs, ys + offset).mean() for offset in strip) for strip in strips]
    return max(sides) < 1 - _DRAWN or bool(exactly.mean() > _DRAWN and min(sides) < 1 - _DRAWN)


def _painted(strokes: Sequence[_Stroke], shape: tuple[int, ...]) -> Pixels:
    """A mask of the strokes, a little wider than they are."""
    mask = np.zeros(shape, np.uint8)
    for stroke in strokes:
        ends = [(x, round(float(stroke.at(x)))) for x in (stroke.start - 1, stroke.end)]
        cv2.line(mask, *ends, 255, round(stroke.thickness) + _AROUND)
    return mask
