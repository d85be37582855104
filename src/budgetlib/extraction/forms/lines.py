"""Rows of a form → lines: one record per printed amount, with its meaning, exact value and place."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from budgetlib.core.money import to_yuan
from budgetlib.definitions.measures import CHANGE, PREVIOUS_YEAR
from budgetlib.extraction.forms.recognise import FormTable
from budgetlib.extraction.forms.row_codes import complete_codes
from budgetlib.extraction.forms.row_kinds import row_kinds
from budgetlib.extraction.forms.rows import PrintedRow, rows_of
from budgetlib.extraction.forms.titles import is_total
from budgetlib.extraction.records import LineRecord, spot_columns


def _carry_units(rows: Sequence[PrintedRow]) -> None:
    """A spending unit printed once stands for the rows below it."""
    last: str | None = None
    for row in rows:
        if is_total(row.item):
            last = None
        elif row.unit_heads:
            last = row.printed
        elif row.unit is None and last is not None:
            if row.printed:
                row.unit = last
            else:
                row.printed = last
        last = row.unit or last


def _join_fragments(rows: Sequence[PrintedRow], coded: bool) -> list[PrintedRow]:
    """A row cut by the end of a page is one row again: its continuation has no code of its own."""
    joined: list[PrintedRow] = []
    for row in rows:
        before = joined[-1] if joined else None
        if row.opens and before is not None and _is_continuation(row, before, coded):
            before.printed += row.printed
            before.gov_item = (before.gov_item or "") + (row.gov_item or "") or None
            before.amounts += row.amounts
        else:
            joined.append(row)
    return joined


def _is_continuation(row: PrintedRow, before: PrintedRow, coded: bool) -> bool:
    if row.code or is_total(row.item) or row.printed != row.item:
        return False
    if coded:
        return before.code is not None and not (row.amounts and before.amounts)
    return bool(row.printed) and bool(row.amounts) != bool(before.amounts)


def form_lines(
    table: FormTable, money_unit: str, spending_units: Sequence[str] = ()
) -> tuple[list[LineRecord], list[str]]:
    """The lines of one form, its amounts in `money_unit`, and remarks on cells that hold no amount.

    `spending_units` are names known from elsewhere in the document.
    """
    panels: dict[tuple[int, str], list[PrintedRow]] = defaultdict(list)
    remarks: list[str] = []
    for row in rows_of(table, money_unit):
        remarks += row.remarks
        if row.printed or row.amounts:
            panels[row.panel, row.stage].append(row)
    with_amounts: list[PrintedRow] = []
    for rows in panels.values():
        complete_codes(rows)
        _carry_units(rows)
        coded = sum(row.code is not None for row in rows) * 2 > len(rows)
        if coded or table.form.rows in ("projects", "units", "groups"):
            rows = _join_fragments(rows, coded)
        rows = [row for row in rows if row.amounts]
        remarks += row_kinds(rows, table.form.rows, spending_units)
        with_amounts += rows
    return list(_records(table, money_unit, sorted(with_amounts, key=lambda row: row.position))), remarks


def _records(table: FormTable, money_unit: str, rows: Sequence[PrintedRow]) -> Iterator[LineRecord]:
    years = [int(row.period[:4]) for row in rows if re.match(r"20\d\d", row.period)]
    for number, row in enumerate(rows, 1):
        period = _period(row.period, max(years, default=0))
        for amount in row.amounts:
            yield {
                "form": table.form.name,
                "side": row.side,
                "row": number,
                "row_kind": row.kind,
                "stage": row.stage or None,
                "code": row.code,
                "item": row.item or table.form.label_zh,
                "gov_item": row.gov_item,
                "gov_code": row.gov_code,
                "economic_item": row.economic_item,
                "economic_code": row.economic_code,
                "unit": row.unit,
                "measure": f"{period}{amount.column.measure}",
                "amount_yuan": to_yuan(amount.number, money_unit),
                "published_text": amount.text,
                "published_unit": money_unit,
                "source": amount.source,
                "confirmed": False if amount.source == "ocr" else None,
                "ocr_confidence": amount.cell.confidence,
                "page": amount.page,
                **spot_columns(amount.cell.spot),
            }


def _period(printed: str, latest: int) -> str:
    """`PREVIOUS_YEAR` or `CHANGE` where a row says that it is not about the budget year itself."""
    if re.search(r"增减|变化|比", printed):
        return CHANGE
    year = re.match(r"20\d\d", printed)
    return PREVIOUS_YEAR if year and int(year[0]) < latest else ""
