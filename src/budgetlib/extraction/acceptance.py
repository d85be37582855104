"""Which forms of a document are its own: of its publisher, of its year, and in which unit of money."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from budgetlib.core.money import FACTORS
from budgetlib.extraction.forms.lines import tidy
from budgetlib.extraction.forms.recognise import Sheet
from budgetlib.extraction.identity import Identity, is_another


def settle(sheets: Sequence[Sheet], who: Identity) -> list[tuple[Sheet, str]]:
    """Which year and unit each form is in; a form whose amounts cannot be taken is refused with the reason.

    A form that names another department or unit is a stranger: it is refused, so that nothing is mixed.
    A form for another year is refused where the document has the same form for its own year; alone it is
    taken for a misprint and said. A unit that a form does not print is settled by its total.
    """
    refused: list[tuple[Sheet, str]] = []
    own_year = {sheet.form.name for sheet in sheets if sheet.year == who.fiscal_year}
    without_unit = [sheet for sheet in sheets if sheet.unit is None]
    totals = {t for sheet in sheets if without_unit and sheet.unit for t in _totals(sheet, sheet.unit)}
    for sheet in sheets:
        if is_another(sheet.entity, who.entity):
            refused.append((sheet, f"is of {sheet.entity}, the document of {who.entity}; parse it as its own file"))
            continue
        if sheet.year and who.fiscal_year and sheet.year != who.fiscal_year:
            if sheet.form.name in own_year:
                refused.append(
                    (sheet, f"is for {sheet.year}, the document for {who.fiscal_year}; parse it as its own file")
                )
                continue
            sheet.notes.append(f"its title says {sheet.year}, the document is for {who.fiscal_year}")
        if sheet.unit is None:
            fitting = [unit for unit in FACTORS if totals & set(_totals(sheet, unit))]
            if len(fitting) == 1:
                sheet.unit = fitting[0]
                sheet.notes.append(f"states no unit; its total is that of another form in {fitting[0]}")
            elif any(amount for _, amount in _amounts(sheet, "元")):
                refused.append((sheet, "states no unit, and no total of another form settles it"))
            else:
                sheet.unit = "元"
    return refused


def pages_of_other_years(
    sheets: Sequence[Sheet], refused: Sequence[tuple[Sheet, str]], own_year: int | None, count: int
) -> dict[int, str]:
    """Pages that go with forms of another year, by index, and why: from such a form to the next of the own year."""
    why = {id(sheet): reason for sheet, reason in refused if sheet.year and sheet.year != own_year}
    opens = {sheet.pieces[0].page_index: why.get(id(sheet)) for sheet in sheets if sheet.year}
    strangers: dict[int, str] = {}
    current = opens[min(opens)] if opens else None
    for index in range(count):
        current = opens.get(index, current)
        if current:
            strangers[index] = f"goes with forms of another year: {current}"
    return strangers


def _totals(sheet: Sheet, unit: str) -> list[Decimal]:
    """The non-zero totals of a form if it were in `unit`."""
    return [amount for is_total, amount in _amounts(sheet, unit) if is_total and amount]


def _amounts(sheet: Sheet, unit: str) -> list[tuple[bool, Decimal]]:
    """The amounts of a form if it were in `unit`, and whether each is its total."""
    stated, sheet.unit = sheet.unit, unit
    try:
        rows = tidy(sheet)
    finally:
        sheet.unit = stated
        sheet.remarks.clear()
    return [(row["row_kind"] == row["measure"] == "total", row["amount_yuan"]) for row in rows]
