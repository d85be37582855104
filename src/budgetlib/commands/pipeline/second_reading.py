"""A second pair of eyes: figures that do not add up are read by the other PDF reader before the paper is blamed."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any

from budgetlib.checks import failed_errors
from budgetlib.checks.loading import budgets_of
from budgetlib.core.money import FACTORS, numbers
from budgetlib.core.text import squeeze
from budgetlib.core.time_limit import time_limit
from budgetlib.extraction.document import SECONDS_PER_DOCUMENT
from budgetlib.extraction.records import Records
from budgetlib.pages.archive import unpacked
from budgetlib.pages.ink import READERS
from budgetlib.pages.model import Box
from budgetlib.pages.pdf import Writing, read_writing
from budgetlib.pages.sources import Source
from budgetlib.tables.locators import Locator
from budgetlib.tables.schemas import TABLES

Record = Mapping[str, Any]

_BEFORE, _BEHIND = r"(?:(?<![\d.,])|(?<=\.\d\d))", r"(?:(?![\d.,])|(?=\d[\d,]*\.\d\d(?!\d)))"


def read_twice(source: Source, records: Records, reader: str) -> Records:
    """The records of a document; what a second reader reads otherwise is not `confirmed`, and said in `pages`.

    Only what is a place of an error is read again, by the other of `READERS` than `reader`.
    """
    lines, statements = _doubted(records)
    wanted = {one["page"] for one in (*lines, *statements) if one["page"] and one["source"] == "text"}
    if not wanted:
        return records
    (other,) = READERS.keys() - {reader}
    try:
        late = TimeoutError(f"longer than {SECONDS_PER_DOCUMENT} s")
        with time_limit(SECONDS_PER_DOCUMENT, late), unpacked(source.path) as path:
            pages = {page.number: page for page in read_writing(path, source.password, other, wanted)}
    except Exception as error:  # noqa: BLE001 - what the second reader cannot read, the first one has read
        logging.getLogger(__name__).info("%s was not read by %s: %s", source.name, other, error)
        return records
    remarks: dict[int, list[str]] = {}
    for line in lines:
        if (page := pages.get(line["page"])) and not _is_printed(line["published_text"], page.at(_box(line))):
            line["confirmed"] = False
            remarks.setdefault(line["page"], []).append(f"{line['form']} row {line['row']} {line['published_text']}")
    for statement in statements:
        if (page := pages.get(statement["page"])) and not _is_stated(statement, page):
            statement["confirmed"] = False
            remark = f"section {statement['section']} {statement['measure']}"
            remarks.setdefault(statement["page"], []).append(remark)
    for page_record in records["pages"]:
        if different := remarks.get(page_record["page"]):
            remark = f"{other} reads otherwise: {', '.join(different)}"
            page_record["reason"] = f"{page_record['reason']}; {remark}" if page_record["reason"] else remark
    return records


def _doubted(records: Records) -> tuple[list[Any], list[Any]]:
    """The lines and statements that are places of an error."""
    rows = {
        table.name: [dict.fromkeys(table.schema.names) | row for row in records.get(table.name, [])] for table in TABLES
    }
    errors = (error for budget in budgets_of(rows) for error in failed_errors(budget))
    places = {place for error in errors for place in error.record()["places"].split()}
    lines = [line for line in records.get("lines", []) if f"{line['form']}:{line['row']}" in places]
    statements = [one for one in records.get("statements", []) if Locator.of(one).within(one["document_id"]) in places]
    return lines, statements


def _box(line: Record) -> Box:
    return Box(line["x0"], line["top"], line["x1"], line["bottom"])


def _is_printed(number: str, text: str) -> bool:
    """Whether a text holds a number, as printed and not as a part of another; two with all decimals may touch."""
    return re.search(f"{_BEFORE}{re.escape(squeeze(number))}{_BEHIND}", squeeze(text)) is not None


def _is_stated(statement: Record, page: Writing) -> bool:
    """Whether a page prints the number by which its sentence states a figure."""
    sentence, figure = squeeze(statement["sentence"]), abs(statement["value"])
    numbers_there = [
        (sentence[start:end], number * FACTORS.get(unit or "", 1)) for start, end, number, unit in numbers(sentence)
    ]
    written = [text for text, value in numbers_there if value == figure]
    return not written or _is_printed(min(written, key=len), page.text)
