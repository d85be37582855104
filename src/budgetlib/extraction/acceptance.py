"""Which forms of a document are its own: of its publisher, of its year, and in which unit of money."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from decimal import Decimal

from budgetlib.core.money import FACTORS
from budgetlib.extraction.forms.header import FormColumn, is_numbering
from budgetlib.extraction.forms.lines import form_lines
from budgetlib.extraction.forms.recognise import FormTable
from budgetlib.extraction.forms.rows import amount_cell
from budgetlib.extraction.forms.titles import is_total
from budgetlib.extraction.forms.unruled import left_out
from budgetlib.extraction.identity import Identity, is_another
from budgetlib.extraction.page_log import FormReading
from budgetlib.pages.model import Page

_FEWEST_BOUND_IN = 4
"""So many forms of another kind are a document bound in with this one."""


def accept(tables: Sequence[FormTable], identity: Identity, pages: Sequence[Page]) -> list[FormReading]:
    """For each form the money unit in which it is accepted, or the reason why it is refused.

    A form that names another department or unit is refused, so that nothing is mixed. A form for another year is
    refused where the document has the same form for its own year; alone it is taken for a misprint and said. A form
    that no rules divide is refused where a row of it on `pages` went into no grid, any where one header stands over
    several amounts of a row. A money unit that a form does not print is settled by its total, where another form has
    it as a total of its own.
    """
    of_the_year = {table.form.name for table in tables if table.year == identity.fiscal_year}
    settling = [table for table in tables if table.money_unit] if any(not table.money_unit for table in tables) else []
    totals = {total for table in settling for total in _totals(table, str(table.money_unit), ("total", "subtotal"))}
    return [
        FormReading(table, refusal=f"no rules divide it, and not all of its rows were read, such as {row[:60]}")
        if row
        else _accepted(table, identity, table.form.name in of_the_year, totals)
        for table, row in zip(tables, left_out(tables, pages), strict=True)
    ]


def _accepted(table: FormTable, identity: Identity, has_own_year: bool, totals: set[Decimal]) -> FormReading:
    notes: tuple[str, ...] = ()
    if is_another(table.entity, identity.entity):
        reason = f"is of {table.entity}, the document of {identity.entity}; parse it as its own file"
        return FormReading(table, refusal=reason)
    if header := _header_of_several(table):
        return FormReading(table, refusal=f"no rule divides the header {header}, which stands over several amounts")
    if table.year and identity.fiscal_year and table.year != identity.fiscal_year:
        if has_own_year:
            reason = f"is for {table.year}, the document for {identity.fiscal_year}; parse it as its own file"
            return FormReading(table, refusal=reason)
        notes = (f"its title says {table.year}, the document is for {identity.fiscal_year}",)
    if table.money_unit:
        return FormReading(table, table.money_unit, notes=notes)
    fitting = [unit for unit in FACTORS if totals & set(_totals(table, unit))]
    if len(fitting) == 1:
        settled = f"states no unit; its total is that of another form in {fitting[0]}"
        return FormReading(table, fitting[0], notes=(*notes, settled))
    if any(line["amount_yuan"] for line in form_lines(table, "元")[0]):
        return FormReading(table, refusal="states no unit, and no total of another form settles it", notes=notes)
    return FormReading(table, "元", notes=notes)


def _header_of_several(table: FormTable) -> str | None:
    """The header in one cell under which a row prints several amounts side by side; None where each has its own."""
    piece = table.pieces[0]
    if not table.header_rows:
        return None
    words = piece.body - (2 if is_numbering(table.header_rows[-1]) else 1)
    over: dict[tuple[int, int], list[FormColumn]] = defaultdict(list)
    for column in piece.columns:
        cell = piece.grid.cell(words, column.index)
        if column.measure and cell and cell.columns > 1:
            over[cell.row, cell.column].append(column)
    for columns in over.values():
        for row in range(piece.body, piece.grid.row_count):
            if sum(amount_cell(piece, row, column) is not None for column in columns) > 1:
                return columns[0].header
    return None


def pages_of_other_years(forms: Sequence[FormReading], own_year: int | None, count: int) -> dict[int, str]:
    """Pages that go with forms of another year, by index, and why: from such a form to the next of the own year."""
    opens = {
        form.table.pieces[0].page_index: form.refusal if form.table.year != own_year else None
        for form in forms
        if form.table.year
    }
    reasons: dict[int, str] = {}
    current = opens[min(opens)] if opens else None
    for index in range(count):
        current = opens.get(index, current)
        if current:
            reasons[index] = f"goes with forms of another year: {current}"
    return reasons


def pages_of_another_kind(tables: Sequence[FormTable], kind: str, count: int) -> dict[int, str]:
    """Pages that go with forms of a budget bound in with final accounts, or the reverse, by index, and why.

    A few forms of another kind are no document of their own: its pages go from where such forms begin to where those
    of the document's own `kind` do.
    """
    if len({table.form.name for table in tables if table.form.document_kind != kind}) < _FEWEST_BOUND_IN:
        return {}
    begun = {table.pieces[0].page_index: table.form.document_kind for table in reversed(tables)}
    with_forms = {part.page_index for table in tables for part in table.parts}
    reasons: dict[int, str] = {}
    current = kind
    for index in range(count):
        current = begun.get(index, current)
        if current != kind and index not in with_forms:
            reasons[index] = f"goes with forms of another kind of document: {current}"
    return reasons


def _totals(table: FormTable, money_unit: str, kinds: Collection[str] = ("total",)) -> list[Decimal]:
    """The non-zero totals of a form if it were in `money_unit`; of the year (本年收入合计) where `kinds` says so."""
    lines, _ = form_lines(table, money_unit)
    totals = (line for line in lines if line["row_kind"] in kinds and line["measure"] == "total")
    return [line["amount_yuan"] for line in totals if line["amount_yuan"] and is_total(line["item"])]
