"""Rows of a form → lines: one record per printed amount, with its meaning, exact value and place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from budgetlib.core.money import to_yuan
from budgetlib.extraction.forms.recognise import Sheet
from budgetlib.extraction.forms.row_kinds import row_kinds
from budgetlib.extraction.forms.rows import Row, rows_of
from budgetlib.extraction.forms.titles import is_total


def _carry_units(rows: Sequence[Row]) -> None:
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


def _complete_codes(rows: Sequence[Row]) -> None:
    """Class, section and item printed in three columns become one code; what is left out is taken from above."""
    last: list[str] = ["", "", ""]
    for row in rows:
        if row.code is None or "|" not in row.code:
            continue
        parts = row.code.split("|")
        deepest = max(i for i, part in enumerate(parts) if part)
        parts = [parts[i] or (last[i] if i < deepest else "") for i in range(3)]
        last = [p if i <= deepest else "" for i, p in enumerate(parts)]
        whole = "".join(parts)
        row.code = whole if whole.isdigit() else None


def _join_fragments(rows: list[tuple[int, Row]], coded: bool) -> list[Row]:
    """A row cut by the end of a page is one row again: its rest has no code of its own.

    `rows` are paired with the number of the piece they open (0 where they do not open one).
    """
    joined: list[Row] = []
    for opens, row in rows:
        before = joined[-1] if joined else None
        if opens and before is not None and _is_rest(row, before, coded):
            before.printed += row.printed
            before.gov_item = (before.gov_item or "") + (row.gov_item or "") or None
            before.amounts += row.amounts
        else:
            joined.append(row)
    return joined


def _is_rest(row: Row, before: Row, coded: bool) -> bool:
    if row.panel != before.panel or row.code or is_total(row.item) or row.printed != row.item:
        return False
    if coded:
        return before.code is not None and not (row.amounts and before.amounts)
    return bool(row.printed) and bool(row.amounts) != bool(before.amounts)


def tidy(sheet: Sheet, units: Sequence[str] = ()) -> list[dict[str, Any]]:
    """The lines of one form as records of the table `lines` (without document_id).

    `units` are names of spending units known from elsewhere in the document. The sheet must have a unit.
    """
    if sheet.unit is None:
        raise ValueError(f"{sheet.title}: no unit")
    panels: dict[int, list[tuple[int, Row]]] = {}
    printed_order: list[Row] = []
    for opens, rows in rows_of(sheet):
        for row in rows:
            panels.setdefault(row.panel, []).append((opens, row))
            printed_order.append(row)
    kept: set[int] = set()
    for tagged in panels.values():
        _complete_codes([row for _, row in tagged])
        _carry_units([row for _, row in tagged])
        coded = sum(row.code is not None for _, row in tagged) * 2 > len(tagged)
        fragments = sheet.form.rows in ("projects", "units", "groups") or coded
        own = _join_fragments(tagged, coded) if fragments else [row for _, row in tagged]
        own = [row for row in own if row.amounts]
        kept |= set(map(id, own))
        row_kinds(own, sheet.form.rows, units)
    return list(_records(sheet, sheet.unit, [row for row in printed_order if id(row) in kept]))


def _records(sheet: Sheet, unit: str, rows: Sequence[Row]) -> Iterator[dict[str, Any]]:
    years = [int(row.period[:4]) for row in rows if re.match(r"20\d\d", row.period)]
    for number, row in enumerate(rows, 1):
        period = _period(row.period, max(years, default=0))
        for amount in row.amounts:
            box = amount.cell.box
            yield {
                "form": sheet.form.name,
                "side": row.side,
                "row": number,
                "row_kind": row.kind,
                "code": row.code,
                "item": row.item or sheet.form.label_zh,
                "gov_item": row.gov_item,
                "gov_code": row.gov_code,
                "economic_item": row.economic_item,
                "economic_code": row.economic_code,
                "unit": row.unit,
                "measure": f"{period}{amount.column.measure}",
                "amount_yuan": to_yuan(amount.number, unit),
                "published_text": amount.text,
                "published_unit": unit,
                "ocr_confidence": amount.cell.confidence,
                "page": amount.page,
                "x0": box.x0 if box else None,
                "top": box.top if box else None,
                "x1": box.x1 if box else None,
                "bottom": box.bottom if box else None,
            }


def _period(printed: str, latest: int) -> str:
    """`previous_year:` or `change:` where a row says that it is not about the budget year itself."""
    if "增减" in printed or "变化" in printed:
        return "change:"
    year = re.match(r"20\d\d", printed)
    return "previous_year:" if year and int(year[0]) < latest else ""
