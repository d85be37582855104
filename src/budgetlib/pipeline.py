"""Files → tidy tables: unchanged files are not read again, one bad file never stops the run."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from budgetlib.checks import check_records
from budgetlib.core.errors import NotFound
from budgetlib.core.user_csv import Entry
from budgetlib.core.version import __version__
from budgetlib.extraction.document import parse_source, reading_of_pictures, unread
from budgetlib.extraction.records import Records
from budgetlib.pages.ink import DEFAULT_READER
from budgetlib.pages.sources import Source, find_sources
from budgetlib.tables.corpus import Corpus
from budgetlib.tables.corrections import correction, read_corrections
from budgetlib.tables.schemas import CHECKS, CORRECTIONS, TABLES, Table
from budgetlib.tables.store import read_rows, write_tables


@dataclass(frozen=True)
class Parsed:
    """How one file ended: `unchanged` is True where its rows were kept from the run before."""

    document: dict[str, Any]
    unchanged: bool


def parse_document(path: Path | str, ocr: str = "auto", reader: str = DEFAULT_READER) -> Records:
    """The records of one file by table name, whatever happens. `ocr` and `reader` are as in `parse`."""
    (source,) = find_sources([Path(path)])
    return parse_source(source, ocr, reader)


def read(path: Path | str, ocr: str = "auto", reader: str = DEFAULT_READER) -> Corpus:
    """One file as a corpus of its own, checked; nothing is written. `ocr` and `reader` are as in `parse`.

    Corrections beside the file are not used. How reading ended is in `documents.outcome`.
    """
    records = parse_document(path, ocr, reader)
    return check(_corpus({table: records.get(table.name, []) for table in TABLES}))


def check(corpus: Corpus) -> Corpus:
    """The same with every identity tested again, on the figures as they stand in its tables now."""
    return replace(corpus, checks=CHECKS.frame(check_records(corpus)))


def parse(
    paths: Iterable[Path | str],
    out: Path | str = "data/tidy",
    jobs: int = 1,
    ocr: str = "auto",
    reader: str = DEFAULT_READER,
    done: Callable[[Parsed], None] = lambda _: None,
) -> list[Parsed]:
    """Read the files under `paths` and write the tidy tables to `out`, which then holds just these files.

    A file whose sha256, path and manifest entry are those of the run before, read by this version of
    budgetlib with the same `reader` (see `pages.ink.READERS`), `ocr` (see `pages.reader.OCR`) and engine for it,
    keeps its rows. `done` is called as each file ends.

    Raises `NotFound` where a path does not exist or no file is found; `BadParameter` where a manifest or
    corrections beside the files cannot be used; `OSError` where `out` cannot be written, and then the
    tables of the run before are untouched.
    """
    sources = find_sources(map(Path, paths))
    entries = {folder: read_corrections(folder) for folder in dict.fromkeys(source.path.parent for source in sources)}
    before = _before(Path(out))
    kept = {
        source.document_id: before[source.document_id] for source in sources if _unchanged(source, before, ocr, reader)
    }
    records: dict[str, Records] = {}
    for source, own, unchanged in _each(sources, kept, jobs, ocr, reader):
        records[source.document_id] = own
        done(Parsed(own["documents"][0], unchanged))
    in_order = [records[source.document_id] for source in sources]
    for source, own in zip(sources, in_order, strict=True):
        own["documents"][0]["folder"] = Path(os.path.relpath(source.root, out)).as_posix()
    write_tables(_checked(_corrected(sources, records, entries)), Path(out))
    return [
        Parsed(own["documents"][0], source.document_id in kept) for source, own in zip(sources, in_order, strict=True)
    ]


def _corrected(
    sources: Sequence[Source], records: dict[str, Records], entries: Mapping[Path, Sequence[Entry]]
) -> dict[Table, list[dict[str, Any]]]:
    """The rows of all tables, with the corrections that lie beside the files; none is checked yet.

    A correction of a file that is there and was not read in this run is left for the run that reads it.
    """
    rows: dict[Table, list[dict[str, Any]]] = {
        table: [row for source in sources for row in records[source.document_id].get(table.name, [])]
        for table in TABLES
        if table not in (CORRECTIONS, CHECKS)
    }
    read = {source.path: source.document_id for source in sources}
    rows[CORRECTIONS] = [
        correction(entry, document_id, records.get(document_id or "", {}))
        for folder, own in entries.items()
        for entry in own
        if (document_id := read.get(folder / entry.values["file"])) or not _is_beside(folder, entry.values["file"])
    ]
    for record in rows[CORRECTIONS]:
        if record["outcome"] == "refused":
            logging.getLogger(__name__).warning("%s; the correction is not applied", record["message"])
    return rows


def _is_beside(folder: Path, name: str) -> bool:
    return name in {file.name for file in folder.iterdir() if file.is_file()}


def _checked(rows: dict[Table, list[dict[str, Any]]]) -> dict[Table, list[dict[str, Any]]]:
    return {**rows, CHECKS: check_records(_corpus(rows))}


def _corpus(rows: Mapping[Table, list[dict[str, Any]]]) -> Corpus:
    return Corpus(**{table.name: table.frame(rows.get(table, [])) for table in TABLES})


def _each(
    sources: Sequence[Source], kept: dict[str, Records], jobs: int, ocr: str, reader: str
) -> Iterator[tuple[Source, Records, bool]]:
    """Each source with its records, as they are ready."""
    for source in sources:
        if source.document_id in kept:
            yield source, kept[source.document_id], True
    fresh = [source for source in sources if source.document_id not in kept]
    if jobs == 1 or len(fresh) == 1:
        yield from ((source, parse_source(source, ocr, reader), False) for source in fresh)
        return
    broken = []
    with ProcessPoolExecutor(min(jobs, len(fresh) or 1)) as pool:
        futures = [(source, pool.submit(parse_source, source, ocr, reader)) for source in fresh]
        for source, future in futures:
            try:
                yield source, future.result(), False
            except BrokenProcessPool:
                broken.append(source)
    for source in broken:
        yield source, _alone(source, ocr, reader), False


def _alone(source: Source, ocr: str, reader: str) -> Records:
    """A source read in a process of its own, after a process was killed that may have been reading another."""
    with ProcessPoolExecutor(1) as pool:
        try:
            return pool.submit(parse_source, source, ocr, reader).result()
        except BrokenProcessPool:
            why = f"reading {source.name} ended its process; it may need too much memory"
            return unread(source, ocr, "malformed", why)


def _before(out: Path) -> dict[str, Records]:
    """The rows of the run before by document; empty where there is none, or another version wrote it."""
    try:
        tables = {table.name: read_rows(table, out) for table in TABLES}
    except NotFound:
        return {}
    rows: dict[str, Records] = {}
    for name, own in tables.items():
        for row in own:
            rows.setdefault(row["document_id"], {table.name: [] for table in TABLES})[name].append(row)
    return {key: records for key, records in rows.items() if records["documents"]}


def _unchanged(source: Source, before: dict[str, Records], ocr: str, reader: str) -> bool:
    if source.document_id not in before:
        return False
    (document,) = before[source.document_id]["documents"][:1]
    return bool(
        document["parser_version"] == __version__
        and document["path"] == source.name
        and document["manifest_entry"] == source.manifest_entry
        and document["ocr"] == reading_of_pictures(ocr)
        and document["reader"] in (None, reader)
    )
