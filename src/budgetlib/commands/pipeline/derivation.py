"""Tables → derived tables, partition by partition: what overviews and ranks show, made when their documents change."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from budgetlib.analysis.catalogue_edition import named_units, sections
from budgetlib.analysis.comparison import budget_rows, class_rows
from budgetlib.analysis.data_quality import form_fates, identities, qualities
from budgetlib.analysis.derived import without_gaps
from budgetlib.analysis.execution_comparison import executed
from budgetlib.core.errors import Damaged
from budgetlib.tables.corpus import Corpus, load
from budgetlib.tables.derived import derived_tables
from budgetlib.tables.matches import load_matches
from budgetlib.tables.record_file import packed, read_record_file, write_record_file
from budgetlib.tables.schemas import Table

Rows = Iterable[Mapping[Any, Any]]

_OF_DOCUMENTS: Mapping[str, Callable[[Corpus], Rows]] = {
    "named_units": named_units,
    "catalogue_sections": sections,
    "document_quality": qualities,
    "identity_quality": identities,
    "form_fates": form_fates,
}
_OF_BUDGETS: Mapping[str, Callable[[Corpus, Corpus, pd.DataFrame], Rows]] = {
    "budgets": budget_rows,
    "catalogue_classes": class_rows,
    "execution": lambda corpus, part, reviewed: executed(part),
}
DEPARTMENTS = "departments"
OF_DOCUMENTS = (*_OF_DOCUMENTS, DEPARTMENTS)
"""Derived tables that the documents of a partition alone decide."""
OF_BUDGETS = tuple(_OF_BUDGETS)
"""Derived tables that look at other departments too: those above, and those that print the catalogue."""
BUDGETS = "budgets"
"""The folder of the store with the rows of `OF_BUDGETS`, department by department."""


class Made(NamedTuple):
    """A department, and the hash of what its tables were made from."""

    department_id: str
    made_from: str


class Budgets(NamedTuple):
    """The documents of a department, and the hash of what its rows of `OF_BUDGETS` are made from."""

    department_id: str
    documents: tuple[str, ...]
    made_from: str

    @property
    def name(self) -> str:
        """The name of these rows in the store."""
        return _hash((derived_tables()["budgets"].name, self))


def of_documents(
    generation: Path, documents: Sequence[str], departments: Iterable[Made]
) -> Iterator[tuple[Table, Rows]]:
    """The tables `OF_DOCUMENTS` of some documents in the tables in `generation`."""
    part = load(generation).part(documents)
    for name, make in _OF_DOCUMENTS.items():
        yield derived_tables()[name], without_gaps(make(part))
    yield derived_tables()[DEPARTMENTS], [made._asdict() for made in departments]


def of_budgets(departments: Sequence[Budgets], store: Path, generation: Path) -> dict[Table, pa.Table]:
    """The tables `OF_BUDGETS` of some departments: the rows in the `store`, else made from the tables in `generation`.

    They are as if nobody had reviewed a match.
    """
    tables = [derived_tables()[name] for name in OF_BUDGETS]
    paths = {one: store / BUDGETS / one.name[:2] / one.name for one in departments}
    there: dict[Budgets, dict[Table, pa.Table]] = {}
    for one, path in paths.items():
        with suppress(FileNotFoundError, Damaged):
            there[one] = read_record_file(path, tables)
    missing = [one for one in departments if one not in there]
    made = _made(generation, [name for one in missing for name in one.documents]) if missing else {}
    for one in missing:
        there[one] = {
            table: rows.filter(pc.field("department_id") == one.department_id) for table, rows in made.items()
        }
        write_record_file(packed(there[one]), paths[one])
    return {table: pa.concat_tables(there[one][table] for one in departments) for table in tables}


def _made(generation: Path, documents: Sequence[str]) -> dict[Table, pa.Table]:
    whole = load(generation).corrected()
    part, nothing = whole.part(documents).held(), load_matches("")
    entities = list(part.documents.entity.dropna().unique())
    units, printed = _rows(whole, "named_units", unit=entities), _rows(whole, "catalogue_sections")
    corpus = whole.remembering({"named_units": units, "catalogue_sections": printed})
    return {
        (table := derived_tables()[name]): table.arrow(without_gaps(make(corpus, part, nothing)))
        for name, make in _OF_BUDGETS.items()
    }


def ties(generation: Path) -> dict[str, str]:
    """By department, the hash of what `OF_BUDGETS` see of other departments in the tables in `generation`."""
    corpus = load(generation)
    documents = corpus.documents[corpus.documents.department_id.notna()]
    department: dict[str, str] = dict(zip(documents.document_id, documents.department_id, strict=True))
    named: dict[str, set[str]] = defaultdict(set)
    for entity, department_id in zip(documents.entity, documents.department_id, strict=True):
        named[entity].add(department_id)
    made = _rows(corpus, DEPARTMENTS)
    digest = dict(zip(made.department_id, made.made_from, strict=True))
    above: dict[str, set[str]] = defaultdict(set)
    naming = _rows(corpus, "named_units", unit=[entity for entity in named if entity])
    for document_id, unit in zip(naming.document_id, naming.unit, strict=True):
        for department_id in named[unit] - {department.get(document_id)}:
            above[department_id].add(department.get(document_id, document_id))
    declaring = {department.get(name) for name in corpus.rows("catalogue_declarations", ["document_id"]).document_id}
    printed = _rows(corpus, "catalogue_sections")[["edition", "section", "digest"]].drop_duplicates()
    catalogue = _hash(sorted(map(str, printed.itertuples(index=False, name=None))))
    return {
        name: _hash([sorted(digest[one] for one in above[name]), catalogue if {name, *above[name]} & declaring else ""])
        for name in department.values()
    }


def _rows(corpus: Corpus, name: str, **among: list[str]) -> pd.DataFrame:
    rows = corpus.derived(name, **among)
    if rows is None:
        raise FileNotFoundError(derived_tables()[name].file)
    return rows


def _hash(value: object) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()[:32]
