"""Tables → small result frames. Exact decimals; no paper, no files, no plots."""

from budgetlib.analysis.budget_execution import budget_execution, execution_years
from budgetlib.analysis.catalogue_changes import edition_changes
from budgetlib.analysis.catalogue_coverage import catalogue_coverage, catalogue_items, coverage_shares
from budgetlib.analysis.catalogue_edition import Guidance, guidance
from budgetlib.analysis.change import published_and_computed, published_functions, spending_change
from budgetlib.analysis.comparison import compare, compare_catalogue
from budgetlib.analysis.constant_prices import constant_prices
from budgetlib.analysis.data_quality import document_quality, failures, form_coverage, identity_quality
from budgetlib.analysis.key_figures import coverage, key_figures, sources
from budgetlib.analysis.procurement import (
    concentration,
    procured_projects,
    procurement_mix,
    procurement_standing,
    purchased_services,
)
from budgetlib.analysis.series import series, series_breaks
from budgetlib.analysis.similar_names import similar_names
from budgetlib.analysis.spending import basic_and_project, spending_by_function

__all__ = [
    "Guidance",
    "basic_and_project",
    "budget_execution",
    "catalogue_coverage",
    "catalogue_items",
    "compare",
    "compare_catalogue",
    "concentration",
    "constant_prices",
    "coverage",
    "coverage_shares",
    "document_quality",
    "edition_changes",
    "execution_years",
    "failures",
    "form_coverage",
    "guidance",
    "identity_quality",
    "key_figures",
    "procured_projects",
    "procurement_mix",
    "procurement_standing",
    "published_and_computed",
    "published_functions",
    "purchased_services",
    "series",
    "series_breaks",
    "similar_names",
    "sources",
    "spending_by_function",
    "spending_change",
]
