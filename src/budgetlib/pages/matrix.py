"""Changes of coordinates, as PDF writes them."""

from __future__ import annotations

from typing import NamedTuple

from budgetlib.pages.model import Box


class Matrix(NamedTuple):
    """A change of coordinates as PDF has it: (x, y) becomes (ax + cy + e, bx + dy + f)."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Where a point comes to lie."""
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    @property
    def is_slanted(self) -> bool:
        """True where what is level does not stay level or upright."""
        return bool((self.a or self.d) and (self.b or self.c))

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        """Where a rectangle comes to lie, unless it is slanted."""
        (x0, y0), (x1, y1) = self.point(left, bottom), self.point(right, top)
        return Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))

    def then(self, after: Matrix) -> Matrix:
        """The change that is made by this one and another after it."""
        a, b = after.a * self.a + after.c * self.b, after.b * self.a + after.d * self.b
        c, d = after.a * self.c + after.c * self.d, after.b * self.c + after.d * self.d
        return Matrix(a, b, c, d, *after.point(self.e, self.f))

    def turn(self, written: Matrix) -> int:
        """How far clockwise a sheet that is shown so is turned for reading what is written in a matrix: 0 to 270."""
        right, down = self.a * written.a + self.c * written.b, self.b * written.a + self.d * written.b
        if abs(right) >= abs(down):
            return 0 if right > 0 else 180
        return 270 if down > 0 else 90
