"""The data dictionary, printed from schemas and forms by `make dictionary`."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pyarrow as pa

from budgetlib.definitions.forms import forms
from budgetlib.definitions.measures import measures
from budgetlib.tables.schemas import TABLES, Column, Table

_INTRODUCTION = """\
# Data dictionary

Printed by `make dictionary` from `tables/schemas.toml`, `definitions/measures.toml` and `definitions/forms/` of
`src/budgetlib`; not edited by hand. Each table is one Parquet file in `data/tidy`. Text is kept as printed in
`published_*`; keys are normalised; missing is null, never 0. Amounts are exact decimals. Pages count from 1 as a PDF
viewer does; boxes are PDF points from the top left. A column whose header is not known has the measure
`other:<header>`.
"""


def data_dictionary() -> str:
    """Every table, column, measure and form as Markdown.

    >>> print(data_dictionary().splitlines()[0])
    # Data dictionary
    """
    parts = [*map(_table, TABLES), *(_measures(table) for table in measures()), _forms()]
    return "\n".join([_INTRODUCTION, *("\n".join(part) + "\n" for part in parts)])


def _table(table: Table) -> Iterator[str]:
    yield f"## {table.name}\n"
    yield f"One row: {table.row}.\n"
    yield "| column | type | null | meaning |"
    yield "|---|---|---|---|"
    yield from map(_column, table.columns)


def _column(column: Column) -> str:
    null = "no" if column.required else "yes"
    allowed = f" One of {', '.join(f'`{value}`' for value in column.allowed)}." if column.allowed else ""
    return f"| `{column.name}` | {_kind(column.type)} | {null} | {column.sentence}{allowed} |"


def _kind(kind: pa.DataType) -> str:
    """A type in a reader's words.

    >>> _kind(pa.decimal128(20, 2)), _kind(pa.string()), _kind(pa.int64())
    ('decimal, 2 places', 'text', 'whole number')
    """
    if pa.types.is_decimal(kind):
        return f"decimal, {kind.scale} places"
    return {pa.string(): "text", pa.int64(): "whole number", pa.float64(): "number", pa.bool_(): "true or false"}[kind]


def _measures(table: str) -> Iterator[str]:
    yield f"## Measures of {table}\n"
    yield "| measure | as printed | meaning |"
    yield "|---|---|---|"
    yield from (f"| `{name}` | {words['zh']} | {words['en']} |" for name, words in measures()[table].items())


def _forms() -> Iterator[str]:
    yield "## Forms\n"
    yield "Numbers are those of Shanxi; other places number differently or print further forms.\n"
    yield "| form | number | title | in English | source |"
    yield "|---|---|---|---|---|"
    for form in forms().values():
        yield f"| `{form.name}` | {form.number or ''} | {form.label_zh} | {form.label_en} | {form.reference} |"


if __name__ == "__main__":
    click.echo(data_dictionary(), nl=False)
