"""The files of a corpus: where they lie, what their manifest says, and who they are."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path, PurePosixPath

from budgetlib.core.errors import BadParameter, NotFound, UnreadableDocument
from budgetlib.core.user_csv import read_entries, usable, year_refusal
from budgetlib.pages import remote
from budgetlib.pages.archive import MOST_BYTES, digest, is_archive, members, on_disk

MANIFEST = "manifest.csv"
FETCH_RECORD = "fetched.csv"
NOT_DISCLOSURES = {
    *(MANIFEST, FETCH_RECORD, "README.md"),
    *("corrections.csv", "catalogue_matches.csv", "deflator.csv", "findings.csv"),
}
_OF_THE_FILE = ("sha256", "password")
"""What a manifest says of an archive and not of the files in it."""


@dataclass(frozen=True)
class Source:
    """One file to read: its path, its path for people, and what a manifest beside it says."""

    path: Path
    name: str
    sha256: str
    expected_sha256: str | None = None
    publisher: str | None = None
    password: str | None = None
    fiscal_year: int | None = None
    note: str | None = None
    archive_differs: bool = False
    """Whether the archive that holds it is another one than the manifest says."""
    file_date: str | None = None
    """From which day the file is, by ISO 8601: last changed as its server said, else fetched."""

    @property
    def manifest_entry(self) -> str | None:
        """What manifest and record say that changes the tables, as one short text; None where they say nothing."""
        columns = (self.expected_sha256, self.publisher, self.password, self.fiscal_year, self.note, self.file_date)
        entry = (*columns, self.archive_differs) if self.archive_differs else columns
        return hashlib.sha256(repr(entry).encode()).hexdigest()[:16] if any(entry) else None

    @property
    def document_id(self) -> str:
        """The first 16 hex digits of the file's hash: stable wherever the file lies."""
        return self.sha256[:16]


def read_manifest(folder: Path) -> dict[str, Mapping[str, str]]:
    """The rows of `manifest.csv` in `folder` by file name; empty where there is none.

    A row with an address may lack the name of its file until it is fetched.
    Raises `BadParameter` where the manifest cannot be used; why a row cannot is logged.
    """
    there = remote.address(folder / MANIFEST)
    if there is None:
        return _rows(folder / MANIFEST)
    if not remote.is_listed(there):
        return {}
    try:
        with remote.copied(there, MOST_BYTES) as copy:
            return _rows(copy)
    except OSError as fault:
        raise BadParameter(f"{there} cannot be read ({fault.strerror}); make it readable or remove it") from fault


def _rows(manifest: Path) -> dict[str, Mapping[str, str]]:
    entries = read_entries(
        manifest,
        ("file",),
        ("sha256", "publisher", "password", "fiscal_year", "note", "url", "retrieved"),
        key=("file",),
        refusal=_refusal,
    )
    return {values["file"]: values for values in usable(entries) if values["file"]}


def _entries(folder: Path) -> dict[str, dict[str, str]]:
    """The rows of `read_manifest`, each with the day from which its file is as `file_date`: blank where nobody knows.

    That is when it was last changed, as its server said, else when it was fetched; raises as `read_manifest` does.
    """
    entries = {name: {**row, "file_date": day_of(row["retrieved"])} for name, row in read_manifest(folder).items()}
    moments = ("last_modified", "retrieved")
    for version in usable(read_entries(folder / FETCH_RECORD, ("file",), moments, key=("file", *moments))):
        day = next(filter(None, (day_of(version[moment]) for moment in moments)), "")
        entries.setdefault(version["file"], {})["file_date"] = day
    return entries


def day_of(moment: str) -> str:
    """The day of a moment that is written by ISO 8601 or as servers do; blank for anything else.

    >>> day_of("2026-02-10T08:00:00+00:00"), day_of("Tue, 10 Feb 2026 08:00:00 GMT"), day_of("in spring")
    ('2026-02-10', '2026-02-10', '')
    """
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        with suppress(ValueError):
            return read(moment).date().isoformat()
    return ""


def _refusal(values: Mapping[str, str]) -> str | None:
    unnamed = None if values["file"] or values["url"] else "file is empty; fill it in"
    return unnamed or year_refusal(values, "fiscal_year")


@dataclass(frozen=True)
class File:
    """One file that was found: its path, its path for people, and its row in the manifest beside it."""

    path: Path
    name: str
    entry: Mapping[str, str]
    archive_differs: bool = False
    """Whether the archive that holds it is another one than the manifest says."""

    @property
    def folder(self) -> Path:
        """The folder that holds it, or the archive that does."""
        return on_disk(self.path).parent

    @property
    def root(self) -> Path | None:
        """The folder that `name` is relative to; None where it is an address."""
        return None if remote.address(self.path) else self.path.parents[len(Path(self.name).parts) - 1]

    def source(self, digest: str) -> Source:
        """The file, whose sha256 is `digest`, to read."""
        entry = {column: value or None for column, value in self.entry.items()}
        return Source(
            self.path if self.root is None else self.path.absolute(),
            self.name,
            digest,
            expected_sha256=entry.get("sha256"),
            publisher=entry.get("publisher"),
            password=entry.get("password"),
            fiscal_year=int(entry.get("fiscal_year") or 0) or None,
            note=entry.get("note"),
            archive_differs=self.archive_differs,
            file_date=entry.get("file_date"),
        )


def find_files(paths: Iterable[Path]) -> list[File]:
    """The files under `paths` in order, in place of an archive those in it; none is opened but archives and manifests.

    Raises `NotFound` where a path does not exist or nothing is found, `BadParameter` where a manifest cannot be used.
    """
    named = list(paths)
    entries: dict[Path, dict[str, dict[str, str]]] = {}
    files: dict[Path, File] = {}
    for root in named:
        for path, name in _files(root):
            if path.parent not in entries:
                entries[path.parent] = _entries(path.parent)
            for file in _unpacked(path, name, entries[path.parent]):
                files.setdefault(file.path, file)
    if not files:
        where = ", ".join(remote.address(one) or str(one) for one in named)
        raise NotFound(f"no file to read in {where}; put disclosures (PDF or text) there, or give another path")
    return list(files.values())


def find_sources(paths: Iterable[Path]) -> list[Source]:
    """The files under `paths` in order, each content once; raises as `find_files` does."""
    sources: dict[str, Source] = {}
    for file in find_files(paths):
        digest = digest_of(file.path)
        sources.setdefault(digest, file.source(digest))
    return list(sources.values())


def digest_of(path: Path) -> str:
    """The hash of what is at a path; of the path where that cannot be opened."""
    try:
        return digest(path)
    except (OSError, UnreadableDocument):
        return digest_of_name(path)


def digest_of_name(path: Path) -> str:
    """What stands for the hash of a file that cannot be opened."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()


def _unpacked(path: Path, name: str, manifest: Mapping[str, Mapping[str, str]]) -> Iterator[File]:
    """A file, or those in it where it is an archive: what the manifest says of the archive is true of each."""
    entry = manifest.get(path.name, {})
    inside: list[str] = []
    if is_archive(path):
        with suppress(UnreadableDocument):
            inside = [one for one in members(path) if PurePosixPath(one).name not in NOT_DISCLOSURES]
    if not inside:
        yield File(path, name, entry)
    expected = entry.get("sha256")
    differs = bool(inside and expected and expected != digest_of(path))
    for member in inside:
        of_all = {column: value for column, value in entry.items() if column not in _OF_THE_FILE}
        of_member = manifest.get(f"{path.name}/{member}", of_all)
        yield File(path / member, f"{name}/{member}", of_member, differs)


def _files(path: Path) -> Iterator[tuple[Path, str]]:
    if folder := remote.address(path):
        for one in remote.files(folder):
            if Path(one).name not in NOT_DISCLOSURES:
                yield Path(one), one
    elif path.is_dir():
        for file in sorted(path.rglob("*")):
            hidden = any(part.startswith(".") for part in file.relative_to(path).parts)
            if file.is_file() and not hidden and file.name not in NOT_DISCLOSURES:
                yield file, file.relative_to(path).as_posix()
    elif path.is_file():
        yield path, path.name
    else:
        raise NotFound(f"{path} does not exist; give files, or a folder that holds disclosures")
