"""The forms of final accounts, those of the ministry's set and of the universities', in every layout."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import NamedTuple

from reportlab.platypus import Flowable

from tests.typesetting.disclosure import CLASSIFICATIONS, Row
from tests.typesetting.final_accounts import (
    BESIDE_THREE_PUBLIC,
    FUNDS,
    THREE_PUBLIC,
    FinalAccounts,
    assemble_final,
)
from tests.typesetting.final_layout import UNIVERSITIES, FinalLayout
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
_THREE_PUBLIC = "final_three_public"
_ITEMS = "合计 因公出国（境）费 公务用车购置及运行维护费 < < 公务接待费"
_VEHICLES = "小计 公务用车购置费 公务用车运行维护费"
_THREE_PUBLIC_HEADS = {
    "pairs": "合计 < 因公出国（境）费 < 公务用车购置及运行维护费 < < < < < 公务接待费 <\n"
    "^ ^ ^ ^ 小计 < 公务用车购置费 < 公务用车运行维护费 < ^ ^\n" + " ".join(["预算数 决算数"] * 6),
    "blocks": f"预算数 < < < < < 决算数 < < < < <\n{_ITEMS} {_ITEMS}\n^ ^ {_VEHICLES} ^ ^ ^ {_VEHICLES} ^",
    "rows": f"项目 {_ITEMS} 会议费 培训费\n^ ^ ^ {_VEHICLES} ^ ^ ^",
}
_HEAD_AND_FIRST_ROW = 220.0
_WEIGHTS = {"c": 45.0, "n": 120.0, "m": 20.0, "a": 48.0}


class _Form(NamedTuple):
    """How a form is headed, what its columns are (`c` code, `n` name, `m` number, `a` amount), and their measures."""

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
    "final_appropriation_expenditure": _Form(
        "财政拨款支出决算表",
        f"项目 < 本年支出 < <\n{_CODES} 合计 基本支出 项目支出",
        "cnaaa",
        _BASIC_AND_PROJECT,
    ),
    "final_basic_by_economic": _Form(
        "一般公共预算财政拨款基本支出决算表",
        "人员经费 < < 公用经费 < <\n经济分类科目编码 科目名称 决算数 经济分类科目编码 科目名称 决算数",
        "cnacna",
    ),
    "final_three_public": _Form("财政拨款“三公”经费支出决算表", "", ""),
    "final_government_fund": _BALANCED._replace(title=_BALANCED.title.format("政府性基金预算财政拨款")),
    "final_state_capital": _BALANCED._replace(title=_BALANCED.title.format("国有资本经营预算财政拨款")),
}


def final_forms(accounts: FinalAccounts, layout: Layout, final: FinalLayout) -> Iterator[Flowable]:
    """The pages of part two, form by form; a head that holds the total is not printed again."""
    own = replace(layout, header_repeated=layout.header_repeated and final.total != "head")
    chosen = UNIVERSITIES if final.university else [name for name in _FORMS if name != UNIVERSITIES[-1]]
    for number, name in enumerate(chosen):
        form, unit = _FORMS[name], final.units[number % len(final.units)] if final.units else layout.unit
        title = f"表 {number + 1}：高等学校{form.title}" if final.university else form.title
        for sheet in _sheets(name, form, accounts, replace(layout, unit=unit), final):
            yield room_for(_HEAD_AND_FIRST_ROW)
            yield listed(text("title", title), title)
            yield left_and_right(f"{'单位名称' if final.university else '部门'}：{accounts.entity}", f"单位：{unit}")
            yield table([*sheet.head, *sheet.rows], _widths(sheet.columns), len(sheet.head), own)
            if name == _THREE_PUBLIC:
                planned = "全年预算数，反映按规定程序调整后的预算数" if accounts.three_public_adjusted else "年初预算数"
                yield text("small", f"注：本表反映部门本年度“三公”经费支出预决算情况。预算数为{planned}。")
            elif not sheet.rows[0][-1] and len(sheet.rows) == 1:
                yield text("small", f"说明：{accounts.entity}本年度没有此项收入和支出，故本表无数据。")
            yield new_page() if layout.form_per_page or final.rows_per_page else gap(16)


class _Sheet(NamedTuple):
    """A table: its head, its rows, and what its columns are."""

    head: list[list[str]]
    rows: list[list[str]]
    columns: str


def _sheets(name: str, form: _Form, accounts: FinalAccounts, layout: Layout, final: FinalLayout) -> Iterator[_Sheet]:
    header = [line.split() for line in form.header.splitlines()]
    if name == _THREE_PUBLIC:
        yield _three_public(accounts, layout, final)
        return
    forms = assemble_final(accounts)
    revenue, expenditure = (forms.get((name, side), ()) for side in ("revenue", "expenditure"))
    if name == "final_basic_by_economic":
        yield _Sheet(header, _in_two_panels(expenditure, layout), form.columns)
    elif revenue and expenditure:
        rows = _side_by_side(revenue, expenditure, form, layout)
        yield _numbered(header, rows, form, final.row_numbers, layout.numbered_head)
    else:
        head = final.head(header, layout.numbered_head)
        columns = form.columns if final.codes == "whole" else f"ccc{form.columns[1:]}"
        for sheet in final.sheets(revenue or expenditure):
            body = [[*final.labels(row, layout.numbered_head), *_amounts(row, form.measures, layout)] for row in sheet]
            nothing = [[*final.labels(Row("合计", {}), layout.numbered_head), *[""] * len(form.measures)]]
            yield _Sheet(head, body or nothing, columns)


def _numbered(header: list[list[str]], rows: list[list[str]], form: _Form, row_numbers: bool, numbers: bool) -> _Sheet:
    """A summary, the rows of each half numbered behind its labels (行次), and its columns (栏次)."""
    labels = [place for place, column in enumerate(form.columns) if column == "n"]
    amounts = {place: str(n) for n, place in enumerate((p for p in range(len(form.columns)) if p not in labels), 1)}
    if numbers:
        header = [*header, ["栏次" if place in labels else amounts[place] for place in range(len(form.columns))]]
    if not row_numbers:
        return _Sheet(header, rows, form.columns)
    wide = [_behind(row, labels, [LEFT if row is header[0] else "行次" if "项目" in row else ""] * 2) for row in header]
    count = len(rows)
    body = [_behind(row, labels, [str(n), str(n + count)]) for n, row in enumerate(rows, 1)]
    return _Sheet(wide, body, form.columns.replace("n", "nm"))


def _behind(row: Sequence[str], labels: Sequence[int], words: Sequence[str]) -> list[str]:
    """`row` with one of `words` behind each of its `labels`."""
    wide = list(row)
    for label, word in zip(reversed(labels), reversed(words), strict=True):
        wide.insert(label + 1, word)
    return wide


def _three_public(accounts: FinalAccounts, layout: Layout, final: FinalLayout) -> _Sheet:
    """Form 7 in one of its three layouts."""
    head = [line.split() for line in _THREE_PUBLIC_HEADS[final.three_public].splitlines()]
    measures = [*THREE_PUBLIC, *(BESIDE_THREE_PUBLIC if final.three_public == "rows" else ())]
    pairs = [accounts.three_public_in_form(measure) for measure in measures]
    plans, outcomes = ([printed(amount, layout) for amount in amounts] for amounts in zip(*pairs, strict=True))
    if final.three_public == "rows":
        return _Sheet(head, [["预算数", *plans], ["决算数", *outcomes]], "n" + "a" * len(measures))
    both = zip(plans, outcomes, strict=True)
    row = [*plans, *outcomes] if final.three_public == "blocks" else [amount for pair in both for amount in pair]
    if layout.numbered_head and final.three_public == "blocks":
        head.append([str(number) for number in range(1, len(row) + 1)])
    return _Sheet(head, [row], "a" * len(row))


def _widths(columns: str) -> list[tuple[float, str]]:
    weights = [_WEIGHTS[column] for column in columns]
    return [
        (WIDTH * weight / sum(weights), "r" if column == "a" else "l")
        for weight, column in zip(weights, columns, strict=True)
    ]


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
