"""Which of the glyphs of a page a viewer shows: not what is clipped, covered or painted in the colour of the paper.

Spreadsheets print cells with text that their clip cuts off, scanners lay a recognised text below the picture. A reader
of the page sees neither, and it may be wrong.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from budgetlib.pages.ink import Area, Glyph, Ink, Run
from budgetlib.pages.model import UNREAD

_BAND = 24.0
"""Points: areas are looked up by bands of this height."""
_SHOWN = 30
"""So many of the characters that are not read are quoted."""
_OF_NUMBERS = frozenset("0123456789.,，")


def visible(ink: Ink) -> tuple[list[Glyph], tuple[str, ...]]:
    """The glyphs that are seen, and a sentence where others are not.

    A number of which a part is not seen is no number: what is seen next to that part becomes `UNREAD`.
    """
    layers = _Layers(ink.areas)
    reasons = [_hidden(glyph, layers) for glyph in ink.glyphs]
    if not any(reasons):
        return list(ink.glyphs), ()
    glyphs = list(ink.glyphs)
    for i, (before, after) in enumerate(pairwise(ink.glyphs)):
        if (reasons[i] is None) != (reasons[i + 1] is None) and _are_one_number(before, after):
            seen = i if reasons[i] is None else i + 1
            glyphs[seen] = glyphs[seen]._replace(text=UNREAD)
    shown = [glyph for glyph, reason in zip(glyphs, reasons, strict=True) if reason is None]
    hidden: dict[str, list[str]] = defaultdict(list)
    for glyph, reason in zip(ink.glyphs, reasons, strict=True):
        if reason and glyph.text.strip():
            hidden[reason].append(glyph.text)
    return shown, tuple(_said(reason, texts) for reason, texts in hidden.items())


def _said(reason: str, texts: Sequence[str]) -> str:
    return f"{len(texts)} characters {reason} are not seen and not read: {''.join(texts[:_SHOWN])}"


def _hidden(glyph: Glyph, layers: _Layers) -> str | None:
    """Why a glyph is not seen; None where it is."""
    run = glyph.run
    if run.colour == "none":
        return "painted without ink"
    if run.clip is None and run.colour == "ink" and run.order > layers.last:
        return None
    x, y = glyph.middle
    clip = run.clip
    if clip and not (clip.x0 <= x <= clip.x1 and clip.top <= y <= clip.bottom):
        return "outside their frame"
    below, above = layers.around(x, y, run)
    if above:
        return "below a picture or an area"
    if run.colour == "white" and (below is None or below.white):
        return "painted white on white"
    return None


def _are_one_number(before: Glyph, after: Glyph) -> bool:
    """True where two characters of a number stand side by side."""
    if before.text not in _OF_NUMBERS or after.text not in _OF_NUMBERS or before.run.turn != after.run.turn:
        return False
    (x0, y0), (x1, y1) = before.middle, after.middle
    return abs(x1 - x0) + abs(y1 - y0) <= before.run.size


class _Layers:
    """The areas of a page, looked up by a point."""

    def __init__(self, areas: Sequence[Area]) -> None:
        self.last = max((area.order for area in areas), default=-1)
        self._bands: dict[int, list[Area]] = defaultdict(list)
        for area in areas:
            for band in range(int(area.box.top // _BAND), int(area.box.bottom // _BAND) + 1):
                self._bands[band].append(area)

    def around(self, x: float, y: float, run: Run) -> tuple[Area | None, Area | None]:
        """The last area that was painted at a point before a run, and one that was painted after it."""
        below = above = None
        for area in self._at(x, y):
            if area.order < run.order:
                below = area
            else:
                above = area
        return below, above

    def _at(self, x: float, y: float) -> Iterator[Area]:
        for area in self._bands.get(int(y // _BAND), ()):
            if area.box.x0 <= x <= area.box.x1 and area.box.top <= y <= area.box.bottom:
                yield area
