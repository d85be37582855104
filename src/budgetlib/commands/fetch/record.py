"""`fetched.csv` beside the originals: where each came from, one row for each version that was ever fetched."""

from __future__ import annotations

import codecs
import csv
import io
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from budgetlib.commands.fetch.download import Validators
from budgetlib.core.files import neutral
from budgetlib.core.user_csv import read_entries, usable


@dataclass(frozen=True)
class Version:
    """One original as a server gave it."""

    file: str
    retrieved: str
    """When, by ISO 8601 in UTC."""
    url: str
    final_url: str
    """What gave it, after redirects."""
    etag: str
    last_modified: str
    size: str
    """In bytes."""
    sha256: str

    @property
    def validators(self) -> Validators:
        """What the server calls this version."""
        return Validators(self.etag, self.last_modified)


COLUMNS = tuple(field.name for field in fields(Version))


def read_record(path: Path) -> list[Version]:
    """What was fetched before, in order; nothing where there is no such file."""
    needed = ("file", "url", "sha256")
    rest = tuple(column for column in COLUMNS if column not in needed)
    entries = read_entries(path, needed, rest, key=COLUMNS, filled=needed)
    return [Version(**values) for values in usable(entries)]


def append(path: Path, version: Version) -> None:
    """Add `version` to the record, which spreadsheets open as well."""
    new = not path.exists()
    lines = io.StringIO(newline="")
    writer = csv.writer(lines)
    if new:
        writer.writerow(COLUMNS)
    writer.writerow(neutral("".join(filter(str.isprintable, value))) for value in asdict(version).values())
    with path.open("ab", buffering=0) as file:
        file.write((codecs.BOM_UTF8 if new else b"") + lines.getvalue().encode())
