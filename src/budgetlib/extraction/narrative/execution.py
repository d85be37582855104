"""What became of a figure, as final accounts say it: plan, outcome and how much of the plan was carried out.

Source: 部门决算公开说明, whose set phrase is 年初预算为 X 万元，支出决算为 Y 万元，完成年初预算的 Z%.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from budgetlib.core.money import FACTORS
from budgetlib.core.text import fold_each
from budgetlib.definitions.forms import stage_of
from budgetlib.definitions.phrases import execution_phrases
from budgetlib.extraction.narrative.passages import Passage
from budgetlib.extraction.records import StatementRecord

_REACH = 260
"""Characters before a figure that may name what it is about: a heading, and a sentence of what the money is for."""
_REASON_REACH = 40
"""Characters after a figure within which its reason begins."""


class _Subject(NamedTuple):
    measure: str
    item: str | None
    words: str


class Execution(NamedTuple):
    """The records of one phrase, and from where to where in its passage it stands."""

    start: int
    end: int
    records: list[StatementRecord]


def read_execution(passage: Passage) -> list[Execution]:
    """Each phrase of a passage that sets an outcome against its plan, in printed order."""
    plain = fold_each(passage.text)
    phrases = execution_phrases()
    executions: list[Execution] = []
    outcomes: dict[str, StatementRecord] = {}
    before = 0
    for match in phrases.executed.finditer(plain):
        subject = _subject(passage, plain, max(before, match.start() - _REACH), match.start())
        if subject is None or not (match["plan"] or match["rate"]):
            continue
        before = match.end()
        execution = Execution(match.start(), match.end(), list(_records(passage, plain, match, subject)))
        executions.append(execution)
        outcomes |= {one["measure"]: one for one in execution.records if one["stage"] == "final"}
        reason = phrases.reason.search(plain, match.end(), match.end() + _REASON_REACH + _REACH)
        if reason and reason.start() - match.end() <= _REASON_REACH:
            about = _subject(passage, plain, match.end(), reason.start()) or subject
            if about.measure in outcomes:
                outcomes[about.measure]["reason"] = passage.text[slice(*reason.span("reason"))]
    return executions


def _records(passage: Passage, plain: str, match: re.Match[str], subject: _Subject) -> Iterator[StatementRecord]:
    """The plan, the outcome and the rate of one phrase, as far as it gives them."""
    stated = [("final", subject.measure, subject.item, match["outcome"], match["outcome_unit"])]
    if match["plan"]:
        stage = (stage_of(match["planned"]) or ("", ""))[0]
        stated.insert(0, (stage, subject.measure, subject.item, match["plan"], match["plan_unit"]))
    if match["rate"]:
        stated.append(("final", "completion_pct", subject.item or subject.words, match["rate"], "%"))
    where = passage.where(match.start("outcome"))
    for stage, measure, item, number, unit in stated:
        yield {
            "section": passage.section,
            "heading": passage.printed_heading,
            "unit": passage.unit,
            "measure": measure,
            "stage": stage or None,
            "value": Decimal(number.replace(",", "")) * FACTORS.get(unit, Decimal(1)),
            "value_unit": "percent" if unit == "%" else "yuan",
            "item": item,
            "reason": None,
            "sentence": passage.text[plain.rfind("。", 0, match.start()) + 1 : match.end()].replace("\n", ""),
            "page": where.page,
            "place": where.place,
        }


def _subject(passage: Passage, plain: str, start: int, end: int) -> _Subject | None:
    """What the words from `start` to `end` name last, as printed; of several that end alike the longest."""
    named: list[tuple[int, int, _Subject]] = []
    for subject in execution_phrases().subjects:
        for match in subject.words.finditer(plain, start, end):
            item = passage.text[slice(*match.span("item"))] if "item" in match.groupdict() else None
            words = passage.text[slice(*match.span())]
            named.append((match.end(), len(words), _Subject(subject.measure, item, words)))
    return max(named, key=lambda one: one[:2])[2] if named else None
