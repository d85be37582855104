"""What changed between two editions of the guidance catalogue of purchased services."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd
from rapidfuzz import fuzz

from budgetlib.analysis.amounts import frame
from budgetlib.analysis.catalogue_edition import Guidance, edition_key, leaves, printed_sections, section_of
from budgetlib.definitions.vocabulary.services import service_words
from budgetlib.tables.corpus import Corpus

REWORDED = 80
"""Similarity (rapidfuzz `ratio`, 0–100) from which two names under one code are one item in other words."""


def edition_changes(corpus: Corpus, applying: Guidance) -> pd.DataFrame:
    """How the items of a section differ between the edition that applies and another in the corpus.

    Columns: `code`, `name`, `previous_code`, `previous_name` (of the other edition, where it has the item otherwise),
    `edition` (null where the document prints no number), `section`, `status`, `document_id`, `page`, `file`. `status`
    is `new` (only in the edition that applies), `dropped` (only in the other), `reworded` (same code, similar name),
    `recoded` (same name, another code), `divided` (the other edition's item has items below it now). The other edition
    is the first one that prints the section; no rows where there is none.
    """
    printed = printed_sections(corpus, applying.section or "")
    editions = printed.edition.map(lambda number: None if pd.isna(number) else edition_key(number))
    other = printed[editions.ne(edition_key(applying.edition)) if applying.edition else editions.notna()]
    if applying.section is None or other.empty or applying.items.empty:
        return frame("edition_changes", [], names={"section"})
    document = other[other.document_id == other.document_id.iloc[0]]
    before = leaves(section_of(corpus, document))
    paths = corpus.part(document.document_id).documents.set_index("document_id").path
    old = before.assign(file=before.document_id.map(paths)).to_dict("records")
    above = section_of(corpus, printed[printed.document_id.isin(applying.items.document_id)])
    records = [*_now(applying.items.to_dict("records"), old), *_then(old, applying.items, above)]
    return frame("edition_changes", records, names={"section"})


def _now(items: list[dict[Any, Any]], old: list[dict[Any, Any]]) -> Iterator[dict[Any, Any]]:
    """The items of the edition that applies which the other does not list in the same way."""
    by_name = {_key(one): one for one in old}
    by_code = {one["code"]: one for one in old}
    names = {_key(item) for item in items}
    for item in items:
        same, under = by_name.get(_key(item)), by_code.get(item["code"])
        if same is not None:
            if same["code"] != item["code"]:
                yield {**item, "status": "recoded", "previous_code": same["code"]}
        elif under is not None and _key(under) not in names and _reworded(under, item):
            yield {**item, "status": "reworded", "previous_name": under["name"]}
        else:
            yield {**item, "status": "new"}


def _then(old: list[dict[Any, Any]], items: pd.DataFrame, printed: pd.DataFrame) -> Iterator[dict[Any, Any]]:
    """The items of the other edition that the one that applies does not list, or lists as a heading."""
    names = {service_words().key(name) for name in items["name"]}
    by_code = {item["code"]: item for item in items.to_dict("records")}
    headings = {service_words().key(name) for name in printed["name"]}
    for one in old:
        under = by_code.get(one["code"])
        if _key(one) in names or (under is not None and _reworded(one, under)):
            continue
        yield {**one, "status": "divided" if _key(one) in headings else "dropped"}


def _key(item: dict[Any, Any]) -> str:
    return service_words().key(item["name"])


def _reworded(one: dict[Any, Any], other: dict[Any, Any]) -> bool:
    return fuzz.ratio(_key(one), _key(other)) >= REWORDED
