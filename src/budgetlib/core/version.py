"""The version of budgetlib, as installed."""

from importlib.metadata import version

__version__ = version("budgetlib")
