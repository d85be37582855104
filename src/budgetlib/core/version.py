"""The version of budgetlib, as installed, and of parts of its code."""

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable

__version__ = version("budgetlib")


@cache
def fingerprint(*folders: str) -> str:
    """The hash of all code and data in `folders` of this package: what they make is known to be theirs by it."""
    digest = hashlib.sha256(__version__.encode())
    for folder in folders:
        for file in _files(files("budgetlib") / folder):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _files(folder: Traversable) -> Iterator[Traversable]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_file() and not entry.name.endswith(".pyc"):
            yield entry
        elif entry.is_dir():
            yield from _files(entry)
