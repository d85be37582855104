"""The figures that part three states: what the forms imply, and what the facts give besides.

Keys are (section, measure) or (section, "measure:item"); values are as the sentences print them: 万元,
percent, numbers, square metres. Decreases are negative.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from tests.typesetting.disclosure import Disclosure, Row
from tests.typesetting.forms import FUNDS

Figures = Mapping[tuple[int, str], Decimal]

GIVEN = {
    1: ("revenue_change", "revenue_change_pct", "expenditure_change", "expenditure_change_pct"),
    5: ("general_public_budget_change", "general_public_budget_change_pct"),
    7: ("three_public_change",),
    8: ("operating_cost_change", "operating_cost_change_pct"),
    9: ("procurement_total", "goods", "works", "services"),
    10: (
        "projects_under_performance_management",
        "performance_amount",
        "projects_disclosed",
        "projects_disclosed_amount",
        "projects_disclosed_pct",
    ),
    11: ("vehicle_quota", "vehicles", "office_area_m2"),
}
"""What no form holds, by section; each is stated only where the facts give it."""

FUND_NAMES = (
    "一般公共预算拨款收入",
    "政府性基金预算拨款收入",
    "国有资本经营预算拨款收入",
    "财政专户管理资金收入",
    "单位资金",
)
_THREE_PUBLIC = {
    "three_public_total": "合计",
    "overseas": "因公出国（境）费",
    "reception": "公务接待费",
    "vehicles_purchase_and_running": "公务用车购置及运行费",
    "vehicle_running": "公务用车运行维护费",
    "vehicle_purchase": "公务用车购置费",
}


def share(part: Decimal, whole: Decimal) -> Decimal:
    """`part` of `whole` in percent, rounded half up to two decimals; zero of nothing is zero."""
    return (part / whole * 100).quantize(Decimal("0.01"), ROUND_HALF_UP) if whole else Decimal(0)


def classes(disclosure: Disclosure) -> tuple[Row, ...]:
    """The classes (类) of the general public budget's expenditure, those of all units together, in printed order."""
    classes: dict[str, Row] = {}
    for row in disclosure.rows("general_public_expenditure"):
        if row.code and len(row.code) == 3:
            before = classes[row.code].amounts if row.code in classes else {}
            sums = {m: before.get(m, Decimal(0)) + row.amounts.get(m, Decimal(0)) for m in {**before, **row.amounts}}
            classes[row.code] = replace(row, amounts=sums, unit=None)
    return tuple(classes.values())


def figures(disclosure: Disclosure) -> Figures:
    """Every figure that part three states, section by section."""
    stated = {
        1: _totals(disclosure),
        2: _funds(disclosure),
        3: _basic_and_project(disclosure),
        5: _functions(disclosure),
        6: {
            measure: disclosure.amount("basic_by_economic", "合计", column)
            for measure, column in (("basic", "total"), ("personnel", "personnel"), ("operating", "operating"))
        },
        7: {measure: disclosure.amount("three_public", item) for measure, item in _THREE_PUBLIC.items()},
        8: {"operating_cost": disclosure.amount("operating_cost", "部门合计")},
    }
    for section, measures in GIVEN.items():
        given = {measure: disclosure.narrative[measure] for measure in measures if measure in disclosure.narrative}
        stated[section] = stated.get(section, {}) | {measure: Decimal(text) for measure, text in given.items()}
    return {(section, measure): value for section, values in stated.items() for measure, value in values.items()}


def _totals(disclosure: Disclosure) -> dict[str, Decimal]:
    revenue = {
        "revenue_total": "收入总计",
        "revenue_current_year": "本年收入合计",
        "revenue_carryover": "上年结转",
    }
    expenditure = {
        "expenditure_total": "total",
        "expenditure_current_year": "current_year",
        "expenditure_carryover": "carryover",
    }
    return {
        **{measure: disclosure.amount("budget_summary", item, side="revenue") for measure, item in revenue.items()},
        **{measure: disclosure.amount("budget_summary", "支出总计", column) for measure, column in expenditure.items()},
    }


def _funds(disclosure: Disclosure) -> dict[str, Decimal]:
    amounts = {
        stated: disclosure.amount("budget_summary", item, side="revenue")
        for stated, item in zip((*FUND_NAMES, "上年结转"), (*FUNDS, "上年结转"), strict=True)
    }
    total = disclosure.amount("budget_summary", "收入总计", side="revenue")
    return {
        **{f"fund:{name}": amount for name, amount in amounts.items()},
        **{f"fund_pct:{name}": share(amount, total) for name, amount in amounts.items()},
    }


def _basic_and_project(disclosure: Disclosure) -> dict[str, Decimal]:
    total, basic, project = (
        disclosure.amount("expenditure", "合计", column) for column in ("total", "basic", "project")
    )
    return {
        "basic": basic,
        "basic_pct": share(basic, total),
        "project": project,
        "project_pct": share(project, total),
    }


def _functions(disclosure: Disclosure) -> dict[str, Decimal]:
    total = disclosure.amount("general_public_expenditure", "合计")
    amounts = {row.item: row.amounts["total"] for row in classes(disclosure)}
    return {
        "general_public_budget": total,
        **{f"function:{name}": amount for name, amount in amounts.items()},
        **{f"function_pct:{name}": share(amount, total) for name, amount in amounts.items()},
    }
