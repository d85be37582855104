"""What is painted on a page of a PDF, before anything is read from it: glyphs, rules, areas.

Two readers give it (`ink_pdfium.py`, `ink_pdfplumber.py`); what is made of it is one code (`pdf.py`).
Places are PDF points from the top left of the page as a viewer shows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol, Self

from budgetlib.core.errors import UnreadableDocument
from budgetlib.core.groups import in_groups
from budgetlib.pages.model import Box

READERS = {
    "pdfium": "the library that Chromium shows PDFs with: fast, and it knows what is clipped or covered",
    "pdfplumber": "the reference, some ten times slower: a second pair of eyes",
}
"""What gives the ink of a PDF."""
DEFAULT_READER = "pdfium"

RULE_WIDTH = 3.0
"""Points: what is painted thinner is a rule, what is wider an area."""
SHORTEST_RULE = 1.0
"""Points: shorter edges are the ends of thin rectangles, dots and specks."""

_ALONG = {0: (1, 0), 90: (0, -1), 180: (-1, 0), 270: (0, 1)}
_ON_LINE = 0.01
"""Points by which what stands on one line may be off it: readers round."""
_TO_THE_MIDDLE = 0.36
"""How much of its size the middle of a Chinese character is above the line it stands on."""


class Rule(NamedTuple):
    """A straight rule: at `position` across its direction, from `start` to `end` along it."""

    vertical: bool
    position: float
    start: float
    end: float


Stroke = tuple[tuple[float, float], tuple[float, float]]
"""From one point to another."""


RUN_GAP = 0.2
"""What follows nearer than so many heights of a character goes on in the same word or number."""


class Run(NamedTuple):
    """The glyphs that a program painted in one go, on a line that begins at `x`, `y`; not `whole`: one after another.

    Of each glyph there is its text, how far along the line it starts, and how far it advances. `size` is their height
    in points; `turn` how many degrees clockwise the sheet is turned for reading them (0, 90, 180 or 270); `order`
    counts what is painted on a page: the later covers the earlier. Nothing is seen of them outside `clip`. `colour` is
    `ink`, `white` or `none`.
    """

    x: float
    y: float
    texts: Sequence[str]
    starts: Sequence[float]
    advances: Sequence[float]
    size: float
    turn: int
    order: int
    clip: Box | None = None
    colour: str = "ink"
    whole: bool = True

    def middle(self, glyph: int) -> tuple[float, float]:
        """The point in the middle of its glyph of that number."""
        right, down = _ALONG[self.turn]
        along, up = self.starts[glyph] + self.advances[glyph] / 2, self.size * _TO_THE_MIDDLE
        return self.x + right * along + down * up, self.y + down * along - right * up


class Area(NamedTuple):
    """A rectangle painted all over with a picture or a colour; `order` is as in `Run`."""

    box: Box
    order: int
    white: bool


@dataclass(frozen=True)
class Ink:
    """The ink of one page; `fault` says why it cannot be known.

    `pictures` counts its pictures, `slanted` its strokes that are neither across nor down: charts, drawn characters.
    """

    number: int
    width: float = 0.0
    height: float = 0.0
    runs: Sequence[Run] = ()
    rules: Sequence[Rule] = ()
    areas: Sequence[Area] = ()
    pictures: int = 0
    slanted: int = 0
    fault: str | None = None


class InkReader(Protocol):
    """A PDF, opened; close it after use (it is a context manager)."""

    page_count: int

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...

    def ink(self, number: int) -> Ink:
        """The ink of page `number` (from 1)."""

    def writing(self, number: int) -> Ink:
        """At least the runs of page `number`, by the shortest way."""


def refusal(path: Path, password: str | None, locked: bool, why: str) -> UnreadableDocument:
    """The refusal of a PDF that does not open: `locked` where `password` is not its own, else it says `why`."""
    if not locked:
        reason = f"does not open as a PDF ({why}); it may be cut short, fetch it again"
        return UnreadableDocument("malformed", f"{path.name} {reason}")
    problem = "its password is not the one in the manifest" if password else "it needs a password"
    reason = f"is encrypted: {problem}; put the password into the manifest's column password"
    return UnreadableDocument("encrypted", f"{path.name} {reason}")


def joined(runs: Iterable[Run]) -> Iterator[Run]:
    """`runs` of one glyph each, with those made one that go on in one another's line and style."""
    return map(_one, in_groups(runs, _continues))


def _continues(before: Run, run: Run) -> bool:
    reach = before.advances[0] + RUN_GAP * run.size
    return run[5:] == before[5:] and 0 <= _reach(before, run) <= reach


def _reach(first: Run, run: Run) -> float:
    """How far along the line of one run another begins; negative where it is on another line."""
    right, down = _ALONG[first.turn]
    x, y = run.x - first.x, run.y - first.y
    return right * x + down * y if abs(right * y) + abs(down * x) < _ON_LINE else -1.0


def _one(group: Sequence[Run]) -> Run:
    return group[0]._replace(
        texts=[run.texts[0] for run in group],
        starts=[_reach(group[0], run) for run in group],
        advances=[run.advances[0] for run in group],
        whole=len(group) == 1,
    )


def rules_and_shapes(strokes: Iterable[Stroke]) -> tuple[list[Rule], int]:
    """The rules that straight strokes draw, and how many strokes are slanted; what is very short is neither."""
    rules, slanted = [], 0
    for (x0, y0), (x1, y1) in strokes:
        across, down = abs(x1 - x0), abs(y1 - y0)
        if max(across, down) < SHORTEST_RULE:
            continue
        if min(across, down) > RULE_WIDTH:
            slanted += 1
        elif down > across:
            rules.append(Rule(True, (x0 + x1) / 2, min(y0, y1), max(y0, y1)))
        else:
            rules.append(Rule(False, (y0 + y1) / 2, min(x0, x1), max(x0, x1)))
    return rules, slanted
