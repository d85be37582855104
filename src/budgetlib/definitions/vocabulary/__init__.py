"""The words of the papers annexed to a disclosure as data: performance tables, the catalogue, names of services.

A new wording is a new line of TOML; nothing here knows a page.
"""

from budgetlib.definitions.vocabulary.amounts import AmountWords, amount_words
from budgetlib.definitions.vocabulary.catalogue import CatalogueWords, EnclosureWords, catalogue_words, is_section_of
from budgetlib.definitions.vocabulary.performance import PerformanceWords, performance_words
from budgetlib.definitions.vocabulary.self_evaluation import SelfEvaluationWords, self_evaluation_words
from budgetlib.definitions.vocabulary.services import ServiceWords, service_words
from budgetlib.definitions.vocabulary.spending import SpendingWords, spending_words

__all__ = [
    "AmountWords",
    "CatalogueWords",
    "EnclosureWords",
    "PerformanceWords",
    "SelfEvaluationWords",
    "ServiceWords",
    "SpendingWords",
    "amount_words",
    "catalogue_words",
    "is_section_of",
    "performance_words",
    "self_evaluation_words",
    "service_words",
    "spending_words",
]
