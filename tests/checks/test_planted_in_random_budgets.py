"""A random sound budget, set on paper and read again, with one fault put into what was read: it is found, no other."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import pytest
from hypothesis import given

from budgetlib.commands.pipeline import parse_document
from budgetlib.tables.corpus import Corpus, corpus_of
from tests.checks.test_planted_faults import (
    Fault,
    dropped_row,
    failures,
    swapped_columns,
    wrong_count,
    wrong_number,
    wrong_percentage,
    wrong_unit_of_money,
)
from tests.strategies import disclosures, documents, few_documents, layouts
from tests.typesetting import typeset, typeset_apart
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


in_ten_thousands = layouts().map(partial(replace, unit="万元"))
"""Any way to set a budget; faults are planted in 万元."""


def read_together(*files: bytes) -> Corpus:
    """The tables of the files of one disclosure."""
    records: dict[str, list[Any]] = defaultdict(list)
    with TemporaryDirectory() as folder:
        for number, file in enumerate(files):
            path = Path(folder, f"{number}.pdf")
            path.write_bytes(file)
            for table, rows in parse_document(path).items():
                records[table] += rows
    return corpus_of(records)


def is_slight(fault: Fault, sound: Corpus) -> bool:
    return 0 < abs(fault.corpus.lines.amount_yuan.sum() - sound.lines.amount_yuan.sum()) < LEAST_YUAN


def is_its_head_again(fault: Fault, sound: Corpus) -> bool:
    """Whether the row left out has no code and repeats the amounts of its head beside it: that one stands for it."""
    gone = sound.lines[~sound.lines.index.isin(fault.corpus.lines.index)]
    if gone.empty or gone.code.notna().any():
        return False
    of_form = sound.lines[(sound.lines.form == gone.form.iloc[0]) & (sound.lines.side == gone.side.iloc[0])]
    rows = list(of_form.row.unique())
    at = rows.index(gone.row.iloc[0])
    beside = [of_form[of_form.row == row] for row in (*rows[:at][-1:], *rows[at + 1 :][:1])]
    return any(amounts_of(head) == amounts_of(gone) for head in beside if set(head.row_kind) != {"line"})


def amounts_of(row: pd.DataFrame) -> set[tuple[str, Decimal]]:
    return set(zip(row.measure, row.amount_yuan, strict=True))


def wide_percentages(corpus: Corpus) -> frozenset[str]:
    stated = corpus.statements
    wide = stated[(stated.value_unit == "percent") & (stated.value.abs() >= WIDEST_PERCENTAGE)]
    return frozenset(f"section:{one.section}:{one.measure}" for one in wide.itertuples())


def planted(sound: Corpus) -> int:
    """How many faults were put into a sound corpus, each of which was named and nothing else."""
    assert failures(sound) == []
    count_planted, wide = 0, wide_percentages(sound)
    for plant, count, untied in FAULTS:
        for seed in range(count):
            fault = plant(sound, random.Random(f"{plant.__name__} {seed}"))  # noqa: S311 - the same cases every time
            if fault.places <= untied | wide or is_slight(fault, sound) or is_its_head_again(fault, sound):
                continue
            found = failures(fault.corpus)
            assert any(fault.is_named_by(finding) for finding in found), fault.what
            assert [one["message_zh"] for one in found if not fault.is_named_by(one)] == [], fault.what
            count_planted += 1
    return count_planted


@documents
@given(disclosures(), in_ten_thousands)
def test_a_fault_planted_in_any_budget_is_named_and_nothing_else(disclosure: Disclosure, layout: Layout) -> None:
    assert planted(read_together(typeset(disclosure, layout)))


@pytest.mark.slow
@few_documents
@given(disclosures(), in_ten_thousands)
def test_a_fault_planted_in_a_disclosure_of_two_files_is_named_and_nothing_else(
    disclosure: Disclosure, layout: Layout
) -> None:
    assert planted(read_together(*typeset_apart(disclosure, layout)))
