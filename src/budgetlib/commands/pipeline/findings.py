"""What does not add up, department by department: a department is checked again when a document it looks at changed."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from budgetlib.checks import check_documents
from budgetlib.commands.pipeline.reading import RECORDED, Reading, document_tables, name_hash, parser
from budgetlib.core.disclosures import put_together
from budgetlib.core.errors import Damaged
from budgetlib.core.text import document_number
from budgetlib.core.version import fingerprint
from budgetlib.tables.record_file import packed, read_record_file, write_record_file
from budgetlib.tables.schemas import CATALOGUE, CHECKS, DOCUMENTS

FINDINGS = "findings"
"""The folder of the store with what does not add up, department by department."""

_ITEM = ["edition", "section", "code", "name"]
_NAME = pa.binary(4)
"""A hash as `name_hash` makes it."""


@dataclass(frozen=True)
class Department:
    """The documents of one department, and what its checks look at beside: by its hash they are known."""

    documents: tuple[str, ...]
    keys: tuple[str, ...]
    """The records of its documents and of those to which their ties lead, in the order of the corpus."""
    cites: tuple[str, ...]
    editions: tuple[str, ...]
    """The hash of what the corpus prints of each of them."""

    @cached_property
    def name(self) -> str:
        """The name of its findings in the store."""
        made_from = (fingerprint("core", "definitions", "checks", "tables"), parser(), self)
        return hashlib.sha256(repr(made_from).encode()).hexdigest()[:32]


def departments(readings: Sequence[Reading], catalogue: Path) -> dict[str, Department]:
    """The departments of a corpus by department_id; `catalogue` is that table."""
    places = defaultdict(list)
    for place, reading in enumerate(readings):
        places[reading.department_id].append(place)
    offering = _offering(readings)
    printed = read_editions(catalogue, {number for reading in readings for number in reading.cites})
    hashes = {number: _hash(items) for number, items in printed.items()}
    of_corpus = {}
    for name, of_department in places.items():
        sought = {name_hash(one) for place in of_department for one in readings[place].seeks}
        there = sorted({*of_department, *(place for one in sought for place in offering.get(one, ()))})
        cites = tuple(sorted({number for place in of_department for number in readings[place].cites} & hashes.keys()))
        of_corpus[name] = Department(
            tuple(readings[place].document_id for place in of_department),
            tuple(readings[place].key for place in there),
            cites,
            tuple(hashes[number] for number in cites),
        )
    return of_corpus


def findings(department: Department, store: Path, editions: Mapping[str, pa.Table]) -> pa.Table:
    """The rows of the table `checks` about a `department`: those in the `store`, else made now."""
    path = store / FINDINGS / department.name[:2] / department.name
    try:
        return read_record_file(path, [CHECKS])[CHECKS]
    except (FileNotFoundError, Damaged):
        rows = CHECKS.arrow(_checked(department, store, editions))
        write_record_file(packed({CHECKS: rows}), path)
        return rows


def read_editions(catalogue: Path, cited: Collection[str]) -> dict[str, pa.Table]:
    """What the table at `catalogue` has of the editions `cited`, by their numbers, each item once."""
    if not cited:
        return {}
    table = ds.dataset(catalogue)
    names = pc.unique(table.to_table(columns=["edition"])["edition"]).drop_null().to_pylist()
    numbers = {name: number for name in names if (number := document_number(name)) in cited}
    printed: dict[str, dict[tuple[str | None, ...], dict[str, Any]]] = defaultdict(dict)
    for batch in table.to_batches(
        columns=[*_ITEM, "level"], filter=pc.field("edition").isin(pa.array(numbers, pa.string()))
    ):
        for item in batch.to_pylist():
            key = tuple(item[name] for name in _ITEM)
            printed[numbers[item["edition"]]].setdefault(key, {**item, "document_id": ""})
    return {
        number: CATALOGUE.arrow(items[item] for item in sorted(items, key=str)) for number, items in printed.items()
    }


def _checked(department: Department, store: Path, editions: Mapping[str, pa.Table]) -> list[dict[str, object]]:
    documents = [document_tables(store / "records", key) for key in department.keys]
    rows = {table.name: [row for one in documents for row in one[table].to_pylist()] for table in RECORDED}
    rows[DOCUMENTS.name] = put_together(rows[DOCUMENTS.name])
    rows[CATALOGUE.name] += [item for number in department.cites for item in editions[number].to_pylist()]
    return check_documents(rows, department.documents)


def _offering(readings: Sequence[Reading]) -> Mapping[bytes, list[int]]:
    """The places of the documents that offer a name, by its hash, for the names that any document seeks."""
    sought = {name_hash(name) for reading in readings for name in reading.seeks}
    offered = b"".join(reading.offers for reading in readings)
    hashes = pa.Array.from_buffers(_NAME, len(offered) // _NAME.byte_width, [None, pa.py_buffer(offered)])
    ends = list(accumulate(len(reading.offers) // _NAME.byte_width for reading in readings))
    places = defaultdict(list)
    for index in pc.indices_nonzero(pc.is_in(hashes, value_set=pa.array(sorted(sought), _NAME))).to_pylist():
        places[hashes[index].as_py()].append(bisect_right(ends, index))
    return places


def _hash(items: pa.Table) -> str:
    return hashlib.sha256(repr(items.select(_ITEM).to_pylist()).encode()).hexdigest()[:16]
