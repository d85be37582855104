"""The chapter “What became of the budget?”: sentences, tables, a chart, and no words of a document as markup."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import budgetlib as bl
from budgetlib.definitions.labels import label

DEPARTMENT = "示例市示例局"


@pytest.fixture(scope="module")
def corpus(sample_tidy: Path) -> bl.Corpus:
    return bl.load(sample_tidy).select(department=DEPARTMENT)


def chapter(corpus: bl.Corpus, year: int, language: str = "zh", reason: str | None = None) -> str:
    execution = bl.budget_execution(corpus, DEPARTMENT, year)
    if reason:
        execution = execution.assign(reason=execution.reason.map(lambda given: given and reason))
    show = bl.Display(corpus.select(year=year, kind="budget"), language, corpus=corpus)
    return show.execution(execution, bl.execution_years(corpus, DEPARTMENT)).markup


def words(markup: str) -> str:
    return re.sub(r"\s+|<[^>]+>", "", markup)


def test_overrun_underspend_and_the_misprinted_rate_are_said_in_a_sentence_each_with_the_reasons(
    corpus: bl.Corpus,
) -> None:
    said = words(chapter(corpus, 2025))
    for sentence in (
        "一般公共预算支出2025年初预算1,540万元，决算1,580万元，完成102.60%。",
        "政务公开审批决算比预算多46.4万元（完成124.42%），文件说明的原因：“年中追加示例大厅延时服务经费”。",
        "决算比预算少6.4万元（完成97.62%），文件说明的原因：“示例平台升级改造尾款结转下年支付”。",
        "公务接待费公布的完成率为85.00%，按公布的金额计算为80.00%。",
    ):
        assert sentence in said
    assert said.count("公布的完成率为") == 1


def test_a_year_without_final_accounts_is_said_to_be_open_and_its_plan_is_drawn(corpus: bl.Corpus) -> None:
    markup = chapter(corpus, 2026, "en")
    assert label("empty.budget_execution", "en") in markup
    assert "<svg" in markup


def test_of_each_year_plan_and_outcome_are_bars_as_far_as_they_are_known(corpus: bl.Corpus) -> None:
    axes = bl.plot_budget_execution(bl.execution_years(corpus, DEPARTMENT), "en")
    assert [patch.get_width() for patch in axes.patches] == pytest.approx([15.4002, 15.8002, 16.2399])


def test_without_any_final_accounts_the_chapter_is_one_sentence(corpus: bl.Corpus) -> None:
    markup = chapter(corpus.select(kind="budget"), 2025)
    assert label("empty.budget_execution", "zh") in markup
    assert "<svg" not in markup


def test_what_does_not_add_up_in_final_accounts_is_among_the_findings_of_the_year_and_says_whose_it_is(
    corpus: bl.Corpus, sample_tidy: Path
) -> None:
    year = corpus.select(year=2025)
    show = bl.Display(year.select(kind="budget"), "zh", corpus=corpus)
    markup = show.findings(bl.failures(year), str(sample_tidy)).markup
    said = words(markup)
    assert "完成年初预算的百分比（第14页）为85.00%，而按公布的金额计算为80.00%" in said
    assert "2025年决算，情况说明" in said
    tested = int((year.checks.state == "pass").sum()) + len(bl.failures(year))
    assert f"共检验{tested:,}处应成立的等式" in said


def test_a_hostile_reason_is_escaped(corpus: bl.Corpus) -> None:
    markup = chapter(corpus, 2025, reason="<script>alert(1)</script>")
    assert "<script>" not in markup
    assert "&lt;script&gt;" in markup
