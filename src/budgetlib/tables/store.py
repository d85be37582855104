"""Frames ↔ files: Parquet for programs, CSV for people. A file is there in full or not at all."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from budgetlib.core.errors import NotFound
from budgetlib.core.files import neutral, replacing
from budgetlib.tables.schemas import Table, to_frame


def write_table(frame: pd.DataFrame, table: Table, folder: Path) -> None:
    """`frame` as `<folder>/<table>.parquet`, with the columns, types and order of `table`."""
    with replacing(folder / f"{table.name}.parquet") as temporary:
        pq.write_table(pa.Table.from_pandas(frame, schema=table.schema, preserve_index=False), temporary)


def write_tables(rows: Mapping[Table, Iterable[Mapping[str, Any]]], folder: Path) -> None:
    """All tables of a run: written in full under temporary names first, then renamed together."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        parts = {table: stack.enter_context(replacing(folder / f"{table.name}.parquet")) for table in rows}
        for table, own in rows.items():
            pq.write_table(table.arrow(own), parts[table])


def read_rows(table: Table, folder: Path) -> list[dict[str, Any]]:
    """`<folder>/<table>.parquet` as records; raises as `read_table` does."""
    rows: list[dict[str, Any]] = _arrow(table, folder).to_pylist()
    return rows


def read_table(table: Table, folder: Path) -> pd.DataFrame:
    """`<folder>/<table>.parquet` as a frame with the columns of `table` (see `Table.frame`).

    Raises `NotFound` where the file is not there or is not this table.
    """
    return to_frame(_arrow(table, folder))


def _arrow(table: Table, folder: Path) -> pa.Table:
    path = folder / f"{table.name}.parquet"
    if not path.is_file():
        raise NotFound(f"{path} is not there; write the tables with: budgetlib parse --out {folder}")
    try:
        return pq.read_table(path, columns=table.schema.names).cast(table.schema)
    except (pa.ArrowException, OSError) as fault:
        why = str(fault).splitlines()[0]
        raise NotFound(
            f"{path} is not the table {table.name!r} of this version of budgetlib ({why}); "
            f"write it again with: budgetlib parse --out {folder}"
        ) from fault


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """`frame` as CSV that spreadsheets open rightly: UTF-8 with byte-order mark, RFC 4180, nothing that runs."""
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8-sig", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(frame.columns)
        rows.writerows(map(_cell, row) for row in frame.itertuples(index=False))


def _cell(value: object) -> object:
    return "" if pd.isna(value) else neutral(value) if isinstance(value, str) else value  # type: ignore[call-overload]
