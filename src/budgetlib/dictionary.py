"""The data dictionary, printed from the schemas: `python -m budgetlib.dictionary > docs/data_dictionary.md`."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pyarrow as pa

from budgetlib.tables import TABLES, Column, Table

_INTRODUCTION = """\
# Data dictionary

Printed from `src/budgetlib/tables.py` by `make dictionary`; not edited by hand. Each table is one Parquet file in
`data/tidy`. Text is kept as printed in `published_*`; keys are normalised; missing is null, never 0. Amounts are exact
decimals. Pages count from 1 as a PDF viewer does; boxes are PDF points from the top left.
"""


def data_dictionary() -> str:
    """Every table and column as Markdown: type, whether it may be null, allowed values, one sentence.

    >>> print(data_dictionary().splitlines()[0])
    # Data dictionary
    """
    return "\n".join([_INTRODUCTION, *(line for table in TABLES for line in _section(table))])


def _section(table: Table) -> Iterator[str]:
    yield f"## {table.name}\n"
    yield f"One row: {table.row}.\n"
    yield "| column | type | null | meaning |"
    yield "|---|---|---|---|"
    yield from map(_row, table.columns)
    yield ""


def _row(column: Column) -> str:
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
    return {pa.string(): "text", pa.int64(): "whole number", pa.float64(): "number", pa.bool_(): "yes/no"}[kind]


if __name__ == "__main__":
    click.echo(data_dictionary(), nl=False)
