"""One file → its records in the store, known by what was read and how: they are read once."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from budgetlib.checks import ties
from budgetlib.commands.pipeline.second_reading import read_twice
from budgetlib.core.errors import Damaged, UnreadableDocument
from budgetlib.core.garbage import seldom_searched
from budgetlib.core.version import fingerprint
from budgetlib.extraction.document import parse_source, reading_of_pictures, unread
from budgetlib.extraction.records import Records
from budgetlib.pages.archive import digest, unpacked
from budgetlib.pages.media_type import PDF
from budgetlib.pages.sources import Source, digest_of_name
from budgetlib.tables.record_file import packed, read_record_file, write_record_file
from budgetlib.tables.schemas import CATALOGUE_DECLARATIONS, CHECKS, CORRECTIONS, DOCUMENTS, LINES, TABLES, Table

RECORDED = tuple(table for table in TABLES if table not in (CORRECTIONS, CHECKS))
"""The tables that a document alone decides."""

_TIED_BY: dict[Table, tuple[str, ...]] = {
    DOCUMENTS: ("path", "department_id", "entity", "entity_kind", "fiscal_year", "outcome", "reason", "pages"),
    LINES: ("form", "item", "unit"),
    CATALOGUE_DECLARATIONS: ("citation",),
}
_TIMES_READ = 3
"""A file that changes while it is read is read so often, then given up."""


@dataclass(frozen=True)
class Options:
    """How files are to be read: `ocr` is one of `pages.reader.OCR`, `reader` of `pages.ink.READERS`."""

    ocr: str
    reader: str


@dataclass(frozen=True, slots=True)
class Reading:
    """How one file was read, and where its records are: `key` is their name in the store.

    `unchanged` is True where the store had them.
    """

    key: str
    sha256: str
    record_bytes: int
    path: str
    department_id: str
    outcome: str
    reason: str | None
    pages: int | None
    seeks: tuple[str, ...]
    cites: tuple[str, ...]
    offers: bytes
    """Of each of `Ties.offers` the hash; there may be thousands."""
    unchanged: bool = False

    @property
    def document_id(self) -> str:
        """As in the tables."""
        return self.sha256[:16]


def parser() -> str:
    """What parses, by the hash of its code: records of another parser are not used."""
    return fingerprint("core", "definitions", "pages", "extraction", "checks")


def record_key(source: Source, options: Options) -> str:
    """The name of the records of `source`, read with `options`."""
    made_from = (source.sha256, source.name, source.manifest_entry, reading_of_pictures(options.ocr), options.reader)
    return hashlib.sha256(repr(made_from).encode()).hexdigest()[:32]


def record_path(records: Path, key: str) -> Path:
    """Where the records `key` lie."""
    return records / parser() / key[:2] / key


def document_tables(records: Path, key: str, tables: Iterable[Table] = RECORDED) -> dict[Table, pa.Table]:
    """The rows of one document in the folder `records`.

    Raises `Damaged` where they cannot be used, with the path of the file.
    """
    path = record_path(records, key)
    try:
        return read_record_file(path, tables)
    except FileNotFoundError as fault:
        raise Damaged(path, "is gone") from fault


def is_kept(reading: Reading, source: Source, options: Options, records: Path) -> bool:
    """Whether `reading` is how `source` would be read, and its records lie there in their full length."""
    if reading.key != record_key(source, options):
        return False
    try:
        return record_path(records, reading.key).stat().st_size == reading.record_bytes
    except OSError:
        return False


def kept(source: Source, options: Options, records: Path) -> Reading | None:
    """How `source` was read, where its records lie in the folder `records`."""
    path = record_path(records, record_key(source, options))
    try:
        tables = read_record_file(path, _TIED_BY)
    except FileNotFoundError:
        return None
    except Damaged as damage:
        say_damaged(damage)
        return None
    rows = {table.name: tables[table].select(columns).to_pylist() for table, columns in _TIED_BY.items()}
    return _reading(source, path.name, path.stat().st_size, rows, unchanged=True)


def read_source(source: Source, options: Options) -> tuple[Reading, bytes]:
    """How `source` is read now, and its records."""
    try:
        with unpacked(source.path) as path:
            read, rows = _read_whole(replace(source, path=path), options)
    except OSError as fault:
        why = f"{source.name} cannot be opened ({fault.strerror}); put it back or make it readable"
        read = replace(source, sha256=digest_of_name(source.path))
        rows = unread(read, options.ocr, "malformed", why)
    except UnreadableDocument as refusal:
        read, rows = source, unread(source, options.ocr, refusal.outcome, refusal.reason)
    return as_record(read, rows, options)


def read_killed(source: Source, options: Options) -> tuple[Reading, bytes]:
    """A source that cannot be read because its process was killed, or had not enough memory."""
    why = f"reading {source.name} took too much memory, or ended its process: split the file"
    return as_record(source, unread(source, options.ocr, "malformed", why), options)


def as_record(source: Source, rows: Records, options: Options) -> tuple[Reading, bytes]:
    """How `source` was read, whose `rows` these are, and they as they lie in the store."""
    record = packed({table: table.arrow(rows.get(table.name, [])) for table in RECORDED})
    return _reading(source, record_key(source, options), len(record), rows), record


def keep(reading: Reading, record: bytes, records: Path) -> Reading:
    """A reading whose `record` is now in the folder `records`."""
    write_record_file(record, record_path(records, reading.key), durable=True)
    return reading


def parsed(source: Source, options: Options) -> Records:
    """The records of a source; of a PDF that seems to contradict itself the figures concerned are read twice."""
    with seldom_searched():
        records = parse_source(source, options.ocr, options.reader)
        is_pdf = records["documents"][0]["media_type"] == PDF
        return read_twice(source, records, options.reader) if is_pdf else records


def _read_whole(source: Source, options: Options) -> tuple[Source, Records]:
    """The rows of a source that was the same before and after, and that source."""
    for _ in range(_TIMES_READ):
        rows = parsed(source, options)
        made = digest(source.path)
        if made == source.sha256:
            return source, rows
        source = replace(source, sha256=made)
    why = f"{source.name} changes while it is read; wait until it is complete and read it again"
    return source, unread(source, options.ocr, "malformed", why)


def _reading(
    source: Source,
    key: str,
    record_bytes: int,
    rows: Mapping[str, Sequence[Mapping[str, Any]]],
    *,
    unchanged: bool = False,
) -> Reading:
    (document,) = rows["documents"]
    about = {name: document.get(name) for name in _TIED_BY[DOCUMENTS]}
    tied = ties(about, {table.name: rows.get(table.name, []) for table in (LINES, CATALOGUE_DECLARATIONS)})
    return Reading(
        key=key,
        sha256=source.sha256,
        record_bytes=record_bytes,
        path=document["path"],
        department_id=about["department_id"] or source.document_id,
        outcome=document["outcome"],
        reason=about["reason"],
        pages=about["pages"],
        seeks=tuple(sorted(tied.seeks)),
        cites=tuple(sorted(tied.cites)),
        offers=b"".join(sorted(map(name_hash, tied.offers))),
        unchanged=unchanged,
    )


def say_damaged(damage: Damaged) -> None:
    """Log that a document is read again because its records were damaged."""
    logging.getLogger(__name__).warning("%s; the document is read again", damage)


def name_hash(name: str) -> bytes:
    """Four bytes for a name; that two names share them does no harm but work."""
    return hashlib.sha256(name.encode()).digest()[:4]
