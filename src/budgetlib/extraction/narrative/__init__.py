"""Pages → `statements`: one record per figure stated in the narrative part.

A figure is understood from the words before it (`phrases/figures.toml`): they name what it is, or
say that it is a change, a share or the money of what was named before. What no phrase knows is left out.

In: pages, the phrases of `definitions`. Out: records of `statements`, and where on the pages they were read.
Must not know: forms, performance tables, files.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import NamedTuple

from budgetlib.extraction.narrative.execution import read_execution
from budgetlib.extraction.narrative.passages import Passage, read_passages
from budgetlib.extraction.narrative.statements import PassageReader
from budgetlib.extraction.printed_amounts import Span
from budgetlib.extraction.records import StatementRecord
from budgetlib.pages.model import Page

_YEAR = re.compile(r"(?<![比较与同和至])\s?(20\d\d)\s?年")


class Narrative(NamedTuple):
    """The figures of the narrative part as records of `statements`, and where all of them are printed."""

    statements: list[StatementRecord]
    spans: list[Span]


def read_narrative(
    pages: Sequence[Page], stage: str = "budget", unit_names: Collection[str] = (), entity: str | None = None
) -> Narrative:
    """The figures of the narrative part, without `document_id`.

    `stage` is what a figure is where its words do not say; in final accounts (`final`) plans stand beside outcomes.
    `unit_names` are the spending units that the forms name, `entity` is whose document it is: a subsection of its
    own name alone is no unit's.

    `value` is an exact `Decimal`, signed, in `value_unit` (money in yuan). A change has the measure of
    what changed and `_change` or `_change_pct`, a share `_pct`. A figure that a section states twice is
    one record. Pages without a narrative part give no records.
    """
    passages = read_passages(pages, unit_names)
    if {passage.unit for passage in passages} <= {None, entity}:
        passages = [replace(passage, unit=None) for passage in passages]
    year = _fiscal_year(pages, passages)
    records: dict[tuple[object, ...], StatementRecord] = {}
    spans: list[Span] = []
    for passage in passages:
        executed = list(read_execution(passage)) if stage == "final" else []
        phrases = [(one.start, one.end) for one in executed]
        reader = PassageReader(passage, year, stage, phrases)
        for record in [*reader.records(), *(record for one in executed for record in one.records)]:
            key = tuple(record[name] for name in ("section", "unit", "measure", "stage", "item", "value"))
            first = records.setdefault(key, record)
            first["reason"] = first["reason"] or record["reason"]
        spans += [span for start, end in [*phrases, *reader.taken] for span in passage.spans(start, end)]
    return Narrative(list(records.values()), spans)


def _fiscal_year(pages: Sequence[Page], passages: Sequence[Passage]) -> str | None:
    """The year that lines and clauses about a budget name most often, comparisons with another year aside."""
    lines = [line.text for page in pages for line in page.lines]
    clauses = [clause for passage in passages for clause in re.split("[。；]", passage.text)]
    years = Counter(year for text in lines + clauses if "预算" in text for year in _YEAR.findall(text))
    return max(years, key=lambda year: (years[year], year), default=None)
