"""Heat maps: budgets down, shares across, the deeper the colour the larger the share."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap

from budgetlib.definitions.columns import compared_shares
from budgetlib.definitions.labels import label
from budgetlib.report.charts.canvas import WIDE, Space, link, new_axes, say
from budgetlib.report.charts.typography import GREY, INK, SMALL, height, lettering, measure, wrapped

_HEAT = LinearSegmentedColormap.from_list("share", ["#eef3f8", "#1f4e79"])
_EDGE, _SPACE = 6.0, 8.0  # points at the edges, and beside names
_LEAST_ROW, _PADDING = 30.0, 9.0  # points of a row, and around its name
_NAMES = 0.3  # of the width, for the names of the rows
_NAME_LINES = 4  # of the name of a row; what is longer is cut
_TURN, _ACROSS, _UP = 50, 0.66, 0.8  # degrees of a turned head; the shares of its length that it takes across and up
_LINES = 3  # a head of more lines is turned
_DARK = 0.55  # a share from which its cell is so dark that its number is white


class Row(NamedTuple):
    """A name and a share in percent for each column, None where it is unknown."""

    label: str
    shares: Sequence[Decimal | None]
    href: str | None = None


def plot_comparison(comparison: pd.DataFrame, language: str, width: float = WIDE) -> Axes:
    """The shares of `compare`: a row for each budget, a column for each share, a dash where unknown."""
    shares = [column for column in compared_shares() if comparison[column.name].notna().any()]
    rows = [
        Row(
            f"{row['entity']} {row['fiscal_year']}",
            [None if pd.isna(row[column.name]) else row[column.name] for column in shares],
            row.get("href"),
        )
        for row in comparison.to_dict("records")
    ]
    heads = [column.short[language] for column in shares if column.short]
    return draw_heat("comparison", rows, heads, language, width)


def plot_catalogue_map(classes: pd.DataFrame, language: str, width: float = WIDE) -> Axes:
    """The frame of `compare_catalogue`: a row for each budget, a column for each class, last what is in none."""
    outside = label("heat.outside", language)
    heads = {
        (row["code"], row["name"]): f"{row['code']} {row['name'] or ''}".strip() if row["code"] else outside
        for row in classes.to_dict("records")
    }
    columns = sorted(heads, key=lambda key: (key[0] is None, key[0] or "", key[1] or ""))
    rows = []
    for (entity, year), of_budget in classes.groupby(["entity", "fiscal_year"], sort=False):
        shares = {(row["code"], row["name"]): row["share_pct"] for row in of_budget.to_dict("records")}
        href = next((address for address in of_budget.get("href", []) if address), None)
        rows.append(Row(f"{entity} {year}", [shares.get(column, Decimal(0)) for column in columns], href))
    return draw_heat("catalogue_map", rows, [heads[column] for column in columns], language, width)


def draw_heat(chart: str, rows: Sequence[Row], heads: Sequence[str], language: str, width: float) -> Axes:
    """Axes with all `rows` under their `heads`, or with the sentence `empty.<chart>` where there is nothing."""
    if not rows or not heads:
        return say(label(f"empty.{chart}", language), width)
    left = _EDGE + _NAMES * width + _SPACE
    names = [wrapped(row.label, _NAMES * width, SMALL, lines=_NAME_LINES) for row in rows]
    tall = [max(height(name, SMALL) + _PADDING, _LEAST_ROW) for name in names]
    cell = (width - left - _EDGE) / len(heads)
    level = [wrapped(head, cell - _EDGE, SMALL) for head in heads]
    turned = max(head.count("\n") for head in level) >= _LINES or any(measure(h, SMALL) > cell for h in level)
    # Turned heads rise to the right; the last one needs room beside the map.
    longest = max(measure(head, SMALL) for head in heads)
    right = _EDGE + (max(0.0, _ACROSS * longest - cell / 2) if turned else 0.0)
    above = _UP * longest + _PADDING if turned else max(height(head, SMALL) for head in level) + _PADDING
    axes = new_axes(chart, label(f"chart.{chart}", language), width, sum(tall), Space(above, 0, left, right))
    axes.set_xlim(0, len(heads))
    axes.set_axis_off()
    _heads(axes, heads if turned else level, turned)
    top = 0.0
    for row, name, high in zip(rows, names, tall, strict=True):
        text = axes.text(-_SPACE / cell, top + high / 2, name, ha="right", va="center", color=INK, **lettering(SMALL))
        link(text, row.href)
        _cells(axes, row, top, high)
        top += high
    return axes


def _heads(axes: Axes, heads: Sequence[str], turned: bool) -> None:
    look: dict[str, Any] = lettering(SMALL) | {"color": GREY, "va": "bottom"}
    look |= {"rotation": _TURN, "rotation_mode": "anchor", "ha": "left"} if turned else {"ha": "center"}
    for column, head in enumerate(heads):
        axes.text(column + 0.5, -4, head, **look)


def _cells(axes: Axes, row: Row, top: float, high: float) -> None:
    for column, share in enumerate(row.shares):
        depth = 0.0 if share is None else min(max(float(share) / 100, 0), 1)
        (patch,) = axes.barh(top, 1, left=column, height=high, align="edge", color=_HEAT(depth), edgecolor="white")
        link(patch, row.href)
        shown = "–" if share is None else f"{share:.0f}"
        ink = "white" if depth > _DARK else INK
        axes.text(column + 0.5, top + high / 2, shown, color=ink, ha="center", va="center", **lettering(SMALL))
