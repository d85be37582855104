"""A department over all years of the corpus, and where its lines must not be drawn through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pandas as pd

from budgetlib.analysis.amounts import frame, share
from budgetlib.analysis.change import KINDS, TOTALS, published_change
from budgetlib.analysis.key_figures import key_figure
from budgetlib.analysis.spending import spending_by_function
from budgetlib.analysis.stated_changes import stated_changes
from budgetlib.core.text import squeeze
from budgetlib.definitions.vocabulary.spending import spending_words
from budgetlib.tables.corpus import Corpus

MEASURES = (
    "budget_total",
    "basic",
    "project",
    "general_public_budget",
    "three_public",
    "operating_cost",
    "procurement",
)
OTHER_BASE = Decimal("0.01")
"""Share of a total by which the year before, as the later document implies it, may differ from what that year's own
document prints before the total is taken to cover something else; less is a misprint or rounding."""


def series(corpus: Corpus, department: str) -> pd.DataFrame:
    """Every year of a department in the corpus: key figures, then classes of function; one row for each and year.

    Plans of all years, then outcomes of those whose final accounts the corpus holds: a line is of one `stage`.

    Columns: `measure` (a key figure, or `function`), `code` and `item` (of a class), `fiscal_year`, `amount_yuan`,
    `change_yuan` and `change_pct` (against the year before it; null where the line breaks), `breaks` (kinds of
    `series_breaks` between the two, joined by commas, `gap` also where a year between does not print the figure; None
    where there is none), `form` or `section`, `page`, `document_id`, `file`, `places`, `stage`
    (`budget`|`final`). What a year does not print has no row.

    Raises `NotFound` for a department that the corpus does not hold.
    """
    lines: dict[tuple[str, str, str | None], list[dict[Any, Any]]] = {}
    for stage in KINDS:
        for year, budget in _years(corpus, department, stage).items():
            for row in _figures(year, budget, stage):
                lines.setdefault((stage, row["measure"], row["code"]), []).append(row)
    cuts = series_breaks(corpus, department).to_dict("records")
    files = corpus.documents.set_index("document_id").path
    drawn = [{**row, "file": files[row["document_id"]]} for line in lines.values() for row in _along(line, cuts)]
    return frame("series", drawn)


def series_breaks(corpus: Corpus, department: str) -> pd.DataFrame:
    """Where two neighbouring years of a department are not the same thing.

    Columns: `kind`, `measure` and `code` (of the line that breaks; None: all lines, or all of the measure),
    `fiscal_year` (the later), `previous` and `current` (what differs, as printed), `document_id`, `page`, `stage`.
    `kind`:
    `gap` (years between are not in the corpus), `name` (another name of the department), `units` (with its units or
    without), `classification` (a function has another code or name, or codes are printed in one year only), `form`
    (functions are printed in different forms), `redefined` (the document says that the figure is counted otherwise
    than the year before), `base` (the year before, as the document implies it, differs from what that year's document
    prints by more than `OTHER_BASE`; a document that compares with what was executed implies nothing of the plan).
    """
    records = [
        {**row, "stage": stage}
        for stage in KINDS
        for pair in pairwise(_years(corpus, department, stage).items())
        for row in _breaks(*pair, stage)
    ]
    return frame("series_breaks", records)


def _years(corpus: Corpus, department: str, stage: str) -> dict[int, Corpus]:
    disclosures, kind = corpus.select(department=department), KINDS[stage]
    years = sorted(disclosures.read_disclosures(kind).fiscal_year.unique())
    return {int(year): disclosures.select(year=int(year), kind=kind) for year in years}


def _figures(year: int, budget: Corpus, stage: str) -> Iterator[dict[Any, Any]]:
    for measure in MEASURES:
        figure = key_figure(budget, measure, stage)
        if figure is not None:
            about: dict[str, Any] = {"measure": measure, "code": None, "item": None, "fiscal_year": year}
            yield {**figure._asdict(), **about, "amount_yuan": figure.value, "stage": stage}
    for row in spending_by_function(budget, stage=stage).to_dict("records"):
        if row["total_yuan"] is not None:
            about = {"measure": "function", "code": row["code"] or row["item"], "fiscal_year": year}
            yield {**row, **about, "amount_yuan": row["total_yuan"], "stage": stage}


def _along(line: list[dict[Any, Any]], cuts: list[dict[Any, Any]]) -> Iterator[dict[Any, Any]]:
    """The rows of one line with their changes; none over a break."""
    yield line[0]
    for before, now in pairwise(line):
        kinds = [
            cut["kind"]
            for cut in cuts
            if before["fiscal_year"] < cut["fiscal_year"] <= now["fiscal_year"] and _cuts(cut, now)
        ]
        unprinted = now["fiscal_year"] - before["fiscal_year"] > 1
        if kinds or unprinted:
            yield {**now, "breaks": ", ".join(dict.fromkeys(kinds or ["gap"]))}
            continue
        change = now["amount_yuan"] - before["amount_yuan"]
        yield {**now, "change_yuan": change, "change_pct": share(change, before["amount_yuan"])}


def _cuts(cut: Mapping[Any, Any], row: Mapping[Any, Any]) -> bool:
    same = cut["measure"] in (None, row["measure"]) and cut["code"] in (None, row["code"])
    return same and cut["stage"] == row["stage"]


def _breaks(before: tuple[int, Corpus], now: tuple[int, Corpus], stage: str) -> Iterator[dict[Any, Any]]:
    (earlier, previous), (later, current) = before, now
    first = current.documents.iloc[0]
    shared = {"measure": None, "code": None, "fiscal_year": later, "document_id": first.document_id, "page": None}
    if later - earlier > 1:
        yield {**shared, "kind": "gap", "previous": str(earlier), "current": str(later)}
    for kind, column in (("name", "entity"), ("units", "entity_kind")):
        was, is_now = (budget.first(column) for budget in (previous, current))
        if was and is_now and squeeze(was) != squeeze(is_now):
            yield {**shared, "kind": kind, "previous": was, "current": is_now}
    yield from ({**shared, **cut} for cut in _recoded(previous, current, stage))
    if later - earlier == 1:
        yield from ({**shared, **cut} for cut in _recounted(previous, current, stage))


def _recoded(previous: Corpus, current: Corpus, stage: str) -> Iterator[dict[Any, Any]]:
    """Functions with another name under their code or another code for their name; another form, or no codes."""
    was, is_now = (_functions(budget, stage) for budget in (previous, current))
    if was.empty or is_now.empty:
        return
    forms = {"previous": was.form.iloc[0], "current": is_now.form.iloc[0]}
    if forms["previous"] != forms["current"]:
        yield {"kind": "form", "measure": "function", **forms}
    if was.code.isna().all() or is_now.code.isna().all():
        if was.code.notna().any() or is_now.code.notna().any():
            yield {"kind": "classification", "measure": "function", "previous": _codes(was), "current": _codes(is_now)}
        return
    names = _by_code(was)
    codes = {(len(code), squeeze(name)): code for code, name in names.items()}
    for code, name in _by_code(is_now).items():
        old = code if code in names else codes.get((len(code), squeeze(name)))
        if old is not None and (old != code or squeeze(names[old]) != squeeze(name)):
            names_of_both = {"previous": f"{old} {names[old]}", "current": f"{code} {name}"}
            yield {"kind": "classification", "measure": "function", "code": code, **names_of_both}


def _functions(budget: Corpus, stage: str) -> pd.DataFrame:
    """Classes and the finest items of the form by function."""
    return pd.concat([spending_by_function(budget, level, stage) for level in ("class", "item")])


def _by_code(functions: pd.DataFrame) -> dict[str, str]:
    named = functions[functions.code.notna() & functions["item"].notna()]
    return dict(zip(named.code, named["item"], strict=True))


def _codes(functions: pd.DataFrame) -> str:
    return ", ".join(functions.code.dropna())


def _recounted(previous: Corpus, current: Corpus, stage: str) -> Iterator[dict[Any, Any]]:
    """Totals that a document says it counts otherwise, or compares with another figure than the year before printed."""
    stated = stated_changes(current)
    reasons = stated[stated["item"].isna() & stated.reason.notna()]
    counted_otherwise = reasons[reasons.reason.map(spending_words().is_redefined).astype(bool)]
    for measure, total in TOTALS.items():
        change = published_change(current, measure, stage)
        before = key_figure(previous, total.key_figure, stage)
        if change is None or before is None:
            continue
        place = {"measure": total.key_figure, "document_id": change.document_id, "page": change.page}
        reason = next(iter(counted_otherwise[counted_otherwise.changed == measure].reason), None)
        if reason is not None:
            yield {**place, "kind": "redefined", "previous": None, "current": reason}
        elif change.base in (None, stage) and change.current_yuan is not None and change.change_yuan is not None:
            implied, printed = change.current_yuan - change.change_yuan, before.value
            if abs(implied - printed) > OTHER_BASE * abs(printed):
                yield {**place, "kind": "base", "previous": str(printed), "current": str(implied)}
