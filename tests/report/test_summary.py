"""What reports say of years, prices and procurement: every case is a sentence, in both languages."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import budgetlib as bl
from budgetlib.definitions.labels import LANGUAGES, item, label
from budgetlib.report.cells import Cells
from budgetlib.report.citations import Citations
from budgetlib.tables.corpus import Corpus
from tests.invented import ENTITY

BEFORE = f"{2025:016d}"


def display(corpus: Corpus, language: str) -> bl.Display:
    return bl.Display(corpus.select(department=ENTITY, year=2026), language, corpus=corpus)


def documents(corpus: Corpus, **about: Any) -> Corpus:
    """The corpus with other words about the document of the year before."""
    frame = corpus.documents.copy()
    for column, value in about.items():
        frame.loc[frame.document_id == BEFORE, column] = value
    return replace(corpus, documents=frame)


def lines(corpus: Corpus, code: str, **about: Any) -> Corpus:
    frame = corpus.lines.copy()
    for column, value in about.items():
        frame.loc[(frame.document_id == BEFORE) & (frame.code == code), column] = value
    return replace(corpus, lines=frame)


def statements(corpus: Corpus, measure: str, **about: Any) -> Corpus:
    frame = corpus.statements.copy()
    for column, value in about.items():
        frame.loc[frame.measure == measure, column] = value
    return replace(corpus, statements=frame)


def without_form(corpus: Corpus) -> Corpus:
    gone = (corpus.lines.document_id == BEFORE) & (corpus.lines.form == "expenditure")
    return replace(corpus, lines=corpus.lines[~gone])


BREAKS = {
    "gap": (lambda corpus: documents(corpus, fiscal_year=2020), "2020"),
    "name": (lambda corpus: documents(corpus, entity="<b>旧局</b>"), "<b>旧局</b>"),
    "units": (lambda corpus: documents(corpus, entity_kind="unit"), None),
    "classification": (lambda corpus: lines(corpus, "208", item="社会保障"), "208 社会保障"),
    "form": (without_form, None),
    "redefined": (lambda corpus: statements(corpus, "operating_cost_change", reason="统计口径调整"), "统计口径调整"),
    "base": (lambda corpus: statements(corpus, "expenditure_change", value=Decimal("2000000.00")), None),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", BREAKS)
def test_every_break_is_said_in_words_with_what_is_printed(corpus: Corpus, kind: str, language: str) -> None:
    change, printed = BREAKS[kind]
    broken = change(corpus)
    breaks = bl.series_breaks(broken, ENTITY)
    assert list(breaks.kind) == [kind]
    markup = display(broken, language).years(bl.series(broken, ENTITY), breaks).markup
    said = label(f"break.{kind}", language, year=2026, figure="\0", previous="\0", current="\0").split("\0")
    assert max(said, key=len) in markup
    assert "<b>" not in markup
    assert printed is None or str(printed).replace("<", "&lt;").replace(">", "&gt;") in markup


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_year_is_said_to_be_no_series(corpus: Corpus, language: str) -> None:
    alone = corpus.select(year=2026)
    markup = display(alone, language).years(bl.series(alone, ENTITY), bl.series_breaks(alone, ENTITY)).markup
    assert label("empty.series", language) in markup
    assert "<table" not in markup


def prices(corpus: Corpus, language: str, *index: tuple[int, str]) -> str:
    deflator = pd.DataFrame([(y, Decimal(i)) for y, i in index], columns=["year", "index"], dtype=object)
    return (
        display(corpus, language).prices(bl.constant_prices(bl.spending_change(corpus, ENTITY, 2026), deflator)).markup
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_constant_prices_name_their_years_or_say_what_is_missing(corpus: Corpus, language: str) -> None:
    assert label("prices.missing", language, years="2025, 2026") in prices(corpus, language)
    assert prices(corpus.select(year=2026), language) == ""
    assert label("prices.missing", language, years="2025") in prices(corpus, language, (2026, "100"))
    both = prices(corpus, language, (2025, "100"), (2026, "103"))
    index = {"index_previous": "100", "index_current": "103", "percent": "+3.00%"}
    assert label("prices.base", language, year=2026, before=2025, **index) in both
    assert ("618.00" if language == "zh" else "6.1800") in both


def procured(budget: Corpus, corpus: Corpus, language: str) -> str:
    covered = bl.catalogue_coverage(corpus, budget, bl.guidance(corpus, budget), bl.load_matches("no such file.csv"))
    shown = bl.Display(budget, language, corpus=corpus)
    mix, standing = bl.procurement_mix(budget, corpus), bl.procurement_standing(corpus, budget)
    return shown.procurement(mix, standing, bl.concentration(budget), bl.procured_projects(covered)).markup


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_others_or_projects_procurement_says_so(corpus: Corpus, language: str) -> None:
    whole = procured(corpus.select(department=ENTITY, year=2026), corpus, language)
    assert label("empty.standing", language) in whole
    assert label("procurement.concentration", language) in whole
    bare = replace(corpus, lines=corpus.lines[corpus.lines.form != "projects"])
    nothing = procured(bare.select(department=ENTITY, year=2026), bare, language)
    assert label("empty.concentration", language) in nothing
    assert label("empty.projects", language) in nothing


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_table_of_names_that_changed_is_there_only_where_some_did(corpus: Corpus, language: str) -> None:
    def shown(held: Corpus) -> str:
        change = bl.spending_change(held, ENTITY, 2026)
        return display(held, language).table(bl.similar_names(change), folded="report.similar").markup

    assert shown(corpus) == ""
    assert label("relation.retitled", language) in shown(lines(corpus, "2080505", item="<i>旧名</i>"))
    assert "<i>" not in shown(lines(corpus, "2080505", item="<i>旧名</i>"))


def answer(corpus: Corpus, language: str) -> str:
    """The text of the first screen."""
    budget = corpus.select(department=ENTITY, year=2026)
    applying, no_matches = bl.guidance(corpus, budget), bl.load_matches(Path("none.csv"))
    covered = bl.coverage_shares(bl.catalogue_coverage(corpus, budget, applying, no_matches), applying)
    change, stated = bl.spending_change(corpus, ENTITY, 2026), bl.stated_changes(budget)
    return repr(display(corpus, language).summary(change, stated, covered, applying))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_published_percentage_that_its_amounts_contradict_is_not_repeated_alone(
    corpus: Corpus, language: str
) -> None:
    wrong = bl.check(statements(corpus, "expenditure_change_pct", value=Decimal("1.11")))
    change = bl.spending_change(wrong, ENTITY, 2026)
    (told,) = change[(change.basis == "published") & (change.measure == "expenditure")].to_dict("records")
    right = 100 * told["change_yuan"] / (told["current_yuan"] - told["change_yuan"])
    assert "1.11%" in answer(wrong, language)
    assert f"{right:.2f}%" in answer(wrong, language)


def test_an_item_whose_code_had_another_name_is_not_said_to_have_moved_the_total(corpus: Corpus) -> None:
    moved = lines(corpus, "2010302", amount_yuan=Decimal(3_000_000))
    assert "一般行政管理事务" in answer(moved, "zh")
    assert "一般行政管理事务" not in answer(lines(moved, "2010302", item="机关事务管理"), "zh")


def test_a_name_too_long_for_a_sentence_is_not_cut_but_said_in_one_language(corpus: Corpus) -> None:
    printed = "其他政府办公厅（室）及相关机构事务支出"
    frame = corpus.lines.copy()
    frame.loc[frame.code == "2010301", "item"] = printed
    named = replace(corpus, lines=frame)
    assert printed in answer(named, "zh")
    assert "Other affairs of government offices (" in answer(named, "en")
    assert "…" not in answer(named, "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_share_of_less_than_the_budget_says_of_which_form_it_is(corpus: Corpus, language: str) -> None:
    alone = corpus.select(department=ENTITY, year=2026)
    carried_on = (alone.lines.form == "budget_summary") & (alone.lines.row_kind == "total")
    more = alone.lines.amount_yuan.where(~carried_on, alone.lines.amount_yuan * 2)
    for shown, key in ((alone, "largest"), (replace(alone, lines=alone.lines.assign(amount_yuan=more)), "largest_of")):
        said = display_of(shown, language)
        about = {"item": item("一般公共服务支出", language), "percent": "88.73%"}
        form = Cells(language, (), Citations(shown)).form("expenditure")
        assert label(f"summary.{key}", language, form=form, **about) in said


def display_of(alone: Corpus, language: str) -> str:
    """The first sentences about a year without any year before."""
    applying = bl.guidance(alone, alone)
    services = bl.catalogue_coverage(alone, alone, applying, bl.load_matches("none.csv"))
    shares = bl.coverage_shares(services, applying)
    change, stated = bl.spending_change(alone, ENTITY, 2026), bl.stated_changes(alone)
    return repr(bl.Display(alone, language).summary(change, stated, shares, applying))


def test_a_card_says_what_basic_expenditure_is_where_its_form_prints_only_personnel_and_operating(
    corpus: Corpus,
) -> None:
    budget = corpus.select(department=ENTITY, year=2026)
    basic = (budget.lines.form == "expenditure") & (budget.lines.measure == "basic")
    parted = budget.lines.assign(measure=budget.lines.measure.mask(basic, "personnel"))
    alone = replace(budget, lines=parted)
    figures, kinds = bl.key_figures(alone), bl.spending_by_kind(alone)
    assert "basic" not in set(figures.measure)
    assert "420.5" in bl.Display(alone, "zh").cards(figures, kinds).markup


def test_a_link_to_data_is_there_only_where_there_are_rows(corpus: Corpus, tmp_path: Path) -> None:
    show = bl.Display(corpus.select(department=ENTITY, year=2026), "zh", str(tmp_path))
    execution = bl.budget_execution(corpus, ENTITY, 2026)
    assert execution.empty
    assert show.csv(execution, "budget_execution").markup == ""
    assert (tmp_path / "tables/budget_execution.csv").is_file()
    assert "tables/series.csv" in show.csv(bl.series(corpus, ENTITY), "series").markup


def test_a_place_names_the_heading_above_its_own_sentence_where_a_section_has_several(corpus: Corpus) -> None:
    budget = corpus.select(department=ENTITY, year=2026)
    rows = budget.statements
    headings = rows.measure.map({"operating_cost": "（一）机关运行经费", "operating_cost_change": "（二）增减变化"})
    headed = replace(budget, statements=rows.assign(heading=headings.fillna("其他")))
    cells = Cells("zh", tuple(headed.documents.document_id), Citations(headed))
    stated = bl.stated_changes(headed).to_dict("records")
    (change,) = [row for row in stated if row["changed"] == "operating_cost" and row["change_yuan"] is not None]
    assert "（二）增减变化" in cells.place({**change, "places": "section:8:operating_cost_change"})
    assert "（一）机关运行经费" in cells.place({**change, "places": "section:8:operating_cost"})
