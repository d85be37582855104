"""A sheet turned upright for reading, and places carried back to the page."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from budgetlib.pages.ink import Rule
from budgetlib.pages.matrix import Matrix
from budgetlib.pages.model import Box


@dataclass(frozen=True)
class Turn:
    """A sheet of `width` and `height` that is turned clockwise by `degrees` (0, 90, 180 or 270) to be read."""

    degrees: int
    width: float
    height: float

    @cached_property
    def _upright(self) -> Matrix:
        return {
            0: Matrix(1, 0, 0, 1, 0, 0),
            90: Matrix(0, 1, -1, 0, self.height, 0),
            180: Matrix(-1, 0, 0, -1, self.width, self.height),
            270: Matrix(0, -1, 1, 0, 0, self.width),
        }[self.degrees]

    @cached_property
    def _back(self) -> Matrix:
        turned = (self.width, self.height) if self.degrees in (0, 180) else (self.height, self.width)
        return Turn(-self.degrees % 360, *turned)._upright

    def upright(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the page lies on the turned sheet."""
        return self._upright.point(x, y)

    def upright_box(self, box: Box) -> Box:
        """Where a place of the page lies on the turned sheet."""
        return self._upright.box(*box)

    def rule(self, rule: Rule) -> Rule:
        """A rule of the page on the turned sheet."""
        if self.degrees == 0:
            return rule
        vertical, position, start, end = rule
        ends = ((position, start), (position, end)) if vertical else ((start, position), (end, position))
        (x0, y0), (x1, y1) = sorted(self.upright(*point) for point in ends)
        if vertical == (self.degrees == 180):
            return Rule(True, x0, min(y0, y1), max(y0, y1))
        return Rule(False, y0, x0, x1)

    def back(self, box: Box) -> Box:
        """Where on the page a place of the turned sheet is."""
        return self._back.box(*box)
