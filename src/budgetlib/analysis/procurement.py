"""What government procurement buys: goods, works and services; against last year, against others, how concentrated."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from decimal import ROUND_HALF_UP, Decimal
from statistics import median
from typing import Any

import pandas as pd

from budgetlib.analysis.amounts import PERCENT, frame, placed, printed_total, share, stated, yuan
from budgetlib.analysis.derived import derived
from budgetlib.analysis.key_figures import KeyFigure, key_figure
from budgetlib.core.money import half_digit, parse_number
from budgetlib.core.text import squeeze
from budgetlib.definitions.vocabulary.services import service_words
from budgetlib.definitions.vocabulary.spending import spending_words
from budgetlib.tables.corpus import Corpus
from budgetlib.tables.locators import Locator, Row, places, written

KINDS = ("goods", "works", "services")
_SECTION, _FORM, _SERVICES = 9, "procurement", "purchased_services"
_PRINTED_KINDS = dict(zip(("货物", "工程", "服务"), KINDS, strict=True))
_PRINTED_KIND = re.compile(r"(?:[A-C][-、.]?)?(货物|工程|服务)(?:类|[A-C])?(?:合计|小计)?")
_TOP = 3  # so many of the largest parts tell whether few have most of it
FEWEST_RANKED = 5  # budgets of which a rank and a median say something


def procurement_mix(budget: Corpus, corpus: Corpus | None = None) -> pd.DataFrame:
    """Procurement by kind, as section nine of the narrative part states it or else as the procurement form prints it.

    Columns: `kind` (`goods`|`works`|`services`), `amount_yuan`, `share_pct` of the procurement total (or of the kinds'
    sum where no total is stated), `share_of_budget_pct` of the department's expenditure, `document_id`, `page`, `form`
    or `section`, `places`; with a `corpus` that holds the department's year before also `previous_yuan` and
    `change_yuan`. A kind that is not stated has no row. Shares are null where there is nothing to be a share of.
    """
    rows, spending = _kinds(budget), key_figure(budget, "budget_total")
    whole = _whole(key_figure(budget, "procurement"), rows)
    before = _kinds(corpus.year_before(budget)) if corpus is not None else {}
    records = []
    for kind, row in rows.items():
        shares = {
            "share_pct": share(row["amount_yuan"], whole),
            "share_of_budget_pct": share(row["amount_yuan"], spending.value if spending else None),
        }
        change = _against(row, before[kind]) if kind in before else {}
        records.append({"kind": kind, **row, **shares, **change})
    return frame("procurement_mix", records)


def procurement_standing(corpus: Corpus, budget: Corpus) -> pd.DataFrame:
    """The department's procurement among the budgets of the same year in the corpus that state theirs.

    Columns: `kind` (`procurement`: of the budget; `goods`|`works`|`services`: of procurement), `share_pct`,
    `median_pct` (of all budgets, this one included), `rank` (1 is the largest share), `budgets` (how many there are,
    this one included), `document_id`, `page`, `form` or `section`, `places`. No row where fewer than `FEWEST_RANKED`
    budgets state it.
    """
    departments = set(budget.documents.department_id)
    years = [int(year) for year in budget.documents.fiscal_year.dropna().unique()]
    kept = derived(corpus, "budgets", _shares_of_all, fiscal_year=years)
    others = kept[~kept.department_id.isin(departments)]
    records = []
    for kind, row in _shares(budget).items():
        shares = list(others[f"{kind}_pct"].dropna())
        if len(shares) + 1 >= FEWEST_RANKED:
            middle = median([*shares, row["share_pct"]]).quantize(PERCENT, ROUND_HALF_UP)
            rank = 1 + sum(other > row["share_pct"] for other in shares)
            records.append({**row, "kind": kind, "median_pct": middle, "rank": rank, "budgets": len(shares) + 1})
    return frame("procurement_standing", records)


def concentration(budget: Corpus) -> pd.DataFrame:
    """How much of the money is in few hands: of the projects, of the items of procurement and of purchased services.

    Columns: `of` (`projects`|`procurement`|`purchased_services`: the form), `amount_yuan` (all of it), `parts` (how
    many printed lines above zero), `item` (the largest of them), `largest_pct`, `top3_pct` (share of the three
    largest), `hhi` (Herfindahl–Hirschman index: the sum of the squared shares in percent; 10,000 where one line is
    all, 10,000 ÷ n where n lines are equal), `document_id`, `page`, `form`, `places` (of the total). No row for a form
    that was not read, that itemises nothing but the three kinds or functions, or that has a line below zero. Where the
    lines do not add up to the printed total they are not all of it, or counted twice: then there is no more than
    `amount_yuan` (the total) and `lines_yuan` (their sum).
    """
    forms = (_concentration(budget, form) for form in ("projects", _FORM, _SERVICES))
    return frame("concentration", [one for one in forms if one is not None])


def purchased_services(budget: Corpus) -> pd.DataFrame:
    """What the form of purchased services (政府购买服务明细表) prints, by item of the catalogue, the largest first.

    Columns: `item`, `parts` (lines of that name), `amount_yuan` (their sum), `share_pct` of all, `document_id`, `page`
    (of the first), `form`, `places`. No rows where the document has no such form.
    """
    lines = budget.form(_SERVICES)
    leaves = lines[(lines.row_kind == "line") & (lines.measure == "total")]
    whole = sum(leaves.amount_yuan, Decimal(0))
    records: list[dict[str, Any]] = []
    for _, rows in leaves.groupby("item", sort=False):
        amount = sum(rows.amount_yuan, Decimal(0))
        about = {"item": rows["item"].iloc[0], "parts": len(rows), "amount_yuan": amount}
        shown = {"share_pct": share(amount, whole), "places": written(map(Locator.of, rows.to_dict("records")))}
        records.append(placed(rows.iloc[0]) | about | shown)
    records.sort(key=lambda row: -row["amount_yuan"])
    return frame("purchased_services", records)


def procured_projects(projects: pd.DataFrame) -> pd.DataFrame:
    """The rows of `catalogue_coverage` that look like procurement by name, or that the department says are services.

    Columns: `project`, `unit`, `amount_yuan`, `kind` (`goods`|`works`|`services` by the words of the name; null where
    these say nothing), `declared_service` (the department calls it a purchased service), `document_id`, `page`, `form`,
    `places`.
    """
    likely = [{**row, "kind": _kind_of(row), "form": "projects"} for row in projects.to_dict("records")]
    return frame("procured_projects", [row for row in likely if row["kind"] or row["declared_service"]])


def _kind_of(project: Mapping[Any, Any]) -> str | None:
    name = project["project"]
    return spending_words().kind(name) or ("services" if service_words().looks_like_service(name) else None)


def _kinds(budget: Corpus | None) -> dict[str, dict[str, Any]]:
    """Amount and place of each kind that the narrative part states; where it states none, of the form's."""
    if budget is None:
        return {}
    statements = {kind: row for kind in KINDS if (row := stated(budget, _SECTION, kind)) is not None}
    kinds = {kind: placed(row) | {"amount_yuan": yuan(row.value)} for kind, row in statements.items()}
    return kinds or _printed_kinds(budget)


def _printed_kinds(budget: Corpus) -> dict[str, dict[str, Any]]:
    """The kinds of the procurement form, where they make up its total to the fen."""
    total = printed_total(budget, _FORM, "expenditure", "total")
    lines = budget.form(_FORM)
    kinds: dict[str, dict[str, Any]] = {}
    for line in lines[(lines.measure == "total") & (lines.row_kind != "total")].to_dict("records"):
        name = _PRINTED_KIND.fullmatch(squeeze(line["item"]))
        if name and _PRINTED_KINDS[name[1]] not in kinds:
            kinds[_PRINTED_KINDS[name[1]]] = placed(line) | {"amount_yuan": line["amount_yuan"]}
    amounts = sum((row["amount_yuan"] for row in kinds.values()), Decimal(0))
    return kinds if total is not None and amounts == total.amount_yuan else {}


def _against(row: Row, before: Row) -> dict[str, Any]:
    """The year before's amount of a kind, the change, and the places of both."""
    now, then = places(row), places(before)
    return {
        "previous_yuan": before["amount_yuan"],
        "change_yuan": row["amount_yuan"] - before["amount_yuan"],
        "places": written(now, previous_yuan=then, change_yuan=[*now, *then]),
    }


def _shares_of_all(corpus: Corpus) -> Iterator[dict[Any, Any]]:
    """The shares of every budget, by the columns of `compare`."""
    only = _only_procurement(corpus)
    for _, documents in corpus.read_budgets().groupby(["department_id", "fiscal_year"], sort=False):
        shares = _shares(only.part(documents.document_id))
        about = documents[["department_id", "fiscal_year", "document_id"]].iloc[0].to_dict()
        yield about | {f"{kind}_pct": row["share_pct"] for kind, row in shares.items()}


def _only_procurement(corpus: Corpus) -> Corpus:
    """Of the tables only what shares of procurement are made of: quick to part."""
    lines = corpus.lines[(corpus.lines.row_kind == "total") | (corpus.lines.form == _FORM)]
    statements = corpus.statements[corpus.statements.measure.isin(["procurement_total", "expenditure_total", *KINDS])]
    nothing = {table.name: corpus.documents.iloc[:0] for table in fields(corpus)}
    return Corpus(**{**nothing, "documents": corpus.documents, "lines": lines, "statements": statements})


def _shares(budget: Corpus) -> dict[str, dict[str, Any]]:
    """Shares that can be compared: procurement of the budget, each kind of procurement; with their places."""
    rows, total, spending = _kinds(budget), key_figure(budget, "procurement"), key_figure(budget, "budget_total")
    whole = _whole(total, rows)
    shares = {kind: {**row, "share_pct": share(row["amount_yuan"], whole)} for kind, row in rows.items()}
    if total and spending:
        shares = {"procurement": total._asdict() | {"share_pct": share(total.value, spending.value)}, **shares}
    return {kind: row for kind, row in shares.items() if row["share_pct"] is not None}


def _whole(total: KeyFigure | None, rows: Mapping[str, Mapping[str, Any]]) -> Decimal:
    return total.value if total else sum((row["amount_yuan"] for row in rows.values()), Decimal(0))


def _concentration(budget: Corpus, form: str) -> dict[str, Any] | None:
    lines = budget.form(form)
    leaves = lines[(lines.row_kind == "line") & (lines.measure == "total") & (lines.amount_yuan != 0)]
    bare = all(_PRINTED_KIND.fullmatch(squeeze(name)) for name in leaves["item"])
    by_function = lines.code.str.len().isin([3, 5]).any()
    if leaves.empty or bare or by_function or min(leaves.amount_yuan) < 0:
        return None
    amounts = sorted(leaves.amount_yuan, reverse=True)
    whole = sum(amounts, Decimal(0))
    squares = sum((amount * amount for amount in amounts), Decimal(0))
    largest = leaves[leaves.amount_yuan == amounts[0]].iloc[0]
    total = printed_total(budget, form, "expenditure", "total")
    if total is not None and abs(whole - total.amount_yuan) > _rounding(total, *leaves.to_dict("records")):
        return {"of": form, "amount_yuan": total.amount_yuan, "lines_yuan": whole, **placed(total)}
    return {
        "of": form,
        "amount_yuan": whole,
        "parts": len(amounts),
        "item": largest["item"],
        "largest_pct": share(amounts[0], whole),
        "top3_pct": share(sum(amounts[:_TOP], Decimal(0)), whole),
        "hhi": int((10_000 * squares / whole**2).quantize(Decimal(1), ROUND_HALF_UP)),
        **placed(largest if total is None else total),
    }


def _rounding(*amounts: Row) -> Decimal:
    """How far rounding may have moved the sum of some printed amounts."""
    return sum(
        (half_digit(parse_number(row["published_text"]) or Decimal(0), row["published_unit"]) for row in amounts),
        Decimal(0),
    )
