"""What regulations made of an item between the years of a department is said, with what the department printed."""

from dataclasses import replace

import pytest

import budgetlib as bl
from budgetlib.definitions.codes import recodings
from budgetlib.definitions.labels import LANGUAGES, label
from budgetlib.tables.corpus import Corpus
from tests.invented import ENTITY

BEFORE, NOW = f"{2025:016d}", f"{2026:016d}"


def in_years(corpus: Corpus, before: int, now: int, **codes: tuple[str, str]) -> Corpus:
    """The corpus with its documents in other years; `before` and `now` print 办公费 as code and item given for them."""
    documents = corpus.documents.assign(fiscal_year=corpus.documents.document_id.map({BEFORE: before, NOW: now}))
    lines = corpus.lines.copy()
    for document_id, (code, item) in {BEFORE: codes.get("was"), NOW: codes.get("is_now")}.items() if codes else ():
        rows = (lines.document_id == document_id) & (lines["item"] == "办公费")
        lines.loc[rows, ["code", "item"]] = [code, item]
    return replace(corpus, documents=documents, lines=lines)


HOUSING = {"was": ("30311", "住房公积金"), "is_now": ("30113", "住房公积金")}


def test_an_item_that_a_reform_recoded_between_two_years_is_named_with_its_regulation_and_page(corpus: Corpus) -> None:
    (row,) = bl.reclassification(in_years(corpus, 2017, 2018, **HOUSING), ENTITY).to_dict("records")
    assert (row["fiscal_year"], row["former_code"], row["code"], row["item"]) == (2018, "30311", "30113", "住房公积金")
    assert "财预〔2017〕98号" in row["regulation_zh"]
    assert (row["document_id"], row["page"]) == (BEFORE, 9)


@pytest.mark.parametrize(("before", "now"), [(2016, 2017), (2018, 2019)])
def test_years_on_one_side_of_a_reform_cross_nothing(corpus: Corpus, before: int, now: int) -> None:
    assert bl.reclassification(in_years(corpus, before, now, **HOUSING), ENTITY).empty


def test_an_item_that_was_not_printed_is_not_said_to_have_changed(corpus: Corpus) -> None:
    other = {"was": ("30201", "办公费"), "is_now": ("30201", "办公费")}
    assert bl.reclassification(in_years(corpus, 2017, 2018, **other), ENTITY).empty


def test_a_new_item_has_no_former_code(corpus: Corpus) -> None:
    new = {"was": ("201", "其他"), "is_now": ("224", "灾害防治及应急管理支出")}
    (row,) = bl.reclassification(in_years(corpus, 2018, 2019, **new), ENTITY).to_dict("records")
    assert (row["former_code"], row["former_item"], row["document_id"]) == (None, None, NOW)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_says_so_below_the_series_and_nothing_where_there_is_nothing(corpus: Corpus, language: str) -> None:
    crossing = in_years(corpus, 2017, 2018, **HOUSING)
    markup = bl.Display(crossing, language).reclassified(bl.reclassification(crossing, ENTITY)).markup
    assert label("report.reclassified", language) in markup
    assert "财预〔2017〕98号" in markup
    assert bl.Display(corpus, language).reclassified(bl.reclassification(corpus, ENTITY)).markup == ""


def test_a_reform_changes_code_or_name_of_each_of_its_items() -> None:
    assert all(one.was != one.now and one.now[0].isdigit() and one.year >= 2018 for one in recodings())
    assert len({(one.year, one.was or one.now) for one in recodings()}) == len(recodings())
