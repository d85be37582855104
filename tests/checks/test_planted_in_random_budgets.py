"""A random sound budget, set on paper and read again, with one fault put into what was read: it is found, no other."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given

from budgetlib.commands.pipeline import parse_document
from budgetlib.tables.corpus import Corpus
from budgetlib.tables.schemas import TABLES
from tests.checks.test_planted_faults import (
    Fault,
    dropped_row,
    failures,
    new_failures,
    swapped_columns,
    wrong_count,
    wrong_number,
    wrong_percentage,
    wrong_unit_of_money,
)
from tests.strategies import disclosures, documents, layouts
from tests.typesetting import typeset
from tests.typesetting.disclosure import Disclosure
from tests.typesetting.paper import Layout

Plant = Callable[[Corpus, random.Random], Fault]

FAULTS: list[tuple[Plant, int, frozenset[str]]] = [
    (wrong_number, 4, frozenset()),
    (wrong_percentage, 1, frozenset()),
    (wrong_count, 1, frozenset({"section:11:vehicles"})),
    (wrong_unit_of_money, 1, frozenset()),
    (dropped_row, 2, frozenset({"three_public", "state_capital"})),
    (swapped_columns, 1, frozenset({"projects", "projects_carryover"})),
]
"""What is planted, how often, and where it contradicts nothing: the only part of a head left out can be made up from
the head, and how a form divides money among funds is, for projects, said nowhere else to the fen."""
WIDEST_PERCENTAGE = 1000
"""A percentage of next to nothing is as uncertain as its base: a wrong digit may be rounding."""


LEAST_YUAN = 10_000
"""Less than this that came or went may be the rounding of a long sum."""


def is_slight(fault: Fault, sound: Corpus) -> bool:
    return 0 < abs(fault.corpus.lines.amount_yuan.sum() - sound.lines.amount_yuan.sum()) < LEAST_YUAN


def wide_percentages(corpus: Corpus) -> frozenset[str]:
    stated = corpus.statements
    wide = stated[(stated.value_unit == "percent") & (stated.value.abs() >= WIDEST_PERCENTAGE)]
    return frozenset(f"section:{one.section}:{one.measure}" for one in wide.itertuples())


@documents
@given(disclosures(), layouts(codes=("whole", "short")).map(partial(replace, unit="万元")))
def test_a_fault_planted_in_any_budget_is_named_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, disclosure: Disclosure, layout: Layout
) -> None:
    path = tmp_path_factory.mktemp("planted") / "budget.pdf"
    path.write_bytes(typeset(disclosure, layout))
    read = parse_document(path)
    sound = Corpus(**{table.name: table.frame(read.get(table.name, [])) for table in TABLES})
    before, wide = failures(sound), wide_percentages(sound)
    for plant, count, untied in FAULTS:
        for seed in range(count):
            fault = plant(sound, random.Random(f"{plant.__name__} {seed}"))  # noqa: S311 - the same cases every time
            if fault.places <= untied | wide or is_slight(fault, sound):
                continue
            found = new_failures(fault.corpus, before)
            assert any(fault.is_named_by(finding) for finding in found), fault.what
            assert [one["message_zh"] for one in found if not fault.is_named_by(one)] == [], fault.what
