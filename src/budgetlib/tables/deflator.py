"""A price index that the user supplies, for constant prices: `data/raw/deflator.csv`. None comes with the package."""

from __future__ import annotations

import csv
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pandas as pd

from budgetlib.core.errors import BadParameter

COLUMNS = ("year", "index")


def load_deflator(path: str | Path) -> pd.DataFrame:
    """The price index in the CSV file `path` (UTF-8): `year`, `index` (Decimal); no rows where there is no such file.

    Any base will do: only ratios of two years are used, and amounts are stated in prices of the report's year.

    Raises `BadParameter`, naming the line, for another header, a year that is none or stands twice, and an index that
    is no number above zero.
    """
    file = Path(path)
    if not file.is_file():
        return pd.DataFrame(columns=list(COLUMNS), dtype=object)
    found: dict[int, Decimal] = {}
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            rows = csv.reader(stream)
            header = tuple(name.strip() for name in next(rows, []))
            if header != COLUMNS:
                raise BadParameter(f"{file.name} has the columns {', '.join(header)}; it needs {', '.join(COLUMNS)}")
            for cells in rows:
                if any(cell.strip() for cell in cells):
                    year, index = _entry(f"{file.name}, line {rows.line_num}", cells)
                    if year in found:
                        raise BadParameter(f"{file.name}, line {rows.line_num}: year {year} stands twice; keep one")
                    found[year] = index
    except (UnicodeDecodeError, csv.Error) as fault:
        raise BadParameter(f"{file.name} is no CSV file in UTF-8 ({fault}); save it as one") from fault
    return pd.DataFrame(sorted(found.items()), columns=list(COLUMNS), dtype=object)


def _entry(where: str, cells: list[str]) -> tuple[int, Decimal]:
    if len(cells) != len(COLUMNS):
        raise BadParameter(f"{where} has {len(cells)} values; it needs two: {', '.join(COLUMNS)}")
    year, index = (cell.strip() for cell in cells)
    if not (year.isascii() and year.isdigit() and len(year) == 4):
        raise BadParameter(f"{where}: year is {year!r}; allowed: a year in four digits")
    try:
        value = Decimal(index)
    except InvalidOperation:
        value = Decimal("NaN")
    if not (value.is_finite() and value > 0):
        raise BadParameter(f"{where}: index is {index!r}; allowed: a number above zero, as 102.3")
    return int(year), value
