"""Charts of bars: a name, its bar, its value in one line; where a name is too long for that, it stands above."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from budgetlib.definitions.amounts import Unit, unit_of
from budgetlib.definitions.labels import label
from budgetlib.report.charts.canvas import Space, link, new_axes, say
from budgetlib.report.charts.typography import GREY, INK, LINE, SMALL, TEXT, height, lettering, measure, wrapped
from budgetlib.report.fonts import FAMILY

COLOURS = {
    "basic": "#1f4e79",
    "personnel": "#1f4e79",
    "operating": "#7fa3c7",
    "project": "#d98f2b",
    "rest": "#b9c0c9",
    "total": "#1f4e79",
    "year": "#5d6673",
    "budget": "#7fa3c7",
    "adjusted": "#b9c0c9",
    "final": "#1f4e79",
    "increase": "#1f4e79",
    "decrease": "#b5533c",
}
_GRID = "#e4e4e4"
_BAR, _GAP, _EDGE, _SPACE = 17.0, 11.0, 6.0, 12.0  # points: a bar, between bars, at the edge, between bar and text
_LEGEND, _AXIS, _TICK = 24.0, 38.0, 90.0  # points: heights of legend and axis, and room for a number under it
_MOST_FOR_NAMES, _LEAST_FOR_BARS = 0.34, 0.3  # of the width
_MOST_LINES = 2  # of a name beside its bar; longer ones stand above


class Bar(NamedTuple):
    """A name, its value in words, and amounts drawn end to end from `start`, each with a key of `COLOURS`."""

    label: str
    value: str
    parts: Sequence[tuple[Decimal | None, str]]
    href: str | None = None
    start: Decimal = Decimal(0)


class _Layout(NamedTuple):
    """Where names (wrapped), bars and values stand, in points; `beside`: all three in one line; `room`: of the bars."""

    names: list[str]
    beside: bool
    left: float
    right: float
    room: float


def draw_bars(
    chart: str,
    bars: Sequence[Bar],
    language: str,
    width: float,
    legend: Sequence[str] = (),
    least: Decimal | None = None,
) -> Axes:
    """Axes with all `bars`, or with the sentence `empty.<chart>` where there are none.

    The axis begins at zero, or at `least`, which is then said; bars that follow one another are tied together.
    """
    if not bars:
        return say(label(f"empty.{chart}", language), width)
    layout = _layout(bars, width)
    above = [0.0 if layout.beside else height(name, TEXT) + 2 for name in layout.names]
    thick = [max(_BAR, height(name, TEXT) if layout.beside else 0.0) for name in layout.names]
    tall = sum(above) + sum(thick) + _GAP * len(bars)
    space = Space(_LEGEND if legend else 0.0, _AXIS, layout.left, layout.right)
    axes = new_axes(chart, label(f"chart.{chart}", language), width, tall, space)
    unit = _unit(bars, language)
    top, ends = 0.0, []
    for bar, name, over, tall in zip(bars, layout.names, above, thick, strict=True):
        middle = top + _GAP / 2 + over + tall / 2
        _write(axes, bar, name, top + _GAP / 2, middle, layout)
        ends.append((middle, _stack(axes, bar, middle - _BAR / 2, unit)))
        top += _GAP + over + tall
    if least is not None:
        _tie(axes, ends)
    _finish(axes, language, unit, legend, layout.room, least)
    return axes


def _layout(bars: Sequence[Bar], width: float) -> _Layout:
    """Names beside their bars where these keep enough room, else above them."""
    values = max(measure(bar.value, TEXT) for bar in bars)
    column = min(max(measure(bar.label, TEXT) for bar in bars), _MOST_FOR_NAMES * width)
    names = [wrapped(bar.label, column, TEXT) for bar in bars]
    left, right = _EDGE + column + _SPACE, _EDGE + values + _SPACE
    fits = width - left - right >= _LEAST_FOR_BARS * width and max(name.count("\n") for name in names) < _MOST_LINES
    if fits:
        return _Layout(names, True, left, right, width - left - right)
    room = width - 2 * _EDGE - values - _SPACE
    return _Layout([wrapped(bar.label, room, TEXT) for bar in bars], False, _EDGE, _EDGE, width - 2 * _EDGE)


def _write(axes: Axes, bar: Bar, name: str, top: float, middle: float, layout: _Layout) -> None:
    """The name and the value of a bar; its value leads to where it comes from."""
    across = axes.get_yaxis_transform()
    room = layout.room
    look = lettering(TEXT) | {"color": INK, "transform": across, "linespacing": LINE / 1.2}
    if layout.beside:
        axes.text(-_SPACE / room, middle, name, ha="right", va="center", gid="name", **look)
        end = 1 + (layout.right - _EDGE) / room
        value = axes.text(end, middle, bar.value, ha="right", va="center", gid="value", **look)
    else:
        look["bbox"] = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
        axes.text(0, top, name, va="top", gid="name", **look)
        value = axes.text(1, top, bar.value, ha="right", va="top", gid="value", **look)
    if bar.href:
        value.set_color(COLOURS["total"])
    link(value, bar.href)


def _unit(bars: Sequence[Bar], language: str) -> Unit:
    """The unit of the axis: that of the longest bar."""
    amounts = [bar.start + sum((amount or Decimal(0) for amount, _ in bar.parts), Decimal(0)) for bar in bars]
    return unit_of(max(map(abs, amounts)), language)


def _stack(axes: Axes, bar: Bar, top: float, unit: Unit) -> Decimal:
    """Bars end to end: positive amounts to the right, negative ones to the left; where the last ends."""
    ends = {True: bar.start, False: bar.start}
    end = bar.start
    for amount, key in bar.parts:
        if amount is None:
            continue
        start = ends[amount >= 0]
        end = ends[amount >= 0] = start + amount
        left, long = (float(value / unit.factor) for value in (start, amount))
        (patch,) = axes.barh(top, long, left=left, height=_BAR, align="edge", color=COLOURS[key])
        link(patch, bar.href)
    return end / unit.factor


def _tie(axes: Axes, ends: Sequence[tuple[float, Decimal]]) -> None:
    for (above, end), (below, _) in pairwise(ends):
        span = (above - _BAR / 2, below + _BAR / 2)
        axes.plot([float(end)] * 2, span, color=GREY, linewidth=0.8, linestyle=(0, (2, 2)), zorder=0.9)


def _finish(axes: Axes, language: str, unit: Unit, legend: Sequence[str], room: float, least: Decimal | None) -> None:
    """Legend, zero, grid, and the x axis with its unit."""
    if legend:
        handles = [Patch(color=COLOURS[key], label=label(f"key_figure.{key}", language)) for key in legend]
        axes.legend(
            handles=handles,
            loc="lower left",
            bbox_to_anchor=(0, 1),
            ncols=len(handles),
            frameon=False,
            prop=lettering(SMALL)["fontproperties"],
            handlelength=1,
            handleheight=0.9,
            borderpad=0,
            borderaxespad=0.5,
            columnspacing=1.2,
        )
    axes.margins(x=0.02)
    shown = unit.name(language)
    if least:
        axes.set_xlim(left=float(least / unit.factor))
        shown = label("chart.cut_axis", language, unit=shown)
    else:
        axes.axvline(0, color=GREY, linewidth=0.8)
    axes.grid(axis="x", color=_GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[:].set_visible(False)
    axes.yaxis.set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=max(2, int(room / _TICK))))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}"))
    axes.tick_params(axis="x", length=0, labelsize=SMALL, labelcolor=GREY, labelfontfamily=FAMILY)
    axes.set_xlabel(shown, loc="right", color=GREY, labelpad=1, **lettering(SMALL))
