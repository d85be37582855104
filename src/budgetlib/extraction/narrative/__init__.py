"""Pages → `statements`: one record per figure stated in the narrative part.

A figure is understood from the words before it (`phrases/figures.toml`): they name what it is, or
say that it is a change, a share or the money of what was named before. What no phrase knows is left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from budgetlib.extraction.narrative.execution import read_execution
from budgetlib.extraction.narrative.passages import Passage, read_passages
from budgetlib.extraction.narrative.statements import PassageReader
from budgetlib.extraction.records import StatementRecord
from budgetlib.pages.model import Page

_YEAR = re.compile(r"(?<![比较与同和至])\s?(20\d\d)\s?年")


def read_statements(pages: Sequence[Page], stage: str = "budget") -> list[StatementRecord]:
    """The figures of the narrative part as records of the table `statements`, without `document_id`.

    `stage` is what a figure is where its words do not say; in final accounts (`final`) plans stand beside outcomes.

    `value` is an exact `Decimal`, signed, in `value_unit` (money in yuan). A change has the measure of
    what changed and `_change` or `_change_pct`, a share `_pct`. A figure that a section states twice is
    one record. Pages without a narrative part give an empty list.
    """
    passages = read_passages(pages)
    year = _fiscal_year(pages, passages)
    records: dict[tuple[object, ...], StatementRecord] = {}
    for passage in passages:
        executed = list(read_execution(passage)) if stage == "final" else []
        spans = [(one.start, one.end) for one in executed]
        stated = PassageReader(passage, year, stage, spans).records()
        for record in [*stated, *(record for one in executed for record in one.records)]:
            key = record["section"], record["measure"], record["stage"], record["item"], record["value"]
            first = records.setdefault(key, record)
            first["reason"] = first["reason"] or record["reason"]
    return list(records.values())


def _fiscal_year(pages: Sequence[Page], passages: Sequence[Passage]) -> str | None:
    """The year that lines and clauses about a budget name most often, comparisons with another year aside."""
    lines = [line.text for page in pages for line in page.lines]
    clauses = [clause for passage in passages for clause in re.split("[。；]", passage.text)]
    years = Counter(year for text in lines + clauses if "预算" in text for year in _YEAR.findall(text))
    return max(years, key=lambda year: (years[year], year), default=None)
