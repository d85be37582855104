"""Whole files: written under another name and then renamed, known by their hash, safe to open in a spreadsheet."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r", "\n")


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path beside `path`; it takes the place of `path` when the block ends well, else it is removed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_bytes(content: bytes, path: Path) -> None:
    """`content` as the file `path`."""
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def sha256(path: Path) -> str:
    """The hash of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def neutral(text: str) -> str:
    """`text` such that a spreadsheet shows it and does not run it.

    >>> neutral("=HYPERLINK(1)"), neutral("办公费")
    ("'=HYPERLINK(1)", '办公费')
    """
    return f"'{text}" if text.startswith(_RUN_BY_SPREADSHEETS) else text
