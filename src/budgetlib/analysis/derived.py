"""Figures over the whole corpus: those that are kept with its tables, else made now."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

import pandas as pd

from budgetlib.tables.corpus import Corpus
from budgetlib.tables.derived import derived_tables


def derived(
    corpus: Corpus,
    name: str,
    make: Callable[[Corpus], Iterable[Mapping[Any, Any]]],
    **among: Collection[str] | Collection[int],
) -> pd.DataFrame:
    """A table of `tables/derived.toml`, or its rows whose columns have one of some values; else what `make` makes."""
    kept = corpus.derived(name, **among)
    if kept is not None:
        return kept
    rows = derived_tables()[name].frame(without_gaps(make(corpus)))
    for column, values in among.items():
        rows = rows[rows[column].isin(list(values))]
    return rows


def without_gaps(records: Iterable[Mapping[Any, Any]]) -> Iterator[dict[str, Any]]:
    """`records` with None for whatever else says that nothing is known."""
    for record in records:
        yield {key: None if pd.isna(value) else value for key, value in record.items()}
