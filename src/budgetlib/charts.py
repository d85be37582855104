"""Result frames → charts, with labels in Chinese or English. The only file that knows matplotlib.

Every chart is a list of bars under their names: names of any length stay readable, also on a phone.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, fontManager, get_font
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator
from matplotlib.transforms import Bbox

from budgetlib.fonts import FAMILY, font_file
from budgetlib.labels import in_unit, item, label, money, name, percent

COLOURS = {
    "basic": "#1f4e79",
    "personnel": "#1f4e79",
    "operating": "#7fa3c7",
    "project": "#d98f2b",
    "rest": "#b9c0c9",
    "total": "#1f4e79",
    "increase": "#1f4e79",
    "decrease": "#b5533c",
}
_HEAT = LinearSegmentedColormap.from_list("share", ["#eef3f8", "#1f4e79"])
_COMPARED = (
    "project_pct",
    "procurement_pct",
    "goods_pct",
    "works_pct",
    "services_pct",
    "items_pct",
    "money_pct",
    "covered_pct",
)
_NAMES, _NAME_LINE, _HEADS, _LAST_HEAD = 0.3, 11, 66.0, 1.8
_INK, _GREY, _GRID = "#222222", "#6b6b6b", "#e4e4e4"
_MOST_CHANGES = 12
_ROUNDING = Decimal("0.001")  # of the longest bar: what is less is no part of its own
_MISSING_GLYPH = "〓"  # what Chinese typesetters put for a character their font lacks

# Sizes in points; a label line is as wide as `_LABEL_WIDTH` half-width characters.
_WIDTH, _LEFT, _RIGHT = 360.0, 4.0, 14.0
_LINE, _BAR, _GAP = 14.5, 11.0, 11.0
_TITLE, _LEGEND, _AXIS, _NOTE = 30.0, 22.0, 36.0, 16.0
_TEXT, _SMALL = 9.5, 8.0
_LABEL_WIDTH = 36


# Latin words, blanks, and Chinese up to half a line, never parted from the punctuation that closes it.
_WORD = re.compile(r"[\x21-\x7e]{1,20}|\s+|[^\x00-\x7f\s]{1,21}[）、，。”》]?")


Plot = Callable[[pd.DataFrame, str], Axes]
"""A result frame and a language → a chart."""


class Bar(NamedTuple):
    """A name, what is written at its right, and the amounts drawn under it, each with a key of `COLOURS`."""

    label: str
    value: str
    parts: Sequence[tuple[Decimal | None, str]]


def plot_spending_by_function(functions: pd.DataFrame, language: str) -> Axes:
    """The frame of `spending_by_function`: total of each function, in it what is basic and project expenditure."""
    rows = functions[functions.total_yuan.notna()].to_dict("records")
    for row in rows:
        row["rest_yuan"] = row["total_yuan"] - (row["basic_yuan"] or 0) - (row["project_yuan"] or 0)
    beyond_rounding = _ROUNDING * max((abs(row["total_yuan"]) for row in rows), default=Decimal(0))
    parts = [kind for kind in ("basic", "project") if any(row[f"{kind}_yuan"] is not None for row in rows)]
    if parts and any(abs(row["rest_yuan"]) > beyond_rounding for row in rows):
        parts.append("rest")
    bars = [
        Bar(
            item(row["item"], language, row["code"]),
            _with_share(row["total_yuan"], row["share_pct"], language),
            [(row[f"{part}_yuan"], part) for part in parts or ["total"]],
        )
        for row in rows
    ]
    return _draw("spending_by_function", bars, language, parts)


def plot_basic_and_project(kinds: pd.DataFrame, language: str) -> Axes:
    """The frame of `basic_and_project`: two bars, the first split into personnel and operating where these add up."""
    split = bool(kinds.personnel_yuan.notna().any())
    bars = [
        Bar(
            label(f"key_figure.{row['kind']}", language),
            _with_share(row["amount_yuan"], row["share_pct"], language),
            [(row["personnel_yuan"], "personnel"), (row["operating_yuan"], "operating")]
            if row["kind"] == "basic" and split
            else [(row["amount_yuan"], row["kind"])],
        )
        for row in kinds.to_dict("records")
    ]
    return _draw("basic_and_project", bars, language, ("personnel", "operating", "project") if split else ())


def plot_spending_change(change: pd.DataFrame, language: str) -> Axes:
    """The computed rows by function of `spending_change`: largest change first, small ones summed into one bar."""
    rows = change[(change.basis == "computed") & (change.dimension == "function")].to_dict("records")
    changes = [(item(row["item"], language, row["code"]), row["change_yuan"]) for row in rows if row["change_yuan"]]
    changes.sort(key=lambda change: -abs(change[1]))
    if len(changes) > _MOST_CHANGES:
        rest = sum((amount for _, amount in changes[_MOST_CHANGES:]), Decimal(0))
        others = label("dimension.others", language, count=len(changes) - _MOST_CHANGES)
        changes = [*changes[:_MOST_CHANGES], (others, rest)]
    bars = [
        Bar(what, _with_unit(amount, language, signed=True), [(amount, "decrease" if amount < 0 else "increase")])
        for what, amount in changes
    ]
    return _draw("spending_change", bars, language)


def plot_procurement_mix(mix: pd.DataFrame, language: str) -> Axes:
    """The frame of `procurement_mix`: one bar for each kind."""
    bars = [
        Bar(
            name("kind", row["kind"], language),
            _with_share(row["amount_yuan"], row["share_pct"], language),
            [(row["amount_yuan"], "total")],
        )
        for row in mix.to_dict("records")
    ]
    return _draw("procurement_mix", bars, language)


def plot_comparison(comparison: pd.DataFrame, language: str) -> Axes:
    """The shares of `compare` as a heat map: a row for each budget, a column for each share, blank where unknown."""
    shares = [column for column in _COMPARED if comparison[column].notna().any()]
    if comparison.empty or not shares:
        return _say(label("empty.comparison", language))
    names = [f"{_in_lines(str(row.entity))} {row.fiscal_year}" for row in comparison.itertuples()]
    height = [max(_LINE * (text.count("\n") + 1) + 6, 28.0) for text in names]
    above = _TITLE + _HEADS
    axes = _axes(above, sum(height), _NOTE, left=_NAMES)
    look = _type(_SMALL - 1) | {"ha": "center", "va": "center"}
    axes.set_xlim(0, len(shares) + _LAST_HEAD)
    top = 0.0
    for place, high in enumerate(height):
        for column, key in enumerate(shares):
            value = comparison[key].iloc[place]
            known = not pd.isna(value)
            depth = min(max(float(value) / 100, 0), 1) if known else 0
            axes.barh(top, 1, left=column, height=high, align="edge", color=_HEAT(depth), edgecolor="white")
            text = f"{value:.0f}" if known else "–"
            axes.text(column + 0.5, top + high / 2, text, color="white" if depth > 0.55 else _INK, **look)
        axes.text(-0.1, top + high / 2, names[place], ha="right", va="center", color=_INK, **_type(_SMALL))
        top += high
    turned: dict[str, Any] = {"rotation": 40, "rotation_mode": "anchor", "ha": "left", "va": "bottom", "color": _GREY}
    for column, key in enumerate(shares):
        axes.text(column + 0.5, -4, label(f"heat.{key}", language), **turned, **_type(_SMALL - 1))
    axes.set_axis_off()
    title = label("chart.comparison", language)
    axes.figure.text(_LEFT / _WIDTH, 0.995, title, va="top", color=_INK, **_type(_TEXT + 2))
    return axes


def _in_lines(entity: str) -> str:
    """A name in lines of the heat map's margin; a very long one is cut, the table has it in full."""
    shown = entity if len(entity) <= 4 * _NAME_LINE else f"{entity[: 4 * _NAME_LINE - 1]}…"
    return "\n".join(_drawable(shown[i : i + _NAME_LINE]) for i in range(0, len(shown), _NAME_LINE))


def png(axes: Axes, note: str = "") -> bytes:
    """A chart as a PNG picture, 200 dots per inch; with a `note` (its source), that stands at the foot."""
    figure = axes.figure
    if not isinstance(figure, Figure):
        raise TypeError("the axes are not in a figure of their own")
    width, height = figure.get_size_inches()
    foot = figure.text(
        _LEFT / _WIDTH, 5 / 72 / height, _wrapped(note, 2 * _LABEL_WIDTH + 8), color=_GREY, **_type(_SMALL - 1)
    )
    above_foot = Bbox([[0, 0 if note else _NOTE / 72], [width, height]])
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=200, bbox_inches=above_foot, metadata={"Software": None})
    foot.remove()
    return stream.getvalue()


def sentence(axes: Axes) -> str | None:
    """The sentence that a chart is where there was nothing to draw; None for a chart with bars."""
    return None if axes.patches else str(axes.get_label())


def _with_unit(amount: Decimal, language: str, signed: bool = False) -> str:
    return f"{money(amount, language, signed)} {label('unit.yuan', language)}"


def _with_share(amount: Decimal, share: Decimal | None, language: str) -> str:
    return _with_unit(amount, language) + (f" ({percent(share)})" if share is not None else "")


def _draw(chart: str, bars: Sequence[Bar], language: str, legend: Sequence[str] = ()) -> Axes:
    """Axes with all `bars`, or with one sentence where there are none."""
    if not bars:
        return _say(label(f"empty.{chart}", language))
    names = [_wrapped(bar.label) for bar in bars]
    heights = [_LINE * (text.count("\n") + 1) + _BAR + _GAP for text in names]
    axes = _axes(_TITLE + (_LEGEND if legend else 0), sum(heights), _AXIS + _NOTE)
    across = axes.get_yaxis_transform()
    look = _type(_TEXT) | {"va": "top", "color": _INK, "linespacing": _LINE / _TEXT / 1.15}
    look["bbox"] = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
    bottom = 0.0
    for bar, text, height in zip(bars, names, heights, strict=True):
        top, bottom = bottom, bottom + height
        axes.text(0, top, text, transform=across, **look)
        axes.text(1, top, bar.value, transform=across, ha="right", **look)
        parts = [(float(in_unit(amount, language)), key) for amount, key in bar.parts if amount is not None]
        _stack(axes, parts, bottom - _GAP - _BAR)
    words = [(key, label(f"key_figure.{key}", language)) for key in legend]
    _finish(axes, label(f"chart.{chart}", language), label("unit.yuan", language), words)
    return axes


def _say(text: str) -> Axes:
    axes = _axes(_GAP, 2 * _LINE, _NOTE)
    axes.set_label(text)
    axes.set_axis_off()
    axes.text(0, 0, _wrapped(text, 2 * _LABEL_WIDTH - 4), **_type(_TEXT), va="top")
    return axes


def _axes(above: float, height: float, below: float, left: float = _LEFT / _WIDTH) -> Axes:
    """Axes `height` points high whose y coordinates are points from their top; `left` of the width is before them."""
    whole = above + height + below
    figure = Figure(figsize=(_WIDTH / 72, whole / 72), facecolor="white")
    place = (left, below / whole, 1 - left - _RIGHT / _WIDTH, height / whole)
    return figure.add_axes(place, ylim=(height, 0))


def _stack(axes: Axes, parts: Sequence[tuple[float, str]], top: float) -> None:
    """Bars end to end from zero: positive amounts to the right, negative ones to the left."""
    ends = {True: 0.0, False: 0.0}
    for amount, key in parts:
        start = ends[amount >= 0]
        axes.barh(top, amount, left=start, height=_BAR, align="edge", color=COLOURS[key])
        ends[amount >= 0] = start + amount


def _finish(axes: Axes, title: str, unit: str, legend: Sequence[tuple[str, str]]) -> None:
    """Title, legend (colour key, words), and the x axis with its unit."""
    axes.set_title(title, loc="left", pad=10 + (_LEGEND if legend else 0), color=_INK, **_type(_TEXT + 2))
    if legend:
        handles = [Patch(color=COLOURS[key], label=words) for key, words in legend]
        axes.legend(
            handles=handles,
            loc="lower left",
            bbox_to_anchor=(0, 1),
            ncols=len(handles),
            frameon=False,
            prop=_font(_SMALL + 0.5),
            handlelength=1,
            handleheight=0.9,
            borderpad=0,
            borderaxespad=0.9,
        )
    axes.margins(x=0.02)
    axes.axvline(0, color=_GREY, linewidth=0.8)
    axes.grid(axis="x", color=_GRID, linewidth=0.7)
    axes.set_axisbelow(True)
    axes.spines[:].set_visible(False)
    axes.yaxis.set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}"))
    axes.tick_params(axis="x", length=0, labelsize=_SMALL, labelcolor=_GREY, labelfontfamily=FAMILY)
    axes.set_xlabel(unit, loc="right", color=_GREY, labelpad=1, **_type(_SMALL))


@cache
def _font(size: float) -> FontProperties:
    _glyphs()
    return FontProperties(family=FAMILY, size=size)


def _type(size: float) -> dict[str, Any]:
    """How text is set: the font with Chinese glyphs, and no `$` taken for a formula."""
    return {"fontproperties": _font(size), "parse_math": False}


@cache
def _glyphs() -> frozenset[int]:
    """The characters that the font can draw; the font is made known to matplotlib."""
    fontManager.addfont(font_file())
    return frozenset(get_font(str(font_file())).get_charmap())


def _drawable(text: str) -> str:
    return "".join(char if ord(char) in _glyphs() or char == "\n" else _MISSING_GLYPH for char in text)


def _wrapped(text: str, width: int = _LABEL_WIDTH) -> str:
    """`text` in lines of about `width` half-width characters, broken between words, long Chinese names anywhere."""
    lines, used = [""], 0
    for word in re.findall(_WORD, _drawable(text)):
        length = sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in word)
        if used + length > width and used:
            lines, used = [*lines, ""], 0
        if used or not word.isspace():
            lines[-1] += word
            used += length
    return "\n".join(line.rstrip() for line in lines)
