"""`lines` as one fiscal table: who, when, which classification, how much; columnTypes of the Fiscal Data Package."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from budgetlib.definitions.forms import forms
from budgetlib.tables.schemas import LINES, TEXT, WHOLE, Column, Table
from budgetlib.tables.store import Tables

_OF_LINES = {column.name: column for column in LINES.columns}
_FUNCTION, _ECONOMIC = "2", ("3", "5")
"""First digits of codes of 政府收支分类科目: by function; by departmental and governmental economic item."""

_BY_ECONOMIC = ("basic_by_economic", "final_basic_by_economic")

_OFFICE, _FUNC, _ECON = (f"{kind}-classification:generic" for kind in ("administrative", "functional", "economic"))
_PHASES = {"budget": "approved", "adjusted_budget": "adjusted", "final": "executed"}
_DIRECTIONS = ("revenue", "expenditure")
_COLUMNS = {
    Column("fiscal_year", WHOLE, "The budget year."): "date:fiscal-year",
    Column("department_id", TEXT, "Who publishes, as a key."): f"{_OFFICE}:level1:code",
    Column("entity", TEXT, "Who publishes, as printed."): f"{_OFFICE}:level1:label",
    Column("unit", TEXT, "The spending unit of a project."): f"{_OFFICE}:level2:label",
    Column("direction", TEXT, "`revenue` or `expenditure`.", allowed=_DIRECTIONS): "direction",
    Column("phase", TEXT, "`approved`, `adjusted` in the year or `executed`; null where the paper leaves it open."): (
        "phase:id"
    ),
    Column("function_code", TEXT, "Code of the classification by function, 3, 5 or 7 digits."): f"{_FUNC}:code",
    Column("function_item", TEXT, "Its name as printed."): f"{_FUNC}:label",
    Column("economic_code", TEXT, "Code of the classification by economic item."): f"{_ECON}:code",
    Column("economic_item", TEXT, "Its name as printed; also where the form prints no code."): f"{_ECON}:label",
    **{_OF_LINES[name]: None for name in ("form", "row", "row_kind", "item", "measure", "stage")},
    _OF_LINES["amount_yuan"]: "value",
    **{_OF_LINES[name]: None for name in ("document_id", "page")},
}
"""Each column, and what it is in the terms of the Fiscal Data Package."""
BUDGET_LINES = Table(
    "budget_lines",
    "one amount printed in a form of a budget or of final accounts, with its department, year and classification",
    tuple(_COLUMNS),
)


def column_type(table: Table, column: Column) -> str | None:
    """What a column of `budget_lines` is in the terms of the Fiscal Data Package; None for any other."""
    return _COLUMNS[column] if table is BUDGET_LINES else None


def fiscal_batches(tables: Tables, documents: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """All rows of `budget_lines`, some thousands at a time."""
    return (budget_lines(documents, lines) for lines in tables.batches(LINES))


def budget_lines(documents: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """Every row of `lines` of a budget or of final accounts, with the columns of `BUDGET_LINES`; rows overlap as there.

    Forms of one kind that are bound in with a document of the other are left out: their year may be another.
    """
    about = documents[["document_id", "fiscal_year", "department_id", "entity", "document_kind"]]
    rows = lines.drop(columns="economic_item", errors="ignore").merge(about, on="document_id", how="inner", sort=False)
    kinds = {name: form.document_kind for name, form in forms().items()}
    rows = rows[rows.document_kind == rows.form.map(kinds).fillna("budget")]
    by_function = rows.code.str.startswith(_FUNCTION, na=False)
    by_economic = rows.code.str.startswith(_ECONOMIC, na=False) | rows.form.isin(_BY_ECONOMIC)
    rows = rows.assign(
        direction=rows.side,
        phase=rows.stage.map(_PHASES).where(rows.stage.notna(), None),
        function_code=rows.code.where(by_function, None),
        function_item=rows["item"].where(by_function, None),
        economic_code=rows.code.where(by_economic, None),
        economic_item=rows["item"].where(by_economic, None),
    )
    return rows[[column.name for column in BUDGET_LINES.columns]]
