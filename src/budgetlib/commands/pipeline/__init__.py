"""Files → tables: a file is read once, one bad file never stops the run, and a run that is stopped loses little.

In: paths, options. Out: records in the store, tables, how each file was read.
Must not know: arguments of a command line, how pages are read, reports.
"""

from __future__ import annotations

import logging
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from budgetlib.checks import check_records
from budgetlib.commands.pipeline.assembly import Printed, assemble
from budgetlib.commands.pipeline.index import FileState, Known, file_state, read_index
from budgetlib.commands.pipeline.reading import (
    Options,
    Reading,
    document_tables,
    is_kept,
    keep,
    kept,
    parsed,
    read_killed,
    read_source,
    say_damaged,
)
from budgetlib.core.errors import BadParameter, Damaged, NotFound
from budgetlib.core.files import held_alone
from budgetlib.core.user_csv import Entry, Values, usable
from budgetlib.core.workers import Executor, Processes
from budgetlib.extraction.document import reading_of_pictures
from budgetlib.extraction.records import Record, Records
from budgetlib.pages.archive import on_disk
from budgetlib.pages.ink import DEFAULT_READER
from budgetlib.pages.sources import File, Source, digest_of, digest_of_name, find_files, find_sources
from budgetlib.tables.corpus import Corpus, corpus_of
from budgetlib.tables.corrections import correction, read_corrections
from budgetlib.tables.generations import Store
from budgetlib.tables.schemas import CHECKS, LINES, STATEMENTS
from budgetlib.tables.verdicts import read_verdicts

MOST_MEMORY = 4_000_000_000
"""Bytes that a process may take to read; with the models for pictures it asks for some 1,400 million."""

__all__ = ["Reading", "check", "parse", "parse_document", "read"]


def parse_document(path: Path | str, ocr: str = "auto", reader: str = DEFAULT_READER) -> Records:
    """The records of one file by table name, whatever happens. `ocr` and `reader` are as in `parse`.

    Raises `MemoryError`, and `BadParameter` where `path` is a folder or an archive of several.
    """
    sources = find_sources([Path(path)])
    if len(sources) > 1:
        raise BadParameter(
            f"{path} holds {len(sources)} documents; read them with budgetlib parse, or give one of them"
        )
    return parsed(sources[0], Options(ocr, reader))


def read(path: Path | str, ocr: str = "auto", reader: str = DEFAULT_READER) -> Corpus:
    """One file as a corpus of its own, checked; nothing is written. `ocr` and `reader` are as in `parse`.

    Corrections beside the file are not used. How reading ended is in `documents.outcome`.
    """
    return check(corpus_of(parse_document(path, ocr, reader)))


def check(corpus: Corpus) -> Corpus:
    """The same with every identity tested again, on the figures as they stand in its tables now."""
    return replace(corpus, checks=CHECKS.frame(check_records(corpus)))


def parse(
    paths: Iterable[Path | str],
    out: Path | str = "data/tidy",
    jobs: int = 1,
    ocr: str = "auto",
    reader: str = DEFAULT_READER,
    done: Callable[[Reading, int], None] = lambda reading, files: None,
    executor: Executor | None = None,
) -> list[Reading]:
    """Read the files under `paths` and write the tidy tables to `out`, which then holds just these files.

    What is read is kept there: a file whose sha256, path and manifest entry are those of a run before, complete or not,
    read by this version of budgetlib with the same `reader` (see `pages.ink.READERS`), `ocr` (see `pages.reader.OCR`)
    and engine for it, is not read again.
    `done` is called as each file ends, with the number of all. Several `jobs` are processes that import the calling
    script, so a script calls this under `if __name__ == "__main__":`. Where an `executor` is given, such as a
    `cluster`, it reads the files in their place.

    Raises `NotFound` where a path does not exist or no file is found; `BadParameter` where a manifest, corrections
    or verdicts beside the files cannot be used; `InUse` where another process writes to `out`; `OSError` where it
    cannot be written. The tables of the run before are then untouched.
    """
    reading_of_pictures(ocr)
    options = Options(ocr, reader)
    files = find_files(map(Path, paths))
    folders = dict.fromkeys(file.folder for file in files)
    entries = {folder: read_corrections(folder) for folder in folders}
    verdicts = _verdicts(folders)
    store = Store(Path(out))
    with held_alone(store.folder):
        store.clear()
        while True:
            read = _read_all(files, store, executor or Processes(jobs, memory=MOST_MEMORY), options, done)
            try:
                assemble(store, _printed(files, read, entries, verdicts, store), _by_name(files, read, store), jobs)
            except Damaged as damage:
                say_damaged(damage)
                damage.path.unlink(missing_ok=True)
            else:
                return [known.reading for known in read.values()]


def _read_all(
    files: Sequence[File],
    store: Store,
    executor: Executor,
    options: Options,
    done: Callable[[Reading, int], None],
) -> dict[int, Known]:
    """How each file was read, by its place among `files`, in order; of files with the same content the first."""
    before = read_index(store.current())
    records = store.folder / "records"
    read: dict[int, Known] = {}
    states: dict[int, FileState | None] = {}
    digests: dict[int, str] = {}
    seen: set[str] = set()

    def ended(place: int, reading: Reading) -> None:
        read[place] = Known(states.pop(place), reading)
        done(reading, len(files))

    def to_read() -> Iterator[tuple[int, Source, Options]]:
        for place, file in enumerate(files):
            state = file_state(on_disk(file.path))
            known = before.get(_file_name(file, store))
            unchanged = known is not None and known.state is not None and known.state == state
            digest = known.reading.sha256 if known and unchanged else digest_of(file.path)
            if digest in seen:
                continue
            seen.add(digest)
            states[place], digests[place] = state, digest
            source = file.source(digest)
            if known and is_kept(known.reading, source, options, records):
                ended(place, known.reading)
            elif reading := kept(source, options, records):
                ended(place, reading)
            else:
                yield place, source, options

    for place, reading, record in executor.each(_read_at, to_read(), _killed_at):
        _seen_by_all(files[place].path, digests.pop(place), reading)
        ended(place, keep(reading, record, records))
    first = {known.reading.document_id: place for place, known in sorted(read.items(), reverse=True)}
    return {place: read[place] for place in sorted(first.values())}


def _read_at(place: int, source: Source, options: Options) -> tuple[int, Reading, bytes]:
    return place, *read_source(source, options)


def _killed_at(place: int, source: Source, options: Options) -> tuple[int, Reading, bytes]:
    return place, *read_killed(source, options)


def _seen_by_all(path: Path, digest: str, reading: Reading) -> None:
    """Raise `NotFound` where who was to read a file could not open it, while it is here as it was."""
    if reading.sha256 != digest and reading.sha256 == digest_of_name(path.absolute()) and digest == digest_of(path):
        raise NotFound(
            f"{path} is here and cannot be opened by a worker; put files where all machines have them at the same "
            "path, or give their address (s3://, https://)"
        )


def _by_name(files: Sequence[File], read: Mapping[int, Known], store: Store) -> dict[str, Known]:
    return {_file_name(files[place], store): known for place, known in read.items()}


def _file_name(file: File, store: Store) -> str:
    """The name of a file in the index: its address, or where it lies from the tables."""
    return os.path.relpath(file.path, store.tables_dir) if file.root else file.name


def _printed(
    files: Sequence[File],
    read: Mapping[int, Known],
    entries: Mapping[Path, Sequence[Entry]],
    verdicts: Mapping[Path, list[Values]],
    store: Store,
) -> list[Printed]:
    """What the tables are to hold of each file."""
    readings = {files[place].path: known.reading for place, known in read.items()}
    corrections = _corrections(readings, entries, store.folder / "records")
    folders = {
        root: Path(os.path.relpath(root, store.tables_dir)).as_posix() if root else None
        for root in {file.root for file in files}
    }
    return [
        Printed(
            known.reading,
            folders[files[place].root],
            tuple(corrections[files[place].path]),
            tuple(verdicts.get(files[place].path, ())),
        )
        for place, known in read.items()
    ]


def _verdicts(folders: Iterable[Path]) -> dict[Path, list[Values]]:
    """What people decided about findings, by the file that they are in; where there is no such file that is logged."""
    by_file: dict[Path, list[Values]] = defaultdict(list)
    for folder in folders:
        for entry in read_verdicts(folder):
            for values in usable([entry]):
                path = folder / values["file"]
                by_file[path].append(values)
                if not on_disk(path).is_file():
                    missing = "%s: there is no file %s beside it; the verdict is not used"
                    logging.getLogger(__name__).warning(missing, entry.where, values["file"])
    return by_file


def _corrections(
    readings: Mapping[Path, Reading], entries: Mapping[Path, Sequence[Entry]], records: Path
) -> dict[Path, list[Record]]:
    """The rows of the table `corrections` by file, those of no file with the first.

    A correction of a file that is there and was not read in this run is left for the run that reads it.
    """
    by_file: dict[Path, list[Record]] = defaultdict(list)
    first = next(iter(readings))
    for folder, written in entries.items():
        beside = {path.name for path in folder.iterdir() if path.is_file()} if written else set()
        for entry in written:
            path = folder / entry.values["file"]
            if reading := readings.get(path):
                tables = document_tables(records, reading.key, (LINES, STATEMENTS))
                rows = {table.name: table_rows.to_pylist() for table, table_rows in tables.items()}
                by_file[path].append(correction(entry, reading.document_id, rows))
            elif entry.values["file"] not in beside:
                by_file[first].append(correction(entry, None, {}))
    for record in (record for records in by_file.values() for record in records if record["outcome"] == "refused"):
        logging.getLogger(__name__).warning("%s; the correction is not applied", record["message"])
    return by_file
