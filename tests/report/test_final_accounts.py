"""A year of which there are final accounts and no budget: a report of its own, and how the department marks itself."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

import budgetlib as bl
from budgetlib.report.provenance import provenance
from budgetlib.report.run import ReportOptions, write_reports

DEPARTMENT = "示例市示例局"


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables of the invented final accounts alone."""
    out = tmp_path_factory.mktemp("closed") / "tidy"
    bl.parse([Path(__file__).resolve().parents[2] / f"data/raw/{DEPARTMENT}-2025-决算.pdf"], out)
    return out


@pytest.mark.slow
def test_final_accounts_without_a_budget_have_a_report_with_outcomes_rates_and_sources(accounts: Path) -> None:
    out = accounts.parent / "reports"
    first, *_ = write_reports(accounts, out, ReportOptions(languages=("zh",)))
    assert (first.state, first.kind, first.reason) == ("done", "final_accounts", None)
    folder = out / DEPARTMENT / "2025"
    words = re.sub(r"<[^>]+>|\s", "", (folder / "report.zh.html").read_text(encoding="utf-8"))
    for sentence in (
        "2025年度决算",
        "决算比预算多46.4万元（完成124.42%）",
        "公务接待费公布的完成率为85.00%，按公布的金额计算为80.00%。",
        f"{DEPARTMENT}-2025-决算.pdf",
        "综合窗口示例服务费",
    ):
        assert sentence in words
    result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    assert result["headline"]["total_yuan"] == "15850200.00"
    assert "只有决算" in (out / "index.html").read_text(encoding="utf-8")


def test_what_a_department_says_of_its_projects_stands_beside_the_computed_rate_and_leads_to_its_table(
    sample_tidy: Path,
) -> None:
    corpus = bl.load(sample_tidy).select(department=DEPARTMENT, year=2025)
    found = bl.self_evaluation(corpus)
    assert found.table_kind.tolist() == ["department", "project", "project"]
    assert found.unit.tolist() == [None, "示例市示例局", "示例市示例信息中心"]
    assert [str(amount) for amount in found.budget_yuan] == ["15450200.00", "1280000.00", "738000.00"]
    rates = [Decimal("99.60"), Decimal("100.00"), Decimal("91.33")]
    assert found.rate_pct.tolist() == found.published_rate_pct.tolist() == rates
    assert found.evaluation_score.tolist() == [Decimal("97.2"), Decimal("98.0"), Decimal("94.1")]
    spans = [provenance(corpus).of(row, "budget_yuan")[0] for row in found.to_dict("records")]
    assert [span.page for span in spans] == found.page.tolist()


def test_without_an_adjusted_budget_the_rate_is_of_the_budget(sample_tidy: Path) -> None:
    corpus = bl.load(sample_tidy).select(department=DEPARTMENT, year=2025)
    table = corpus.self_evaluation.assign(adjusted_yuan=None)
    assert bl.self_evaluation(replace(corpus, self_evaluation=table)).rate_pct.tolist() == [
        Decimal("102.59"),
        Decimal("136.25"),
        Decimal("91.33"),
    ]


def test_final_accounts_are_among_the_sources_of_a_year_with_both(sample_tidy: Path) -> None:
    found = bl.sources(bl.load(sample_tidy).select(department=DEPARTMENT, year=2025))
    assert sorted(found.document_kind) == ["budget", "final_accounts"]
