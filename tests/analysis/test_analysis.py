"""Result frames are exact, name their source, and leave out what was not read."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgetlib.analysis.amounts import POINTS, share, shares_that_add_up
from budgetlib.analysis.change import published_and_computed, spending_change
from budgetlib.analysis.key_figures import coverage, key_figures
from budgetlib.analysis.procurement import procurement_mix
from budgetlib.analysis.revenue import revenue_by_fund
from budgetlib.analysis.spending import spending_by_function
from budgetlib.analysis.spending_by_kind import spending_by_kind
from budgetlib.analysis.year_pairs import REMAINDER
from budgetlib.core.errors import NotFound
from budgetlib.definitions.labels import labels
from budgetlib.tables.corpus import Corpus, load
from tests import invented
from tests.invented import CENTRE, ENTITY, yuan

DIMENSIONS = ["function", "economic", "project", "unit"]


@pytest.fixture(scope="module")
def change(corpus: Corpus) -> pd.DataFrame:
    return spending_change(corpus, ENTITY, 2026)


def without(corpus: Corpus, *forms: str, document_id: str | None = None) -> Corpus:
    lines = corpus.lines
    dropped = lines.form.isin(forms) & ((lines.document_id == document_id) | (document_id is None))
    return replace(corpus, lines=lines[~dropped])


def row(frame: pd.DataFrame, **where: object) -> dict[Any, Any]:
    for column, value in where.items():
        frame = frame[frame[column] == value]
    (only,) = frame.to_dict("records")
    return only


def test_carryover_beside_the_total_of_the_year_is_a_fund_too(sample_tidy: Path) -> None:
    funds = revenue_by_fund(load(sample_tidy).select("示例市示例局", 2026, kind="budget"))
    assert dict(zip(funds["item"], funds.amount_yuan, strict=True)) == {
        "一般公共预算": yuan("1623.99"),
        "政府性基金": yuan("20"),
        "单位资金": yuan("6.2"),
        "上年结转": yuan("6.4"),
    }
    assert funds.share_pct.sum() == 100


def test_key_figures_are_the_printed_totals_with_their_places(budget: Corpus) -> None:
    figures = key_figures(budget)
    printed = {
        figure["measure"]: (figure["value"], figure["form"], figure["page"]) for figure in figures.to_dict("records")
    }
    assert printed["budget_total"] == (yuan("665.75"), "budget_summary", 4)
    assert printed["basic"] == (yuan("420.50"), "expenditure", 6)
    assert printed["project"] == (yuan("245.25"), "expenditure", 6)
    assert printed["personnel"] == (yuan("358.00"), "basic_by_economic", 9)
    assert printed["three_public"] == (yuan("4.50"), "three_public", 12)
    procurement = row(figures, measure="procurement")
    assert (procurement["value"], procurement["section"], procurement["page"]) == (yuan("150.00"), 9, 16)


def test_a_key_figure_whose_form_was_not_read_comes_from_the_narrative(budget: Corpus) -> None:
    figure = row(key_figures(without(budget, "budget_summary", "expenditure")), measure="budget_total")
    assert (figure["value"], figure["form"], figure["section"]) == (yuan("665.75"), None, 1)


def test_a_key_figure_that_is_nowhere_is_left_out_not_zero(budget: Corpus) -> None:
    assert "project" not in set(key_figures(without(budget, "expenditure", "projects")).measure)


def test_project_expenditure_that_no_form_by_function_splits_off_is_the_total_of_the_projects(budget: Corpus) -> None:
    figure = row(key_figures(without(budget, "expenditure")), measure="project")
    assert (figure["value"], figure["form"], figure["page"]) == (yuan("245.25"), "projects", 14)


@pytest.mark.parametrize("more", [{"measure": "meetings"}, {"item": "会议费", "row_kind": "line"}])
def test_a_total_with_meetings_in_it_is_not_that_of_the_three_public_expenses(
    budget: Corpus, more: dict[str, str]
) -> None:
    form = budget.form("three_public")
    lines = pd.concat([budget.lines.assign(amount_yuan=budget.lines.amount_yuan + 1), form.assign(**more)])
    figure = row(key_figures(replace(budget, lines=lines)), measure="three_public")
    assert (figure["value"], figure["form"], figure["section"]) == (yuan("4.50"), None, 7)
    own = form.assign(measure="three_public", amount_yuan=yuan("3.00"))
    figure = row(key_figures(replace(budget, lines=pd.concat([lines, own]))), measure="three_public")
    assert (figure["value"], figure["form"]) == (yuan("3.00"), "three_public")


def test_the_grand_total_counts_where_a_form_prints_several(budget: Corpus) -> None:
    lines = budget.lines.copy()
    lines.loc[lines.item == "本年支出合计", "amount_yuan"] = yuan("1.00")
    assert row(key_figures(replace(budget, lines=lines)), measure="budget_total")["value"] == yuan("665.75")


def test_spending_by_class_is_as_printed(budget: Corpus) -> None:
    general, social = spending_by_function(budget).to_dict("records")
    assert (general["code"], general["total_yuan"], general["basic_yuan"], general["project_yuan"]) == (
        "201",
        yuan("590.75"),
        yuan("345.50"),
        yuan("245.25"),
    )
    assert (general["share_pct"], general["basis"], general["page"]) == (Decimal("88.73"), "printed", 6)
    assert (social["basic_yuan"], social["project_yuan"]) == (yuan("75.01"), None)


def test_a_class_that_is_not_printed_is_summed_from_its_items_and_says_so(budget: Corpus) -> None:
    lines = budget.lines[(budget.lines.row_kind != "subtotal") | (budget.lines.form != "expenditure")]
    general, _ = spending_by_function(replace(budget, lines=lines)).to_dict("records")
    assert (general["code"], general["item"], general["total_yuan"], general["basis"]) == (
        "201",
        None,
        yuan("590.75"),
        "summed",
    )


def test_the_finest_rows_are_the_leaves(budget: Corpus) -> None:
    assert list(spending_by_function(budget, level="item").code) == ["2010301", "2010302", "2010399", "2080505"]


def test_an_unknown_level_is_refused_with_the_allowed_ones(budget: Corpus) -> None:
    with pytest.raises(ValueError, match="'class', 'item'"):
        spending_by_function(budget, level="section")


def test_classes_come_from_the_summary_where_no_form_by_function_was_read(budget: Corpus) -> None:
    functions = spending_by_function(without(budget, "expenditure", "general_public_expenditure"))
    assert list(functions.item) == ["一般公共服务支出", "社会保障和就业支出"]
    assert set(functions.form) == {"budget_summary"}


@pytest.mark.parametrize("printed", ["590.75", "590.57"])
def test_items_that_a_summary_prints_below_a_class_are_no_classes(budget: Corpus, printed: str) -> None:
    """Also where the class is misprinted, so that they do not add up to it."""
    read = without(budget, "expenditure", "general_public_expenditure")
    summary = read.lines[read.lines.form == "budget_summary"]
    head = summary[summary.item == "一般公共服务支出"]
    parts = [head.assign(item=name, amount_yuan=yuan(amount)) for name, amount in (("运行", "500.75"), ("业务", "90"))]
    place = summary.index.get_loc(head.index[0])
    class_row = head.assign(row_kind="subtotal", amount_yuan=yuan(printed))
    nested = [summary.iloc[:place], class_row, *parts, summary.iloc[place + 1 :]]
    lines = pd.concat([read.lines[read.lines.form != "budget_summary"], *nested], ignore_index=True)
    lines["row"] = range(1, len(lines) + 1)
    functions = spending_by_function(replace(read, lines=lines))
    assert list(functions.item) == ["一般公共服务支出", "社会保障和就业支出"]
    assert list(functions.total_yuan) == [yuan(printed), yuan("75.01")]


def test_nothing_read_gives_no_rows(budget: Corpus) -> None:
    nothing = replace(budget, lines=budget.lines.iloc[:0], statements=budget.statements.iloc[:0])
    for frame in (
        key_figures(nothing),
        spending_by_function(nothing),
        spending_by_kind(nothing),
        procurement_mix(nothing),
        spending_change(nothing, ENTITY, 2026),
    ):
        assert frame.empty


def test_basic_expenditure_is_split_only_where_its_parts_add_up(budget: Corpus) -> None:
    basic, project = spending_by_kind(budget).to_dict("records")
    assert (basic["personnel_yuan"], basic["operating_yuan"]) == (yuan("358.00"), yuan("62.50"))
    assert (basic["share_pct"], project["share_pct"]) == (Decimal("63.16"), Decimal("36.84"))
    lines = budget.lines.copy()
    lines.loc[(lines.item == "合计") & (lines.measure == "operating"), "amount_yuan"] = yuan("62.49")
    basic, _ = spending_by_kind(replace(budget, lines=lines)).to_dict("records")
    assert (basic["personnel_yuan"], basic["operating_yuan"]) == (None, None)


def test_what_no_column_says_of_the_total_is_a_part_of_its_own(budget: Corpus) -> None:
    lines = budget.lines.copy()
    lines.loc[(lines.form == "budget_summary") & (lines["item"] == "支出总计"), "amount_yuan"] = yuan("841.00")
    found = spending_by_kind(replace(budget, lines=lines))
    assert found.kind.to_list() == ["basic", "project", "rest"]
    assert found.share_pct.to_list() == [Decimal("50.00"), Decimal("29.16"), Decimal("20.84")]


def test_basic_expenditure_is_personnel_and_operating_where_these_stand_in_its_place(budget: Corpus) -> None:
    form = budget.lines.form == "expenditure"
    parts = budget.lines.measure.where(~form, budget.lines.measure.replace("basic", "personnel"))
    frames = (spending_by_kind(replace(budget, lines=budget.lines.assign(measure=parts))), spending_by_kind(budget))
    assert frames[0].amount_yuan.to_list() == frames[1].amount_yuan.to_list()
    assert spending_by_function(replace(budget, lines=budget.lines.assign(measure=parts))).basic_yuan.to_list() == [
        yuan("345.50"),
        yuan("75.01"),
    ]


def test_a_published_change_is_as_stated_with_its_reason_and_no_year_before(change: pd.DataFrame) -> None:
    told = row(change, basis="published", measure="expenditure")
    assert (told["change_yuan"], told["change_pct"], told["reason"]) == (
        yuan("65.75"),
        Decimal("10.96"),
        invented.REASON,
    )
    assert (told["previous_yuan"], told["current_yuan"], told["page"]) == (None, yuan("665.75"), 16)


def test_a_computed_change_is_exact(change: pd.DataFrame) -> None:
    total = row(change, basis="computed", dimension="total", measure="expenditure")
    assert (total["previous_yuan"], total["current_yuan"]) == (yuan("600.00"), yuan("665.75"))
    assert (total["change_yuan"], total["change_pct"]) == (yuan("65.75"), Decimal("10.9583"))
    running = row(change, code="2010301")
    assert (running["change_yuan"], running["change_pct"], running["contribution_pp"]) == (
        yuan("15.50"),
        Decimal("4.6970"),
        Decimal("2.5833"),
    )


def test_published_and_computed_stand_side_by_side(change: pd.DataFrame) -> None:
    totals = published_and_computed(change)
    told = totals[totals.published_yuan.notna()]
    assert list(told.measure) == ["expenditure", "general_public_budget", "three_public", "operating_cost"]
    assert list(told.published_yuan) == [yuan("65.75"), yuan("65.75"), yuan("-0.50"), yuan("2.50")]
    assert set(told.difference_yuan) == {Decimal(0)}
    assert {m: c for m, c in zip(totals.measure, totals.computed_yuan, strict=True) if m in ("basic", "project")} == {
        "basic": yuan("20.50"),
        "project": yuan("45.25"),
    }


def test_one_changed_total_shows_as_one_difference(corpus: Corpus) -> None:
    lines = corpus.lines.copy()
    lines.loc[(lines.document_id == "0000000000002025") & (lines.form == "three_public"), "amount_yuan"] = yuan("5.01")
    totals = published_and_computed(spending_change(replace(corpus, lines=lines), ENTITY, 2026))
    differences = dict(zip(totals.measure, totals.difference_yuan, strict=True))
    assert {measure: d for measure, d in differences.items() if d} == {"three_public": yuan("-0.01")}


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_contributions_of_a_dimension_sum_to_the_change_of_the_total(change: pd.DataFrame, dimension: str) -> None:
    computed = change[change.basis == "computed"]
    total = row(computed, dimension="total", measure="expenditure")
    rows = computed[computed.dimension == dimension]
    assert sum(rows.contribution_pp, Decimal(0)) == total["change_pct"]
    for column in ("previous_yuan", "current_yuan", "change_yuan"):
        assert sum(rows[column].dropna(), Decimal(0)) == total[column]


def test_rounding_in_the_paper_is_one_row_of_its_own(change: pd.DataFrame) -> None:
    rest = row(change, dimension="function", item=REMAINDER)
    assert (rest["previous_yuan"], rest["current_yuan"]) == (Decimal(0), yuan("-0.01"))


def test_what_is_new_and_what_was_dropped_says_so(change: pd.DataFrame) -> None:
    new, dropped = row(change, code="2010399"), row(change, code="2010306")
    assert (new["status"], new["previous_yuan"], new["change_pct"]) == ("new", None, None)
    assert (dropped["status"], dropped["current_yuan"], dropped["change_pct"]) == ("dropped", None, Decimal(-100))
    assert dropped["document_id"] == "0000000000002025"


def test_projects_of_one_name_in_two_units_stay_apart(change: pd.DataFrame) -> None:
    projects = change[(change.dimension == "project") & (change.item == "J综合窗口服务费")]
    assert dict(zip(projects.unit, projects.change_yuan, strict=True)) == {ENTITY: yuan("-24.75"), CENTRE: Decimal(0)}


def test_a_form_that_was_read_in_one_year_only_is_not_compared(corpus: Corpus) -> None:
    change = spending_change(without(corpus, "projects", document_id="0000000000002025"), ENTITY, 2026)
    assert set(change.dimension) == {"total", "kind", "function", "economic"}


def test_a_form_that_itemises_nothing_gives_way_to_the_next_that_both_years_itemise(corpus: Corpus) -> None:
    lines = corpus.lines
    bare = (lines.form == "expenditure") & (lines.row_kind != "total")
    change = spending_change(replace(corpus, lines=lines[~bare]), ENTITY, 2026)
    functions = change[(change.dimension == "function") & (change.item != REMAINDER)]
    assert set(functions.form) == {"general_public_expenditure"}
    assert len(functions) == 5


def test_a_year_without_units_or_codes_is_compared_by_names(corpus: Corpus) -> None:
    now = corpus.lines.document_id == "0000000000002026"
    lines = corpus.lines.assign(
        code=corpus.lines.code.where(~now, None),
        unit=corpus.lines.unit.where(~now, None),
        row_kind=corpus.lines.row_kind.where(~now | corpus.lines.unit.isna(), "line"),
    )
    lines = lines[~(now & lines.item.isin([ENTITY, CENTRE]) & (lines.row_kind == "line"))]
    change = spending_change(replace(corpus, lines=lines), ENTITY, 2026)
    window = row(change[change.dimension == "project"], item="J综合窗口服务费")
    assert (window["previous_yuan"], window["current_yuan"]) == (yuan("140.00"), yuan("115.25"))
    assert row(change, dimension="function", item="行政运行")["status"] == "kept"


def test_a_form_that_was_declared_empty_the_year_before_is_compared(corpus: Corpus) -> None:
    pages = corpus.pages.copy()
    empty = (pages.document_id == "0000000000002025") & (pages.form == "projects")
    pages.loc[empty, "outcome"] = "declared_empty"
    held = replace(without(corpus, "projects", document_id="0000000000002025"), pages=pages)
    change = spending_change(held, ENTITY, 2026)
    assert set(change[(change.dimension == "project") & (change.item != REMAINDER)].status) == {"new"}


def test_without_the_year_before_only_the_published_change_is_there(corpus: Corpus) -> None:
    change = spending_change(corpus.select(year=2026), ENTITY, 2026)
    assert set(change.basis) == {"published"}
    assert spending_change(corpus, ENTITY, 2025).empty


def test_an_unknown_department_is_refused(corpus: Corpus) -> None:
    with pytest.raises(NotFound, match=ENTITY):
        spending_change(corpus, "某局", 2026)


def test_procurement_by_kind_has_its_shares(budget: Corpus) -> None:
    mix = procurement_mix(budget)
    assert list(mix.kind) == ["goods", "works", "services"]
    assert list(mix.amount_yuan) == [yuan("20.00"), Decimal(0), yuan("130.00")]
    assert list(mix.share_pct) == [Decimal("13.33"), Decimal("0.00"), Decimal("86.67")]
    assert list(mix.share_of_budget_pct) == [Decimal("3.00"), Decimal("0.00"), Decimal("19.53")]


def test_a_kind_of_procurement_that_is_not_stated_has_no_row(budget: Corpus) -> None:
    statements = budget.statements[budget.statements.measure != "works"]
    assert list(procurement_mix(replace(budget, statements=statements)).kind) == ["goods", "services"]


def test_no_procurement_has_no_shares(budget: Corpus) -> None:
    statements = budget.statements.assign(value=Decimal(0))
    assert set(procurement_mix(replace(budget, statements=statements)).share_pct) == {None}


def test_the_page_log_in_short_begins_with_what_was_not_read(budget: Corpus) -> None:
    pages = coverage(budget)
    told = ["unreadable", "18", "the page is a picture without a text layer"]
    assert pages.iloc[0][["outcome", "page_list", "reason"]].to_list() == told
    assert pages["count"].sum() == 20
    assert row(pages, page_kind="blank")["page_list"] == "2–3, 5, 7, 11, 15, 17, 19–20"


def test_the_name_of_the_rest_has_a_label() -> None:
    assert labels()["item"]["remainder"]["zh"] == REMAINDER


amounts = st.decimals(-(10**9), 10**9, places=2)


@given(st.lists(amounts, min_size=1, max_size=30), st.decimals(1, 10**10, places=2))
def test_shares_add_up_and_none_is_off_by_a_whole_last_digit(parts: list[Decimal], whole: Decimal) -> None:
    shares = shares_that_add_up(parts, whole)
    assert sum(shares) == share(sum(parts, Decimal(0)), whole, POINTS)
    assert all(abs(one - 100 * part / whole) < POINTS for one, part in zip(shares, parts, strict=True))
