"""The tidy tables as schemas, from `schemas.toml`: what is written is checked by them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from budgetlib.definitions.toml import load

TEXT = pa.string()
WHOLE = pa.int64()
POINTS = pa.float64()
_POINT_DECIMALS = 3
"""Of a coordinate: more are an artefact of reckoning."""
MONEY = pa.decimal128(20, 2)
FIGURE = pa.decimal128(24, 4)
TRUTH = pa.bool_()
_TYPES = {"text": TEXT, "whole": WHOLE, "number": POINTS, "money": MONEY, "figure": FIGURE, "truth": TRUTH}


@dataclass(frozen=True)
class Column:
    """One column: name, Arrow type, what it says, and which values it may take."""

    name: str
    type: pa.DataType
    sentence: str
    required: bool = False
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One tidy table: name, what one row is, and its columns in order."""

    name: str
    row: str
    columns: tuple[Column, ...]

    @property
    def file(self) -> str:
        """The name of its file, or folder of partitions."""
        return f"{self.name}.parquet"

    @cached_property
    def schema(self) -> pa.Schema:
        """The Arrow schema, for Parquet."""
        return pa.schema([pa.field(c.name, c.type, nullable=not c.required) for c in self.columns])

    def frame(self, records: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
        """`records` as a frame with exactly the columns of this table, in order.

        Money and figures are `decimal.Decimal`, whole numbers nullable `Int64`, truths nullable `boolean`,
        missing text None.
        Raises `ValueError` as `arrow` does.
        """
        return to_frame(self.arrow(records))

    def of_frame(self, frame: pd.DataFrame) -> pa.Table:
        """A frame as `frame` gives it as an Arrow table."""
        return pa.Table.from_pandas(frame, schema=self.schema, preserve_index=False)

    def arrow(self, records: Iterable[Mapping[str, Any]]) -> pa.Table:
        """`records` as an Arrow table with exactly the columns of this table, in order.

        Raises `ValueError` where a record has another column, misses a required value, or holds
        a value that is not allowed.
        """
        rows = list(records)
        known = set(self.schema.names)
        for row in rows:
            if unknown := set(row) - known:
                raise ValueError(f"table {self.name} has no column {sorted(unknown)}; columns: {self.schema.names}")
        for column in self.columns:
            values = [row.get(column.name) for row in rows]
            if column.required and None in values:
                raise ValueError(f"{self.name}.{column.name} is required and missing in row {values.index(None) + 1}")
            if column.allowed and (wrong := {v for v in values if v is not None} - set(column.allowed)):
                raise ValueError(f"{self.name}.{column.name} is {sorted(wrong)}; allowed: {column.allowed}")
        table = pa.Table.from_pylist(rows, schema=self.schema)
        for at, column in enumerate(self.columns):
            if column.type == POINTS:
                table = table.set_column(at, self.schema.field(at), pc.round(table.column(at), _POINT_DECIMALS))
        return table


def to_frame(table: pa.Table) -> pd.DataFrame:
    """An Arrow table as a frame: `Int64` for whole numbers, `Decimal` for money, None for no text."""
    texts = [name for name, kind in zip(table.schema.names, table.schema.types, strict=True) if kind == TEXT]
    types = {WHOLE: pd.Int64Dtype(), TRUTH: pd.BooleanDtype()}
    others = table.drop_columns(texts).to_pandas(types_mapper=types.get, ignore_metadata=True)
    index = pd.RangeIndex(len(table))
    read = {name: pd.Series(table[name].to_numpy(zero_copy_only=False), index, dtype=object) for name in texts}
    return pd.DataFrame({name: read.get(name, others.get(name)) for name in table.schema.names}, index)


def read_schemas(file: str) -> dict[str, Table]:
    """The tables that a TOML file of this folder describes, by name."""
    data = load(file, __package__)
    shared = data.pop("shared")

    def column(name: str, about: Any) -> Column:
        about = shared[name] if about == "shared" else about
        required, allowed = about.get("required", False), tuple(about.get("allowed", ()))
        return Column(name, _TYPES[about["type"]], about["sentence"], required, allowed)

    return {
        name: Table(name, about["row"], tuple(column(*entry) for entry in about["columns"].items()))
        for name, about in data.items()
    }


_TABLES = read_schemas("schemas.toml")
DOCUMENTS = _TABLES["documents"]
PAGES = _TABLES["pages"]
LINES = _TABLES["lines"]
STATEMENTS = _TABLES["statements"]
SENTENCES = _TABLES["sentences"]
PERFORMANCE_PROJECTS = _TABLES["performance_projects"]
PERFORMANCE_INDICATORS = _TABLES["performance_indicators"]
SELF_EVALUATION = _TABLES["self_evaluation"]
SELF_EVALUATION_INDICATORS = _TABLES["self_evaluation_indicators"]
DEPARTMENT_TARGETS = _TABLES["department_targets"]
CATALOGUE = _TABLES["catalogue"]
CATALOGUE_DECLARATIONS = _TABLES["catalogue_declarations"]
CORRECTIONS = _TABLES["corrections"]
CHECKS = _TABLES["checks"]
TABLES = tuple(_TABLES.values())

SOURCES = tuple(
    column.name.removeprefix("annual_").removesuffix("_yuan")
    for column in PERFORMANCE_PROJECTS.columns
    if column.name.startswith("annual_") and column.name != "annual_yuan"
)
"""Where the money of a performance-target table comes from: a column each, for the year and for the whole period."""
