"""Figures read from pictures: which of them a sum confirms.

Sums are exact here: where rounding leaves a difference, or a character was misread, nothing is confirmed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import takewhile

from budgetlib.extraction.records import LineRecord, StatementRecord

_PARTS = (
    {"basic", "project"},
    {"personnel", "operating"},
    {"current_year", "carryover"},
    {"general_public_budget", "government_funds", "state_capital", "fiscal_special_account", "unit_funds", "carryover"},
)
"""Measures whose columns sum to the column `total`."""


def confirm_lines(lines: Sequence[LineRecord]) -> None:
    """Set `confirmed` of those lines of one form read from a picture that a sum confirms."""
    if all(line["source"] != "ocr" for line in lines):
        return
    for total, parts in _sums(lines):
        if parts and total["amount_yuan"] == sum(part["amount_yuan"] for part in parts):
            for line in (total, *parts):
                line["confirmed"] = line["confirmed"] is not None or None


def unconfirmed(lines: Iterable[LineRecord]) -> list[str]:
    """A sentence on the amounts of a form that no sum confirms; none where all are confirmed or given as text."""
    answers = [line["confirmed"] for line in lines if line["confirmed"] is not None]
    if all(answers):
        return []
    count = f"{answers.count(False)} of {len(answers)}"
    return [f"{count} amounts read from a picture are confirmed by no sum: look at the page"]


def confirm_statements(
    statements: Iterable[StatementRecord], lines: Iterable[LineRecord], sources: Mapping[int | None, str]
) -> None:
    """Set `source` of statements, and `confirmed` of those read from a picture: the same amount stands in a form.

    `sources` gives the source of each page.
    """
    known = {line["amount_yuan"] for line in lines if line["confirmed"] is not False}
    for statement in statements:
        statement["source"] = sources.get(statement["page"], "text")
        in_a_form = statement["value_unit"] == "yuan" and abs(statement["value"]) in known
        statement["confirmed"] = in_a_form if statement["source"] == "ocr" else None


def _sums(records: Sequence[LineRecord]) -> Iterator[tuple[LineRecord, list[LineRecord]]]:
    """What must be the sum of what, within one form: totals of leaves, codes of deeper codes, rows of their columns."""
    columns: dict[tuple[str, str], list[LineRecord]] = defaultdict(list)
    rows: dict[tuple[str, int], list[LineRecord]] = defaultdict(list)
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


def _groups(column: Sequence[LineRecord]) -> Iterator[tuple[LineRecord, list[LineRecord]]]:
    """Subtotals without codes: each may be the sum of the leaves that follow it, or of all leaves above it."""
    for i, head in enumerate(column):
        if head["row_kind"] == "subtotal" and not head["code"]:
            yield head, list(takewhile(lambda record: record["row_kind"] == "line", column[i + 1 :]))
            yield head, [record for record in column[:i] if record["row_kind"] == "line"]
