"""Records of documents → tables, partition by partition; what is made from the same as before is taken over."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from budgetlib.commands.pipeline.derivation import (
    BUDGETS,
    OF_BUDGETS,
    OF_DOCUMENTS,
    Budgets,
    Made,
    of_budgets,
    of_documents,
    ties,
)
from budgetlib.commands.pipeline.findings import FINDINGS, Department, departments, findings, read_editions
from budgetlib.commands.pipeline.index import Known, write_index
from budgetlib.commands.pipeline.reading import RECORDED, Reading, document_tables, parser
from budgetlib.core.disclosures import put_together
from budgetlib.core.errors import BudgetlibError
from budgetlib.core.files import replacing
from budgetlib.core.user_csv import Values
from budgetlib.core.workers import Processes
from budgetlib.tables.derived import derived_tables
from budgetlib.tables.generations import Generation, Store
from budgetlib.tables.partitions import partitions
from budgetlib.tables.schemas import CATALOGUE, CHECKS, CORRECTIONS, DOCUMENTS, Table
from budgetlib.tables.store import part_name
from budgetlib.tables.verdicts import judged


@dataclass(frozen=True)
class Printed:
    """A document that the tables are to hold: how it was read, the folder its path starts from, what people decided."""

    reading: Reading
    folder: str | None
    corrections: tuple[Mapping[str, Any], ...] = ()
    verdicts: tuple[Values, ...] = ()


@dataclass(frozen=True)
class _Part:
    """What the files of one partition are made from."""

    partition: str


@dataclass(frozen=True)
class _Records(_Part):
    parser: str
    documents: tuple[tuple[str, str | None], ...]
    """Key and folder of each."""
    corrections: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class _Findings(_Part):
    documents: tuple[str, ...]
    departments: tuple[Department, ...]
    names: tuple[str, ...]
    """Of the departments; they tell which code checks them."""
    verdicts: tuple[tuple[str, Values], ...]
    """Each with its document."""


@dataclass(frozen=True)
class _OfDocuments(_Part):
    documents: tuple[str, ...]
    departments: tuple[Made, ...]


@dataclass(frozen=True)
class _OfBudgets(_Part):
    departments: tuple[Budgets, ...]


def assemble(store: Store, documents: Sequence[Printed], known: Mapping[str, Known], jobs: int) -> None:
    """The tables of `documents` as the generation in use, with what is `known` of their files.

    Raises `Damaged` where records are not there any more, and `OSError` where there is no room; the tables are then
    those of before.
    """
    readings = [one.reading for one in documents]
    places = partitions([reading.department_id for reading in readings])
    with store.next_generation() as generation:
        fill = _Fill(store, generation, jobs)
        fill.tables((*RECORDED, CORRECTIONS), _write_records, [_records(*one, documents) for one in places.items()])
        checked = departments(readings, generation.path(CATALOGUE.file))
        fill.tables((CHECKS,), _write_findings, [_findings(*one, documents, checked) for one in places.items()])
        of_documents = [_of_documents(*one, documents, checked) for one in places.items()]
        fill.tables([derived_tables()[name] for name in OF_DOCUMENTS], _write_of_documents, of_documents)
        tied = ties(generation.folder)
        budgets = [_of_budgets(part, checked, tied) for part in of_documents]
        fill.tables([derived_tables()[name] for name in OF_BUDGETS], _write_of_budgets, budgets)
        write_index(known, store.current(), generation)
    store.show_tables()
    shelves = store.folder / "records"
    for shelf in shelves.iterdir():
        if shelf.name != parser():
            shutil.rmtree(shelf)
    _keep_only(store.folder / FINDINGS, (department.name for department in checked.values()))
    _keep_only(store.folder / BUDGETS, (department.name for part in budgets for department in part.departments))


def _keep_only(folder: Path, names: Iterable[str]) -> None:
    known = set(names)
    for file in folder.glob("*/*"):
        if file.name not in known:
            file.unlink()


@dataclass(frozen=True)
class _Fill:
    """How the tables of a generation are filled: from the one before, else in `jobs` processes."""

    store: Store
    generation: Generation
    jobs: int

    def tables(self, tables: Sequence[Table], write: Callable[..., _Part], parts: Sequence[_Part]) -> None:
        """Each of `parts` of `tables`: taken over where it is made from the same, else what `write` makes."""
        before = self.store.current()
        changed = []
        for part in parts:
            names, made_from = [part_name(table, part.partition) for table in tables], _hash(part)
            if all(before.has(name, made_from) for name in names):
                for name in names:
                    self.generation.take_over(name, before)
            else:
                changed.append((part, self.store.folder, self.generation.folder))
        for part in Processes(self.jobs).each(write, changed, _killed):
            made_from = _hash(part)
            for table in tables:
                self.generation.add(part_name(table, part.partition), made_from)


def _hash(part: _Part) -> str:
    return hashlib.sha256(repr(part).encode()).hexdigest()


def _records(partition: str, places: Sequence[int], documents: Sequence[Printed]) -> _Records:
    printed = [documents[place] for place in places]
    corrections = tuple(correction for one in printed for correction in one.corrections)
    return _Records(partition, parser(), tuple((one.reading.key, one.folder) for one in printed), corrections)


def _write_records(part: _Records, store: Path, generation: Path) -> _Part:
    tables: dict[Table, list[pa.Table]] = {table: [] for table in RECORDED}
    for key, folder in part.documents:
        for table, rows in document_tables(store / "records", key).items():
            tables[table].append(_in_folder(rows, folder) if table is DOCUMENTS else rows)
    for table, rows in tables.items():
        whole = pa.concat_tables(rows)
        together = DOCUMENTS.arrow(put_together(whole.to_pylist())) if table is DOCUMENTS else whole
        _write(together, table, part, generation)
    _write(CORRECTIONS.arrow(part.corrections), CORRECTIONS, part, generation)
    return part


def _in_folder(documents: pa.Table, folder: str | None) -> pa.Table:
    place = documents.schema.get_field_index("folder")
    return documents.set_column(place, documents.schema.field(place), pa.array([folder] * len(documents), pa.string()))


def _findings(
    partition: str, places: Sequence[int], documents: Sequence[Printed], checked: Mapping[str, Department]
) -> _Findings:
    here = [documents[place] for place in places]
    departments_here = [checked[name] for name in dict.fromkeys(one.reading.department_id for one in here)]
    names = tuple(department.name for department in departments_here)
    verdicts = tuple((one.reading.document_id, values) for one in here for values in one.verdicts)
    documents_here = tuple(one.reading.document_id for one in here)
    return _Findings(partition, documents_here, tuple(departments_here), names, verdicts)


def _write_findings(part: _Findings, store: Path, generation: Path) -> _Part:
    cited = {number for department in part.departments for number in department.cites}
    editions = read_editions(generation / CATALOGUE.file, cited)
    rows = pa.concat_tables(findings(department, store, editions) for department in part.departments)
    order = pc.index_in(rows["document_id"], value_set=pa.array(part.documents))
    _write(judged(rows.take(pc.sort_indices(order)), part.verdicts), CHECKS, part, generation)
    return part


def _of_documents(
    partition: str, places: Sequence[int], documents: Sequence[Printed], checked: Mapping[str, Department]
) -> _OfDocuments:
    here = [documents[place] for place in places]
    names = dict.fromkeys(one.reading.department_id for one in here)
    made = []
    for name in names:
        printed = [
            (one.reading.key, one.folder, one.corrections, one.verdicts)
            for one in here
            if one.reading.department_id == name
        ]
        made.append(Made(name, hashlib.sha256(repr((printed, checked[name].name)).encode()).hexdigest()[:32]))
    return _OfDocuments(partition, tuple(one.reading.document_id for one in here), tuple(made))


def _of_budgets(part: _OfDocuments, checked: Mapping[str, Department], tied: Mapping[str, str]) -> _OfBudgets:
    made = (
        Budgets(name, checked[name].documents, f"{made_from} {tied.get(name, '')}")
        for name, made_from in part.departments
    )
    return _OfBudgets(part.partition, tuple(made))


def _write_of_documents(part: _OfDocuments, store: Path, generation: Path) -> _Part:
    for table, rows in of_documents(generation, part.documents, part.departments):
        _write(table.arrow(rows), table, part, generation)
    return part


def _write_of_budgets(part: _OfBudgets, store: Path, generation: Path) -> _Part:
    for table, rows in of_budgets(part.departments, store, generation).items():
        _write(rows, table, part, generation)
    return part


def _write(rows: pa.Table, table: Table, part: _Part, generation: Path) -> None:
    with replacing(generation / part_name(table, part.partition), durable=True) as temporary:
        pq.write_table(rows, temporary)


def _killed(*task: object) -> _Part:
    raise BudgetlibError("a process that put tables together was ended; it may need more memory: try --jobs 1")
