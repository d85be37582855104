"""One budget in charts: by function, by kind of expenditure, by kind of procurement."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
from matplotlib.axes import Axes

from budgetlib.definitions.amounts import in_words
from budgetlib.definitions.labels import item, name, percent
from budgetlib.report.charts.bars import Bar, draw_bars
from budgetlib.report.charts.canvas import WIDE

_BASIC_AND_PROJECT = ("basic", "project")
_ROUNDING = Decimal("0.001")  # of the longest bar: what is less is no part of its own


def plot_spending_by_function(functions: pd.DataFrame, language: str, width: float = WIDE) -> Axes:
    """The frame of `spending_by_function`: each total with its basic and project part, the largest first."""
    rows = functions[functions.total_yuan.notna()].to_dict("records")
    rows.sort(key=lambda row: -row["total_yuan"])
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
            row.get("href"),
        )
        for row in rows
    ]
    return draw_bars("spending_by_function", bars, language, width, parts)


def plot_spending_by_kind(kinds: pd.DataFrame, language: str, width: float = WIDE) -> Axes:
    """The frame of `spending_by_kind`: a bar for each, basic expenditure split where personnel and operating add up."""
    split = bool(kinds.personnel_yuan.notna().any())
    bars = [
        Bar(
            item(row["item"], language),
            _with_share(row["amount_yuan"], row["share_pct"], language),
            [(row["personnel_yuan"], "personnel"), (row["operating_yuan"], "operating")]
            if row["kind"] == "basic" and split
            else [(row["amount_yuan"], row["kind"] if row["kind"] in _BASIC_AND_PROJECT else "rest")],
            row.get("href"),
        )
        for row in kinds.to_dict("records")
    ]
    drawn = dict.fromkeys(key for bar in bars for _, key in bar.parts)
    legend = tuple(drawn) if split else ()
    return draw_bars("spending_by_kind", bars, language, width, legend)


def plot_procurement_mix(mix: pd.DataFrame, language: str, width: float = WIDE) -> Axes:
    """The frame of `procurement_mix`: one bar for each kind, the largest first."""
    bars = [
        Bar(
            name("kind", row["kind"], language),
            _with_share(row["amount_yuan"], row["share_pct"], language),
            [(row["amount_yuan"], "total")],
            row.get("href"),
        )
        for row in sorted(mix.to_dict("records"), key=lambda row: -row["amount_yuan"])
    ]
    return draw_bars("procurement_mix", bars, language, width)


def _with_share(amount: Decimal, share: Decimal | None, language: str) -> str:
    words = in_words(amount, language)
    return words if share is None else f"{words} ({percent(share)})"
