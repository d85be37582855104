"""What a person decided about projects and the guidance catalogue: `data/raw/catalogue_matches.csv`."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from budgetlib.core.user_csv import Values, put_entry, read_entries, usable, year_refusal

COLUMNS = ("department", "fiscal_year", "unit", "project", "edition", "section", "code", "name", "reviewer", "note")
_NEEDED = ("department", "fiscal_year", "project", "code", "name", "reviewer")
_KEY = ("department", "fiscal_year", "unit", "project")
_FILLED = ("department", "fiscal_year", "project", "reviewer")


def load_matches(path: str | Path) -> pd.DataFrame:
    """The reviewed matches in the CSV file `path`, one row each; no rows where there is no such file.

    Columns: `department` (department_id or name as printed), `fiscal_year`, `unit` (empty: whichever), `project` as
    printed, `edition`, `section`, `code` and `name` of the item (empty: no item fits), `reviewer`, `note`. Empty is
    None. A row that cannot be used is logged and left out.

    Raises `BadParameter` where nothing in the file can be used.
    """
    optional = [column for column in COLUMNS if column not in _NEEDED]
    entries = read_entries(Path(path), _NEEDED, optional, key=_KEY, filled=_FILLED, refusal=_refusal)
    records = [
        {column: value or None for column, value in values.items()} | {"fiscal_year": int(values["fiscal_year"])}
        for values in usable(entries, required=True)
    ]
    return pd.DataFrame(records, columns=list(COLUMNS), dtype=object)


def write_match(path: Path, match: Values) -> None:
    """A `match` (a value for each of `COLUMNS`) in the CSV file `path`, in place of an earlier one of its project.

    Raises `BadParameter` where what is there cannot be used.
    """
    put_entry(path, COLUMNS, _KEY, match)


def _refusal(values: Values) -> str | None:
    if bool(values["code"]) != bool(values["name"]):
        return "an item needs code and name; where none fits, leave both empty"
    return year_refusal(values, "fiscal_year")
