"""The files of a corpus: where they lie, what their manifest says, and who they are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from budgetlib.core.errors import NotFound
from budgetlib.core.files import sha256
from budgetlib.core.user_csv import read_entries, usable, year_refusal

MANIFEST = "manifest.csv"
_NOT_DISCLOSURES = {MANIFEST, "README.md", "corrections.csv", "catalogue_matches.csv", "deflator.csv"}


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

    @property
    def root(self) -> Path:
        """The folder that `name` is relative to."""
        return self.path.parents[len(Path(self.name).parts) - 1]

    @property
    def manifest_entry(self) -> str | None:
        """What the manifest says that changes how the file is read, as one short text; None where it says nothing."""
        said = (self.expected_sha256, self.publisher, self.password, self.fiscal_year, self.note)
        return hashlib.sha256(repr(said).encode()).hexdigest()[:16] if any(said) else None

    @property
    def document_id(self) -> str:
        """The first 16 hex digits of the file's hash: stable wherever the file lies."""
        return self.sha256[:16]


def read_manifest(folder: Path) -> dict[str, Mapping[str, str]]:
    """The rows of `manifest.csv` in `folder` by file name; empty where there is none.

    Raises `BadParameter` where it cannot be used; why a row cannot is logged.
    """
    entries = read_entries(
        folder / MANIFEST,
        ("file",),
        ("sha256", "publisher", "password", "fiscal_year", "note"),
        key=("file",),
        filled=("file",),
        refusal=lambda values: year_refusal(values, "fiscal_year"),
    )
    return {values["file"]: values for values in usable(entries)}


def _files(path: Path) -> Iterator[tuple[Path, str]]:
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            hidden = any(part.startswith(".") for part in file.relative_to(path).parts)
            if file.is_file() and not hidden and file.name not in _NOT_DISCLOSURES:
                yield file, file.relative_to(path).as_posix()
    elif path.is_file():
        yield path, path.name
    else:
        raise NotFound(f"{path} does not exist; give files, or a folder that holds disclosures")


def _source(file: Path, name: str, digest: str, entry: Mapping[str, str]) -> Source:
    return Source(
        file,
        name,
        digest,
        expected_sha256=entry.get("sha256") or None,
        publisher=entry.get("publisher") or None,
        password=entry.get("password") or None,
        fiscal_year=int(entry.get("fiscal_year") or 0) or None,
        note=entry.get("note") or None,
    )


def find_sources(paths: Iterable[Path]) -> list[Source]:
    """The files under `paths` in order, each content once.

    Raises `NotFound` where a path does not exist or nothing is found, `BadParameter` where a manifest cannot be used.
    """
    named = list(paths)
    sources: dict[str, Source] = {}
    manifests: dict[Path, dict[str, Mapping[str, str]]] = {}
    for root in named:
        for file, name in _files(root):
            folder = file.parent
            entry = manifests.setdefault(folder, read_manifest(folder)).get(file.name, {})
            digest = sha256(file)
            sources.setdefault(digest, _source(file, name, digest, entry))
    if not sources:
        where = ", ".join(map(str, named))
        raise NotFound(f"no file to read in {where}; put disclosures (PDF or text) there, or give another path")
    return list(sources.values())
