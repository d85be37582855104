"""A price index that the user supplies, for constant prices: `data/raw/deflator.csv`. None comes with the package."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from budgetlib.core.money import parse_number
from budgetlib.core.user_csv import Values, read_entries, usable, year_refusal

COLUMNS = ("year", "index")


def load_deflator(path: str | Path) -> pd.DataFrame:
    """The price index in the CSV file `path`: `year`, `index` (Decimal); no rows where there is no such file.

    Any base will do: only ratios of two years are used, and amounts are stated in prices of the report's year.
    A row that cannot be used is logged and left out.

    Raises `BadParameter` where nothing in the file can be used.
    """
    entries = read_entries(Path(path), COLUMNS, key=("year",), filled=COLUMNS, refusal=_refusal)
    rows = sorted((int(values["year"]), parse_number(values["index"])) for values in usable(entries, required=True))
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)


def _refusal(values: Values) -> str | None:
    index = parse_number(values["index"])
    if index is None or index <= 0:
        return f"index is {values['index']!r}; allowed: a number above zero, as 102.3"
    return year_refusal(values, "year")
