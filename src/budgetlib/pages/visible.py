"""Which of the ink of a page a viewer shows: not what is clipped, covered or painted in the colour of the paper.

Spreadsheets print cells with text that their clip cuts off, scanners lay a recognised text below the picture. A reader
of the page sees neither, and it may be wrong.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from budgetlib.pages.ink import Area, Ink, Run
from budgetlib.pages.model import UNREAD, Box

_BAND = 24.0
"""Points: areas are looked up by bands of this height."""
_FARTHEST = 14_400
"""Points from the top: the longest page there can be; damaged areas go on for thousands of millions."""
_SHOWN = 30
"""So many of the characters that are not read are quoted."""
_OF_NUMBERS = frozenset("0123456789.,，")


def visible(ink: Ink) -> tuple[list[Run], tuple[str, ...]]:
    """The runs with those of their glyphs that are seen, and a sentence for each reason why others are not.

    A number of which a part is not seen is no number: what is seen next to that part becomes `UNREAD`.
    """
    layers = _Layers(ink.areas)
    reasons = [layers.reasons(run) for run in ink.runs]
    if not any(map(any, reasons)):
        return list(ink.runs), ()
    rests = set(_rests_of_numbers(ink.runs, reasons))
    seen: list[Run] = []
    hidden: dict[str, list[str]] = defaultdict(list)
    for i, (run, of_run) in enumerate(zip(ink.runs, reasons, strict=True)):
        shown = [k for k in range(len(run.texts)) if not (of_run and of_run[k])]
        for text, reason in zip(run.texts, of_run, strict=False):
            if reason:
                hidden[reason].append(text)
        if shown:
            texts = [UNREAD if (i, k) in rests else run.texts[k] for k in shown]
            starts, advances = [run.starts[k] for k in shown], [run.advances[k] for k in shown]
            seen.append(run._replace(texts=texts, starts=starts, advances=advances))
    sentences = (_sentence(reason, "".join("".join(texts).split())) for reason, texts in hidden.items())
    return seen, tuple(filter(None, sentences))


def _sentence(reason: str, text: str) -> str | None:
    return f"{len(text)} characters {reason} are not seen and not read: {text[:_SHOWN]}" if text else None


Reason = str | None


def _rests_of_numbers(runs: Sequence[Run], reasons: Sequence[Sequence[Reason]]) -> Iterator[tuple[int, int]]:
    """The places (run, glyph) of what is seen of a number directly beside what is not seen of it."""
    painted = (
        (i, k, text, reasons[i][k] if reasons[i] else None)
        for i, run in enumerate(runs)
        for k, text in enumerate(run.texts)
    )
    for (i, k, before, why_before), (j, n, after, why_after) in pairwise(painted):
        if (why_before is None) != (why_after is None) and {before, after} <= _OF_NUMBERS:
            (x0, y0), (x1, y1) = runs[i].middle(k), runs[j].middle(n)
            if abs(x1 - x0) + abs(y1 - y0) <= runs[i].size:
                yield (i, k) if why_before is None else (j, n)


class _Layers:
    """The areas of a page, looked up by place."""

    def __init__(self, areas: Sequence[Area]) -> None:
        self._last = max((area.order for area in areas), default=-1)
        self._bands: dict[int, list[Area]] = defaultdict(list)
        for area in areas:
            top, bottom = max(area.box.top, -_FARTHEST), min(area.box.bottom, _FARTHEST)
            for band in range(int(top // _BAND), int(bottom // _BAND) + 1):
                self._bands[band].append(area)

    def reasons(self, run: Run) -> Sequence[Reason]:
        """For each glyph of a run why it is not seen, None where it is; nothing where all are seen."""
        if run.colour == "none":
            return ["painted without ink"] * len(run.texts)
        x0, y0 = x1, y1 = run.middle(0)
        if len(run.texts) > 1:
            x1, y1 = run.middle(-1)
        within = run.clip is None or (_covers(run.clip, x0, y0) and _covers(run.clip, x1, y1))
        if within and run.colour == "ink" and (run.order > self._last or not self._later(run, x0, y0, x1, y1)):
            return ()
        return [self._reason(run, *run.middle(glyph)) for glyph in range(len(run.texts))]

    def _later(self, run: Run, x0: float, y0: float, x1: float, y1: float) -> bool:
        """True where an area that was painted after a run may cover some of it, between its ends."""
        left, right = min(x0, x1), max(x0, x1)
        for band in range(int(min(y0, y1) // _BAND), int(max(y0, y1) // _BAND) + 1):
            for area in self._bands.get(band, ()):
                if area.order > run.order and area.box.x0 <= right and left <= area.box.x1:
                    return True
        return False

    def _reason(self, run: Run, x: float, y: float) -> Reason:
        """Why the ink of a run is not seen at a point; None where it is."""
        if run.clip and not _covers(run.clip, x, y):
            return "outside their frame"
        here = [area for area in self._bands.get(int(y // _BAND), ()) if _covers(area.box, x, y)]
        if any(area.order > run.order for area in here):
            return "below a picture or an area"
        if run.colour == "white" and all(area.white for area in here):
            return "painted white on white"
        return None


def _covers(box: Box, x: float, y: float) -> bool:
    return box.x0 <= x <= box.x1 and box.top <= y <= box.bottom
