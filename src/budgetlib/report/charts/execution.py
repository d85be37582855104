"""What became of a budget over the years: plan and outcome, one bar below the other."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from budgetlib.definitions.amounts import in_words
from budgetlib.definitions.labels import label, percent
from budgetlib.report.charts.bars import Bar, draw_bars
from budgetlib.report.charts.canvas import WIDE

_STAGES = ("budget", "adjusted", "final")


def plot_budget_execution(years: pd.DataFrame, language: str, width: float = WIDE) -> Axes:
    """The frame of `execution_years`: each year's budget, adjusted budget and outcome, as far as they are known."""
    bars = []
    for row in years.to_dict("records"):
        for stage in _STAGES:
            amount = row[f"{stage}_yuan"]
            if amount is None:
                continue
            rate = row["rate_pct"] if stage == "final" else None
            value = in_words(amount, language) + ("" if rate is None else f" ({percent(rate)})")
            name = label(f"execution.{stage}", language, year=row["fiscal_year"])
            bars.append(Bar(name, value, [(amount, stage)], row.get("href")))
    return draw_bars("budget_execution", bars, language, width)
