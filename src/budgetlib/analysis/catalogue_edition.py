"""Which section of which edition of the guidance catalogue of purchased services applies to a department."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from budgetlib.analysis.catalogue_matcher import THRESHOLD
from budgetlib.analysis.derived import derived
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
    above = corpus.part(_documents_above(corpus, budget))
    names = _names(budget, above)
    unsectioned = None
    for basis, printed in _sources(corpus, budget, above):
        edition = next(iter(printed.edition.dropna()), None)
        if section := _section(printed, names):
            items = leaves(section_of(corpus, printed[printed.section == section]))
            return Guidance(basis, edition, section, items.assign(file=_files(corpus, budget, items)))
        unsectioned = unsectioned or Guidance("unsectioned", edition, None, budget.catalogue.iloc[:0])
    cited = [*_citations(budget), *_citations(above)]
    basis = "unheld" if cited else "uncited"
    return unsectioned or Guidance(basis, cited[0] if cited else None, None, budget.catalogue.iloc[:0])


def printed_sections(corpus: Corpus, section: str | None = None) -> pd.DataFrame:
    """Which sections of the catalogue documents print, or where they print one; the most credible document first.

    Columns: `document_id`, `edition`, `section`, `digest` (equal where the items are).
    """
    among = {} if section is None else {"section": [section]}
    rows = derived(corpus, "catalogue_sections", sections, **among)
    order = {name: place for place, name in enumerate(corpus.documents.document_id)}
    return rows.sort_values("document_id", key=lambda names: names.map(order), kind="stable").reset_index(drop=True)


def sections(corpus: Corpus) -> Iterator[dict[str, Any]]:
    """The rows of `printed_sections`, as they are printed."""
    keys = ["document_id", "edition", "section"]
    for _, items in corpus.catalogue.groupby(keys, dropna=False, sort=False):
        printed = repr(items[["code", "level", "name"]].to_numpy().tolist())
        yield {**items[keys].iloc[0], "digest": hashlib.sha256(printed.encode()).hexdigest()[:16]}


def section_items(corpus: Corpus, section: str | None) -> Iterator[pd.DataFrame]:
    """The rows of `catalogue` under one section, as each document prints them; what is the same is given once."""
    for _, printed in printed_sections(corpus, section or "").drop_duplicates(["edition", "digest"]).iterrows():
        yield section_of(corpus, printed.to_frame().T)


def named_units(corpus: Corpus) -> Iterator[dict[Any, Any]]:
    """The units that the projects form of each document names."""
    units = corpus.rows("lines", ["document_id", "unit"], form="projects").dropna().drop_duplicates()
    yield from units.to_dict("records")


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


def _sources(corpus: Corpus, budget: Corpus, above: Corpus) -> Iterator[tuple[str, pd.DataFrame]]:
    """What may apply, most credible first: the sections of one document and edition at a time, with the basis."""
    if not budget.catalogue.empty:
        yield from (("own", rows) for rows in _by_document(printed_sections(budget)))
    cited = (("cited", _citations(budget)), ("department", _citations(above)))
    if not any(numbers for _, numbers in cited):
        return
    printed = printed_sections(corpus)
    printed = printed[printed.edition.notna()]
    editions = printed.edition.map(edition_key)
    for basis, numbers in cited:
        for number in numbers:
            yield from ((basis, rows) for rows in _by_document(printed[editions == edition_key(number)]))


def _by_document(printed: pd.DataFrame) -> Iterator[pd.DataFrame]:
    yield from (rows for _, rows in printed.groupby("document_id", sort=False))


def _section(printed: pd.DataFrame, names: Iterable[str]) -> str | None:
    """The section for the first of some departments that has one; of several the one that says most."""
    known: list[str] = list(dict.fromkeys(printed.section.dropna()))
    for name in names:
        if fitting := [section for section in known if is_section_of(section, name)]:
            return max(fitting, key=len)
    return None


def section_of(corpus: Corpus, printed: pd.DataFrame) -> pd.DataFrame:
    """The rows of `catalogue` of the section that some rows of `printed_sections` are about, as these print it."""
    rows = corpus.part(printed.document_id).catalogue
    of_section: pd.DataFrame = rows[rows.section == printed.section.iloc[0]]
    return of_section[of_section.edition.fillna("").isin(printed.edition.fillna(""))]


def _files(corpus: Corpus, budget: Corpus, items: pd.DataFrame) -> pd.Series:
    others = corpus.part(set(items.document_id) - set(budget.documents.document_id)).documents
    paths = others.set_index("document_id").path
    return items.document_id.map(paths).astype(object).where(items.document_id.isin(paths.index), None)


def _names(budget: Corpus, above: Corpus) -> list[str]:
    """The department's own name, then those of the departments above it."""
    names = [*budget.documents.entity.dropna(), *budget.performance_projects.supervisor.dropna()]
    return list(dict.fromkeys([*names, *above.documents.entity.dropna()]))


def _documents_above(corpus: Corpus, budget: Corpus) -> set[str]:
    """The documents whose projects forms name this entity as one of their units."""
    entities = list(budget.documents.entity.dropna().unique())
    naming = derived(corpus, "named_units", named_units, unit=entities)
    return set(naming.document_id) - set(budget.documents.document_id)


def _citations(corpus: Corpus) -> list[str]:
    return list(dict.fromkeys(corpus.catalogue_declarations.citation.dropna()))
