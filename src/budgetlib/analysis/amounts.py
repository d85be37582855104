"""Exact amounts: the total a form prints, and shares that are rounded once and add up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

import pandas as pd

from budgetlib.core.text import grand_total
from budgetlib.definitions.toml import load
from budgetlib.tables.corpus import Corpus
from budgetlib.tables.locators import Locator, Row, written

FEN = Decimal("0.01")
PERCENT = Decimal("0.01")
POINTS = Decimal("0.0001")
Record = Mapping[Any, Any] | tuple[Any, ...]
"""A row of a result frame: by column, or in the order of the columns."""


def printed_total(budget: Corpus, form: str, side: str, measure: str) -> pd.Series | None:
    """The row of `lines` with a form's grand total, or None."""
    lines = budget.form(form)
    totals = lines[(lines.row_kind == "total") & (lines.side == side) & (lines.measure == measure)].sort_values("row")
    return None if totals.empty else totals.iloc[grand_total(list(totals["item"]))]


def stated(budget: Corpus, section: int, measure: str, stage: str = "budget") -> pd.Series | None:
    """The row of `statements` for one `measure` of a section of the narrative part, a plan or an outcome, or None."""
    statements = budget.section(section)
    of_stage = (statements.stage == "final").fillna(False) == (stage == "final")
    rows = statements[(statements.measure == measure) & statements.item.isna() & of_stage]
    return None if rows.empty else rows.iloc[0]


def placed(row: Row) -> dict[str, Any]:
    """Where a row of `lines` or `statements` is printed, as result frames have it.

    That is `document_id`, `page`, `form` or `section`, and `places`.
    """
    about = {key: row.get(key) for key in ("document_id", "page", "form", "section")}
    return about | {"places": written([Locator.of(row)])}


def yuan(value: Decimal) -> Decimal:
    """`value` in yuan with two places, as the table `lines` has it.

    >>> yuan(Decimal("32298200.0000"))
    Decimal('32298200.00')
    """
    return value.quantize(FEN)


def share(part: Decimal | None, whole: Decimal | None, places: Decimal = PERCENT) -> Decimal | None:
    """`part` of `whole` in percent, rounded half up; None where there is no whole.

    >>> share(Decimal("1479.22"), Decimal("3229.82")), share(Decimal(1), Decimal(0)) is None
    (Decimal('45.80'), True)
    """
    if part is None or not whole:
        return None
    return (100 * part / whole).quantize(places, ROUND_HALF_UP)


def shares_that_add_up(parts: Sequence[Decimal], whole: Decimal, places: Decimal = POINTS) -> list[Decimal]:
    """The `parts` of `whole` in percent such that their sum is the rounded share of the sum of the parts.

    Each is rounded down or up to `places`; those cut most are rounded up (largest remainder).

    >>> [str(x) for x in shares_that_add_up([Decimal(1)] * 3, Decimal(3), PERCENT)]
    ['33.34', '33.33', '33.33']
    """
    exact = [100 * part / whole for part in parts]
    rounded = [value.quantize(places, "ROUND_FLOOR") for value in exact]
    missing = int(((100 * sum(parts) / whole).quantize(places, ROUND_HALF_UP) - sum(rounded)) / places)
    by_loss = sorted(range(len(parts)), key=lambda i: rounded[i] - exact[i])
    for i in by_loss[:missing]:
        rounded[i] += places
    return rounded


def frame(name: str, records: Sequence[Record], names: Set[str] = frozenset()) -> pd.DataFrame:
    """`records` as the frame `name` of `frames.toml`: missing is None, whole numbers are `Int64` but for `names`."""
    columns, whole = _frames()["columns"][name], set(_frames()["whole"]) - names
    result = pd.DataFrame(records, columns=columns, dtype=object)
    result = result.where(result.notna(), None)
    return result.astype(dict.fromkeys(whole & set(columns), "Int64"))


@cache
def _frames() -> dict[str, Any]:
    return load("frames.toml", __package__)
