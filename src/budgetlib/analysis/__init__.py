"""Tables → small result frames. Exact decimals; no paper, no files, no plots."""

from budgetlib.analysis.change import spending_change
from budgetlib.analysis.overview import coverage, key_figures, sources
from budgetlib.analysis.procurement import procurement_mix
from budgetlib.analysis.spending import spending_by_function

__all__ = ["coverage", "key_figures", "procurement_mix", "sources", "spending_by_function", "spending_change"]
