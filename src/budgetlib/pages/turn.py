"""A sheet turned upright for reading, and places carried back to the page."""

from __future__ import annotations

from typing import NamedTuple

from budgetlib.pages.ink import Rule
from budgetlib.pages.model import Box


class Turn(NamedTuple):
    """A sheet of `width` and `height` that is turned clockwise by `degrees` (0, 90, 180 or 270) to be read."""

    degrees: int
    width: float
    height: float

    def upright(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the page lies on the turned sheet."""
        if self.degrees == 90:
            return self.height - y, x
        if self.degrees == 180:
            return self.width - x, self.height - y
        if self.degrees == 270:
            return y, self.width - x
        return x, y

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
        if self.degrees == 90:
            return Box(box.top, self.height - box.x1, box.bottom, self.height - box.x0)
        if self.degrees == 180:
            return Box(self.width - box.x1, self.height - box.bottom, self.width - box.x0, self.height - box.top)
        if self.degrees == 270:
            return Box(self.width - box.bottom, box.x0, self.width - box.top, box.x1)
        return box
