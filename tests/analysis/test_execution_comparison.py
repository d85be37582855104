"""How departments carried out their budgets, and that a rate near 100 % can hide what cancels out."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import budgetlib as bl

DEPARTMENT = "示例市示例局"


def test_a_rate_is_of_the_budget_as_approved_and_what_cancels_out_is_shown_beside_it(sample_tidy: Path) -> None:
    (row,) = bl.compare_execution(bl.load(sample_tidy)).to_dict("records")
    assert (row["entity"], row["fiscal_year"]) == (DEPARTMENT, 2025)
    assert (row["budget_yuan"], row["final_yuan"]) == (Decimal("15400200.00"), Decimal("15800200.00"))
    assert (row["rate_pct"], row["adjusted_rate_pct"], row["moved_pct"]) == (Decimal("102.60"), None, Decimal("3.43"))


def test_a_budget_changed_to_what_was_spent_always_executes(sample_tidy: Path) -> None:
    corpus = bl.load(sample_tidy).select(department=DEPARTMENT, kind="final_accounts")
    statements = corpus.statements.copy()
    plan = (statements.measure == "general_public_budget") & (statements.stage == "budget")
    adjusted = statements[plan].assign(stage="adjusted_budget", value=Decimal("15800200"))
    statements.loc[len(statements)] = adjusted.iloc[0]
    (row,) = bl.compare_execution(replace(corpus, statements=statements)).to_dict("records")
    assert (row["rate_pct"], row["adjusted_rate_pct"]) == (Decimal("102.60"), Decimal("100.00"))


def test_without_final_accounts_there_is_nothing_to_compare(sample_tidy: Path) -> None:
    assert bl.compare_execution(bl.load(sample_tidy).select(kind="budget")).empty
