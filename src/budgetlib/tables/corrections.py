"""Published misprints that a researcher overrides: `corrections.csv` beside the manifest.

The tables keep what is printed. A correction names the figure, its old and its new value, why, and on what evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from budgetlib.core.money import FACTORS, parse_number
from budgetlib.core.text import squeeze
from budgetlib.core.user_csv import Entry, Values, read_entries

CORRECTIONS_FILE = "corrections.csv"
_NEEDED = ("file", "measure", "old", "new", "reason", "evidence")
_PLACE = ("form", "row", "section", "item")
COLUMNS = (*_NEEDED, *_PLACE)
_FIGURE = re.compile(r"(?P<number>[^%元万亿千个辆平]+)(?P<unit>万元|亿元|千元|元|%|个|辆|平方米)?")

Record = Mapping[str, Any]


class Figures(NamedTuple):
    """The column of a table that holds its figures, and the columns that tell one from another in a document."""

    column: str
    keys: tuple[str, ...]


FIGURES = {
    "lines": Figures("amount_yuan", ("form", "row", "measure")),
    "statements": Figures("value", ("section", "measure")),
}
"""What can be corrected."""


def read_corrections(folder: Path) -> list[Entry]:
    """The rows of `corrections.csv` in `folder`; none where there is no such file.

    Raises `BadParameter` where the file cannot be used.
    """
    return read_entries(folder / CORRECTIONS_FILE, _NEEDED, _PLACE, key=("file", "measure", "old", *_PLACE))


def correction(entry: Entry, document_id: str | None, tables: Mapping[str, Sequence[Record]]) -> dict[str, Any]:
    """An `entry` as a record of the table `corrections`: applied, or refused with the reason.

    A figure of a form is named by `form`, `row` and `measure` as in the table `lines`, one of the narrative part by
    `section`, `measure` and `item` as in `statements`. `old` must be the figure as printed, so that no correction
    outlives what it corrects. `document_id` is None where the file that the entry names is not there.
    """
    values = entry.values
    record = _as_named(values, document_id)
    table = "lines" if values["form"] else "statements"
    fitting = _fitting(record, tables.get(table, ()), FIGURES[table].keys)
    printed = next((figure for figure in fitting if _value(figure) == _meant(values["old"], figure)), None)
    corrected = _meant(values["new"], printed) if printed else None
    refusal = entry.fault or _refusal(entry, document_id, fitting, printed, corrected)
    if printed is None or refusal:
        return record | {"outcome": "refused", "message": refusal}
    return record | {
        "outcome": "applied",
        "code": printed.get("code"),
        "item": printed["item"],
        "page": printed["page"],
        "published": _value(printed),
        "corrected": corrected,
        "value_unit": printed.get("value_unit", "yuan"),
    }


def _as_named(values: Values, document_id: str | None) -> dict[str, Any]:
    texts = {column: values[column] or None for column in ("form", "item", "measure", "reason", "evidence")}
    numbers = {
        column: int(values[column]) if re.fullmatch(r"[0-9]{1,9}", values[column]) else None
        for column in ("row", "section")
    }
    return {"document_id": document_id, **texts, **numbers}


def _refusal(
    entry: Entry, document_id: str | None, fitting: Sequence[Record], printed: Record | None, corrected: Decimal | None
) -> str | None:
    """Why an entry is not applied, and what to do; None where it is."""
    values = entry.values
    place = values["form"] or f"section {values['section'] or '?'}"
    where = f"{entry.where}: {values['file'] or 'no file'}, {place}, {values['measure'] or 'no measure'}"
    missing = [column for column in _NEEDED if not values[column]]
    if missing:
        return f"{where}: {', '.join(missing)} is blank; fill in {', '.join(_NEEDED)}"
    if document_id is None:
        return f"{where}: there is no such file beside it; write the file's name as in the folder"
    if not fitting:
        return f"{where}: there is no such figure; take form, row, section, measure and item from the tables"
    if printed is None:
        there = ", ".join(f"{_value(figure).normalize():f}" for figure in fitting)
        return (
            f"{where}: old is {values['old']!r}, printed is {there} (in yuan, percent or pieces); write it as printed"
        )
    return None if corrected is not None else f"{where}: new is {values['new']!r}; write a number"


def _fitting(wanted: Record, figures: Iterable[Record], keys: Sequence[str]) -> list[Record]:
    """The figures that have what is `wanted` in `keys`; of those of the narrative part also the item, where one is."""
    named = (*keys, "item") if "section" in keys and wanted["item"] else keys
    return [figure for figure in figures if all(figure[key] == wanted[key] for key in named)]


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
