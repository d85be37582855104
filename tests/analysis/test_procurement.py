"""What procurement buys: by kind, against last year and against others, how concentrated; which projects look it."""

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from budgetlib.analysis.catalogue_coverage import catalogue_coverage
from budgetlib.analysis.catalogue_edition import guidance
from budgetlib.analysis.procurement import (
    concentration,
    procured_projects,
    procurement_mix,
    procurement_standing,
    purchased_services,
)
from budgetlib.definitions.labels import label
from budgetlib.report.charts.budget import plot_procurement_mix
from budgetlib.report.charts.canvas import sentence
from budgetlib.report.display import Display
from budgetlib.tables.corpus import Corpus, load
from budgetlib.tables.matches import load_matches
from budgetlib.tables.schemas import CATALOGUE_DECLARATIONS, LINES
from tests import invented
from tests.invented import ENTITY, yuan

NOW, BEFORE = f"{2026:016d}", f"{2025:016d}"


def form(corpus: Corpus, name: str, *rows: tuple[str, str, str]) -> Corpus:
    """The corpus with one more form in the document of 2026: item, kind of row and amount in 万元."""
    about = {
        "document_id": NOW,
        "form": name,
        "side": "expenditure",
        "measure": "total",
        "page": 15,
        "published_unit": "万元",
    }
    lines = [
        about | {"row": n, "item": item, "row_kind": kind, "amount_yuan": yuan(amount), "published_text": amount}
        for n, (item, kind, amount) in enumerate(rows, 1)
    ]
    kept = corpus.lines[corpus.lines.form != name]
    return replace(corpus, lines=pd.concat([kept, LINES.frame(lines)], ignore_index=True))


def unstated(corpus: Corpus) -> Corpus:
    return replace(corpus, statements=corpus.statements[corpus.statements.section != 9])


KINDS = (("合计", "total", "60"), ("A-货物", "line", "10"), ("C-服务", "line", "50"))


def test_kinds_that_the_narrative_does_not_state_come_from_the_form_with_its_place(budget: Corpus) -> None:
    mix = procurement_mix(form(unstated(budget), "procurement", *KINDS))
    assert list(zip(mix.kind, mix.amount_yuan, mix.share_pct, strict=True)) == [
        ("goods", yuan("10"), Decimal("16.67")),
        ("services", yuan("50"), Decimal("83.33")),
    ]
    assert list(mix.share_of_budget_pct) == [Decimal("1.50"), Decimal("7.51")]
    assert set(mix.form) == {"procurement"}


def test_kinds_of_a_form_that_are_not_all_of_its_total_are_not_taken(budget: Corpus) -> None:
    assert procurement_mix(form(unstated(budget), "procurement", KINDS[0], KINDS[1])).empty


def test_what_the_narrative_states_comes_before_the_form(budget: Corpus) -> None:
    assert list(procurement_mix(form(budget, "procurement", *KINDS)).amount_yuan) == [
        yuan("20.00"),
        yuan("0"),
        yuan("130.00"),
    ]


def test_procurement_stands_beside_the_year_before_where_the_corpus_holds_it(corpus: Corpus, budget: Corpus) -> None:
    told = corpus.statements[corpus.statements.section == 9]
    before = told.assign(document_id=BEFORE, value=told.value / 2)
    whole = replace(corpus, statements=pd.concat([corpus.statements, before]))
    mix = procurement_mix(budget, whole)
    assert list(mix.previous_yuan) == [yuan("10.00"), yuan("0"), yuan("65.00")]
    assert list(mix.change_yuan) == [yuan("10.00"), yuan("0"), yuan("65.00")]
    assert procurement_mix(budget, corpus).previous_yuan.isna().all()


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """Six departments in 2026: 150, 300 and 75 万元 of procurement (one, two, two) in budgets of one size; one none."""
    tables = [invented.tables(2026)]
    for n, factor in enumerate((Decimal(2), Decimal(2), Decimal("0.5"), Decimal("0.5"), Decimal(0)), 1):
        other = invented.tables(2026, entity=f"示例{n}局", department_id=f"示例{n}局")
        about = {name: frame.assign(document_id=f"{n:016d}") for name, frame in other.items()}
        values = about["statements"]
        scaled = values.value.where(values.section != 9, values.value * factor)
        tables.append(about | {"statements": values.assign(value=scaled)})
    folder = tmp_path_factory.mktemp("several")
    invented.write_tables(folder, tables)
    return load(folder)


def test_a_share_has_its_rank_and_the_median_of_the_budgets_that_state_it(several: Corpus) -> None:
    own = several.select(department=ENTITY, year=2026)
    standing = procurement_standing(several, own).set_index("kind")
    whole = standing.loc["procurement", ["share_pct", "median_pct", "rank", "budgets"]].to_list()
    assert whole == [Decimal("22.53"), Decimal("16.90"), 3, 6]
    assert standing.loc["goods", ["share_pct", "median_pct", "rank", "budgets"]].to_list() == [
        Decimal("13.33"),
        Decimal("13.33"),
        1,
        5,
    ]


def test_among_few_budgets_a_share_has_no_rank(several: Corpus) -> None:
    documents = several.documents[several.documents.department_id.isin([ENTITY, "示例1局", "示例2局", "示例3局"])]
    assert procurement_standing(replace(several, documents=documents), several.select(ENTITY, 2026)).empty


def test_alone_in_its_year_a_department_has_no_rank(corpus: Corpus, budget: Corpus) -> None:
    assert procurement_standing(corpus, budget).empty


def concentrated(budget: Corpus, *amounts: str, name: str = "projects") -> list[Any]:
    """Lines, largest share, share of three, and index of one form with these amounts; empty where there are none."""
    rows = [(f"第{n}项", "line", amount) for n, amount in enumerate(amounts, 1)]
    found = concentration(form(replace(budget, lines=LINES.frame([])), name, *rows))
    return list(found[["parts", "item", "largest_pct", "top3_pct", "hhi"]].iloc[0]) if len(found) else []


def test_concentration_is_the_largest_share_that_of_the_three_largest_and_the_sum_of_squares(budget: Corpus) -> None:
    assert concentrated(budget, "10", "50", "30", "10") == [4, "第2项", Decimal("50.00"), Decimal("90.00"), 3600]


def test_one_project_is_all_and_sixty_equal_ones_are_a_sixtieth_each(budget: Corpus) -> None:
    assert concentrated(budget, "7") == [1, "第1项", Decimal("100.00"), Decimal("100.00"), 10000]
    assert concentrated(budget, *["1"] * 60) == [60, "第1项", Decimal("1.67"), Decimal("5.00"), 167]


@pytest.mark.parametrize("amounts", [(), ("0", "0"), ("5", "-1")])
def test_without_lines_above_zero_or_with_one_below_nothing_is_said(budget: Corpus, amounts: tuple[str, ...]) -> None:
    assert concentrated(budget, *amounts) == []


def test_lines_that_do_not_add_up_to_the_total_have_no_concentration(budget: Corpus) -> None:
    """Each kind, each unit and each item printed as if they were alike: three times the total."""
    rows = (("合计", "total", "30"), ("货物", "line", "30"), ("示例一中", "line", "30"), ("打印机", "line", "30"))
    (found,) = concentration(form(replace(budget, lines=LINES.frame([])), "procurement", *rows)).to_dict("records")
    assert (found["amount_yuan"], found["lines_yuan"]) == (yuan("30"), yuan("90"))
    assert (found["hhi"], found["largest_pct"]) == (None, None)


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh", "所列各行之和为 90 万元，表中合计为 30 万元"), ("en", "the lines add up to 900,000 yuan")],
)
def test_a_report_says_why_there_is_no_concentration(budget: Corpus, language: str, said: str) -> None:
    rows = (("合计", "total", "30"), ("货物", "line", "30"), ("示例一中", "line", "30"), ("打印机", "line", "30"))
    corpus = form(replace(budget, lines=LINES.frame([])), "procurement", *rows)
    empty = procurement_standing(corpus, corpus), procured_projects(pd.DataFrame())
    html = Display(corpus, language).procurement(procurement_mix(corpus), empty[0], concentration(corpus), empty[1])
    assert said in re.sub("<[^>]+>", "", html.markup)


def test_lines_may_be_off_the_total_by_rounding(budget: Corpus) -> None:
    rows = (("合计", "total", "1.00"), ("打印机", "line", "0.33"), ("电脑", "line", "0.33"), ("办公桌", "line", "0.33"))
    found = concentration(form(replace(budget, lines=LINES.frame([])), "procurement", *rows))
    assert list(found.hhi) == [3333]


def test_the_three_kinds_are_no_items_of_procurement(budget: Corpus) -> None:
    found = concentration(form(budget, "procurement", *KINDS))
    assert list(found.of) == ["projects"]


def test_functions_are_no_items_of_procurement(budget: Corpus) -> None:
    whole = form(budget, "procurement", ("合计", "total", "9"), ("统计", "subtotal", "9"), ("普查", "line", "9"))
    own = whole.lines.form == "procurement"
    codes = whole.lines.code.mask(own & (whole.lines.row_kind == "subtotal"), "20105")
    assert list(concentration(replace(whole, lines=whole.lines.assign(code=codes))).of) == ["projects"]
    assert list(concentration(whole).of) == ["projects", "procurement"]


def test_purchased_services_are_summed_by_item_of_the_catalogue_the_largest_first(budget: Corpus) -> None:
    rows = (("合计", "total", "10"), ("宣传服务", "line", "3"), ("咨询服务", "line", "5"), ("宣传服务", "line", "2.01"))
    found = purchased_services(form(budget, "purchased_services", *rows))
    assert found[["item", "parts", "amount_yuan", "share_pct"]].to_numpy().tolist() == [
        ["宣传服务", 2, yuan("5.01"), Decimal("50.05")],
        ["咨询服务", 1, yuan("5"), Decimal("49.95")],
    ]
    assert purchased_services(budget).empty


def test_projects_look_like_procurement_by_their_words_or_are_said_to_be_services(corpus: Corpus) -> None:
    names = ("办公设备购置", "办公楼维修改造", "综合窗口外包", "值班补助", "慰问")
    whole = form(corpus, "projects", *((name, "line", "10") for name in names))
    said = {"document_id": NOW, "kind": "items", "project": "慰问", "sentence": "…"}
    whole = replace(whole, catalogue_declarations=CATALOGUE_DECLARATIONS.frame([said]))
    budget = whole.select(department=ENTITY, year=2026)
    covered = catalogue_coverage(whole, budget, guidance(whole, budget), load_matches("no such file.csv"))
    found = procured_projects(covered)
    assert list(zip(found.project, found.kind, found.declared_service, strict=True)) == [
        ("办公设备购置", "goods", False),
        ("办公楼维修改造", "works", False),
        ("综合窗口外包", "services", False),
        ("慰问", None, True),
    ]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_procurement_reads_as_a_sentence_and_zero_as_zero(budget: Corpus, language: str) -> None:
    assert sentence(plot_procurement_mix(procurement_mix(unstated(budget)), language)) == label(
        "empty.procurement_mix", language
    )
    nothing = replace(budget, statements=budget.statements.assign(value=Decimal(0)))
    axes = plot_procurement_mix(procurement_mix(nothing), language)
    assert sentence(axes) is None
    zero = "0 元" if language == "zh" else "0 yuan"
    assert {text.get_text() for text in axes.texts if text.get_gid() == "value"} == {zero}
