"""How budgets were carried out, department by department, and what one rate hides."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pandas as pd

from budgetlib.analysis.amounts import PERCENT, frame, share
from budgetlib.analysis.budget_execution import budget_execution
from budgetlib.analysis.derived import derived
from budgetlib.tables.corpus import Corpus
from budgetlib.tables.locators import places, written


def compare_execution(corpus: Corpus) -> pd.DataFrame:
    """Plan and outcome of the general public budget of every department and year whose final accounts were read.

    Columns: `department_id`, `entity`, `fiscal_year`, `budget_yuan`, `adjusted_yuan`, `final_yuan`, `rate_pct` (the
    outcome in percent of the budget as approved), `adjusted_rate_pct` (of the budget as changed in the year, which is
    set to what is spent), `moved_pct` (what items by function were over or under their plans, taken together, in
    percent of the budget: overruns and underspends that the rate lets cancel each other), `document_id`, `page`,
    `places`. Null where a plan is not known. The lowest rates first within a year, the latest year first.
    """
    rows = frame("compare_execution", derived(corpus, "execution", executed).to_dict("records"))
    return rows.sort_values(["fiscal_year", "rate_pct"], ascending=[False, True], na_position="last", ignore_index=True)


def executed(corpus: Corpus) -> Iterator[dict[Any, Any]]:
    """The rows of `compare_execution`, as they come."""
    for _, documents in corpus.read_disclosures("final_accounts").groupby(["department_id", "fiscal_year"], sort=False):
        first = documents.iloc[0]
        execution = budget_execution(corpus, first.department_id, int(first.fiscal_year))
        total = execution[(execution.dimension == "total") & (execution.measure == "general_public_budget")]
        for row in total.to_dict("records"):
            approved, changed, spent = (row[f"{stage}_yuan"] for stage in ("budget", "adjusted", "final"))
            items = execution[(execution.dimension == "function") & execution.budget_yuan.notna()]
            gaps = [abs(gap) for gap in items.gap_yuan.dropna()]
            by_column = {name: places(row, name) for name in ("budget_yuan", "adjusted_yuan", "final_yuan")}
            yield {
                "department_id": first.department_id,
                "entity": first.entity,
                **{name: row[name] for name in ("budget_yuan", "adjusted_yuan", "final_yuan", "document_id", "page")},
                "fiscal_year": int(first.fiscal_year),
                "rate_pct": share(spent, approved, PERCENT),
                "adjusted_rate_pct": share(spent, changed, PERCENT),
                "moved_pct": share(sum(gaps, Decimal(0)), approved, PERCENT) if gaps else None,
                "places": written((), **{name: at for name, at in by_column.items() if row[name] is not None}),
            }
