"""What became of a budget: plan beside outcome, from both documents or from the final accounts alone."""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from budgetlib.analysis.budget_execution import budget_execution, execution_years
from budgetlib.analysis.change import spending_change
from budgetlib.analysis.series import series
from budgetlib.tables.corpus import Corpus, load
from budgetlib.tables.locators import places

DEPARTMENT, YEAR = "示例市示例局", 2025


@pytest.fixture(scope="module")
def corpus(sample_tidy: Path) -> Corpus:
    return load(sample_tidy).select(department=DEPARTMENT)


@pytest.fixture(scope="module")
def execution(corpus: Corpus) -> pd.DataFrame:
    return budget_execution(corpus, DEPARTMENT, YEAR)


def row(frame: pd.DataFrame, dimension: str, item: str) -> dict[Any, Any]:
    (found,) = frame[(frame.dimension == dimension) & (frame["item"] == item)].to_dict("records")
    return found


def figures(found: dict[Any, Any]) -> tuple[str, ...]:
    return tuple(str(found[column]) for column in ("budget_yuan", "final_yuan", "gap_yuan", "rate_pct"))


def test_what_was_overrun_and_underspent_stands_beside_its_plan_with_the_reason(execution: pd.DataFrame) -> None:
    over, under = (
        row(execution, "function", "政务公开审批"),
        row(execution, "function", "其他政府办公厅（室）及相关机构事务支出"),
    )
    assert figures(over) == ("1900000.00", "2364000.00", "464000.00", "124.42")
    assert figures(under) == ("2693100.00", "2629100.00", "-64000.00", "97.62")
    assert (over["reason"], under["reason"]) == ("年中追加示例大厅延时服务经费", "示例平台升级改造尾款结转下年支付")


def test_basic_and_project_and_economic_items_are_the_forms_of_both_documents(execution: pd.DataFrame) -> None:
    assert figures(row(execution, "kind", "项目支出")) == ("5003100.00", "5403100.00", "400000.00", "108.00")
    assert figures(row(execution, "economic", "基本工资")) == ("4229500.00", "4229500.00", "0.00", "100.00")
    assert figures(row(execution, "total", "支出总计")) == ("15450200.00", "15850200.00", "400000.00", "102.59")


def test_each_printed_rate_is_the_computed_one_to_its_last_digit_but_the_misprinted(execution: pd.DataFrame) -> None:
    printed = execution[execution.published_rate_pct.notna()]
    wrong = printed[printed.published_rate_pct != printed.rate_pct]
    assert len(printed) == 18
    assert [(one["item"], one.rate_pct, one.published_rate_pct) for _, one in wrong.iterrows()] == [
        ("公务接待费", Decimal("80.00"), Decimal("85.00"))
    ]


def test_of_a_plan_of_nothing_there_is_no_rate(execution: pd.DataFrame) -> None:
    assert row(execution, "three_public", "因公出国（境）费")["rate_pct"] is None


def test_plan_and_outcome_lead_each_to_their_own_document(execution: pd.DataFrame, corpus: Corpus) -> None:
    kinds = dict(zip(corpus.documents.document_id, corpus.documents.document_kind, strict=True))
    found = row(execution, "function", "政务公开审批")
    for column, kind in (("budget_yuan", "budget"), ("final_yuan", "final_accounts")):
        assert {kinds[place.document_id] for place in places(found, column)} == {kind}


def test_without_the_budget_the_plan_is_what_the_final_accounts_say_it_was(
    corpus: Corpus, execution: pd.DataFrame
) -> None:
    alone = budget_execution(corpus.select(kind="final_accounts"), DEPARTMENT, YEAR)
    for dimension in ("function", "three_public"):
        of_both, own = (frame[frame.dimension == dimension] for frame in (execution, alone))
        assert own.budget_yuan.tolist() == of_both.budget_yuan.tolist()
    assert row(alone, "total", "一般公共预算支出")["budget_yuan"] == Decimal("15400200.00")
    assert row(alone, "economic", "基本工资")["budget_yuan"] is None


def test_a_year_without_final_accounts_has_no_rows(corpus: Corpus) -> None:
    assert budget_execution(corpus, DEPARTMENT, 2026).empty


def test_over_the_years_a_plan_without_an_outcome_is_shown_alone(corpus: Corpus) -> None:
    years = execution_years(corpus, DEPARTMENT)
    shown = [(one.fiscal_year, one.budget_yuan, one.final_yuan) for one in years.itertuples()]
    assert shown == [
        (2025, Decimal("15400200.00"), Decimal("15800200.00")),
        (2026, Decimal("16239900.00"), None),
    ]


def test_change_compares_plan_with_plan_whether_or_not_final_accounts_are_there(corpus: Corpus) -> None:
    budgets = corpus.select(kind="budget")
    pd.testing.assert_frame_equal(
        *(spending_change(part, DEPARTMENT, 2026) for part in (corpus, budgets)), check_like=False
    )


def test_a_series_has_plans_and_outcomes_each_with_its_own_changes(corpus: Corpus) -> None:
    both, plans = (series(part, DEPARTMENT) for part in (corpus, corpus.select(kind="budget")))
    pd.testing.assert_frame_equal(both[both.stage == "budget"].reset_index(drop=True), plans)
    outcomes = both[both.stage == "final"].set_index("measure").amount_yuan
    assert (outcomes.budget_total, outcomes.project) == (Decimal("15850200.00"), Decimal("5453100.00"))


def closed_years(corpus: Corpus) -> Corpus:
    """The final accounts again as if of the year after, with a tenth more spent."""
    accounts = corpus.select(kind="final_accounts")
    more = {}
    for field in fields(Corpus):
        table = getattr(accounts, field.name)
        later = table.assign(document_id="later")
        if field.name == "documents":
            later["fiscal_year"] = YEAR + 1
        if field.name == "lines":
            later["amount_yuan"] = [(amount * Decimal("1.1")).quantize(Decimal("0.01")) for amount in later.amount_yuan]
        more[field.name] = pd.concat([table, later], ignore_index=True)
    return Corpus(**more)


def test_change_compares_outcome_with_outcome_from_the_accounts_of_both_years(corpus: Corpus) -> None:
    change = spending_change(closed_years(corpus), DEPARTMENT, YEAR + 1, "final")
    computed = change[change.basis == "computed"]
    total = computed[(computed.dimension == "total") & (computed.measure == "expenditure")].iloc[0]
    assert (total.previous_yuan, total.change_pct) == (Decimal("15850200.00"), Decimal("10.0000"))
    assert set(computed.dimension) == {"total", "function", "economic"}
    assert set(change.stage) == {"final"}
    for dimension in ("function", "economic"):
        assert sum(computed[computed.dimension == dimension].contribution_pp) == total.change_pct


def test_of_two_closed_years_the_line_of_outcomes_is_drawn_beside_that_of_plans(corpus: Corpus) -> None:
    drawn = series(closed_years(corpus), DEPARTMENT)
    total = drawn[drawn.measure == "budget_total"]
    assert total.change_pct.tolist() == [None, Decimal("10.00")]
