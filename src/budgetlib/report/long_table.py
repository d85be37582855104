"""Tables of any length: a page holds their rows as text, and shows those that are looked for, some at a time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from budgetlib.definitions.labels import LANGUAGES, label

AS_NAMED = "="
"""The address of a report whose folder is called what the first two cells of its row say."""
_AT_ONCE = 100
_WORDS = ("search", "found", "before", "next")


class LongRow(NamedTuple):
    """A row: the folder of the report it is about, if there is one; what it stands under; its cells."""

    address: str
    group: str
    cells: Sequence[str]


def address(folder: str, name: object, year: object) -> str:
    """The address of a report in `folder`, given the first two cells of its row."""
    return AS_NAMED if folder == f"{name}/{year}" else folder


def long_table(
    columns: Sequence[Mapping[str, str]], rows: Iterable[LongRow], languages: Sequence[str], most_bytes: int
) -> Mapping[str, Any]:
    """What the macro `long` shows: `rows` under `columns` (`head`, `unit`, `kind`), as many as `most_bytes` hold.

    A name leads to its report in the first of `languages`, a cell of links to those in the languages it names.
    """
    lines, first, size, left_out = [], [], 0, 0
    for row in rows:
        line = "\t".join(re.sub(r"\s+", " ", field) for field in (row.address, row.group, *row.cells))
        size += len(line.encode()) + 1
        if size > most_bytes:
            left_out += 1
            continue
        lines.append(line)
        if len(lines) <= _AT_ONCE:
            first.append(row._replace(address=_folder(row)))
    words = {name: " · ".join(dict.fromkeys(label(f"long.{name}", one) for one in languages)) for name in _WORDS}
    words |= {f"open_{language}": label("index.open", language) for language in LANGUAGES}
    notes = [label("long.left_out", one, count=left_out) for one in languages] if left_out else []
    return {
        "columns": columns,
        "first": first,
        "lines": "\n".join(lines),
        "count": len(lines),
        "at_once": _AT_ONCE,
        "language": languages[0],
        "words": words,
        "note": " · ".join(notes),
    }


def _folder(row: LongRow) -> str:
    return f"{row.cells[0]}/{row.cells[1]}" if row.address == AS_NAMED else row.address
