"""The manifest: what is to be fetched, where blanks are filled in and links that were found are added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from budgetlib.commands.fetch.links import Link
from budgetlib.commands.fetch.names import safe_name
from budgetlib.core.files import neutral
from budgetlib.core.user_csv import Values, amend, read_entries, year_refusal
from budgetlib.pages.sources import NOT_DISCLOSURES

KINDS = {
    "document": "is downloaded; so is what has no kind",
    "index": "a page that lists documents: is searched for links to them",
    "found": "a link that was found there, for a person to confirm: write document, index or rejected in its place",
    "rejected": "is left alone",
}


@dataclass(frozen=True)
class Row:
    """One row of the manifest with an address; `fault` says why it cannot be used."""

    url: str
    file: str
    sha256: str
    kind: str
    publisher: str
    fiscal_year: int | None
    fault: str | None

    @property
    def about(self) -> str:
        """What people know it by."""
        return self.file or self.url


def read_rows(path: Path) -> list[Row]:
    """The rows of the manifest that have an address.

    Raises `BadParameter` where it cannot be used as a whole.
    """
    optional = ("file", "sha256", "kind", "publisher", "fiscal_year")
    entries = read_entries(path, ("url",), optional, key=("url",), refusal=_refusal)
    return [_row(entry.values, entry.fault) for entry in entries if entry.values["url"]]


def write_found(path: Path, filled: Mapping[str, Values], linked: Sequence[tuple[Row, Link]]) -> None:
    """Fill in what was blank in rows known by their address, and add links that were found on the index pages."""
    added = [
        {
            "url": link.url,
            "kind": "found",
            "publisher": index.publisher,
            "fiscal_year": str(link.year),
            "note": neutral(f"{link.text} ({index.url})"),
        }
        for index, link in linked
    ]
    if filled or added:
        amend(path, "url", filled, added)


def _row(values: Values, fault: str | None) -> Row:
    year = values["fiscal_year"]
    return Row(
        values["url"],
        values["file"],
        values["sha256"].lower(),
        values["kind"] or "document",
        values["publisher"],
        int(year) if year and not fault else None,
        fault,
    )


def _refusal(values: Values) -> str | None:
    file, kind = values["file"], values["kind"]
    if values["url"] and kind and kind not in KINDS:
        return f"kind is {kind!r}; allowed: {', '.join(KINDS)}, or nothing"
    if file and values["url"] and (safe_name(file) != file or file in NOT_DISCLOSURES):
        return f"file is {file!r}; allowed: the name of a file, without folders and signs that some systems refuse"
    return year_refusal(values, "fiscal_year")
