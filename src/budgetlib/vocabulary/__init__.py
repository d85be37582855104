"""The words of the papers annexed to a disclosure as data: performance-target tables, the guidance catalogue.

A new wording is a new line of TOML; nothing here knows a page.
"""

from budgetlib.vocabulary.catalogue import CatalogueWords, catalogue_words
from budgetlib.vocabulary.performance import PerformanceWords, performance_words

__all__ = ["CatalogueWords", "PerformanceWords", "catalogue_words", "performance_words"]
