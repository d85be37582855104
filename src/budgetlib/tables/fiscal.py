"""`lines` as one fiscal table: who, when, which classification, how much; columnTypes of the Fiscal Data Package."""

from __future__ import annotations

import pandas as pd

from budgetlib.tables.schemas import LINES, TEXT, WHOLE, Column, Table

_OF_LINES = {column.name: column for column in LINES.columns}
_FUNCTION, _ECONOMIC = "2", ("3", "5")
"""First digits of codes of 政府收支分类科目: by function; by departmental and governmental economic item."""

BUDGET_LINES = Table(
    "budget_lines",
    "one amount printed in a form of a budget, with its department, year and classification",
    (
        Column("fiscal_year", WHOLE, "The budget year."),
        Column("department_id", TEXT, "Who publishes, as a key."),
        Column("entity", TEXT, "Who publishes, as printed."),
        Column("unit", TEXT, "The spending unit of a project."),
        Column("direction", TEXT, "`revenue` or `expenditure`.", allowed=("revenue", "expenditure")),
        Column("phase", TEXT, "Always `approved`: a department publishes the budget that was approved."),
        Column("function_code", TEXT, "Code of the classification by function, 3, 5 or 7 digits."),
        Column("function_item", TEXT, "Its name as printed."),
        Column("economic_code", TEXT, "Code of the classification by economic item."),
        Column("economic_item", TEXT, "Its name as printed; also where the form prints no code."),
        *(
            _OF_LINES[name]
            for name in ("form", "row", "row_kind", "item", "measure", "amount_yuan", "document_id", "page")
        ),
    ),
)

_COLUMN_TYPES = {
    "fiscal_year": "date:fiscal-year",
    "department_id": "administrative-classification:generic:level1:code",
    "entity": "administrative-classification:generic:level1:label",
    "unit": "administrative-classification:generic:level2:label",
    "direction": "direction",
    "phase": "phase:id",
    "function_code": "functional-classification:generic:code",
    "function_item": "functional-classification:generic:label",
    "economic_code": "economic-classification:generic:code",
    "economic_item": "economic-classification:generic:label",
    "amount_yuan": "value",
}


def column_type(table: Table, column: Column) -> str | None:
    """What a column of `budget_lines` is in the terms of the Fiscal Data Package; None for any other."""
    return _COLUMN_TYPES.get(column.name) if table is BUDGET_LINES else None


def budget_lines(documents: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """Every row of `lines` of a budget, with the columns of `BUDGET_LINES`; rows overlap as there."""
    about = documents[documents.document_kind == "budget"][["document_id", "fiscal_year", "department_id", "entity"]]
    rows = lines.drop(columns="economic_item", errors="ignore").merge(about, on="document_id", how="inner", sort=False)
    by_function = rows.code.str.startswith(_FUNCTION, na=False)
    by_economic = rows.code.str.startswith(_ECONOMIC, na=False) | (rows.form == "basic_by_economic")
    rows = rows.assign(
        direction=rows.side,
        phase="approved",
        function_code=rows.code.where(by_function, None),
        function_item=rows["item"].where(by_function, None),
        economic_code=rows.code.where(by_economic, None),
        economic_item=rows["item"].where(by_economic, None),
    )
    return rows[[column.name for column in BUDGET_LINES.columns]]
