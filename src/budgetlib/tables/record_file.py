"""Rows of several tables as one file: written whole or not at all, and known to be damaged when it is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

import pyarrow as pa

from budgetlib.core.errors import Damaged
from budgetlib.core.files import write_bytes
from budgetlib.tables.schemas import Table

_DIGEST_BYTES = hashlib.sha256().digest_size


def packed(tables: Mapping[Table, pa.Table]) -> bytes:
    """The rows of `tables` as one record: a digest, then one Arrow row with a list for each table, compressed."""
    row = pa.table({table.name: _as_list(rows) for table, rows in tables.items()})
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream, pa.ipc.new_stream(stream, row.schema) as writer:
        writer.write_table(row)
    content: bytes = sink.getvalue().to_pybytes()
    return hashlib.sha256(content).digest() + content


def write_record_file(record: bytes, path: Path, *, durable: bool = False) -> None:
    """A `packed` record as the file `path`, `durable` where it would take long to make again."""
    write_bytes(record, path, durable=durable)


def read_record_file(path: Path, tables: Iterable[Table]) -> dict[Table, pa.Table]:
    """The rows of `tables` in the file `path`.

    Raises `Damaged` where it is not what was written or has other columns, and `FileNotFoundError`.
    """
    content = memoryview(path.read_bytes())
    digest, body = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
    if hashlib.sha256(body).digest() != digest:
        raise Damaged(path, "is not what was written")
    with pa.CompressedInputStream(pa.BufferReader(body), "zstd") as stream, pa.ipc.open_stream(stream) as reader:
        row = reader.read_all()
    try:
        return {table: _as_table(row[table.name], table) for table in tables}
    except (KeyError, ValueError) as fault:
        raise Damaged(path, "has other columns") from fault


def _as_list(table: pa.Table) -> pa.ListArray:
    fields = list(table.schema)
    columns = [column.combine_chunks() for column in table.columns]
    return pa.ListArray.from_arrays([0, len(table)], pa.StructArray.from_arrays(columns, fields=fields))


def _as_table(column: pa.ChunkedArray, table: Table) -> pa.Table:
    if column.type.value_type != pa.struct(list(table.schema)):
        raise ValueError(f"{table.name} has other columns")
    return pa.Table.from_arrays(column.combine_chunks().flatten().flatten(), schema=table.schema)
