"""What became of a budget (预算执行): plan and outcome of a department's year, item by item."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

import pandas as pd

from budgetlib.analysis.amounts import PERCENT, frame, printed_total, share, yuan
from budgetlib.analysis.key_figures import key_figure
from budgetlib.core.errors import NotFound
from budgetlib.core.money import amounts_in
from budgetlib.core.text import squeeze
from budgetlib.definitions.measures import measures
from budgetlib.definitions.phrases import execution_phrases
from budgetlib.tables.corpus import Corpus
from budgetlib.tables.locators import Locator, Row, places, written

_PLANS = ("budget", "adjusted_budget")
_RATE = "completion_pct"
_GENERAL = "final_general_public_expenditure"
_THREE_PUBLIC = {
    "three_public_total": "total",
    "overseas": "overseas",
    "vehicles_purchase_and_running": "vehicles_purchase_and_running",
    "vehicle_purchase": "vehicle_purchase",
    "vehicle_running": "vehicle_running",
    "reception": "reception",
}
"""The measures that the prose states, and those of the columns of the form."""


class _Printed(NamedTuple):
    """An amount, where it is printed, and the row that is shown for it."""

    amount: Decimal
    places: tuple[Locator, ...]
    row: Row


class _Phrase(NamedTuple):
    """What one phrase of the prose sets side by side, by stage; its rate, and why plan and outcome differ."""

    by_stage: dict[str, _Printed]
    rate: _Printed | None
    reason: str | None


Amounts = dict[str, _Printed]
"""By stage: what forms print of one item."""
Phrases = dict[tuple[str, str], list[_Phrase]]
"""By measure and item: the phrases of the prose that state an outcome."""


def budget_execution(corpus: Corpus, department: str, year: int | str) -> pd.DataFrame:
    """Plan and outcome of a department's `year`, from its final accounts and, where the corpus holds it, its budget.

    Columns: `dimension` (`total`, `function`, `kind`, `economic`, `three_public`), `measure` (what is covered:
    `expenditure`, `general_public_budget`, or as the prose states it `appropriation`; of the three public expenses
    which), `code`, `item`, `budget_yuan` (from the budget's form, else as the final accounts print it), `adjusted_yuan`
    (the budget as changed in the year), `final_yuan`, `gap_yuan` (outcome minus budget, or minus the adjusted one where
    only that is known), `rate_pct` (the outcome in percent of the same), `published_rate_pct`, `reason` (given by the
    final accounts), `document_id`, `file`, `form`, `page`, `places`.

    An outcome that is neither in a form nor stated is null: a blank may be another name of the item. Of a plan of
    nothing there is no rate. No rows without final accounts.

    Raises `NotFound` for a department that the corpus does not hold.
    """
    disclosures = corpus.select(department=department)
    final, budget = (_of_kind(disclosures, year, kind) for kind in ("final_accounts", "budget"))
    if final is None:
        return frame("budget_execution", [])
    stated = _phrases(final)
    dimensions = (_totals, _functions, _kinds, _economic, _three_public)
    files = disclosures.documents.set_index("document_id").path
    records = [row for rows in dimensions for row in rows(budget, final, stated)]
    return frame("budget_execution", [{**row, "file": files[row["document_id"]]} for row in records])


def execution_years(corpus: Corpus, department: str) -> pd.DataFrame:
    """Plan and outcome of the general public budget in every year of a department; a year may lack either.

    Columns: `fiscal_year` and those of `budget_execution`.

    Raises `NotFound` for a department that the corpus does not hold.
    """
    disclosures = corpus.select(department=department)
    records: list[dict[Any, Any]] = []
    for year in sorted(int(year) for year in disclosures.documents.fiscal_year.dropna().unique()):
        totals = budget_execution(corpus, department, year)
        rows = totals[(totals.dimension == "total") & (totals.measure == "general_public_budget")].to_dict("records")
        budget = _of_kind(disclosures, year, "budget")
        if not rows and budget and (plan := _key_figure(budget, "general_public_budget")):
            records.append(_record("total", "general_public_budget", "一般公共预算支出", None, {"budget": plan}, None))
            records[-1] |= {"fiscal_year": year, "file": budget.documents.path.iloc[0]}
        records += [{"fiscal_year": year, **row} for row in rows]
    return frame("execution_years", records)


def _of_kind(disclosures: Corpus, year: int | str, kind: str) -> Corpus | None:
    try:
        return disclosures.select(year=year, kind=kind)
    except NotFound:
        return None


def _phrases(final: Corpus) -> Phrases:
    """By measure and item, the phrases of the prose that state an outcome."""
    stated: Phrases = defaultdict(list)
    for _, together in final.statements.groupby(["document_id", "section", "sentence"], sort=False):
        rows = together.to_dict("records")
        by_stage: Amounts = {}
        for row in rows:
            if row["measure"] != _RATE and row["stage"]:
                by_stage.setdefault(row["stage"], _Printed(yuan(row["value"]), (Locator.of(row),), row))
        rate = next((_Printed(row["value"], (Locator.of(row),), row) for row in rows if row["measure"] == _RATE), None)
        outcome = by_stage.get("final") or _stated_before(final.statements, next(iter(by_stage.values()), None))
        if outcome and (rate or len(by_stage) > 1):
            by_stage["final"] = outcome
            about = outcome.row["measure"], squeeze(outcome.row["item"] or "")
            stated[about].append(_Phrase(by_stage, rate, outcome.row["reason"]))
    return stated


def _stated_before(statements: pd.DataFrame, plan: _Printed | None) -> _Printed | None:
    """The outcome beside a plan where its section stated the same amount before; None where no amount is that."""
    if plan is None:
        return None
    keys = ("document_id", "section", "measure")
    same = (statements[list(keys)] == [plan.row[key] for key in keys]).all(axis=1) & (statements.stage == "final")
    beside = amounts_in(squeeze(plan.row["sentence"]))
    rows = [row for row in statements[same].to_dict("records") if row["value"] in beside]
    return _Printed(yuan(rows[0]["value"]), (Locator.of(rows[0]),), rows[0]) if len(rows) == 1 else None


def _phrase(stated: Phrases, measure: str, item: str = "", spent: _Printed | None = None) -> _Phrase | None:
    """The one phrase about an item; of several that with the outcome of the form."""
    fitting = stated.get((measure, squeeze(item)), [])
    if len(fitting) > 1 and spent:
        fitting = [phrase for phrase in fitting if phrase.by_stage["final"].amount == spent.amount]
    return fitting[0] if len(fitting) == 1 else None


def _record(
    dimension: str, measure: str, item: str, code: str | None, amounts: Amounts, phrase: _Phrase | None
) -> dict[str, Any]:
    """One row: the amounts of forms first, what these leave open from the prose."""
    by_stage = {**(phrase.by_stage if phrase else {}), **amounts}
    final = by_stage.get("final")
    plan = next((by_stage[stage] for stage in _PLANS if stage in by_stage), None)
    rate = phrase.rate if phrase else None
    columns = {"budget_yuan": by_stage.get("budget"), "adjusted_yuan": by_stage.get("adjusted_budget")}
    columns |= {"final_yuan": final, "published_rate_pct": rate}
    shown = final or plan
    about = {key: shown.row.get(key) for key in ("document_id", "form", "page")} if shown else {}
    return {
        "dimension": dimension,
        "measure": measure,
        "code": code,
        "item": item,
        **{column: printed and printed.amount for column, printed in columns.items()},
        "gap_yuan": final.amount - plan.amount if final and plan else None,
        "rate_pct": share(final.amount, plan.amount, PERCENT) if final and plan else None,
        "reason": phrase.reason if phrase else None,
        **about,
        "places": written((), **{column: printed.places for column, printed in columns.items() if printed}),
    }


def _line(line: Row | None) -> _Printed | None:
    return None if line is None else _Printed(line["amount_yuan"], (Locator.of(line),), line)


def _key_figure(budget: Corpus | None, measure: str) -> _Printed | None:
    figure = key_figure(budget, measure) if budget else None
    return _Printed(figure.value, tuple(places(figure._asdict())), figure._asdict()) if figure else None


def _known(**amounts: _Printed | None) -> Amounts:
    return {stage: printed for stage, printed in amounts.items() if printed}


def _totals(budget: Corpus | None, final: Corpus, stated: Phrases) -> Iterator[dict[str, Any]]:
    for measure, item, form, figure in (
        ("expenditure", "支出总计", "final_expenditure", "budget_total"),
        ("general_public_budget", "一般公共预算支出", _GENERAL, "general_public_budget"),
    ):
        spent = _line(printed_total(final, form, "expenditure", "total"))
        if amounts := _known(budget=_key_figure(budget, figure), final=spent):
            yield _record("total", measure, item, None, amounts, _phrase(stated, measure, spent=spent))
    if phrase := _phrase(stated, "appropriation_total"):
        yield _record("total", "appropriation", "财政拨款支出", None, {}, phrase)


def _kinds(budget: Corpus | None, final: Corpus, stated: Phrases) -> Iterator[dict[str, Any]]:
    for kind, item in (("basic", "基本支出"), ("project", "项目支出")):
        planned = printed_total(budget, "general_public_expenditure", "expenditure", kind) if budget else None
        spent = printed_total(final, _GENERAL, "expenditure", kind)
        if amounts := _known(budget=_line(planned), final=_line(spent)):
            yield _record("kind", "general_public_budget", item, None, amounts, None)


def _functions(budget: Corpus | None, final: Corpus, stated: Phrases) -> Iterator[dict[str, Any]]:
    """The finest items of the general public budget; then those that only the prose names."""
    named = set()
    for code, item, amounts in _both(budget, "general_public_expenditure", final, _GENERAL):
        named.add(squeeze(item))
        phrase = _phrase(stated, "function", item, amounts.get("final"))
        yield _record("function", "general_public_budget", item, code, amounts, phrase)
    for (measure, item), phrases in stated.items():
        for phrase in phrases if measure == "function" and item not in named else ():
            yield _record("function", "general_public_budget", item, None, {}, phrase)


def _economic(budget: Corpus | None, final: Corpus, stated: Phrases) -> Iterator[dict[str, Any]]:
    for code, item, amounts in _both(budget, "basic_by_economic", final, "final_basic_by_economic"):
        yield _record("economic", "general_public_budget", item, code, amounts, None)


def _both(budget: Corpus | None, planned: str, final: Corpus, spent: str) -> Iterator[tuple[str | None, str, Amounts]]:
    """Code, name and amounts of each item that one of two forms prints; told apart by codes where both have them."""
    forms = {"final": _leaves(final, spent)}
    if budget:
        forms["budget"] = _leaves(budget, planned)
    coded = all(rows.code.notna().all() for rows in forms.values())
    items: dict[str, Amounts] = {}
    for stage, rows in forms.items():
        for key, of_item in rows.groupby(rows.code if coded else rows["item"].map(squeeze), sort=False):
            lines = of_item.to_dict("records")
            amount = sum((line["amount_yuan"] for line in lines), Decimal(0))
            items.setdefault(str(key), {})[stage] = _Printed(amount, tuple(map(Locator.of, lines)), lines[0])
    for amounts in items.values():
        row = (amounts.get("final") or amounts["budget"]).row
        yield row["code"], row["item"], amounts


def _leaves(part: Corpus, form: str) -> pd.DataFrame:
    lines = part.form(form)
    return lines[(lines.row_kind == "line") & (lines.measure == "total") & (lines.side == "expenditure")]


def _three_public(budget: Corpus | None, final: Corpus, stated: Phrases) -> Iterator[dict[str, Any]]:
    printed = final.form("final_three_public").to_dict("records")
    for measure, column in _THREE_PUBLIC.items():
        amounts = _planned_three_public(budget, measure)
        for line in printed:
            if line["measure"] == column and line["stage"]:
                amounts.setdefault(line["stage"], _Printed(line["amount_yuan"], (Locator.of(line),), line))
        phrase = _phrase(stated, measure, spent=amounts.get("final"))
        if amounts or phrase:
            yield _record("three_public", measure, measures()["statements"][measure]["zh"], None, amounts, phrase)


def _planned_three_public(budget: Corpus | None, measure: str) -> Amounts:
    """What the budget's form plans: the row of that name, or the total."""
    if budget is None:
        return {}
    if measure == "three_public_total":
        return _known(budget=_key_figure(budget, "three_public"))
    names = [subject.words for subject in execution_phrases().subjects if subject.measure == measure]
    rows = [
        line
        for line in budget.form("three_public").to_dict("records")
        if line["measure"] == measure
        or (line["measure"] == "total" and any(name.fullmatch(squeeze(line["item"])) for name in names))
    ]
    return _known(budget=_line(rows[0]) if len(rows) == 1 else None)
