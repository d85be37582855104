"""Pages → `performance_projects`, `performance_indicators`, `department_targets`.

Three kinds of paper: one table for each project (项目支出绩效目标表), lists of projects under one head, and
the table of the whole department (整体支出绩效目标表). Which it is, the printed labels say.

In: pages, the words of `definitions`. Out: records of the three tables, remarks on what was not read.
Must not know: the narrative part, how forms are recognised, files.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import NamedTuple

from budgetlib.extraction.performance.model import TargetTable
from budgetlib.extraction.performance.parser import Parser
from budgetlib.extraction.printed_amounts import Span
from budgetlib.extraction.records import GridPlace, Record
from budgetlib.pages.model import Page


class Performance(NamedTuple):
    """What the performance-target tables of a document say, as records without `document_id`.

    `remarks` gives for each page (by index) that holds a piece of such a table what was not read there;
    `places` are those pieces, `empty` pages on which such a table is printed empty; `spans` is what of them
    went into the records.
    """

    projects: list[Record]
    indicators: list[Record]
    departments: list[Record]
    remarks: dict[int, list[str]]
    places: set[GridPlace]
    empty: set[int]
    spans: list[Span]


def read_performance(pages: Sequence[Page], form_places: Collection[GridPlace] = ()) -> Performance:
    """The performance-target tables of a document: one record per project however many pages its table takes.

    `form_places` are the grids that were read as statutory forms. Amounts are in yuan, exact; the unit is
    the one printed in the head or above it, and amounts without one are not taken. Names and telephone
    numbers of officials are not read.
    """
    parser = Parser()
    for index, page in enumerate(pages):
        for block in page.blocks:
            parser.take(block, page, index, form_places)
    parser.end()
    targets = parser.targets
    _say_what_is_missing(targets, parser.ends_open)
    projects = [target.record() for target in targets if target.kind == "project"]
    indicators = [record for target in targets for record in target.indicator_records()]
    departments = [record for target in targets for record in target.statement_records()]
    remarks: dict[int, list[str]] = defaultdict(list, {index: [] for index in sorted(parser.touched)})
    for target in targets:
        if target.amounts and target.money_unit not in (None, "元"):
            parser.remarks.append(
                (target.places[0].page_index, f"amounts printed in {target.money_unit}, converted to yuan")
            )
    of_tables = [remark for target in targets for remark in target.remarks]
    for index, sentence in [*of_tables, *dict.fromkeys(parser.remarks)]:
        remarks[index].append(sentence)
    empty = parser.empty - {place.page_index for target in targets for place in target.places}
    spans = [span for target in targets for span in target.spans]
    return Performance(projects, indicators, departments, dict(remarks), parser.places, empty, spans)


def _say_what_is_missing(targets: Sequence[TargetTable], ends_open: bool) -> None:
    """What a reader of the paper would miss, noted with each table."""
    signatures = any(target.signed for target in targets)
    for target in targets:
        if target.kind == "project":
            _say_about_money(target)
        if not target.indicators and not target.listed:
            target.remark("no indicators are printed")
    last = targets[-1] if targets and ends_open else None
    if last and not last.complete and (len(last.goal_scopes) == 2 or not last.indicators or signatures):
        last.remark("the document ends within this table", last.places[-1].page_index)


def _say_about_money(target: TargetTable) -> None:
    if not target.amounts:
        target.remark("no amounts are printed")
    elif target.money_unit is None:
        target.remark("states no unit; its amounts were not taken")
    else:
        scopes = {scope for scope, source in target.amounts if source == "total"}
        if set(target.money_scopes) >= {"whole_period", "annual"} and len(scopes) == 1:
            missing = {"whole_period": "year", "annual": "whole period"}[str(scopes.pop())]
            target.remark(f"no amount for the {missing} is printed")
