"""What is known of files before they are opened: how each lay there when it was read, and what came of it."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from budgetlib.commands.pipeline.reading import Reading
from budgetlib.core.files import replacing
from budgetlib.pages.remote import address, state
from budgetlib.tables.generations import Generation

INDEX = "index.parquet"
_SCHEMA = pa.schema(
    [
        ("file", pa.string()),
        ("state", pa.list_(pa.int64())),
        *((name, pa.string()) for name in ("key", "sha256", "path", "department_id", "outcome", "reason")),
        *((name, pa.int64()) for name in ("record_bytes", "pages")),
        *((name, pa.list_(pa.string())) for name in ("seeks", "cites")),
        ("offers", pa.binary()),
    ]
)
_OF_READING = [name for name in _SCHEMA.names if name not in ("file", "state")]
_SETTLED_NS = 2_000_000_000
"""A file that was changed just now may be changed again without another time: some systems count in two seconds."""


class FileState(NamedTuple):
    """How a file lies there; as long as this stays the same, its content does."""

    size: int
    modified_ns: int
    changed_ns: int


def file_state(path: Path) -> FileState | None:
    """How the file `path` lies there; None where it was changed just now, or cannot be seen."""
    if remote := address(path):
        seen = state(remote)
        return FileState(*seen, 0) if seen else None
    try:
        stat = path.stat()
    except OSError:
        return None
    settled = time.time_ns() - max(stat.st_mtime_ns, stat.st_ctime_ns) > _SETTLED_NS
    return FileState(stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns) if settled else None


class Known(NamedTuple):
    """A file as it lay there, and how it was read."""

    state: FileState | None
    reading: Reading


def read_index(generation: Generation) -> dict[str, Known]:
    """What a generation knows of files, by their names; nothing where it has no index."""
    try:
        rows = pq.read_table(generation.path(INDEX), schema=_SCHEMA).to_pylist()
    except (OSError, pa.ArrowException):
        return {}
    return {row.pop("file"): _known(**row) for row in rows}


def _known(state: list[int] | None, seeks: list[str], cites: list[str], **reading: Any) -> Known:
    read = Reading(**reading, seeks=tuple(seeks), cites=tuple(cites), unchanged=True)
    return Known(FileState(*state) if state else None, read)


def write_index(known: Mapping[str, Known], before: Generation, generation: Generation) -> None:
    """What is `known` of files by their names, as part of a generation."""
    rows = [
        {"file": file, "state": one.state, **{name: getattr(one.reading, name) for name in _OF_READING}}
        for file, one in known.items()
    ]
    made_from = hashlib.sha256(repr(rows).encode()).hexdigest()
    if before.has(INDEX, made_from):
        generation.take_over(INDEX, before)
        return
    with replacing(generation.path(INDEX), durable=True) as temporary:
        pq.write_table(pa.Table.from_pylist(rows, schema=_SCHEMA), temporary)
    generation.add(INDEX, made_from)
