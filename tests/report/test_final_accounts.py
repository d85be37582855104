"""A year of which there are final accounts and no budget: a report of its own, and how the department marks itself."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

import budgetlib as bl
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
        "决算比预算多46.40万元（完成124.42%）",
        "公务接待费公布的完成率为85.00%，按公布的金额计算为80.00%。",
        f"{DEPARTMENT}-2025-决算.pdf",
    ):
        assert sentence in words
    result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    assert result["headline"]["total_yuan"] == "15850200.00"
    assert "只有决算" in (out / "index.html").read_text(encoding="utf-8")


def test_what_a_department_says_of_its_projects_stands_beside_the_computed_rate_and_leads_to_its_table() -> None:
    rows = [("甲", "100.00", "80.00", "40.00", "50.00"), ("乙", "100.00", None, "25.00", "20.00")]
    table = pd.DataFrame(
        [
            {
                "document_id": "0a",
                "project": project,
                "unit": None,
                "budget_yuan": Decimal(budget),
                "adjusted_yuan": adjusted and Decimal(adjusted),
                "executed_yuan": Decimal(executed),
                "rate_pct": Decimal(rate),
                "score": Decimal(90),
                "page": 3,
            }
            for project, budget, adjusted, executed, rate in rows
        ]
    )
    found = bl.self_evaluation(bl.Corpus(*[table] * 13))
    assert found.rate_pct.tolist() == [Decimal("50.00"), Decimal("25.00")]
    assert found.published_rate_pct.tolist() == [Decimal("50.00"), Decimal("20.00")]
    assert found.places.tolist() == ["0a/evaluation:1", "0a/evaluation:2"]
