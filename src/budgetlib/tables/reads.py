"""How a corpus comes to rows that it does not hold yet, or holds in memory."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import pandas as pd

_KEPT = 100
"""Tables of one document: those of a department's last years."""


class Read(Protocol):
    """What reads tables that were not asked for yet."""

    def __call__(
        self, name: str, documents: pd.DataFrame, columns: Sequence[str] | None = None, **equal: object
    ) -> pd.DataFrame:
        """Of a table, by its name, `columns` of the rows about some of `documents` that have the values `equal`."""


class ReadDerived(Protocol):
    """What reads derived tables."""

    def __call__(self, name: str, **among: Collection[str] | Collection[int]) -> pd.DataFrame | None:
        """Of a derived table, by its name, the rows whose columns have one of some values; None where there is none."""


def by_document(frames: Mapping[str, pd.DataFrame]) -> Read:
    """What finds the rows of `frames` about a document without going through the others."""
    places = {name: frame.groupby("document_id", sort=False).indices for name, frame in frames.items()}

    def read(name: str, documents: pd.DataFrame, columns: Sequence[str] | None = None, **equal: object) -> pd.DataFrame:
        of_each = [places[name][one] for one in documents.document_id if one in places[name]]
        rows = frames[name].take(np.sort(np.concatenate(of_each)) if of_each else [])
        return having(rows, columns, equal)

    return read


def by_first_document(rows: pd.DataFrame, column: str, documents: Iterable[str]) -> Callable[[Any], pd.DataFrame]:
    """What finds the `rows` with a value in a `column` as the first of `documents` prints them that prints any."""
    places = rows.groupby([column, "document_id"], sort=False).indices
    order, none = list(documents), np.array([], dtype=int)

    def read(value: object) -> pd.DataFrame:
        return rows.take(np.asarray(next((places[value, one] for one in order if (value, one) in places), none)))

    return read


def kept(read: Read) -> Read:
    """The same as `read`, with the rows of the last documents asked about one by one in memory."""
    frames: dict[tuple[str, str], pd.DataFrame] = {}

    def read_once(
        name: str, documents: pd.DataFrame, columns: Sequence[str] | None = None, **equal: object
    ) -> pd.DataFrame:
        if len(documents) != 1:
            return read(name, documents, columns, **equal)
        key = name, documents.document_id.iloc[0]
        frames[key] = frames.pop(key) if key in frames else read(name, documents)
        if len(frames) > _KEPT:
            del frames[next(iter(frames))]
        return having(frames[key].copy(deep=False), columns, equal)

    return read_once


def remembered(rows: Mapping[str, pd.DataFrame], read: ReadDerived) -> ReadDerived:
    """The same as `read`, with the `rows` of some derived tables in memory in place of all that they have."""

    def derived(name: str, **among: Collection[str] | Collection[int]) -> pd.DataFrame | None:
        if name not in rows:
            return read(name, **among)
        kept = rows[name]
        for column, values in among.items():
            kept = kept[kept[column].isin(list(values))]
        return kept

    return derived


def having(rows: pd.DataFrame, columns: Sequence[str] | None, equal: Mapping[str, object]) -> pd.DataFrame:
    """Those of `rows` with the values `equal`, with some `columns` or all."""
    for column, value in equal.items():
        rows = rows[(rows[column] == value).fillna(False).astype(bool)]
    return rows if columns is None else rows[list(columns)]
