"""What a person reads above tables and columns, from `heads.toml`."""

from __future__ import annotations

from functools import cache
from typing import Any

from budgetlib.definitions.toml import load
from budgetlib.tables.schemas import Column, Table


@cache
def _heads() -> dict[str, Any]:
    return load("heads.toml", __package__)


def title(table: Table) -> str:
    """The name of a table in Chinese; its own name where there is none.

    >>> from budgetlib.tables.schemas import LINES
    >>> title(LINES)
    '报表金额'
    """
    return str(_heads()["tables"].get(table.name, table.name))


def head(table: Table, column: Column) -> str:
    """The name of a column in Chinese; its own name where there is none.

    >>> from budgetlib.tables.schemas import DOCUMENTS, LINES
    >>> [head(table, table.columns[table.schema.names.index("place")]) for table in (DOCUMENTS, LINES)]
    ['省或市', '所在位置（无页码的文件）']
    """
    of_table = _heads()["of"].get(table.name, {})
    return str(of_table.get(column.name) or _heads()["columns"].get(column.name, column.name))


def is_folded(column: Column) -> bool:
    """Whether a column is for programs and not for people."""
    return column.name in _heads()["folded"]


def read_me(version: str) -> tuple[str, list[str]]:
    """The title and the notes of a sheet that explains a workbook, in both languages."""
    words = _heads()["read_me"]
    return words["title"], [note.format(version=version) for note in words["notes"]]
