"""Published misprints that a researcher overrides: `corrections.csv` beside the manifest.

The tables keep what is printed. A correction names the figure, its old and its new value, why, and on what evidence.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from budgetlib.core.errors import BadParameter
from budgetlib.core.money import FACTORS, parse_number
from budgetlib.core.text import squeeze

CORRECTIONS_FILE = "corrections.csv"
COLUMNS = ("file", "form", "row", "section", "item", "measure", "old", "new", "reason", "evidence")
_NEEDED = ("file", "measure", "old", "new", "reason", "evidence")
_FIGURE = re.compile(r"(?P<number>[^%元万亿千个辆平]+)(?P<unit>万元|亿元|千元|元|%|个|辆|平方米)?")

Entry = Mapping[str, str]
Record = Mapping[str, Any]


def read_corrections(folder: Path) -> list[dict[str, str]]:
    """The rows of `corrections.csv` in `folder`, every column of `COLUMNS` there; none where there is no such file.

    Raises `BadParameter` where the file is not UTF-8.
    """
    path = folder / CORRECTIONS_FILE
    if not path.is_file():
        return []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [{column: (row.get(column) or "").strip() for column in COLUMNS} for row in csv.DictReader(file)]
    except UnicodeDecodeError as fault:
        raise BadParameter(f"{path} is not UTF-8 ({fault.reason}); save it as CSV UTF-8") from fault


def correction(entry: Entry, document_id: str | None, tables: Mapping[str, Sequence[Record]]) -> dict[str, Any]:
    """An `entry` as a record of the table `corrections`: applied, or refused with the reason.

    A figure of a form is named by `form`, `row` and `measure` as in the table `lines`, one of the narrative part by
    `section`, `measure` and `item` as in `statements`. `old` must be the figure as printed, so that no correction
    outlives what it corrects. `document_id` is None where the file that the entry names is not there.
    """
    record = _as_named(entry, document_id)
    fitting = (
        _lines(record, tables.get("lines", ())) if entry["form"] else _statements(record, tables.get("statements", ()))
    )
    found = next((figure for figure in fitting if _value(figure) == _meant(entry["old"], figure)), None)
    corrected = _meant(entry["new"], found) if found else None
    refusal = _refusal(entry, document_id, fitting, found, corrected)
    if found is None or refusal:
        return record | {"outcome": "refused", "message": refusal}
    return record | {
        "outcome": "applied",
        "code": found.get("code"),
        "item": found["item"],
        "page": found["page"],
        "published": _value(found),
        "corrected": corrected,
        "value_unit": found.get("value_unit", "yuan"),
    }


def _as_named(entry: Entry, document_id: str | None) -> dict[str, Any]:
    texts = {column: entry[column] or None for column in ("form", "item", "measure", "reason", "evidence")}
    numbers = {
        column: int(entry[column]) if re.fullmatch(r"[0-9]{1,9}", entry[column]) else None
        for column in ("row", "section")
    }
    return {"document_id": document_id, **texts, **numbers}


def _refusal(
    entry: Entry, document_id: str | None, fitting: Sequence[Record], found: Record | None, corrected: Decimal | None
) -> str | None:
    """Why an entry is not applied, and what to do; None where it is."""
    place = entry["form"] or f"section {entry['section'] or '?'}"
    where = f"{CORRECTIONS_FILE}: {entry['file'] or 'no file'}, {place}, {entry['measure'] or 'no measure'}"
    missing = [column for column in _NEEDED if not entry[column]]
    if missing:
        return f"{where}: {', '.join(missing)} is blank; fill in {', '.join(_NEEDED)}"
    if document_id is None:
        return f"{where}: there is no such file beside it; write the file's name as in the folder"
    if not fitting:
        return f"{where}: there is no such figure; take form, row, section, measure and item from the tables"
    if found is None:
        printed = ", ".join(f"{_value(figure).normalize():f}" for figure in fitting)
        return (
            f"{where}: old is {entry['old']!r}, printed is {printed} (in yuan, percent or pieces); write it as printed"
        )
    return None if corrected is not None else f"{where}: new is {entry['new']!r}; write a number"


def _lines(wanted: Record, lines: Iterable[Record]) -> list[Record]:
    keys = ("form", "row", "measure")
    return [line for line in lines if all(line[key] == wanted[key] for key in keys)]


def _statements(wanted: Record, statements: Iterable[Record]) -> list[Record]:
    keys = ("section", "measure")
    fitting = [figure for figure in statements if all(figure[key] == wanted[key] for key in keys)]
    return [figure for figure in fitting if not wanted["item"] or figure["item"] == wanted["item"]]


def _value(figure: Record) -> Decimal:
    value: Decimal = figure["amount_yuan"] if "amount_yuan" in figure else figure["value"]
    return value


def _meant(text: str, figure: Record) -> Decimal | None:
    """`text` as a value of `figure`: in the unit that it names, else in the one in which the figure is printed."""
    match = _FIGURE.fullmatch(squeeze(text))
    number = parse_number(match["number"]) if match else None
    if match is None or number is None:
        return None
    if figure.get("value_unit", "yuan") != "yuan":
        return number
    return number * FACTORS.get(match["unit"] or figure.get("published_unit", "万元"), Decimal(1))
