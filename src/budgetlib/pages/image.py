"""The picture of a page: rendered, and turned straight.

Places are points in the picture, from its top left; `Picture.back` carries them to the page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from budgetlib.pages.model import Box

Pixels = npt.NDArray[np.uint8]
Matrix = npt.NDArray[np.float64]

DOTS_PER_INCH = 200  # at which small print is legible and recognition takes some seconds a page
SCALE = DOTS_PER_INCH / 72
"""Pixels per point."""

_LEAST_SKEW, _MOST_SKEW = 0.04, 4.0
"""Degrees."""

_COARSE, _STEP, _FINE_STEP = 0.5, 0.25, 0.05
"""A skew is looked for in a picture of half the size first, by these degrees; then by a fifth of them in the whole."""

_DARKER = 41, 25
"""Ink is darker than the mean of so many pixels around it by so many shades of 256: shadows on paper are not."""

_SPECK, _SOFT, _SAMPLE = 5, (3, 3), 997
"""Pixels: the largest speck; over which edges are softened; between those that tell the colour of the paper."""

_SMALLEST_PAPER, _LARGEST_PAPER = 595.0, 1191.0
"""Points: the longer sides of A5 and A3."""


@dataclass(frozen=True)
class Picture:
    """A page's picture: `pixels` in blue, green and red; `ink` is 255 where something is printed."""

    pixels: Pixels
    ink: Pixels
    to_page: Matrix

    def back(self, box: Box) -> Box:
        """The place on the page of a place in the picture, both in points."""
        corners = np.array(
            [[box.x0, box.top, 1], [box.x1, box.top, 1], [box.x0, box.bottom, 1], [box.x1, box.bottom, 1]]
        )
        xs, ys, _ = self.to_page @ corners.T
        return Box(float(xs.min()), float(ys.min()), float(xs.max()), float(ys.max()))

    def turned(self, degrees: int) -> Picture:
        """The picture turned clockwise by 90, 180 or 270 degrees."""
        height, width = (pixels / SCALE for pixels in self.ink.shape)
        code, undo = {
            90: (cv2.ROTATE_90_CLOCKWISE, [[0, 1, 0], [-1, 0, height], [0, 0, 1]]),
            180: (cv2.ROTATE_180, [[-1, 0, width], [0, -1, height], [0, 0, 1]]),
            270: (cv2.ROTATE_90_COUNTERCLOCKWISE, [[0, -1, width], [1, 0, 0], [0, 0, 1]]),
        }[degrees]
        return picture_of(as_pixels(cv2.rotate(self.pixels, code)), self.to_page @ np.array(undo))

    def straightened(self) -> Picture:
        """The picture turned by some degrees at most, so that lines of text and rules lie flat."""
        skew = _skew(self.ink)
        if abs(skew) < _LEAST_SKEW:
            return self
        height, width = self.ink.shape
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), skew, 1.0)
        white = tuple(float(v) for v in paper(self.pixels))
        pixels = cv2.warpAffine(self.pixels, turn, (width, height), flags=cv2.INTER_CUBIC, borderValue=white)
        undo = np.vstack([cv2.invertAffineTransform(turn), [0, 0, 1]])
        undo[:2, 2] /= SCALE
        return picture_of(as_pixels(pixels), self.to_page @ undo)

    @property
    def height_of_ink(self) -> float:
        """The share of the height, 0 to 1, on which something is printed; specks are nothing."""
        return float((cv2.medianBlur(self.ink, _SPECK) > 0).any(axis=1).mean())

    def softened(self) -> Picture:
        """The picture with specks and the edges of its characters blurred."""
        return Picture(as_pixels(cv2.GaussianBlur(self.pixels, _SOFT, 0)), self.ink, self.to_page)


def take(page: Any) -> Picture:
    """The picture of a page of pypdfium2. Pages larger or smaller than paper is are taken for sheets of A3 or A5."""
    longest = max(page.get_size())
    zoom = min(max(longest, _SMALLEST_PAPER), _LARGEST_PAPER) / longest
    pixels = page.render(scale=SCALE * zoom).to_numpy()[:, :, :3]
    return picture_of(as_pixels(np.ascontiguousarray(pixels)), np.diag([1 / zoom, 1 / zoom, 1.0]))


def picture_of(pixels: Pixels, to_page: Matrix) -> Picture:
    """A picture with its ink: what is clearly darker than the paper around it."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    ink = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, *_DARKER)
    return Picture(pixels, as_pixels(ink), to_page)


def smaller(pixels: Pixels, factor: float) -> Pixels:
    """A picture with `factor` times its pixels in each direction."""
    return as_pixels(cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA))


def paper(pixels: Pixels) -> Any:
    """The colour of the paper."""
    return np.median(pixels.reshape(-1, 3)[::_SAMPLE], axis=0)


def as_pixels(picture: Any) -> Pixels:
    """What OpenCV gives, with its type."""
    return np.asarray(picture, dtype=np.uint8)


def _skew(ink: Pixels) -> float:
    """Degrees by which the picture is to be turned counter-clockwise so that lines of text and rules lie flat."""
    small = cv2.resize(ink, None, fx=_COARSE, fy=_COARSE, interpolation=cv2.INTER_AREA)
    coarse = max(np.arange(-_MOST_SKEW, _MOST_SKEW + _FINE_STEP, _STEP), key=lambda angle: _flatness(small, angle))
    return float(
        max(
            np.arange(coarse - _STEP, coarse + _STEP + _FINE_STEP / 2, _FINE_STEP),
            key=lambda angle: _flatness(ink, angle),
        )
    )


def _flatness(ink: Pixels, angle: float) -> float:
    """How sharply rows of ink and rows of paper alternate when the picture is turned by `angle`."""
    height, width = ink.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    profile = cv2.warpAffine(ink, turn, (width, height), flags=cv2.INTER_NEAREST).sum(axis=1, dtype=np.float64)
    return float((np.diff(profile) ** 2).sum())
