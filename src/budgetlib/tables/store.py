"""Frames ↔ files: Parquet for programs, CSV for people. A file is there in full or not at all."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from budgetlib.core.errors import NotFound
from budgetlib.core.files import neutral, replacing
from budgetlib.tables.generations import Generation, Store
from budgetlib.tables.partitions import WHOLE, holds
from budgetlib.tables.schemas import TEXT, Table, to_frame

_ROWS_AT_A_TIME = 16_384  # some megabytes, however large the table


def write_table(frame: pd.DataFrame, table: Table, folder: Path) -> None:
    """`frame` as `<folder>/<table>.parquet`, with the columns, types and order of `table`."""
    with replacing(folder / table.file) as temporary:
        pq.write_table(table.of_frame(frame), temporary)


def part_name(table: Table, partition: str) -> str:
    """The file of a generation with a `partition` of `table`."""
    return table.file if partition == WHOLE else f"{table.file}/{partition}.parquet"


class Tables:
    """The tables in a folder as they are now: of one run, whatever is written there later."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.made_from: str | None = None
        try:
            self._generation, self._in_use = Store(folder).in_use()
            self.made_from = self._generation.made_from
        except FileNotFoundError:  # tables without a store beside them
            self._generation = Generation(folder)

    def read(
        self, table: Table, documents: pd.DataFrame | None = None, columns: Sequence[str] | None = None, **equal: object
    ) -> pd.DataFrame:
        """The rows of `table` about `documents` (rows of that table; None: all), with `columns` (None: all).

        `equal` are values that columns must have. Raises as `check` does.
        """
        files, rows = self.partitions(table), pc.scalar(True)
        schema = pa.schema([table.schema.field(name) for name in columns or table.schema.names])
        if documents is not None and documents.empty:
            return to_frame(schema.empty_table())
        if documents is not None:
            departments = set(documents.department_id.fillna(documents.document_id))
            holding = [path for path in files if len(files) == 1 or holds(path.stem, departments)]
            files = holding or files[:1]
            rows = pc.field("document_id").isin(pa.array(documents.document_id, pa.string()))
        for column, value in equal.items():
            rows &= pc.field(column) == value
        self._check(table, files[:1])
        try:
            there = ds.dataset(files, format=_few_rows(table) if documents is not None or equal else "parquet")
            return to_frame(there.to_table(columns=schema.names, filter=rows).cast(schema))
        except (pa.ArrowException, OSError) as fault:
            raise self._refusal(table, fault) from fault

    def derived(self, table: Table, **among: Collection[str] | Collection[int]) -> pd.DataFrame | None:
        """The rows of a derived `table` whose columns have one of some values; None where it was not made.

        They are read from the generation only: a table of that name beside the others would be somebody else's.
        """
        place = self._generation.path(table.file)
        if not place.exists():
            return None
        rows = pc.scalar(True)
        for column, values in among.items():
            rows &= pc.field(column).isin(pa.array(list(values), table.schema.field(column).type))
        files = sorted(place.iterdir()) if place.is_dir() else [place]
        return to_frame(ds.dataset(files, format="parquet", schema=table.schema).to_table(filter=rows))

    def batches(self, table: Table) -> Iterator[pd.DataFrame]:
        """All rows of `table`, some thousands at a time."""
        self.check(table)
        there = ds.dataset(self.partitions(table), format="parquet")
        for batch in there.to_batches(
            columns=table.schema.names, batch_size=_ROWS_AT_A_TIME, batch_readahead=1, fragment_readahead=1
        ):
            yield to_frame(pa.Table.from_batches([batch]).cast(table.schema))

    def count(self, table: Table) -> int:
        """How many rows `table` has."""
        self.check(table)
        return sum(pq.read_metadata(path).num_rows for path in self.partitions(table))

    def partitions(self, table: Table) -> list[Path]:
        """The files of `table`, one for each partition; raises `NotFound` where there are none."""
        path = self._path(table)
        if not path.exists():
            shown = self._folder / table.file
            raise NotFound(f"{shown} is not there; write the tables with: budgetlib parse --out {self._folder}")
        return sorted(path.iterdir()) if path.is_dir() else [path]

    def _path(self, table: Table) -> Path:
        shown = self._folder / table.file
        return self._generation.path(table.file) if shown.is_symlink() else shown

    def check(self, table: Table) -> None:
        """Raise `NotFound` where `table` is not there or is not of this version."""
        self._check(table, self.partitions(table)[:1])

    def _check(self, table: Table, files: Iterable[Path]) -> None:
        try:
            for path in files:
                pq.read_schema(path).empty_table().select(table.schema.names).cast(table.schema)
        except (pa.ArrowException, OSError, KeyError) as fault:
            raise self._refusal(table, fault) from fault

    def _refusal(self, table: Table, fault: Exception) -> NotFound:
        why = str(fault).splitlines()[0]
        return NotFound(
            f"{self._folder / table.file} is not the table {table.name!r} of this version of budgetlib ({why}); "
            f"write it again with: budgetlib parse --out {self._folder}"
        )


def _few_rows(table: Table) -> ds.ParquetFileFormat:
    """How a table is read of which few rows are wanted: a text that repeats is one until these are chosen."""
    texts = [column.name for column in table.columns if column.type == TEXT]
    return ds.ParquetFileFormat(read_options=ds.ParquetReadOptions(dictionary_columns=texts))


_DECIMALS = 4  # of fractions in CSV: coordinates and similarities; amounts are no fractions and exact


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """`frame` as CSV that spreadsheets open rightly: UTF-8 with byte-order mark, RFC 4180, nothing that runs."""
    write_csv_batches(frame.columns, [frame], path)


def write_csv_batches(columns: Iterable[str], frames: Iterable[pd.DataFrame], path: Path) -> None:
    """`frames` with the same `columns`, one after another, as `write_csv` writes one."""
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8-sig", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(columns)
        for frame in frames:
            rows.writerows(map(_cell, row) for row in frame.itertuples(index=False))


def _cell(value: object) -> object:
    """What a cell holds: a fraction without the digits that only reckoning gave it."""
    if pd.isna(value):  # type: ignore[call-overload]
        return ""
    if isinstance(value, float):
        return round(value, _DECIMALS)
    return neutral(value) if isinstance(value, str) else value
