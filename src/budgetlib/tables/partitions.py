"""Which documents lie in one file of a table: whole departments, together at most as many as are soon written again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

DOCUMENTS = 128
"""At most so many in one partition, where they are not all of one department."""

WHOLE = ""
"""The only partition of a table that is not divided."""

_BITS = 32  # of a hash: enough to divide any number of departments


def partitions(departments: Sequence[str]) -> Mapping[str, list[int]]:
    """The positions of documents in each partition by its name, given the department of each document.

    A name is the first bits of the hash of its departments. It depends on what there is, not on what there was before.

    >>> partitions(["教育局", "水务局"])
    {'': [0, 1]}
    """
    return dict(sorted(_divided(WHOLE, [(position, _bits(one)) for position, one in enumerate(departments)])))


def holds(partition: str, departments: Iterable[str]) -> bool:
    """Whether documents of any of `departments` may be in `partition`."""
    return any(_bits(department).startswith(partition) for department in departments)


def _divided(prefix: str, documents: list[tuple[int, str]]) -> Iterable[tuple[str, list[int]]]:
    if len(documents) <= DOCUMENTS or len(prefix) == _BITS:
        yield prefix, [position for position, _ in documents]
        return
    for bit in "01":
        half = [document for document in documents if document[1][len(prefix)] == bit]
        if half:
            yield from _divided(prefix + bit, half)


def _bits(department: str) -> str:
    return f"{int.from_bytes(hashlib.sha256(department.encode()).digest()[: _BITS // 8]):0{_BITS}b}"
