"""Whether both readers of PDFs give the same tables.

    python benchmarks/readers_equal.py PATH [PATH ...]

PATHs are PDFs or folders. Prints every row that only one reader gives, with its page: places on the page, and which
of several code points stands for one character, do not count. Ends with the number of rows that both give.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from budgetlib.commands.pipeline import parse_document
from budgetlib.core.text import squeeze
from budgetlib.extraction.records import Record
from budgetlib.pages.ink import READERS

PLACE = {"x0", "top", "x1", "bottom"}
OF_THE_FILE = ("documents", "pages")
"""Tables that say how reading went, not what is printed."""

Row = tuple[tuple[str, Any], ...]


def rows(path: Path, reader: str) -> Counter[tuple[str, Row]]:
    """The rows of all tables of a file, each with its table."""
    records = parse_document(path, ocr="never", reader=reader)
    return Counter(
        (table, _comparable(record)) for table, own in records.items() if table not in OF_THE_FILE for record in own
    )


def _comparable(record: Record) -> Row:
    columns = ((name, value) for name, value in record.items() if name not in PLACE and value is not None)
    return tuple(sorted((name, squeeze(value) if isinstance(value, str) else value) for name, value in columns))


def _said(table: str, row: Row) -> str:
    known = dict(row)
    names = ("form", "row", "code", "item", "project", "subject", "measure", "published_text", "sentence", "target")
    return f"page {known.get('page')} {table}: " + " | ".join(str(known[name])[:60] for name in names if name in known)


def _files(paths: list[str]) -> Iterator[Path]:
    for path in map(Path, paths):
        yield from sorted(path.rglob("*.pdf")) if path.is_dir() else [path]


def main() -> None:
    """Compare and print."""
    same = apart = 0
    for path in _files(sys.argv[1:]):
        first, second = (rows(path, reader) for reader in READERS)
        same += (first & second).total()
        apart += (first - second).total() + (second - first).total()
        print(f"{path.name}: {(first & second).total()} rows in both", flush=True)
        for reader, own in zip(READERS, (first - second, second - first), strict=True):
            for (table, row), count in sorted(own.items(), key=lambda entry: str(entry[0])):
                print(f"  only {reader}{f' {count} times' if count > 1 else ''}: {_said(table, row)}")
    print(f"{same} rows in both, {apart} in one alone")


if __name__ == "__main__":
    main()
