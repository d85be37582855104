"""How a corpus comes to rows that it does not hold yet, or holds in memory."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

import numpy as np
import pandas as pd


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
