"""The sample data: every facts file as a PDF, and the manifest that says what the files are."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

from tests.typesetting import typeset, typeset_final_accounts
from tests.typesetting.disclosure import FACTS, Disclosure, read_facts
from tests.typesetting.final_accounts import FINAL_ACCOUNTS, read_final_accounts
from tests.typesetting.prose import mark

RAW = Path(__file__).resolve().parents[2] / "data" / "raw"
COLUMNS = ("file", "sha256", "publisher", "url", "retrieved", "note")

_REPLACE = (
    "To use the original: put its PDF here under this name "
    "and write its address, the date and its sha256 into this row."
)
_INVENTED = "Both the department and its figures are made up; there is no original."


def sample_files() -> Iterator[tuple[str, bytes]]:
    """Name and bytes of every file that `data/raw` holds besides its README."""
    rows = []
    for path in sorted([*FACTS.glob("*.toml"), *FINAL_ACCOUNTS.glob("*.toml")], key=lambda path: path.name):
        if path.parent == FINAL_ACCOUNTS:
            accounts = read_final_accounts(path)
            disclosure, content = accounts.budget, typeset_final_accounts(accounts)
        else:
            disclosure = read_facts(path)
            content = typeset(disclosure)
        name = f"{path.stem}.pdf"
        rows.append(_manifest_row(name, content, disclosure))
        yield name, content
    table = io.StringIO(newline="")
    writer = csv.writer(table, lineterminator="\n")
    writer.writerows([COLUMNS, *rows])
    yield "manifest.csv", table.getvalue().encode("utf-8")


def _manifest_row(name: str, content: bytes, disclosure: Disclosure) -> tuple[str, ...]:
    publisher = disclosure.entity.removesuffix("[部门]")
    note = f"{mark(disclosure)}. {_INVENTED if disclosure.invented else _REPLACE}"
    return name, hashlib.sha256(content).hexdigest(), publisher, "", "", note


def write_sample(folder: Path = RAW) -> list[Path]:
    """Write the sample data into `folder`; each file appears under its name only when it is complete."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, content in sample_files():
        path = folder / name
        partial = path.with_name(f".{name}.partial")
        partial.write_bytes(content)
        written.append(partial.replace(path))
    return written
