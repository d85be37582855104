"""How result frames are written as tables: what `definitions/columns.toml` says of a column is what a reader sees."""

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import budgetlib as bl
from budgetlib.definitions.columns import result_columns
from budgetlib.definitions.labels import LANGUAGES, label, labels
from budgetlib.definitions.reasons import reason_in
from budgetlib.tables.corpus import Corpus, load
from tests.invented import ENTITY

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


def shown(corpus: Corpus, language: str, **columns: list[Decimal]) -> str:
    """A table of one row for each amount of a column."""
    rows = [dict(zip(columns, amounts, strict=True)) for amounts in zip(*columns.values(), strict=True)]
    return bl.Display(corpus.select(year=2026), language).table(pd.DataFrame(rows, dtype=object)).markup


def test_all_amounts_of_a_table_have_one_unit_and_one_precision(corpus: Corpus) -> None:
    amounts = [Decimal("19577430000"), Decimal("505500"), Decimal(0)]
    assert re.findall(">([-+,.0-9]+)</td>", shown(corpus, "zh", amount_yuan=amounts)) == [
        "1,957,743.00",
        "50.55",
        "0.00",
    ]
    in_english = re.findall(">([-+,.0-9]+)</td>", shown(corpus, "en", amount_yuan=amounts))
    assert in_english == ["19,577.4300", "0.5055", "0.0000"]


@pytest.mark.parametrize(("language", "unit"), [("zh", "元"), ("en", "yuan")])
def test_what_other_units_cannot_say_in_their_decimals_is_said_in_yuan(
    corpus: Corpus, language: str, unit: str
) -> None:
    markup = shown(corpus, language, amount_yuan=[Decimal("513.75"), Decimal("189767551")])
    assert f'<span class="unit">{unit}</span>' in markup
    assert re.findall(">([-+,.0-9]+)</td>", markup) == ["513.75", "189,767,551.00"]


def place(corpus: Corpus, language: str, **row: Any) -> str:
    """What is written of a place in a report about the year 2026."""
    budget = corpus.select(department=ENTITY, year=2026)
    frame = pd.DataFrame([{"amount_yuan": Decimal(10_000), "page": 20, **row}], dtype=object)
    return repr(bl.Display(budget, language, corpus=corpus).table(frame))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_section_is_named_by_the_heading_that_is_printed(corpus: Corpus, language: str) -> None:
    headed = replace(corpus, statements=corpus.statements.assign(heading="十二、政府采购情况"))
    assert "“十二、政府采购情况”" in place(headed, language, document_id=f"{2026:016d}", section=9)
    assert label("cite.narrative", language) in place(corpus, language, document_id=f"{2026:016d}", section=9)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_of_another_year_is_named_by_its_year_earlier_or_later(corpus: Corpus, language: str) -> None:
    later = corpus.documents.assign(fiscal_year=corpus.documents.fiscal_year.replace(2025, 2027))
    for held, year in ((corpus, 2025), (replace(corpus, documents=later), 2027)):
        said = place(held, language, document_id=f"{2025:016d}", form="revenue")
        assert label("cite.of_year", language, year=year) in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_units_that_the_forms_print_are_named(corpus: Corpus, language: str) -> None:
    budget = corpus.select(department=ENTITY, year=2026)
    in_yuan = replace(budget, lines=budget.lines.assign(published_unit="元"))
    said = repr(bl.Display(in_yuan, language).read(bl.coverage(in_yuan)))
    assert label("unit.printed", language, units="元") in said
    assert ".The" not in said


def test_why_a_page_was_not_read_is_said_in_the_language_of_the_report(sample_tidy: Path) -> None:
    corpus = load(sample_tidy)
    reasons = [*corpus.pages.reason.dropna(), *corpus.documents.reason.dropna()]
    assert reasons
    assert [reason for reason in reasons if not reason_in("zh", reason)[1]] == []
    assert [reason for reason in reasons if reason_in("en", reason) != (reason, True)] == []


def test_a_reason_that_is_not_known_in_chinese_stays_and_is_marked_as_english(corpus: Corpus) -> None:
    pages = corpus.pages.assign(outcome="unreadable", reason="a dog ate it; no text")
    held = replace(corpus, pages=pages).select(department=ENTITY, year=2026)
    said = bl.Display(held, "zh").table(bl.coverage(held)).markup
    assert "a dog ate it；没有文字" in said
    assert 'lang="en"' in said
