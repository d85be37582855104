"""Years of a department: a small chart for each figure, its line interrupted where the years cannot be compared."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes

from budgetlib.definitions.amounts import in_words
from budgetlib.definitions.labels import item, label
from budgetlib.report.charts.bars import COLOURS
from budgetlib.report.charts.canvas import WIDE, Space, link, new_axes, say
from budgetlib.report.charts.typography import GREY, INK, SMALL, TEXT, height, lettering, measure, wrapped

_DOT = 6.0  # points: the mark of a year, and how far texts stand from it
_EDGE, _GAP, _COLUMN = 6.0, 24.0, 210.0  # points: at the edge, between charts, of the narrowest chart
_LINE, _ABOVE, _YEARS, _BELOW, _SPACE = 64.0, 24.0, 22.0, 18.0, 6.0  # points, from top to bottom; between numbers


class _Point(NamedTuple):
    """One year: the amount, whether the line before it is interrupted, where it leads, and whether it is an outcome."""

    year: int
    amount: Decimal
    broken: bool
    href: Any
    stage: str


class _Panel(NamedTuple):
    """Where one small chart stands, in points: its left edge and the years' places from there, its lines."""

    left: float
    top: float
    across: dict[int, float]
    low: Decimal
    high: Decimal

    def down(self, amount: Decimal) -> float:
        span = self.high - self.low
        return self.top + (float((self.high - amount) / span) if span else 1.0) * _LINE


def plot_series(series: pd.DataFrame, language: str, width: float = WIDE) -> Axes:
    """The frame of `series`: a line for each figure that two years print, from zero, dashed upright where it breaks.

    Plans and outcomes of one figure are two lines of one small chart.
    """
    lines = {
        key: [
            _Point(row["fiscal_year"], row["amount_yuan"], bool(row["breaks"]), row.get("href"), row["stage"])
            for row in rows
        ]
        for key, rows in _by_line(series).items()
        if len(rows) > 1 and len({row["fiscal_year"] for row in rows}) > 1
    }
    if not lines:
        return say(label("empty.series", language), width)
    names = [_name(*key, language) for key in lines]
    columns = max(1, int((width - 2 * _EDGE + _GAP) // (_COLUMN + _GAP)))
    room = (width - 2 * _EDGE - (columns - 1) * _GAP) / columns
    heads = [wrapped(name, room, TEXT) for name in names]
    tall = max(height(head, TEXT) for head in heads) + _ABOVE + _LINE + _YEARS + _BELOW
    both = series.stage.nunique() > 1
    title = label("chart.series_of_stages" if both else "chart.series", language)
    axes = new_axes("series", title, width, -(-len(lines) // columns) * tall, Space())
    axes.set_xlim(0, width)
    axes.set_axis_off()
    years = sorted({point.year for points in lines.values() for point in points})
    for place, (head, points) in enumerate(zip(heads, lines.values(), strict=True)):
        left = _EDGE + place % columns * (room + _GAP)
        top = place // columns * tall
        axes.text(left, top, head, va="top", color=INK, **lettering(TEXT))
        line_top = top + tall - _BELOW - _YEARS - _LINE
        panel = _panel(points, years, left, line_top, room, language)
        for stage in dict.fromkeys(point.stage for point in points):
            of_stage = [point for point in points if point.stage == stage]
            _draw(axes, of_stage, panel, both, language)
        _date(axes, points, panel)
    return axes


def _by_line(series: pd.DataFrame) -> dict[tuple[str, Any, Any], list[dict[Any, Any]]]:
    lines: dict[tuple[str, Any], list[dict[Any, Any]]] = {}
    for row in series.to_dict("records"):
        lines.setdefault((row["measure"], row["code"]), []).append(row)
    return {(*key, rows[-1]["item"]): rows for key, rows in lines.items()}


def _name(figure: str, code: str | None, printed: str | None, language: str) -> str:
    return item(printed, language, code) if figure == "function" else label(f"key_figure.{figure}", language)


def _panel(
    points: Sequence[_Point], years: Sequence[int], left: float, top: float, room: float, language: str
) -> _Panel:
    """Room for half a value on either side of the outermost years."""
    aside = max(measure(in_words(point.amount, language), SMALL) for point in points) / 2
    step = (room - 2 * aside) / max(years[-1] - years[0], 1)
    across = {year: left + aside + (year - years[0]) * step for year in years}
    amounts = [point.amount for point in points]
    return _Panel(left, top, across, min(Decimal(0), *amounts), max(Decimal(0), *amounts))


def _draw(axes: Axes, points: Sequence[_Point], panel: _Panel, both: bool, language: str) -> None:
    """The points of one line; an outcome beside its plan has no value of its own above its dots."""
    colour = COLOURS[points[0].stage if both else "total"]
    ends = (min(panel.across.values()), max(panel.across.values()))
    axes.plot(ends, [panel.down(Decimal(0))] * 2, color=GREY, linewidth=0.8)
    for before, now in pairwise(points):
        places = [panel.across[point.year] for point in (before, now)]
        if now.broken:
            axes.plot([sum(places) / 2] * 2, [panel.top, panel.top + _LINE], color=GREY, linestyle=(0, (3, 3)), lw=1)
        else:
            axes.plot(places, [panel.down(p.amount) for p in (before, now)], color=colour, linewidth=2)
    texts = {point.year: in_words(point.amount, language) for point in points}
    shown = _fitting({year: (panel.across[year], measure(text, SMALL)) for year, text in texts.items()})
    for point in points:
        across, down = panel.across[point.year], panel.down(point.amount)
        (dot,) = axes.plot([across], [down], "o", color=colour, markersize=_DOT)
        link(dot, point.href)
        if point.year in shown and not (both and point.stage == "final"):
            ink = COLOURS["total"] if point.href else INK
            value = axes.text(across, down - _DOT - 1, texts[point.year], gid="value", color=ink, **_centred("bottom"))
            link(value, point.href)


def _date(axes: Axes, points: Sequence[_Point], panel: _Panel) -> None:
    """The years under all lines of a figure, each once, leading where its last point does."""
    leads = {point.year: point.href for point in sorted(points, key=lambda point: point.year)}
    dated = _fitting({year: (panel.across[year], measure(str(year), SMALL)) for year in leads})
    for year, href in leads.items():
        if year in dated:
            text = axes.text(
                panel.across[year], panel.top + _LINE + _DOT, str(year), gid="year", color=GREY, **_centred("top")
            )
            link(text, href)


def _centred(side: str) -> dict[str, Any]:
    return lettering(SMALL) | {"ha": "center", "va": side}


def _fitting(texts: dict[int, tuple[float, float]]) -> set[int]:
    """Of texts (middle, width) by year, the last and those before it that leave room for one another."""
    *others, last = texts
    shown, free = {last}, float("-inf")
    begin = texts[last][0] - texts[last][1] / 2
    for year in others:
        middle, wide = texts[year]
        if middle - wide / 2 >= free and middle + wide / 2 + _SPACE <= begin:
            shown.add(year)
            free = middle + wide / 2 + _SPACE
    return shown
