"""What a person decided about projects and the guidance catalogue: `data/raw/catalogue_matches.csv`."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd

from budgetlib.core.errors import BadParameter

COLUMNS = ("department", "fiscal_year", "unit", "project", "edition", "section", "code", "name", "reviewer", "note")
_REQUIRED = ("department", "fiscal_year", "project", "reviewer")


def load_matches(path: str | Path) -> pd.DataFrame:
    """The reviewed matches in the CSV file `path` (UTF-8), one row each; no rows where there is no such file.

    Columns: `department` (department_id or name as printed), `fiscal_year`, `unit` (empty: whichever), `project` as
    printed, `edition`, `section`, `code` and `name` of the item (empty: no item fits), `reviewer`, `note`. Empty is
    None.

    Raises `BadParameter`, naming the line, for another header, a missing value or a year that is none.
    """
    file = Path(path)
    if not file.is_file():
        return pd.DataFrame(columns=list(COLUMNS), dtype=object)
    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = csv.DictReader(stream)
        if tuple(rows.fieldnames or ()) != COLUMNS:
            raise BadParameter(f"{file.name} has the columns {rows.fieldnames}; it needs {', '.join(COLUMNS)}")
        records = [_record(file.name, rows.line_num, row) for row in rows]
    return pd.DataFrame(records, columns=list(COLUMNS), dtype=object)


def _record(file: str, line: int, row: dict[str, str]) -> dict[str, object]:
    values = {column: (row[column] or "").strip() or None for column in COLUMNS}
    if missing := [column for column in _REQUIRED if values[column] is None]:
        raise BadParameter(f"{file}, line {line}: {', '.join(missing)} is empty")
    if (values["code"] is None) != (values["name"] is None):
        raise BadParameter(f"{file}, line {line}: an item needs code and name; where none fits, leave both empty")
    year = str(values["fiscal_year"])
    if not (year.isascii() and year.isdigit()):
        raise BadParameter(f"{file}, line {line}: fiscal_year is {year!r}; allowed: a year in digits")
    return {**values, "fiscal_year": int(year)}
