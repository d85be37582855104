"""Changes of totals in constant prices, with a price index that the user supplies."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pandas as pd

from budgetlib.analysis.amounts import PERCENT, frame, share, yuan


def constant_prices(change: pd.DataFrame, deflator: pd.DataFrame) -> pd.DataFrame:
    """The computed totals of `spending_change` beside the same in prices of the later year.

    `deflator` is what `load_deflator` gives. Columns: `measure`, `item`, `price_year`, `previous_year`,
    `previous_yuan`, `previous_real_yuan` (× index of this year ÷ index of the year before, to the fen), `current_yuan`,
    `change_yuan`, `change_pct`, `real_change_yuan`, `real_change_pct`, `price_change_pct`, `previous_index`,
    `current_index`, `missing_years` (text: those of the two that the index does not have; then all real columns are
    null), `document_id`, `page`, `form`, `places`. No rows without a computed change.
    """
    totals = change[(change.basis == "computed") & (change.dimension == "total")]
    return frame("constant_prices", list(_rows(totals, dict(zip(deflator.year, deflator["index"], strict=True)))))


def _rows(totals: pd.DataFrame, index: dict[int, Decimal]) -> Iterator[dict[Any, Any]]:
    for total in totals.to_dict("records"):
        before, now = total["previous_year"], total["previous_year"] + 1
        missing = [str(year) for year in (before, now) if year not in index]
        row = {**total, "price_year": now, "change_pct": _rounded(total["change_pct"])}
        if missing:
            yield {**row, "missing_years": ", ".join(missing)}
            continue
        real = yuan(total["previous_yuan"] * index[now] / index[before])
        change = total["current_yuan"] - real
        yield {
            **row,
            "previous_real_yuan": real,
            "real_change_yuan": change,
            "real_change_pct": share(change, real),
            "previous_index": index[before],
            "current_index": index[now],
            "price_change_pct": share(index[now] - index[before], index[before]),
        }


def _rounded(percent: Decimal | None) -> Decimal | None:
    return None if percent is None else percent.quantize(PERCENT, "ROUND_HALF_UP")
