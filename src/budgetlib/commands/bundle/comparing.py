"""Two folders of one result → what differs, value by value."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, takewhile, zip_longest
from pathlib import Path, PurePosixPath

import pandas as pd

from budgetlib.commands.bundle.archive import packed_files
from budgetlib.commands.bundle.rerun import REPORTS, TIDY
from budgetlib.tables.schemas import TABLES
from budgetlib.tables.store import Tables

_OF_THE_MACHINE = {"folder", "ocr", "parser_version"}
"""Columns of `documents` that say where and with what a file was read, not what is in it."""

_OF_THE_LIBRARIES = {"versions", "made_from"}
_SHOWN, _BEFORE = 60, 3
"""Characters of a value that are shown, and before the first that differs."""

Values = tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """How many of the things of one `kind` are equal, and what differs in the others."""

    kind: str
    equal: int
    of: int
    differences: tuple[str, ...]


def compare(before: Path, now: Path) -> list[Comparison]:
    """The tables, the figures and the pages of two results."""
    reports = {kind: _reports(before / REPORTS, now / REPORTS, kind) for kind in ("tables", "figures", "pages")}
    tables = chain(_tables(before / TIDY, now / TIDY), reports.pop("tables"))
    return [_counted("tables", tables), *(_counted(kind, pairs) for kind, pairs in reports.items())]


def compare_tables(before: Path, now: Path) -> Comparison:
    """The tables in two folders as `budgetlib parse` writes them."""
    return _counted("tables", _tables(before, now))


def _counted(kind: str, pairs: Iterable[Sequence[str]]) -> Comparison:
    each = list(pairs)
    return Comparison(kind, sum(not differing for differing in each), len(each), tuple(chain.from_iterable(each)))


def _tables(before: Path, now: Path) -> Iterator[list[str]]:
    old, new = Tables(before), Tables(now)
    for table in TABLES:
        columns = [name for name in table.schema.names if table.name != "documents" or name not in _OF_THE_MACHINE]
        yield _differing(table.name, columns, _rows(old.read(table), columns), _rows(new.read(table), columns))


def _rows(frame: pd.DataFrame, columns: list[str]) -> list[Values]:
    shown = frame[columns].astype(object)
    return [tuple("" if pd.isna(value) else str(value) for value in row) for row in shown.itertuples(index=False)]


def _differing(name: str, columns: Sequence[str], before: list[Values], now: list[Values]) -> list[str]:
    """The rows that only one of two tables has, those that stand against each other by column."""
    gone, new = Counter(before) - Counter(now), Counter(now) - Counter(before)
    differing = zip_longest(gone.elements(), new.elements())
    return [f"{name}: {_in_words(columns, one, other)}" for one, other in differing]


def _in_words(columns: Sequence[str], before: Values | None, now: Values | None) -> str:
    if before is None or now is None:
        row, where = (now, "only now") if before is None else (before, "only in the bundle")
        return f"{where}: {_short(' '.join(value for value in row or () if value))}"
    differing = [
        f"{column} {_short(one)!r} in the bundle, {_short(other)!r} now"
        for column, one, other in zip(columns, before, now, strict=False)
        if one != other
    ]
    same = [value for value, other in zip(before, now, strict=False) if value == other and value]
    return f"{_short(' '.join(same))}: {'; '.join(differing)}"


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _reports(before: Path, now: Path, kind: str) -> Iterator[list[str]]:
    """What differs in each file of a `kind` in two folders of reports."""
    old, new = ({name for name in packed_files(folder) if _kind(name) == kind} for folder in (before, now))
    for name in sorted(old | new):
        if name not in new:
            yield [f"{name}: only in the bundle"]
        elif name not in old:
            yield [f"{name}: only now"]
        else:
            yield _file(name, before / name, now / name)


def _kind(name: str) -> str:
    folder = PurePosixPath(name).parent.name
    return folder if folder in ("tables", "figures") else "pages"


def _file(name: str, before: Path, now: Path) -> list[str]:
    old, new = before.read_bytes(), now.read_bytes()
    if old == new:
        return []
    if PurePosixPath(name).name == "result.json":
        one, other = (json.loads(content) for content in (old, new))
        keys = [
            key for key in one.keys() | other.keys() if key not in _OF_THE_LIBRARIES and one.get(key) != other.get(key)
        ]
        return [f"{name}: {key}: {one.get(key)} in the bundle, {other.get(key)} now" for key in sorted(keys)]
    if name.endswith(".csv"):
        header, *rows = _records(old)
        other, *others = _records(new)
        return _differing(name, header, rows, others) if header == other else [f"{name}: columns differ"]
    if name.endswith((".html", ".ipynb")):
        lines = zip_longest(old.decode(errors="replace").splitlines(), new.decode(errors="replace").splitlines())
        number, (one, other) = next((number, pair) for number, pair in enumerate(lines, 1) if pair[0] != pair[1])
        return [f"{name}: line {number}: {_apart(one or '', other or '')}"]
    return [f"{name}: {len(old)} bytes in the bundle, {len(new)} now"]


def _records(content: bytes) -> list[Values]:
    return [tuple(row) for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))]


def _apart(before: str, now: str) -> str:
    """Where two lines begin to differ.

    >>> _apart("in all 120.50 yuan", "in all 120.60 yuan")
    "'20.50 yuan' in the bundle, '20.60 yuan' now"
    """
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, now, strict=False)))
    start = max(0, same - _BEFORE)
    return f"{_short(before[start:])!r} in the bundle, {_short(now[start:])!r} now"
