"""All that a total consists of has its card, its bar and its contribution, and they sum to the whole."""

from dataclasses import replace
from decimal import Decimal

import pandas as pd
import pytest

import budgetlib as bl
from budgetlib.definitions.labels import LANGUAGES, item
from budgetlib.tables.corpus import Corpus
from tests.invented import ENTITY, yuan

RESERVE = "单位预留机动经费"


def with_reserve(corpus: Corpus, measure: str = f"other:部门预算>{RESERVE}", **amounts: str) -> Corpus:
    """The corpus with a column beside basic and project expenditure: years as `of_2026`, amounts in 万元.

    The totals grow by it.
    """
    lines = corpus.lines.copy()
    for year, amount in amounts.items():
        document = f"{int(year[-4:]):016d}"
        own = lines.document_id == document
        totals = own & (lines.measure == "total") & (lines.row_kind == "total") & (lines.side == "expenditure")
        totals &= lines.form.isin(["budget_summary", "expenditure"])
        lines.loc[totals, "amount_yuan"] = lines[totals].amount_yuan.map(lambda value, more=amount: value + yuan(more))
        (total,) = lines[totals & (lines.form == "expenditure")].to_dict("records")
        column = total | {"measure": measure, "amount_yuan": yuan(amount), "published_text": amount}
        lines = pd.concat([lines, pd.DataFrame([column], columns=lines.columns)], ignore_index=True)
    return replace(corpus, lines=lines)


def budget_of(corpus: Corpus) -> Corpus:
    return corpus.select(department=ENTITY, year=2026)


def test_a_column_beside_basic_and_project_is_a_part_and_the_shares_sum_to_a_hundred(corpus: Corpus) -> None:
    kinds = bl.spending_by_kind(budget_of(with_reserve(corpus, of_2026="100.00")))
    assert list(kinds["item"]) == ["基本支出", "项目支出", RESERVE]
    assert sum(kinds.share_pct) == Decimal(100)
    assert kinds.places.iloc[2].endswith(RESERVE)


def test_a_column_that_repeats_a_part_is_counted_once(corpus: Corpus) -> None:
    repeated = with_reserve(corpus, of_2026="0.00")
    lines = repeated.lines.assign(
        amount_yuan=repeated.lines.amount_yuan.mask(repeated.lines.measure.str.startswith("other:"), yuan("7.00"))
    )
    assert list(bl.spending_by_kind(budget_of(replace(repeated, lines=lines))).kind) == ["basic", "project"]


def test_its_change_contributes_to_the_change_of_the_total(corpus: Corpus) -> None:
    grown = with_reserve(corpus, of_2025="10.00", of_2026="110.00")
    change = bl.spending_change(grown, ENTITY, 2026)
    kinds = change[change.dimension == "kind"]
    (total,) = (
        change[(change.dimension == "total") & (change.measure == "expenditure")]
        .query("basis == 'computed'")
        .change_pct
    )
    assert kinds.set_index("item").change_yuan[RESERVE] == yuan("100.00")
    assert sum(kinds.contribution_pp) == total


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_has_a_card_a_bar_and_a_place_in_the_lead(corpus: Corpus, language: str) -> None:
    grown = with_reserve(corpus, of_2025="10.00", of_2026="110.00")
    budget = budget_of(grown)
    kinds, show = bl.spending_by_kind(budget), bl.Display(budget, language, corpus=grown)
    name = item(RESERVE, language)
    assert name in show.cards(bl.key_figures(budget), kinds).markup
    assert name in {text.get_text().replace("\n", "") for text in bl.plot_spending_by_kind(kinds, language).texts}
    applying = bl.guidance(grown, budget)
    services = bl.coverage_shares(bl.catalogue_coverage(grown, budget, applying, bl.load_matches("none.csv")), applying)
    change = bl.spending_change(grown, ENTITY, 2026)
    assert name in repr(show.summary(change, bl.stated_changes(budget), services, applying))


def test_a_part_that_is_all_of_the_projects_has_one_card(corpus: Corpus) -> None:
    budget = budget_of(corpus)
    kinds = bl.spending_by_kind(budget)
    as_business = kinds.assign(
        kind=kinds.kind.replace("project", "special_business"), item=["基本支出", "专项业务经费"]
    )
    markup = bl.Display(budget, "zh").cards(bl.key_figures(budget), as_business).markup
    assert "项目支出" in markup
    assert "专项业务经费" not in markup
