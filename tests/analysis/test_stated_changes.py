"""All that a document states of changes is shown, wherever it stands; where it contradicts itself, that comes first."""

from dataclasses import replace
from decimal import Decimal

import pandas as pd
import pytest

import budgetlib as bl
from budgetlib.definitions.labels import LANGUAGES, label, labels
from budgetlib.definitions.measures import measures
from budgetlib.tables.corpus import Corpus
from budgetlib.tables.schemas import STATEMENTS
from tests.invented import ENTITY, yuan

Stated = tuple[int, str, str, str]
"""Section, measure, value in 万元 or percent, sentence."""

TOTAL = (1, "expenditure_total", "665.75", "支出总计665.75万元，比上年增加65.75万元。")
UP = (1, "expenditure_change", "65.75", TOTAL[3])
AGAIN = (3, "expenditure_total", "665.75", "支出预算665.75万元，比上年减少5.00万元。")
DOWN = (3, "expenditure_change", "-5.00", AGAIN[3])


def stating(corpus: Corpus, *statements: Stated) -> Corpus:
    """The corpus of the year alone, with a narrative part that states only this."""
    alone = corpus.select(department=ENTITY, year=2026)
    (document_id,) = alone.documents.document_id
    records = [
        {
            "document_id": document_id,
            "section": section,
            "measure": measure,
            "value": Decimal(value) if measure.endswith("pct") else yuan(value),
            "value_unit": "percent" if measure.endswith("pct") else "yuan",
            "sentence": sentence,
            "page": 20 + section,
        }
        for section, measure, value, sentence in statements
    ]
    return replace(alone, statements=STATEMENTS.frame(records))


def chapter(corpus: Corpus, language: str) -> str:
    """The start of the chapter on changes."""
    compared = bl.published_and_computed(bl.spending_change(corpus, ENTITY, 2026))
    return bl.Display(corpus, language).totals(compared, bl.stated_changes(corpus)).markup


def lead(corpus: Corpus, language: str) -> str:
    """The text of the first screen."""
    applying = bl.guidance(corpus, corpus)
    services = bl.catalogue_coverage(corpus, corpus, applying, bl.load_matches("none.csv"))
    change, stated = bl.spending_change(corpus, ENTITY, 2026), bl.stated_changes(corpus)
    return repr(bl.Display(corpus, language).summary(change, stated, bl.coverage_shares(services, applying), applying))


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_changes_of_one_amount_are_both_shown_and_their_contradiction_is_the_headline(
    corpus: Corpus, language: str
) -> None:
    torn = stating(corpus, TOTAL, UP, AGAIN, DOWN)
    stated = bl.stated_changes(torn)
    assert list(stated.change_yuan) == [yuan("65.75"), yuan("-5.00")]
    assert list(stated.contradicts) == [True, True]
    head, _, tables = chapter(torn, language).partition("</p>")
    beginning = label("change.contradiction", language, what=label("changed.expenditure", language), parts="\0")
    assert beginning.split("\0")[0] in head
    said = ("+65.75 万元", "-5 万元") if language == "zh" else ("+657,500 yuan", "-50,000 yuan")
    assert all(amount in head for amount in said)
    listed = ("+65.75", "-5.00") if language == "zh" else ("+0.6575", "-0.0500")
    assert all(amount in tables for amount in listed)


def test_each_figure_of_a_contradiction_leads_to_its_own_sentence(corpus: Corpus) -> None:
    torn = stating(corpus, TOTAL, UP, (1, "expenditure_change", "-5.00", "与上年相比，支出总计减少5.00万元。"))
    show = bl.Display(torn, "zh")
    show.totals(bl.published_and_computed(bl.spending_change(torn, ENTITY, 2026)), bl.stated_changes(torn))
    assert {span.text for span in show._cells.citations.ids} >= {TOTAL[3], "与上年相比，支出总计减少5.00万元。"}


@pytest.mark.parametrize(
    "other",
    [
        (3, "expenditure_change", "65.8", "支出预算665.75万元，比上年增加65.8万元。"),  # rounded
        (3, "expenditure_change", "-5.00", "其中某项减少5.00万元。"),  # of what, is not said
    ],
)
def test_rounding_or_another_amount_is_no_contradiction(corpus: Corpus, other: Stated) -> None:
    beside = (3, "expenditure_total", "665.75", other[3])
    statements = [TOTAL, UP, other, *([beside] if "665.75" in other[3] else [])]
    assert not bl.stated_changes(stating(corpus, *statements)).contradicts.any()


def measured_from(corpus: Corpus, **bases: str) -> Corpus:
    """The corpus where changes in the section `s…` are measured from what is given for it."""
    base = pd.Series([bases.get(f"s{section}") for section in corpus.statements.section], dtype=object)
    return replace(corpus, statements=corpus.statements.assign(base=base))


def test_changes_from_the_budget_and_from_the_execution_of_the_year_before_are_no_contradiction(
    corpus: Corpus,
) -> None:
    torn = stating(corpus, TOTAL, UP, AGAIN, DOWN)
    assert not bl.stated_changes(measured_from(torn, s1="execution", s3="budget")).contradicts.any()
    assert not bl.stated_changes(measured_from(torn, s1="execution")).contradicts.any()
    assert bl.stated_changes(measured_from(torn, s1="budget")).contradicts.all()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_change_from_what_was_executed_is_called_that_wherever_it_stands(corpus: Corpus, language: str) -> None:
    executed = measured_from(stating(corpus, TOTAL, UP), s1="execution")
    words = label("base.execution", language)
    assert words in lead(executed, language)
    assert words in chapter(executed, language)


def test_a_change_from_what_was_executed_is_not_set_against_two_plans(corpus: Corpus) -> None:
    of_the_year = corpus.documents[corpus.documents.fiscal_year == 2026].document_id
    rows = corpus.statements.document_id.isin(of_the_year) & corpus.statements.measure.str.contains("_change")
    executed = replace(corpus, statements=corpus.statements.assign(base=rows.map({True: "execution", False: None})))
    for shown, apart in ((corpus, False), (executed, True)):
        compared = bl.published_and_computed(bl.spending_change(shown, ENTITY, 2026))
        both = compared[compared.published_yuan.notna() & compared.computed_yuan.notna()]
        assert len(both)
        assert both.difference_yuan.isna().all() == apart


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_change_stated_only_of_another_total_is_not_said_to_be_unstated(corpus: Corpus, language: str) -> None:
    sentence = "财政拨款收入665.75万元，比上年增加65.75万元。"
    elsewhere = stating(corpus, (4, "appropriation_change", "65.75", sentence))
    said = lead(elsewhere, language)
    assert label("summary.unknown", language) not in said
    assert label("changed.appropriation", language) in said
    assert ("65.75 万元" if language == "zh" else "657,500 yuan") in said
    assert label("empty.changes", language) not in chapter(elsewhere, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_change_stated_in_percent_alone_is_said(corpus: Corpus, language: str) -> None:
    said = lead(stating(corpus, (1, "expenditure_change_pct", "-7.5", "支出总计比上年下降7.5%。")), language)
    assert "7.50%" in said
    assert label("summary.unknown", language) not in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_no_change_is_stated_that_is_said(corpus: Corpus, language: str) -> None:
    assert label("summary.unknown", language) in lead(stating(corpus, TOTAL), language)
    assert label("empty.changes", language) in chapter(stating(corpus, TOTAL), language)


def test_every_change_that_can_be_stated_has_a_name_in_both_languages() -> None:
    changes = {name.removesuffix("_change") for name in measures()["statements"] if name.endswith("_change")}
    assert changes <= labels()["changed"].keys()
