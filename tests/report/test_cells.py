"""How result frames are written as tables: what `definitions/columns.toml` says of a column is what a reader sees."""

from decimal import Decimal

import pandas as pd
import pytest

import budgetlib as bl
from budgetlib.definitions.columns import result_columns
from budgetlib.definitions.labels import labels
from budgetlib.tables.corpus import Corpus

WRITTEN = {
    "text": "A1",
    "name": "窗口服务",
    "hash": "0a1b",
    "number": 3,
    "score": 0.5,
    "money": Decimal("-125000.00"),
    "estimate": Decimal("-125049.00"),
    "percent": Decimal("-12.5"),
}
EXPECTED = {"number": "3", "score": "0.50", "money": "-12.50", "estimate": "-12.50", "percent": "-12.50"}


@pytest.mark.parametrize("column", result_columns())
def test_every_column_is_written_as_its_kind_says(corpus: Corpus, column: str) -> None:
    about = result_columns()[column]
    if about.kind == "label":
        assert column in labels()
    if about.kind in WRITTEN:
        frame = pd.DataFrame([{"page_list": "", "measure": "basic", column: WRITTEN[about.kind]}], dtype=object)
        markup = bl.Display(corpus.select(year=2026), "zh").table(frame).markup
        assert f'<th class="{about.style}">{about.zh}' in markup
        assert f">{EXPECTED.get(about.kind, WRITTEN[about.kind])}</td>" in markup


def test_a_change_above_zero_has_its_sign_and_an_amount_has_none(corpus: Corpus) -> None:
    frame = pd.DataFrame([{"amount_yuan": Decimal(10_000), "change_yuan": Decimal(10_000)}], dtype=object)
    markup = bl.Display(corpus.select(year=2026), "zh").table(frame).markup
    assert ">1.00</td>" in markup
    assert ">+1.00</td>" in markup


def test_columns_stand_in_the_order_of_the_registry_and_blank_ones_are_left_out(corpus: Corpus) -> None:
    frame = pd.DataFrame([{"amount_yuan": Decimal(1), "unit": None, "item": "办公费", "code": "30201"}], dtype=object)
    markup = bl.Display(corpus.select(year=2026), "zh").table(frame).markup
    heads = [markup.index(f">{result_columns()[column].zh}") for column in ("code", "item", "amount_yuan")]
    assert heads == sorted(heads)
    assert f">{result_columns()['unit'].zh}<" not in markup
