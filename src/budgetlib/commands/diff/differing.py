"""Two parses → the rows that differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds

from budgetlib.core.errors import NotFound
from budgetlib.tables.schemas import CHECKS, DOCUMENTS, LINES, STATEMENTS, Table, to_frame
from budgetlib.tables.store import Tables

COLUMNS = (
    "department_id",
    "fiscal_year",
    "document_kind",
    "kind",
    "change",
    "form",
    "section",
    "unit",
    "code",
    "item",
    "measure",
    "old",
    "new",
    "old_page",
    "new_page",
    "old_document_id",
    "new_document_id",
)
_DOCUMENT = ["department_id", "fiscal_year", "document_kind", "file"]


Parse = Mapping[Table, pd.DataFrame]


@dataclass(frozen=True)
class _Kind:
    """What is compared: rows of `table` that agree in `key` are the same thing, which says what is in `value`."""

    name: str
    table: Table
    key: tuple[str, ...]
    value: tuple[str, ...]
    shown: str


_IN_FORM = ("form", "side", "code", "item", "gov_item", "economic_item", "unit", "measure", "stage")
_IN_WORDS = ("section", "unit", "measure", "stage", "item", "value_unit")
_KINDS = (
    _Kind("amount", LINES, _IN_FORM, ("amount_yuan",), "amount_yuan"),
    _Kind("statement", STATEMENTS, _IN_WORDS, ("value",), "value"),
    _Kind("finding", CHECKS, ("check", "form", "row"), ("severity", "published", "expected"), "message_en"),
)


def read_parse(folder: Path) -> Parse:
    """The tables in `folder` that are compared, also of another version: a column that it does not have is blank.

    Raises `NotFound` where they are not there or cannot be read.
    """
    tables = Tables(folder)
    by_table = {}
    for table in (DOCUMENTS, LINES, STATEMENTS, CHECKS):
        try:
            rows = ds.dataset(tables.partitions(table), format="parquet").to_table()
        except (pa.ArrowException, OSError) as fault:
            raise NotFound(f"{folder / table.file} cannot be read ({fault}); parse into it once more") from fault
        by_table[table] = to_frame(rows).reindex(columns=table.schema.names)
    return by_table


def differences(old: Parse, new: Parse) -> pd.DataFrame:
    """What is not the same in two parses: one row for each thing that appeared, went or changed, columns `COLUMNS`.

    A document is the same whatever its content if it is the same department's, year's and kind's, or has the same file
    name where these are not known; of one that appeared or went nothing else is said. What is printed twice is compared
    with what is printed twice, in printed order; rows may move. A finding is a check that fails; `old` and `new` are
    what it says.
    """
    documents = _paired(old[DOCUMENTS], new[DOCUMENTS])
    parts = [_documents(documents)]
    for kind in _KINDS:
        before, after = (_rows(kind, parse, documents, which) for parse, which in ((old, "old"), (new, "new")))
        parts.append(_apart(kind, before, after))
    every = pd.concat(parts, ignore_index=True).reindex(columns=list(COLUMNS))
    ordered = every.sort_values(["department_id", "fiscal_year", "document_kind"], kind="stable", ignore_index=True)
    return ordered.astype(object).where(ordered.notna(), "")


def _paired(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """The documents of both with their ids there: the same file, or of the others those about the same, in order."""
    before, after = (_about(documents) for documents in (old, new))
    both = before[["document_id", "path"]].merge(after, on="document_id", suffixes=("_old", "_new"))
    same = both.assign(document_id_old=both.document_id, document_id_new=both.document_id).drop(columns="document_id")
    left, right = (rows[~rows.document_id.isin(both.document_id)] for rows in (before, after))
    left, right = (rows.assign(number=_number(rows, _DOCUMENT).astype(str)) for rows in (left, right))
    others = left.merge(right, "outer", [*_DOCUMENT, "number"], suffixes=("_old", "_new"))
    return pd.concat([same.assign(number=same.document_id_new), others], ignore_index=True)


def _about(documents: pd.DataFrame) -> pd.DataFrame:
    """What each document is; its file where that is not known."""
    rows = documents.sort_values("path")
    unknown = rows.department_id.isna() | rows.fiscal_year.isna()
    texts = {name: rows[name].astype("string").fillna("") for name in _DOCUMENT[:-1]}
    return rows.assign(**texts, file=rows.path.where(unknown, ""))[[*_DOCUMENT, "document_id", "path"]]


def _documents(pairs: pd.DataFrame) -> pd.DataFrame:
    """The documents that are only in one parse, or have another content."""
    differing = pairs[pairs.document_id_old != pairs.document_id_new]
    ids = {"document_id_old": "old_document_id", "document_id_new": "new_document_id"}
    shown = differing.rename(columns=ids | {"path_old": "old", "path_new": "new"})
    return shown.assign(kind="document", change=_change(shown.old_document_id, shown.new_document_id))


def _rows(kind: _Kind, parse: Parse, documents: pd.DataFrame, which: str) -> pd.DataFrame:
    """The rows of one parse, about documents in both; blank where a key is missing."""
    rows = parse[kind.table]
    if kind.table is CHECKS:
        rows = rows[rows.state == "fail"]
    in_both = documents.dropna(subset=["document_id_old", "document_id_new"])
    of_side = in_both.rename(columns={f"document_id_{which}": "document_id"})
    rows = rows.merge(of_side[[*_DOCUMENT, "number", "document_id"]], on="document_id")
    texts = {name: rows[name].astype("string").fillna("") for name in (*kind.key, *kind.value)}
    return rows.assign(**texts, shown=rows[kind.shown].astype("string").fillna(""))


def _apart(kind: _Kind, old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """The rows that only one side has; those about the same thing, in printed order, are one that changed."""
    thing = [*_DOCUMENT, "number", *kind.key]
    same = [*thing, *kind.value]
    kept = [*same, "shown", "page", "document_id"]
    old, new = (rows[kept].assign(place=_number(rows, same)) for rows in (old, new))
    both = old[[*same, "place"]].merge(new[[*same, "place"]])
    old, new = (_without(rows, both, [*same, "place"]) for rows in (old, new))
    old, new = (rows.assign(place=_number(rows, thing)) for rows in (old, new))
    merged = old.merge(new, "outer", [*thing, "place"], suffixes=("_old", "_new"))
    names = {"shown": "", "page": "_page", "document_id": "_document_id"}
    merged = merged.rename(
        columns={f"{name}_{which}": f"{which}{tail}" for name, tail in names.items() for which in ("old", "new")}
    )
    if kind.name == "finding":
        merged = merged.assign(item=merged.check)
    return merged.assign(kind=kind.name, change=_change(merged.old_document_id, merged.new_document_id))


def _without(rows: pd.DataFrame, others: pd.DataFrame, key: Sequence[str]) -> pd.DataFrame:
    marked = rows.merge(others, "left", list(key), indicator=True)
    return marked[marked._merge == "left_only"].drop(columns="_merge")


def _number(rows: pd.DataFrame, key: Sequence[str]) -> pd.Series:
    return rows.groupby(list(key), sort=False).cumcount()


def _change(old: pd.Series, new: pd.Series) -> pd.Series:
    return pd.Series("changed", old.index).mask(old.isna(), "appeared").mask(new.isna(), "went")
