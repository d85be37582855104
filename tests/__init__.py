"""Tests, in folders that mirror `src/budgetlib`; `typesetting` makes the PDFs they read."""
