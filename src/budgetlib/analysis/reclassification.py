"""Where the years of a department cross a change of the classification by regulation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from budgetlib.analysis.amounts import frame
from budgetlib.core.text import squeeze
from budgetlib.definitions.codes import Recoding, recodings
from budgetlib.tables.corpus import Corpus
from budgetlib.tables.locators import Locator, written


def reclassification(corpus: Corpus, department: str) -> pd.DataFrame:
    """The items that regulations renamed, recoded or introduced between the years of a department, as it prints them.

    Columns: `fiscal_year` (from which the change is in force), `former_code` and `former_item` (null for a new item),
    `code`, `item`, `regulation_zh`, `regulation_en`, `document_id`, `page` and `places` (of the latest year before that
    prints the item, or the first that prints a new one), `file`. No rows where all years lie on one side.

    Raises `NotFound` for a department that the corpus does not hold.
    """
    disclosures = corpus.select(department=department)
    documents = disclosures.documents.set_index("document_id")
    lines = disclosures.lines[disclosures.lines.code.notna()]
    dated = lines.assign(fiscal_year=lines.document_id.map(documents.fiscal_year))
    records = [record for one in recodings() for record in _crossed(one, dated)]
    return frame("reclassification", [{**one, "file": documents.path[one["document_id"]]} for one in records])


def _crossed(recoding: Recoding, lines: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """The recoding, once, where years before it and from it on are printed and the item in one of them."""
    earlier = lines[lines.fiscal_year < recoding.year].sort_values("fiscal_year", ascending=False, kind="stable")
    later = lines[lines.fiscal_year >= recoding.year].sort_values("fiscal_year", kind="stable")
    if earlier.empty or later.empty:
        return
    code, name = recoding.was or recoding.now
    of_item = earlier if recoding.was else later
    printed = of_item[(of_item.code == code) & (of_item["item"].map(squeeze) == squeeze(name))]
    if len(printed):
        first = printed.iloc[0]
        former = dict(zip(("former_code", "former_item"), recoding.was or (), strict=False))
        regulation = {f"regulation_{language}": words for language, words in recoding.regulation.items()}
        about = {"fiscal_year": recoding.year, "code": recoding.now[0], "item": recoding.now[1], **former, **regulation}
        yield about | {
            "document_id": first.document_id,
            "page": first.page,
            "places": written([Locator.of(first)]),
        }
