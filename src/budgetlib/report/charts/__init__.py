"""Result frames → charts, with labels in Chinese or English. The only folder that knows matplotlib.

`plot_…(frame, language, width)` gives axes; `svg` and `png` make a picture of them, `sentence` says whether there was
nothing to draw. Two widths are meant: `WIDE` for a page, `NARROW` for a phone. Where a frame has a column `href`, what
is drawn of a row leads there in the SVG.
"""

from collections.abc import Callable

import pandas as pd
from matplotlib.axes import Axes

from budgetlib.report.charts.bars import COLOURS
from budgetlib.report.charts.budget import plot_basic_and_project, plot_procurement_mix, plot_spending_by_function
from budgetlib.report.charts.canvas import NARROW, WIDE, png, sentence, svg
from budgetlib.report.charts.execution import plot_budget_execution
from budgetlib.report.charts.heatmap import plot_catalogue_map, plot_comparison
from budgetlib.report.charts.line_panels import plot_series
from budgetlib.report.charts.waterfall import plot_project_change, plot_spending_change

Plot = Callable[[pd.DataFrame, str, float], Axes]
"""A result frame, a language and a width in points → a chart."""

__all__ = [
    "COLOURS",
    "NARROW",
    "WIDE",
    "Plot",
    "plot_basic_and_project",
    "plot_budget_execution",
    "plot_catalogue_map",
    "plot_comparison",
    "plot_procurement_mix",
    "plot_project_change",
    "plot_series",
    "plot_spending_by_function",
    "plot_spending_change",
    "png",
    "sentence",
    "svg",
]
