"""Where the money comes from and what of it everybody asks for: funds, three public expenses, the largest projects."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from budgetlib.definitions.amounts import in_words
from budgetlib.definitions.labels import item, label, name, percent
from budgetlib.report.charts.bars import Bar, draw_bars
from budgetlib.report.charts.canvas import WIDE

_WHOLE, _PARTS = "vehicles_purchase_and_running", ("vehicle_purchase", "vehicle_running")


def plot_revenue_by_fund(funds: pd.DataFrame, language: str, width: float = WIDE) -> Axes:
    """The frame of `revenue_by_fund`: a bar for each fund, the largest first."""
    rows = sorted(funds.to_dict("records"), key=lambda row: -row["amount_yuan"])
    bars = [_bar(item(row["item"], language), row, _share(row), language) for row in rows]
    return draw_bars("revenue_by_fund", bars, language, width)


def plot_three_public(items: pd.DataFrame, language: str, width: float = WIDE) -> Axes:
    """The frame of `three_public`: a bar for each item with its change, the largest first; vehicles in two parts."""
    parted = set(_PARTS) <= set(items.changed)
    rows = [row for row in items.to_dict("records") if row["changed"] not in ((_WHOLE,) if parted else _PARTS)]
    rows.sort(key=lambda row: -row["amount_yuan"])
    bars = [_bar(name("changed", row["changed"], language), row, _change(row, language), language) for row in rows]
    return draw_bars("three_public", bars, language, width)


def plot_largest_projects(projects: pd.DataFrame, language: str, width: float = WIDE) -> Axes:
    """The frame of `largest_projects`: a bar for each, the largest first."""
    again = projects.project.duplicated(keep=False)
    units = (" · " + projects.unit).fillna("")
    names = projects.project.where(~again, projects.project + units)
    rows = projects.assign(project=names).to_dict("records")
    bars = [_bar(row["project"], row, _share(row), language) for row in rows]
    return draw_bars("largest_projects", bars, language, width)


def _bar(shown: str, row: dict[Any, Any], more: str, language: str) -> Bar:
    value = in_words(row["amount_yuan"], language) + more
    return Bar(shown, value, [(row["amount_yuan"], "total")], row.get("href"))


def _share(row: dict[Any, Any]) -> str:
    return "" if row["share_pct"] is None else f" ({percent(row['share_pct'])})"


def _change(row: dict[Any, Any], language: str) -> str:
    if row["change_yuan"] is None:
        return ""
    if not row["change_yuan"]:
        return f" ({label('chart.unchanged', language)})"
    return f" ({in_words(row['change_yuan'], language, signed=True)})"
