"""How departments evaluate themselves and their projects after the year (绩效自评): money and score of each."""

from __future__ import annotations

from typing import Any

import pandas as pd

from budgetlib.analysis.amounts import PERCENT, frame, share
from budgetlib.tables.corpus import Corpus
from budgetlib.tables.locators import EVALUATION, Locator, written


def self_evaluation(accounts: Corpus) -> pd.DataFrame:
    """Each project, or the department itself, that a department evaluated, as printed; what was spent, computed too.

    Columns: `table_kind` (`project`, `department`), `project` (or the department's name), `unit`, `budget_yuan`,
    `adjusted_yuan`, `final_yuan` (spent), `rate_pct` (that in percent of the adjusted budget, or of the budget where
    only that is printed), `published_rate_pct`, `evaluation_score`, `document_id`, `page`, `places`. No rows where no
    such table was read.
    """
    records: list[dict[Any, Any]] = []
    for _, rows in accounts.self_evaluation.groupby("document_id", sort=False):
        for number, row in enumerate(rows.to_dict("records"), 1):
            planned = row["adjusted_yuan"] if pd.notna(row["adjusted_yuan"]) else row["budget_yuan"]
            spent = row["executed_yuan"]
            known = pd.notna(planned) and pd.notna(spent)
            records.append(
                {
                    **row,
                    "final_yuan": spent,
                    "rate_pct": share(spent, planned, PERCENT) if known else None,
                    "published_rate_pct": row["rate_pct"],
                    "evaluation_score": row["score"],
                    "places": written([Locator(row["document_id"], EVALUATION, number)]),
                }
            )
    return frame("self_evaluation", records)
