"""Figures read from pictures: which of them a sum confirms.

Sums are exact here: where rounding leaves a difference, or a character was misread, nothing is confirmed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Any

Record = dict[str, Any]

_PARTS = (
    {"basic", "project"},
    {"personnel", "operating"},
    {"current_year", "carryover"},
    {"general_public_budget", "government_funds", "state_capital", "fiscal_special_account", "unit_funds", "carryover"},
)
"""Measures whose columns sum to the column `total`."""


def mark(records: Sequence[Record], sources: Mapping[int | None, str]) -> None:
    """Set `source` of the lines of one form, and `confirmed` of those read from a picture.

    `sources` gives the source of each page. What is given as text needs no confirmation: it has None.
    """
    for record in records:
        record["source"] = sources.get(record["page"], "text")
        record["confirmed"] = False if record["source"] == "ocr" else None
    if all(record["source"] != "ocr" for record in records):
        return
    for total, parts in _sums(records):
        if parts and total["amount_yuan"] == sum(part["amount_yuan"] for part in parts):
            for record in (total, *parts):
                record["confirmed"] = record["confirmed"] is not None or None


def unconfirmed(records: Sequence[Record]) -> list[str]:
    """A sentence on the amounts of a form that no sum confirms; none where all are confirmed or given as text."""
    asked = [record for record in records if record["confirmed"] is not None]
    open_ = [record for record in asked if not record["confirmed"]]
    if not open_:
        return []
    return [f"{len(open_)} of {len(asked)} amounts read from a picture are confirmed by no sum: look at the page"]


def mark_statements(statements: Sequence[Record], lines: Iterable[Record], sources: Mapping[int | None, str]) -> None:
    """Set `source` of statements, and `confirmed` of those read from a picture: the same amount stands in a form."""
    known = {line["amount_yuan"] for line in lines if line["confirmed"] is not False}
    for statement in statements:
        statement["source"] = sources.get(statement["page"], "text")
        stands = statement["value_unit"] == "yuan" and abs(statement["value"]) in known
        statement["confirmed"] = stands if statement["source"] == "ocr" else None


def _sums(records: Sequence[Record]) -> Iterator[tuple[Record, list[Record]]]:
    """What must be the sum of what, within one form: totals of leaves, codes of deeper codes, rows of their columns."""
    columns: dict[tuple[str, str], list[Record]] = defaultdict(list)
    rows: dict[tuple[str, int], list[Record]] = defaultdict(list)
    for record in records:
        columns[record["side"], record["measure"]].append(record)
        rows[record["side"], record["row"]].append(record)
    for column in columns.values():
        leaves = [record for record in column if record["row_kind"] == "line"]
        yield from ((total, leaves) for total in column if total["row_kind"] == "total")
        for head in column:
            if code := head["code"]:
                yield (
                    head,
                    [r for r in column if r["code"] and len(r["code"]) == len(code) + 2 and r["code"].startswith(code)],
                )
        yield from _groups(column)
    for row in rows.values():
        by_measure = {record["measure"]: record for record in row}
        if "total" in by_measure:
            for parts in _PARTS:
                yield by_measure["total"], [by_measure[measure] for measure in sorted(parts & by_measure.keys())]


def _groups(column: Sequence[Record]) -> Iterator[tuple[Record, list[Record]]]:
    """Subtotals without codes: each may be the sum of the leaves that follow it, or of all leaves above it."""
    for i, head in enumerate(column):
        if head["row_kind"] == "subtotal" and not head["code"]:
            yield head, list(takewhile(lambda record: record["row_kind"] == "line", column[i + 1 :]))
            yield head, [record for record in column[:i] if record["row_kind"] == "line"]
