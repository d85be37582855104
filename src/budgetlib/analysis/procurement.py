"""What government procurement buys: goods, works and services, as section nine of the narrative part states."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd

from budgetlib.analysis.amounts import frame, share, stated, yuan
from budgetlib.analysis.overview import key_figure
from budgetlib.corpus import Corpus

KINDS = ("goods", "works", "services")
COLUMNS = ("kind", "amount_yuan", "share_pct", "share_of_budget_pct", "document_id", "page")


def procurement_mix(budget: Corpus) -> pd.DataFrame:
    """Procurement by kind; a kind that is not stated has no row.

    Columns: `kind` (`goods`|`works`|`services`), `amount_yuan`, `share_pct` of the stated procurement total (or of
    the kinds' sum where no total is stated), `share_of_budget_pct` of the department's expenditure, `document_id`,
    `page`. Shares are null where there is nothing to be a share of.
    """
    rows = {kind: row for kind in KINDS if (row := stated(budget, 9, kind)) is not None}
    total = stated(budget, 9, "procurement_total")
    whole = total.value if total is not None else sum((row.value for row in rows.values()), Decimal(0))
    spending = key_figure(budget, "budget_total")
    return frame(
        COLUMNS,
        [
            {
                "kind": kind,
                "amount_yuan": yuan(row.value),
                "share_pct": share(row.value, whole),
                "share_of_budget_pct": share(row.value, spending["value"] if spending else None),
                "document_id": row.document_id,
                "page": row.page,
            }
            for kind, row in rows.items()
        ],
    )
