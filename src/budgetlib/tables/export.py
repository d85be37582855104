"""The tidy tables for other tools: CSV, Excel, DuckDB, a Fiscal Data Package; each with a README.

Files take their place when they are complete. Text that a spreadsheet would run is neutralised, except in DuckDB.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import xlsxwriter
from jinja2 import Environment, PackageLoader

from budgetlib.core.errors import BadParameter, BudgetlibError
from budgetlib.core.files import neutral, replacing, write_bytes
from budgetlib.core.version import __version__
from budgetlib.tables.fiscal import BUDGET_LINES, budget_lines, column_type
from budgetlib.tables.schemas import MONEY, POINTS, TABLES, TEXT, WHOLE, Column, Table
from budgetlib.tables.store import read_table, write_csv

_EXCEL_ROWS, _EXCEL_TEXT = 1_048_576, 32_767
_WIDE, _NARROW = 36, 14


def export(tidy: Path, out: Path, form: str) -> list[Path]:
    """Write the tables in the folder `tidy` into the folder `out` as `form` (one of FORMATS); returns the files.

    Raises `NotFound` where a table is missing, `BadParameter` for another format, and `BudgetlibError` where a table
    is longer than an Excel sheet.
    """
    if form not in FORMATS:
        raise BadParameter(f"format is {form!r}; allowed: {', '.join(FORMATS)}")
    frames = {table: read_table(table, tidy) for table in TABLES}
    files = FORMATS[form](frames, out)
    readme = out / "README.md"
    write_bytes(_readme(frames, form, files).encode("utf-8"), readme)
    return [*files, readme]


def _csv(frames: Mapping[Table, pd.DataFrame], out: Path) -> list[Path]:
    files = []
    for table, frame in frames.items():
        files.append(out / f"{table.name}.csv")
        write_csv(frame, files[-1])
    return files


def _xlsx(frames: Mapping[Table, pd.DataFrame], out: Path) -> list[Path]:
    """One workbook, a sheet for each table: header frozen, text as text, amounts as numbers."""
    for table, frame in frames.items():
        if len(frame) >= _EXCEL_ROWS:
            raise BudgetlibError(f"{table.name} has {len(frame)} rows, more than a sheet holds; use csv or duckdb")
    path = out / "budgetlib.xlsx"
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with replacing(path) as temporary, xlsxwriter.Workbook(temporary, options) as book:
        book.set_properties({"title": "budgetlib", "created": date(2000, 1, 1)})
        for table, frame in frames.items():
            _sheet(book, table, frame)
    return [path]


def _sheet(book: Any, table: Table, frame: pd.DataFrame) -> None:
    head = book.add_format({"bold": True, "bg_color": "#1F4E79", "font_color": "#FFFFFF"})
    money = book.add_format({"num_format": "#,##0.00"})
    sheet = book.add_worksheet(table.name)
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(table.columns):
        width = _WIDE if column.type == TEXT else _NARROW
        sheet.set_column(place, place, width, money if column.type == MONEY else None)
    sheet.write_row(0, 0, frame.columns, head)
    for row, values in enumerate(frame.itertuples(index=False), 1):
        for place, value in enumerate(values):
            if isinstance(value, str):
                sheet.write_string(row, place, neutral(value)[:_EXCEL_TEXT])
            elif not pd.isna(value):
                sheet.write_number(row, place, value)
    if len(frame):
        sheet.autofilter(0, 0, len(frame), len(frame.columns) - 1)


def _duckdb(frames: Mapping[Table, pd.DataFrame], out: Path) -> list[Path]:
    """One database, exact decimals; every table and column with its sentence as a comment."""
    path = out / "budgetlib.duckdb"
    with replacing(path) as temporary, duckdb.connect(str(temporary)) as database:
        for table, frame in frames.items():
            given = pa.Table.from_pandas(frame, schema=table.schema, preserve_index=False)
            database.register("given", given)
            database.execute(f"CREATE TABLE {_quoted(table.name)} AS SELECT * FROM given")  # noqa: S608 - our names
            database.unregister("given")
            database.execute(f"COMMENT ON TABLE {_quoted(table.name)} IS {_literal(f'One row: {table.row}.')}")
            for column in table.columns:
                place = f"{_quoted(table.name)}.{_quoted(column.name)}"
                database.execute(f"COMMENT ON COLUMN {place} IS {_literal(column.sentence)}")
        database.execute("CHECKPOINT")
    return [path]


def _datapackage(frames: Mapping[Table, pd.DataFrame], out: Path) -> list[Path]:
    """A Frictionless Data Package: the tables, and `budget_lines` with the columnTypes of a Fiscal Data Package."""
    by_name = {table.name: frame for table, frame in frames.items()}
    lines = budget_lines(by_name["documents"], by_name["lines"])
    whole = {**frames, BUDGET_LINES: lines}
    files = _csv(whole, out / "data")
    package = {
        "name": "budgetlib",
        "title": "Budget disclosures of Chinese government departments · 部门预算公开",
        "version": __version__,
        "profile": "tabular-data-package",
        "countryCode": "CN",
        "resources": [_resource(table) for table in whole],
    }
    path = out / "datapackage.json"
    write_bytes(f"{json.dumps(package, ensure_ascii=False, indent=2)}\n".encode(), path)
    return [path, *files]


def _resource(table: Table) -> dict[str, Any]:
    schema: dict[str, Any] = {"fields": [_field(table, column) for column in table.columns], "missingValues": [""]}
    if table.name == "documents":
        schema["primaryKey"] = ["document_id"]
    return {
        "name": table.name.replace("_", "-"),
        "title": table.row,
        "path": f"data/{table.name}.csv",
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8-sig",
        "schema": schema,
    }


def _field(table: Table, column: Column) -> dict[str, Any]:
    kinds = {TEXT: "string", WHOLE: "integer", POINTS: "number"}
    field: dict[str, Any] = {
        "name": column.name,
        "type": kinds.get(column.type, "number"),
        "description": column.sentence,
    }
    constraints: dict[str, Any] = {"required": True} if column.required else {}
    if column.allowed:
        constraints["enum"] = list(column.allowed)
    if constraints:
        field["constraints"] = constraints
    fiscal = column_type(table, column)
    return field | ({"columnType": fiscal} if fiscal else {})


FORMATS: dict[str, Callable[[Mapping[Table, pd.DataFrame], Path], list[Path]]] = {
    "csv": _csv,
    "xlsx": _xlsx,
    "duckdb": _duckdb,
    "datapackage": _datapackage,
}


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _readme(frames: Mapping[Table, pd.DataFrame], form: str, files: list[Path]) -> str:
    documents = next(frame for table, frame in frames.items() if table.name == "documents")
    tables = [*frames, BUDGET_LINES] if form == "datapackage" else [*frames]
    environment = Environment(loader=PackageLoader("budgetlib.tables", "."), autoescape=False)  # noqa: S701 - Markdown, not HTML
    environment.filters["md"] = _markdown
    return environment.get_template("export.md.j2").render(
        form=form,
        files=[file.name for file in files],
        tables=tables,
        documents=documents.to_dict("records"),
        version=__version__,
    )


def _markdown(text: object) -> str:
    """Text of a document as Markdown that shows it and does nothing else.

    >>> print(_markdown("[a](b) <script>"))
    \\[a\\]\\(b\\) \\<script\\>
    """
    return re.sub(r"([\\`*_{}\[\]()<>#+\-.!|&~:/@])", r"\\\1", re.sub(r"\s+", " ", "" if text is None else str(text)))
