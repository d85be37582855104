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

from budgetlib.money import FACTORS, parse_number
from budgetlib.text import squeeze

CORRECTIONS_FILE = "corrections.csv"
COLUMNS = ("file", "form", "row", "section", "item", "measure", "old", "new", "reason", "evidence")
_NEEDED = ("file", "measure", "old", "new", "reason", "evidence")
_FIGURE = re.compile(r"(?P<number>[^%元万亿千个辆]+)(?P<unit>万元|亿元|千元|元|%|个|辆|平方米)?")

Record = Mapping[str, Any]


def read_corrections(folder: Path) -> list[dict[str, str]]:
    """The rows of `corrections.csv` in `folder`, every column of `COLUMNS` there; none where there is no such file."""
    path = folder / CORRECTIONS_FILE
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [{column: (row.get(column) or "").strip() for column in COLUMNS} for row in csv.DictReader(file)]


def correction(entry: Mapping[str, str], document_id: str, tables: Mapping[str, Sequence[Record]]) -> dict[str, Any]:
    """An `entry` as a record of the table `corrections`: applied, or refused with the reason.

    A figure of a form is named by `form`, `row` and `measure` as in the table `lines`, one of the narrative part by
    `section`, `measure` and `item` as in `statements`. `old` must be the figure as printed, so that no correction
    outlives what it corrects.
    """
    record: dict[str, Any] = {
        "document_id": document_id,
        "form": entry["form"] or None,
        "row": _whole(entry["row"]),
        "section": _whole(entry["section"]),
        "measure": entry["measure"] or None,
        "item": entry["item"] or None,
        "reason": entry["reason"] or None,
        "evidence": entry["evidence"] or None,
        "outcome": "refused",
    }
    where = f"{CORRECTIONS_FILE}, {entry['file'] or 'no file'}, {entry['form'] or 'section ' + entry['section']}"
    if missing := [column for column in _NEEDED if not entry[column]]:
        return record | {"message": f"{where}: {', '.join(missing)} is blank; fill in {', '.join(_NEEDED)}"}
    fitting = (
        _lines(record, tables.get("lines", ())) if record["form"] else _statements(record, tables.get("statements", ()))
    )
    old, new = (_values(entry[key], fitting) for key in ("old", "new"))
    found = [figure for figure, value in zip(fitting, old, strict=True) if value == _value(figure)]
    if not found:
        printed = ", ".join(str(_value(figure).normalize()) for figure in fitting) or "no such figure"
        return record | {
            "message": f"{where}: the figure is not {entry['old']} but {printed} (yuan, percent or count); "
            "take form, row, section, measure and item from the tables and old from the document"
        }
    value = new[fitting.index(found[0])]
    if value is None:
        return record | {
            "message": f"{where}: new is {entry['new']!r}; write a number, with its unit or in that of the form"
        }
    return record | {
        "outcome": "applied",
        "code": found[0].get("code"),
        "item": found[0]["item"],
        "page": found[0]["page"],
        "published": _value(found[0]),
        "corrected": value,
        "value_unit": found[0].get("value_unit", "yuan"),
    }


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None


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


def _values(text: str, figures: Sequence[Record]) -> list[Decimal | None]:
    """`text` as a value of each of `figures`: in the unit that it names, else in the one that they are printed in."""
    match = _FIGURE.fullmatch(squeeze(text))
    number = parse_number(match["number"]) if match else None
    if match is None or number is None:
        return [None] * len(figures)
    factors = [
        FACTORS.get(match["unit"] or figure.get("published_unit", "万元"), Decimal(1))
        if figure.get("value_unit", "yuan") == "yuan"
        else Decimal(1)
        for figure in figures
    ]
    return [number * factor for factor in factors]
