"""Change against the year before as a waterfall: last year, what moved it, this year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes

from budgetlib.definitions.amounts import in_words
from budgetlib.definitions.labels import item, label
from budgetlib.report.charts.bars import Bar, draw_bars
from budgetlib.report.charts.canvas import WIDE

_MOST_STEPS = 12  # more do not fit a screen
_SMALL = Decimal("0.25")  # steps that all lie within this share of the totals are drawn on a cut axis


class _Step(NamedTuple):
    label: str
    change: Decimal
    href: str | None


def plot_spending_change(change: pd.DataFrame, language: str, width: float = WIDE) -> Axes:
    """The computed rows by function of `spending_change`, from last year's total to this year's."""
    return _waterfall("spending_change", change[change.dimension == "function"], language, width)


def plot_project_change(change: pd.DataFrame, language: str, width: float = WIDE) -> Axes:
    """The computed rows by project of `spending_change`, from last year's projects to this year's."""
    printed = change[(change.dimension == "project") & change.form.notna()]
    return _waterfall("project_change", printed, language, width)


def _waterfall(chart: str, change: pd.DataFrame, language: str, width: float) -> Axes:
    """Two years and a step for each row that changed, the largest first; small ones are summed into one step."""
    rows = change[change.basis == "computed"].to_dict("records")
    steps = _steps(rows, language)
    if not steps:
        return draw_bars(chart, [], language, width)
    before, now = (
        sum((row[year] or Decimal(0) for row in rows), Decimal(0)) for year in ("previous_yuan", "current_yuan")
    )
    year = int(rows[0]["previous_year"])
    first, last = (label(f"{chart}.total", language, year=one) for one in (year, year + 1))
    bars, end, reached = [_year(first, before, language)], before, [before, now]
    for step in steps:
        key = "decrease" if step.change < 0 else "increase"
        bars.append(Bar(step.label, in_words(step.change, language, signed=True), [(step.change, key)], step.href, end))
        end += step.change
        reached.append(end)
    return draw_bars(chart, [*bars, _year(last, now, language)], language, width, least=_least(reached))


def _steps(rows: Sequence[dict[Any, Any]], language: str) -> list[_Step]:
    steps = [_Step(_name(row, language), row["change_yuan"], row.get("href")) for row in rows if row["change_yuan"]]
    steps.sort(key=lambda step: -abs(step.change))
    if len(steps) <= _MOST_STEPS:
        return steps
    rest = steps[_MOST_STEPS:]
    others = label("dimension.others", language, count=len(rest))
    return [*steps[:_MOST_STEPS], _Step(others, sum((step.change for step in rest), Decimal(0)), None)]


def _name(row: Mapping[Any, Any], language: str) -> str:
    """What a row is about; with the year before's name where the same code had another."""
    named = item(row["item"], language, row["code"])
    before = row.get("previous_item")
    return label("change.retitled", language, item=named, before=before) if before else named


def _year(name: str, total: Decimal, language: str) -> Bar:
    return Bar(name, in_words(total, language), [(total, "year")])


def _least(reached: Sequence[Decimal]) -> Decimal:
    """Where the axis begins: at zero, or, where all that is reached lies close together, below the least of it."""
    low, high = min(reached), max(reached)
    if low <= 0 or high - low > _SMALL * high:
        return Decimal(0)
    return low - (high - low) / 2
