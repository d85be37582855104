"""Budget disclosures of Chinese government departments as exact, checkable tables."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from budgetlib.analysis import Guidance as Guidance
    from budgetlib.analysis import basic_and_project as basic_and_project
    from budgetlib.analysis import budget_execution as budget_execution
    from budgetlib.analysis import catalogue_coverage as catalogue_coverage
    from budgetlib.analysis import catalogue_items as catalogue_items
    from budgetlib.analysis import compare as compare
    from budgetlib.analysis import compare_catalogue as compare_catalogue
    from budgetlib.analysis import concentration as concentration
    from budgetlib.analysis import constant_prices as constant_prices
    from budgetlib.analysis import coverage as coverage
    from budgetlib.analysis import coverage_shares as coverage_shares
    from budgetlib.analysis import document_quality as document_quality
    from budgetlib.analysis import edition_changes as edition_changes
    from budgetlib.analysis import execution_years as execution_years
    from budgetlib.analysis import failures as failures
    from budgetlib.analysis import form_coverage as form_coverage
    from budgetlib.analysis import guidance as guidance
    from budgetlib.analysis import identity_quality as identity_quality
    from budgetlib.analysis import key_figures as key_figures
    from budgetlib.analysis import procured_projects as procured_projects
    from budgetlib.analysis import procurement_mix as procurement_mix
    from budgetlib.analysis import procurement_standing as procurement_standing
    from budgetlib.analysis import published_and_computed as published_and_computed
    from budgetlib.analysis import published_functions as published_functions
    from budgetlib.analysis import purchased_services as purchased_services
    from budgetlib.analysis import series as series
    from budgetlib.analysis import series_breaks as series_breaks
    from budgetlib.analysis import similar_names as similar_names
    from budgetlib.analysis import sources as sources
    from budgetlib.analysis import spending_by_function as spending_by_function
    from budgetlib.analysis import spending_change as spending_change
    from budgetlib.extraction.steps import Steps as Steps
    from budgetlib.pipeline import check as check
    from budgetlib.pipeline import parse as parse
    from budgetlib.pipeline import parse_document as parse_document
    from budgetlib.pipeline import read as read
    from budgetlib.report.charts import plot_basic_and_project as plot_basic_and_project
    from budgetlib.report.charts import plot_budget_execution as plot_budget_execution
    from budgetlib.report.charts import plot_catalogue_map as plot_catalogue_map
    from budgetlib.report.charts import plot_comparison as plot_comparison
    from budgetlib.report.charts import plot_procurement_mix as plot_procurement_mix
    from budgetlib.report.charts import plot_project_change as plot_project_change
    from budgetlib.report.charts import plot_series as plot_series
    from budgetlib.report.charts import plot_spending_by_function as plot_spending_by_function
    from budgetlib.report.charts import plot_spending_change as plot_spending_change
    from budgetlib.report.display import Display as Display
    from budgetlib.report.evidence import exhibits as exhibits
    from budgetlib.report.run import write_reports as write_reports
    from budgetlib.tables.corpus import Corpus as Corpus
    from budgetlib.tables.corpus import load as load
    from budgetlib.tables.deflator import load_deflator as load_deflator
    from budgetlib.tables.matches import load_matches as load_matches

__version__ = "0.1.0"

# The public names in the order of the flow, each with its module, which is imported when the name is first used:
# reading documents does not wait for the drawing of charts.
_PUBLIC = {
    "parse": "pipeline",
    "parse_document": "pipeline",
    "read": "pipeline",
    "check": "pipeline",
    "Steps": "extraction.steps",
    "load": "tables.corpus",
    "Corpus": "tables.corpus",
    "key_figures": "analysis",
    "basic_and_project": "analysis",
    "spending_by_function": "analysis",
    "spending_change": "analysis",
    "published_and_computed": "analysis",
    "published_functions": "analysis",
    "similar_names": "analysis",
    "load_deflator": "tables.deflator",
    "constant_prices": "analysis",
    "series": "analysis",
    "series_breaks": "analysis",
    "budget_execution": "analysis",
    "execution_years": "analysis",
    "procurement_mix": "analysis",
    "procurement_standing": "analysis",
    "concentration": "analysis",
    "procured_projects": "analysis",
    "purchased_services": "analysis",
    "load_matches": "tables.matches",
    "Guidance": "analysis",
    "guidance": "analysis",
    "catalogue_coverage": "analysis",
    "coverage_shares": "analysis",
    "catalogue_items": "analysis",
    "edition_changes": "analysis",
    "compare": "analysis",
    "compare_catalogue": "analysis",
    "coverage": "analysis",
    "failures": "analysis",
    "document_quality": "analysis",
    "identity_quality": "analysis",
    "form_coverage": "analysis",
    "sources": "analysis",
    "exhibits": "report.evidence",
    "plot_spending_by_function": "report.charts",
    "plot_basic_and_project": "report.charts",
    "plot_spending_change": "report.charts",
    "plot_project_change": "report.charts",
    "plot_series": "report.charts",
    "plot_budget_execution": "report.charts",
    "plot_procurement_mix": "report.charts",
    "plot_comparison": "report.charts",
    "plot_catalogue_map": "report.charts",
    "Display": "report.display",
    "write_reports": "report.run",
}


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PUBLIC[name]}"), name)


def __dir__() -> list[str]:
    return [*_PUBLIC, "__version__"]
