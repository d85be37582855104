"""What budgetlib runs with here: the versions of all that it needs."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def installed() -> dict[str, str]:
    """The version of budgetlib and of each package it needs, by name, in order."""
    return dict(sorted(_with_needed("budgetlib", set())))


def _with_needed(name: str, seen: set[str]) -> Iterator[tuple[str, str]]:
    if canonicalize_name(name) in seen:
        return
    seen.add(canonicalize_name(name))
    try:
        distribution = metadata.distribution(name)
    except metadata.PackageNotFoundError:  # of another system or Python
        return
    yield canonicalize_name(name), distribution.version
    for line in distribution.requires or []:
        needed = Requirement(line)
        if needed.marker is None or needed.marker.evaluate({"extra": ""}):
            yield from _with_needed(needed.name, seen)
