"""The nine forms of final accounts as the ministry prints them, form 7 with plan and outcome in pairs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from reportlab.platypus import Flowable

from tests.typesetting.disclosure import CLASSIFICATIONS, Row
from tests.typesetting.final_accounts import FUNDS, THREE_PUBLIC, FinalAccounts, assemble_final
from tests.typesetting.forms import numbered, printed
from tests.typesetting.paper import (
    LEFT,
    WIDTH,
    Layout,
    gap,
    left_and_right,
    listed,
    new_page,
    room_for,
    table,
    text,
)

_CODES = "功能分类科目编码 科目名称"
_BASIC_AND_PROJECT = ("total", "basic", "project")
_PAIRS = "final_three_public"
_HEAD_AND_FIRST_ROW = 220.0
_WEIGHTS = {"c": 45.0, "n": 120.0, "a": 48.0}


class _Form(NamedTuple):
    """How a form is headed, what its columns are (`c` code, `n` name, `a` amount), and which measures they hold."""

    title: str
    header: str
    columns: str
    measures: tuple[str, ...] = ("total",)


_BALANCED = _Form(
    "{}收入支出决算表",
    f"项目 < 年初结转和结余 本年收入 本年支出 < < 年末结转和结余\n{_CODES} ^ ^ 小计 基本支出 项目支出 ^",
    "cnaaaaaa",
    ("opening_balance", "revenue_of_the_year", *_BASIC_AND_PROJECT, "closing_balance"),
)
_FORMS = {
    "final_summary": _Form("收入支出决算总表", "收入 < 支出 <\n项目 决算数 项目 决算数", "nana"),
    "final_revenue": _Form(
        "收入决算表",
        "项目 < 本年收入合计 财政拨款收入 上级补助收入 事业收入 经营收入 附属单位上缴收入 其他收入\n"
        f"{_CODES} ^ ^ ^ ^ ^ ^ ^",
        "cnaaaaaaa",
        (
            "total",
            "appropriation",
            "superior_subsidy",
            "business_income",
            "operating_income",
            "subordinate_payments",
            "other_income",
        ),
    ),
    "final_expenditure": _Form(
        "支出决算表",
        f"项目 < 本年支出合计 基本支出 项目支出 上缴上级支出 经营支出 对附属单位补助支出\n{_CODES} ^ ^ ^ ^ ^ ^",
        "cnaaaaaa",
        (*_BASIC_AND_PROJECT, "paid_to_superior", "operating_expenditure", "subsidy_to_subordinates"),
    ),
    "final_appropriation_summary": _Form(
        "财政拨款收入支出决算总表",
        f"收入 < 支出 < < < <\n项目 决算数 项目 合计 {' '.join(FUNDS.values())}",
        "nanaaaa",
        ("total", *FUNDS),
    ),
    "final_general_public_expenditure": _Form(
        "一般公共预算财政拨款支出决算表",
        f"项目 < 本年支出 < <\n{_CODES} 合计 基本支出 项目支出",
        "cnaaa",
        _BASIC_AND_PROJECT,
    ),
    "final_basic_by_economic": _Form(
        "一般公共预算财政拨款基本支出决算表",
        "人员经费 < < 公用经费 < <\n经济分类科目编码 科目名称 决算数 经济分类科目编码 科目名称 决算数",
        "cnacna",
    ),
    "final_three_public": _Form(
        "财政拨款“三公”经费支出决算表",
        "合计 < 因公出国（境）费 < 公务用车购置及运行维护费 < < < < < 公务接待费 <\n"
        "^ ^ ^ ^ 小计 < 公务用车购置费 < 公务用车运行维护费 < ^ ^\n" + " ".join(["预算数 决算数"] * 6),
        "aaaaaaaaaaaa",
    ),
    "final_government_fund": _BALANCED._replace(title=_BALANCED.title.format("政府性基金预算财政拨款")),
    "final_state_capital": _BALANCED._replace(title=_BALANCED.title.format("国有资本经营预算财政拨款")),
}


def final_forms(accounts: FinalAccounts, layout: Layout) -> Iterator[Flowable]:
    """The pages of part two, form by form."""
    for name, form in _FORMS.items():
        rows = _body(name, form, accounts, layout)
        header = [line.split() for line in form.header.splitlines()]
        if layout.numbered_head and name != _PAIRS:
            labels = len(form.columns) - len(form.columns.lstrip("cn"))
            header.append(["栏次", *[LEFT] * (labels - 1), *map(str, range(1, len(form.columns) - labels + 1))])
        weights = [_WEIGHTS[column] for column in form.columns]
        columns = [
            (WIDTH * weight / sum(weights), "r" if column == "a" else "l")
            for weight, column in zip(weights, form.columns, strict=True)
        ]
        yield room_for(_HEAD_AND_FIRST_ROW)
        yield listed(text("title", form.title), form.title)
        yield left_and_right(f"部门：{accounts.entity}", f"单位：{layout.unit}")
        yield table([*header, *rows], columns, len(header), layout)
        if name == _PAIRS:
            yield text("small", "注：本表反映部门本年度“三公”经费支出预决算情况。预算数为年初预算数。")
        elif len(rows) == 1:
            yield text("small", f"说明：{accounts.entity}本年度没有此项收入和支出，故本表无数据。")
        yield new_page() if layout.form_per_page else gap(16)


def _body(name: str, form: _Form, accounts: FinalAccounts, layout: Layout) -> list[list[str]]:
    if name == _PAIRS:
        pairs = ((accounts.three_public_planned(m), accounts.three_public_spent(m)) for m in THREE_PUBLIC)
        return [[printed(amount, layout) for pair in pairs for amount in pair]]
    forms = assemble_final(accounts)
    revenue, expenditure = (forms.get((name, side), ()) for side in ("revenue", "expenditure"))
    if name == "final_basic_by_economic":
        return _in_two_panels(expenditure, layout)
    if revenue and expenditure:
        return _side_by_side(revenue, expenditure, form, layout)
    rows = [
        [*([row.code, row.item] if row.code else [row.item, LEFT]), *_amounts(row, form.measures, layout)]
        for row in revenue or expenditure
    ]
    return rows or [["合计", LEFT, *[""] * len(form.measures)]]


def _side_by_side(revenue: Sequence[Row], expenditure: Sequence[Row], form: _Form, layout: Layout) -> list[list[str]]:
    left, right = _labelled(revenue, ("total",), layout), _labelled(expenditure, form.measures, layout)
    top = next(number for number, row in enumerate(left) if row[0] == "本年收入合计")
    left[top:top] = [["", ""]] * (len(right) - len(left))
    return [one + other for one, other in zip(left, right, strict=True)]


def _labelled(rows: Sequence[Row], measures: Sequence[str], layout: Layout) -> list[list[str]]:
    """The rows of one half of a summary; those above its first total are numbered."""
    top = next(number for number, row in enumerate(rows) if row.item.startswith("本年"))
    labels = [*numbered([row.item for row in rows[:top]]), *(row.item for row in rows[top:])]
    return [[label, *_amounts(row, measures, layout)] for label, row in zip(labels, rows, strict=True)]


def _amounts(row: Row, measures: Sequence[str], layout: Layout) -> list[str]:
    return [printed(row.amounts.get(measure), layout) if row.amounts else "" for measure in measures]


def _in_two_panels(rows: Sequence[Row], layout: Layout) -> list[list[str]]:
    """Personnel at the left, operating at the right, their totals below."""
    *items, personnel, operating = rows
    codes = tuple(CLASSIFICATIONS["economic_codes"][group]["code"] for group in CLASSIFICATIONS["personnel"])
    halves: tuple[list[list[str]], list[list[str]]] = ([], [])
    for row in items:
        half = halves[0 if (row.code or "").startswith(codes) else 1]
        half.append([row.code or "", row.item, *_amounts(row, ("total",), layout)])
    totals = [[row.item, LEFT, *_amounts(row, ("total",), layout)] for row in (personnel, operating)]
    body = [one + other for one, other in zip_longest(*halves, fillvalue=["", "", ""])]
    return [*body, totals[0] + totals[1]]
