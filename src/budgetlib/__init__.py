"""Budget disclosures of Chinese government departments as exact, checkable tables."""

__version__ = "0.1.0"
