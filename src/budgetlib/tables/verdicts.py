"""What a person decided about findings: `findings.csv` beside the files, in which a row outlives no figure."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from budgetlib.core.money import parse_number
from budgetlib.core.user_csv import Entry, Values, put_entry, read_entries
from budgetlib.tables.schemas import CHECKS

VERDICTS_FILE = "findings.csv"
VERDICTS = next(column.allowed for column in CHECKS.columns if column.name == "verdict")
_KEY = ("file", "check", "form", "row", "page", "places", "published", "expected")
_FILLED = ("file", "check", "verdict", "reviewer")
COLUMNS = (*_KEY, "verdict", "reviewer", "note")

Key = tuple[Any, ...]


def read_verdicts(folder: Path) -> list[Entry]:
    """The rows of `findings.csv` in `folder`; none where there is no such file.

    A finding is named by `file` and, as the table `checks` has them, `check`, `form`, `row`, `page`, `places`,
    `published` and `expected`; `verdict` is one of `VERDICTS`, `note` may be blank.

    Raises `BadParameter` where the file cannot be used.
    """
    return read_entries(folder / VERDICTS_FILE, COLUMNS[:-1], ("note",), key=_KEY, filled=_FILLED, refusal=_refusal)


def write_verdict(folder: Path, file: str, finding: Mapping[Any, Any], verdict: str, reviewer: str, note: str) -> None:
    """A verdict on a `finding` (a row of the table `checks`) of a `file` in `folder`, in place of an earlier one.

    Raises `BadParameter` where what is there cannot be used.
    """
    named = {column: _written(finding[column]) for column in _KEY[1:]}
    decided = {"verdict": verdict, "reviewer": reviewer, "note": note}
    put_entry(folder / VERDICTS_FILE, COLUMNS, _KEY, {"file": file, **named, **decided})


def judged(checks: pa.Table, verdicts: Iterable[tuple[str, Values]]) -> pa.Table:
    """The table `checks` with the `verdicts`, each with its document; one that fits no finding any more is logged."""
    wanted = {_entry_key(document_id, values): values for document_id, values in verdicts}
    if not wanted:
        return checks
    rows = checks.to_pylist()
    for row in rows:
        if row["state"] == "fail" and (values := wanted.pop(_key(row), None)):
            row |= {column: values[column] for column in ("verdict", "reviewer")}
            row["verdict_note"] = values["note"] or None
    for values in wanted.values():
        logging.getLogger(__name__).warning(
            "%s: no finding of %s on page %s has these places and figures any more; the verdict is not used",
            values["file"],
            values["check"],
            values["page"] or "?",
        )
    return CHECKS.arrow(rows)


def _refusal(values: Values) -> str | None:
    if values["verdict"] in VERDICTS:
        return None
    return f"verdict is {values['verdict']!r}; allowed: {', '.join(VERDICTS)}"


def _key(row: Mapping[str, Any]) -> Key:
    return tuple(row[column] for column in ("document_id", *_KEY[1:]))


def _entry_key(document_id: str, values: Values) -> Key:
    texts = (values[column] or None for column in ("check", "form"))
    whole = (int(number) if (number := parse_number(values[column])) else None for column in ("row", "page"))
    figures = (parse_number(values[column]) for column in ("published", "expected"))
    return (document_id, *texts, *whole, values["places"] or None, *figures)


def _written(value: Any) -> str:
    if pd.isna(value):
        return ""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
