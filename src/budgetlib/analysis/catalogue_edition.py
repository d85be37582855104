"""Which section of which edition of the guidance catalogue of purchased services applies to a department."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pandas as pd

from budgetlib.analysis.catalogue_matcher import THRESHOLD
from budgetlib.core.text import document_number
from budgetlib.definitions.vocabulary.catalogue import is_section_of
from budgetlib.definitions.vocabulary.services import service_words
from budgetlib.tables.corpus import Corpus

_LEAF = 4  # the level of an item that nothing stands below


@dataclass(frozen=True, eq=False)
class Guidance:
    """The items that a department may buy as services, and why these.

    `basis` is `own` (the department's document prints them), `cited` (it cites an edition that another document
    prints), `department` (the department above it does); else `uncited` (no edition is named), `unheld` (no document
    of the corpus prints the edition) or `unsectioned` (what is printed of it holds no section for the department).
    `edition` is its document number as cited or printed, None where none is. `items` are rows of the table
    `catalogue` (level 4, and level 3 where nothing stands below) with the `file` that prints them where it is
    another's. `threshold` is the similarity from which a project counts as one of them.
    """

    basis: str
    edition: str | None
    section: str | None
    items: pd.DataFrame
    threshold: float = THRESHOLD


def guidance(corpus: Corpus, budget: Corpus) -> Guidance:
    """The section of the guidance catalogue that applies to the department of `budget`, a part of `corpus`."""
    above = _documents_above(corpus, budget)
    found = [one for basis, rows in _sources(corpus, budget, above) if (one := _section(corpus, budget, basis, rows))]
    known = next((one for one in found if one.section is not None), None)
    if known is not None:
        return known
    if found:
        return found[0]
    cited = [*_citations(budget), *_citations(corpus, above)]
    return Guidance("unheld" if cited else "uncited", cited[0] if cited else None, None, corpus.catalogue.iloc[:0])


def leaves(items: pd.DataFrame) -> pd.DataFrame:
    """The rows of one section of `catalogue` that name a service: level 4, and level 3 with nothing below."""
    below = [bool((items.code.str.startswith(code) & (items.code != code)).any()) for code in items.code]
    alone = ~pd.Series(below, index=items.index, dtype=bool)
    return items[(items.level == _LEAF) | ((items.level == _LEAF - 1) & alone)]


def edition_key(number: str) -> str:
    """A document number whatever its brackets and blanks; that of the edition where it hands one on.

    >>> edition_key("晋财综【2025】 28号") == edition_key("晋财综〔2025〕28号") == edition_key("同财综[2025]69号")
    True
    """
    keys = {document_number(notice): edition for notice, edition in service_words().forwarded.items()}
    return document_number(keys.get(document_number(number), number))


def _sources(corpus: Corpus, budget: Corpus, above: Iterable[str]) -> Iterator[tuple[str, pd.DataFrame]]:
    """Catalogue rows that may apply, most credible first, one document's and edition's at a time, with the basis."""
    yield from (("own", rows) for rows in _by_document(budget, budget.catalogue))
    printed = corpus.catalogue[corpus.catalogue.edition.notna()]
    editions = printed.edition.map(edition_key)
    for basis, numbers in (("cited", _citations(budget)), ("department", _citations(corpus, above))):
        for number in numbers:
            yield from ((basis, rows) for rows in _by_document(corpus, printed[editions == edition_key(number)]))


def _by_document(corpus: Corpus, rows: pd.DataFrame) -> Iterator[pd.DataFrame]:
    for name in corpus.documents.document_id:
        own = rows[rows.document_id == name]
        if not own.empty:
            yield own


def _section(corpus: Corpus, budget: Corpus, basis: str, rows: pd.DataFrame) -> Guidance | None:
    edition = next(iter(rows.edition.dropna()), None)
    sections = list(dict.fromkeys(rows.section.dropna()))
    for name in _names(corpus, budget):
        fitting = [section for section in sections if is_section_of(section, name)]
        if fitting:
            section = max(fitting, key=len)
            items = leaves(rows[rows.section == section])
            return Guidance(basis, edition, section, items.assign(file=_files(corpus, budget, items)))
    return Guidance("unsectioned", edition, None, rows.iloc[:0])


def _files(corpus: Corpus, budget: Corpus, items: pd.DataFrame) -> pd.Series:
    paths = corpus.documents.set_index("document_id").path.drop(budget.documents.document_id)
    return items.document_id.map(paths).astype(object).where(items.document_id.isin(paths.index), None)


def _names(corpus: Corpus, budget: Corpus) -> list[str]:
    """The department's own name, then those of the departments above it."""
    own = [*budget.documents.entity.dropna(), *budget.performance_projects.supervisor.dropna()]
    above = corpus.documents[corpus.documents.document_id.isin(_documents_above(corpus, budget))]
    return list(dict.fromkeys([*own, *above.entity.dropna()]))


def _documents_above(corpus: Corpus, budget: Corpus) -> list[str]:
    """The documents whose projects forms name this entity as one of their units."""
    entities = budget.documents.entity.dropna()
    projects = corpus.lines[(corpus.lines.form == "projects") & corpus.lines.unit.isin(entities)]
    own = set(budget.documents.document_id)
    return [name for name in dict.fromkeys(projects.document_id) if name not in own]


def _citations(corpus: Corpus, documents: Iterable[str] | None = None) -> list[str]:
    said = corpus.catalogue_declarations
    if documents is not None:
        said = said[said.document_id.isin(list(documents))]
    return list(dict.fromkeys(said.citation.dropna()))
