"""The tidy tables for other tools: CSV, Excel, DuckDB, a Fiscal Data Package; each with a README.

Files take their place when they are complete. Text that a spreadsheet would run is neutralised, except in DuckDB.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pandas as pd
import pyarrow as pa
from jinja2 import Environment, PackageLoader

from budgetlib.core.errors import BadParameter
from budgetlib.core.files import replacing, write_bytes
from budgetlib.core.version import __version__
from budgetlib.tables.fiscal import BUDGET_LINES, column_type, fiscal_batches
from budgetlib.tables.locators import Row
from budgetlib.tables.schemas import DOCUMENTS, POINTS, TABLES, TEXT, WHOLE, Column, Table
from budgetlib.tables.store import Tables, write_csv_batches
from budgetlib.tables.workbook import write_workbook

EXPORTED = (*TABLES, BUDGET_LINES)
"""What every export holds: the tables, and the amounts of forms with department, year and classification."""

_LICENCE = {
    "name": "MIT",
    "title": "MIT, for what budgetlib made; the originals belong to the departments that published them",
    "path": "https://opensource.org/license/mit",
}

_MOST_MEMORY = "512MB"
"""Of DuckDB, which else takes what the machine has."""


def export(tidy: Path, out: Path, form: str) -> list[Path]:
    """Write the tables in the folder `tidy` into the folder `out` as `form` (one of FORMATS); returns the files.

    Some thousands of rows are held at a time, however many there are.

    Raises `NotFound` where a table is missing, `BadParameter` for another format.
    """
    if form not in FORMATS:
        raise BadParameter(f"format is {form!r}; allowed: {', '.join(FORMATS)}")
    tables = Tables(tidy)
    for table in TABLES:
        tables.check(table)
    documents = tables.read(DOCUMENTS)
    written = FORMATS[form](tables, documents, out)
    readme = out / "README.md"
    write_bytes(_readme(documents, form, written).encode("utf-8"), readme)
    return [*written.files, readme]


class Written(NamedTuple):
    """The files of an export, and the tables that are divided in them because they do not fit."""

    files: list[Path]
    divided: Sequence[str] = ()


def _csv(tables: Tables, documents: pd.DataFrame, out: Path) -> Written:
    files = []
    for table in TABLES:
        files.append(out / f"{table.name}.csv")
        write_csv_batches(table.schema.names, tables.batches(table), files[-1])
    files.append(out / f"{BUDGET_LINES.name}.csv")
    write_csv_batches(BUDGET_LINES.schema.names, fiscal_batches(tables, documents), files[-1])
    return Written(files)


def _xlsx(tables: Tables, documents: pd.DataFrame, out: Path) -> Written:
    path = out / "budgetlib.xlsx"
    return Written([path], write_workbook(tables, documents, path))


def _duckdb(tables: Tables, documents: pd.DataFrame, out: Path) -> Written:
    """One database, exact decimals; every table and column with its sentence as a comment."""
    path = out / "budgetlib.duckdb"
    with (
        replacing(path) as temporary,
        duckdb.connect(str(temporary), config={"memory_limit": _MOST_MEMORY}) as database,
    ):
        for table in TABLES:
            names = ", ".join(map(_quoted, table.schema.names))
            files = ", ".join(_literal(str(file)) for file in tables.partitions(table))
            rows = f"SELECT {names} FROM read_parquet([{files}])"  # noqa: S608 - our names
            database.execute(f"CREATE TABLE {_quoted(table.name)} AS {rows}")
        for number, frame in enumerate(fiscal_batches(tables, documents)):
            database.register("batch", pa.Table.from_pandas(frame, BUDGET_LINES.schema, preserve_index=False))
            begin = f"INSERT INTO {BUDGET_LINES.name}" if number else f"CREATE TABLE {BUDGET_LINES.name} AS"
            database.execute(f"{begin} SELECT * FROM batch")  # noqa: S608 - our names
        for table in EXPORTED:
            database.execute(f"COMMENT ON TABLE {_quoted(table.name)} IS {_literal(f'One row: {table.row}.')}")
            for column in table.columns:
                place = f"{_quoted(table.name)}.{_quoted(column.name)}"
                database.execute(f"COMMENT ON COLUMN {place} IS {_literal(column.sentence)}")
        database.execute("CHECKPOINT")
    return Written([path])


def _datapackage(tables: Tables, documents: pd.DataFrame, out: Path) -> Written:
    """A Frictionless Data Package: the tables, and `budget_lines` with the columnTypes of a Fiscal Data Package."""
    files = _csv(tables, documents, out / "data").files
    package = {
        "name": "budgetlib",
        "title": "Budget disclosures of Chinese government departments · 部门预算公开",
        "version": __version__,
        "profile": "tabular-data-package",
        "countryCode": "CN",
        "licenses": [_LICENCE],
        "sources": [{"title": _source(document)} for document in documents.to_dict("records")],
        "resources": [_resource(table) for table in EXPORTED],
    }
    path = out / "datapackage.json"
    write_bytes(f"{json.dumps(package, ensure_ascii=False, indent=2)}\n".encode(), path)
    return Written([path, *files])


def _source(document: Row) -> str:
    """Who published a document, of which year, and which file it is, by its hash."""
    year: str = "" if pd.isna(document["fiscal_year"]) else str(document["fiscal_year"])
    return " ".join(filter(None, [document["entity"], year, document["path"], f"sha256:{document['sha256']}"]))


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
    limits = {"required": column.required, "enum": list(column.allowed)}
    field = {
        "name": column.name,
        "type": kinds.get(column.type, "number"),
        "description": column.sentence,
        "constraints": {name: limit for name, limit in limits.items() if limit},
        "columnType": column_type(table, column),
    }
    return {name: value for name, value in field.items() if value}


FORMATS: dict[str, Callable[[Tables, pd.DataFrame, Path], Written]] = {
    "csv": _csv,
    "xlsx": _xlsx,
    "duckdb": _duckdb,
    "datapackage": _datapackage,
}


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _readme(documents: pd.DataFrame, form: str, written: Written) -> str:
    environment = Environment(loader=PackageLoader("budgetlib.tables", "."), autoescape=False)  # noqa: S701 - Markdown, not HTML
    environment.filters["md"] = _markdown
    return environment.get_template("export.md.j2").render(
        form=form,
        files=[file.name for file in written.files],
        divided=written.divided,
        tables=EXPORTED,
        documents=documents.to_dict("records"),
        version=__version__,
    )


def _markdown(text: object) -> str:
    """Text of a document as Markdown that shows it and does nothing else.

    >>> print(_markdown("[a](b) <script>"))
    \\[a\\]\\(b\\) \\<script\\>
    """
    return re.sub(r"([\\`*_{}\[\]()<>#+\-.!|&~:/@])", r"\\\1", re.sub(r"\s+", " ", "" if text is None else str(text)))
