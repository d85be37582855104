"""The 13 statutory forms as Shanxi prints them: label line, title, name and unit, table, note."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import zip_longest
from pathlib import Path

from reportlab.platypus import Flowable

from tests.typesetting.disclosure import CLASSIFICATIONS, LABELS, MEASURES, Disclosure, Row
from tests.typesetting.paper import (
    ABOVE,
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

FUNCTIONS: tuple[str, ...] = tuple(CLASSIFICATIONS["functions"])
"""The classes of the functional classification, all of them printed in the two summaries."""

FUNDS = ("一般公共预算", "政府性基金预算", "国有资本经营预算", "财政专户管理资金", "单位资金")


@dataclass(frozen=True)
class Form:
    """How one form is headed; in `header`, `<` and `^` merge a cell with its neighbour."""

    number: int
    title: str
    header: str
    columns: str
    """Per column: `c` code, `n` name, `a` amount."""
    label: str = "预算公开表"


_THREE_FUNDS = "一般公共预算 政府性基金预算 国有资本经营预算"
_BY_FUNCTION = "项目 < {year}年预算数 < <\n科目编码 科目名称 合计 基本支出 项目支出"
_BY_FUND = f"^ 合计 {_THREE_FUNDS}"

FORMS = {
    "budget_summary": Form(
        1, "预算收支总表", "收入 < 支出 < < <\n项目 {year}年 项目 {year}年合计 当年预算安排 上年结转安排", "nanaaa"
    ),
    "revenue": Form(
        2,
        "预算收入总表",
        "项目 < 本年收入 < < < < < 上年结转\n"
        "科目编码 科目名称 合计 一般公共预算 政府性基金 国有资本经营预算 财政专户管理资金 单位资金 ^",
        "cnaaaaaaa",
    ),
    "expenditure": Form(3, "预算支出总表", _BY_FUNCTION, "cnaaa"),
    "appropriation_summary": Form(
        4,
        "财政拨款收支总表",
        f"收入 < 支出 < < < <\n项目 金额 项目 金额 < < <\n^ ^ ^ 小计 {_THREE_FUNDS}",
        "nanaaaa",
    ),
    "general_public_expenditure": Form(5, "一般公共预算支出预算表（不含上年结转）", _BY_FUNCTION, "cnaaa"),
    "basic_by_economic": Form(
        6,
        "一般公共预算安排基本支出分经济科目表（不含上年结转）",
        "部门预算支出经济科目名称 政府预算支出经济科目名称 {year}年预算数 < <\n^ ^ 合计 人员经费 公用经费",
        "nnaaa",
    ),
    "government_fund_revenue": Form(
        7,
        "政府性基金预算收入表（不含上年结转）",
        "项目 < 政府性基金收入预算\n收入科目编码 科目名称 ^",
        "cna",
    ),
    "government_fund_expenditure": Form(
        8, "政府性基金预算支出表（不含上年结转）", "科目编码 科目名称 合计 基本支出 项目支出", "cnaaa"
    ),
    "state_capital": Form(
        9,
        "国有资本经营预算收支预算表（不含上年结转）",
        "国有资本经营预算收入 < < 国有资本经营预算支出 < < < <\n"
        "项目 < 国有资本经营收入预算 科目编码 科目名称 合计 基本支出 项目支出\n收入科目编码 科目名称 ^ ^ ^ ^ ^ ^",
        "cnacnaaa",
        label="部门公开表",
    ),
    "three_public": Form(10, "财政拨款安排“三公”经费支出预算表", f"项目 {{year}}年预算数 < < <\n{_BY_FUND}", "naaaa"),
    "operating_cost": Form(11, "财政拨款安排机关运行经费预算表", f"单位名称 {{year}}预算数 < < <\n{_BY_FUND}", "naaaa"),
    "projects": Form(
        12,
        "项目支出预算表（本年预算）",
        f"项目名称 合计 {{year}}年财政拨款 < < 财政专户管理资金 单位资金\n^ ^ {_THREE_FUNDS} ^ ^\n1 2 3 4 5 6 7",
        "naaaaaa",
    ),
    "projects_carryover": Form(
        13,
        "项目支出预算表（上年结转）",
        f"项目名称 合计 {{year}}年财政拨款 < <\n^ ^ {_THREE_FUNDS}\n1 2 3 4 5",
        "naaaa",
    ),
}

_WORDINGS = Path(__file__).parents[1] / "gold" / "wordings.toml"
_WEIGHTS = {"c": 45.0, "n": 120.0, "a": 48.0}
_NARROW = {"c": 40.0, "n": 62.0, "a": 27.0}
_HEAD_AND_FIRST_ROW = 220.0
_CLASS_DIGITS, _UNIT_DIGITS = 3, 6
_ROUNDING = "注：本套报表因取数时四舍五入，部分金额可能存在尾差"


def forms(disclosure: Disclosure, layout: Layout) -> Iterator[Flowable]:
    """The pages of part two, form by form."""
    for name, form in FORMS.items():
        title = f"{disclosure.fiscal_year}年{_title(name, form, layout)}"
        whose = "部门名称" if disclosure.kind == "department" else "单位名称"
        header = [line.split() for line in form.header.format(year=disclosure.fiscal_year).splitlines()]
        rows = _body(name, disclosure, layout)
        if layout.heads_kept:
            yield room_for(_HEAD_AND_FIRST_ROW)
        whose = f"{whose}：{disclosure.entity}"
        stated = f"单位：{layout.unit}" if layout.unit_place == "line" else ""
        printed_title = f"{title}（单位：{layout.unit}）" if layout.unit_place == "title" else title
        if layout.unit_place == "header":
            header = _with_unit(header, form, layout.unit)
        if layout.code_with_name or layout.codes == "none":
            header, rows = _without_code_columns(header, rows, form, layout)
        columns = _columns(form, layout)
        if layout.numbered_head and not _is_numbered(header):
            header.append([str(number) for number in range(1, len(columns) + 1)])
        if layout.title_inside:
            header = [
                *_titles_inside([f"{form.label}{form.number}", printed_title], whose, stated, len(columns)),
                *header,
            ]
        else:
            yield text("small", f"{form.label}{form.number}")
            yield listed(text("title", printed_title), f"表{chinese(form.number)}{title}")
            yield left_and_right(whose, stated)
        yield table([*header, *rows], columns, len(header), layout)
        yield from _note(name, disclosure, layout)
        yield new_page() if layout.form_per_page else gap(16)


@cache
def _wordings(name: str) -> list[str]:
    """The titles of a form that places print, without labels and years."""
    known = tomllib.loads(_WORDINGS.read_text(encoding="utf-8"))["titles"].get(name, [])
    return [title for title in known if re.fullmatch(r"[一-鿿“”、（）]+表(（.+）)?", title) and title[1] != "、"]


def _title(name: str, form: Form, layout: Layout) -> str:
    wordings = _wordings(name)
    return form.title if layout.wording is None or not wordings else wordings[layout.wording % len(wordings)]


def chinese(number: int) -> str:
    """`number` (1–39) as the forms number their rows.

    >>> chinese(3), chinese(10), chinese(21), chinese(30)
    ('三', '十', '二十一', '三十')
    """
    tens, ones = divmod(number, 10)
    digits = "〇一二三四五六七八九"
    return (digits[tens] if tens > 1 else "") + ("十" if tens else "") + (digits[ones] if ones else "")


def numbered(items: Sequence[str]) -> list[str]:
    """`items` as 一、…, 二、…, 三、…."""
    return [f"{chinese(number)}、{item}" for number, item in enumerate(items, start=1)]


def _columns(form: Form, layout: Layout) -> list[tuple[float, str]]:
    without_codes = layout.code_with_name or layout.codes == "none"
    columns = form.columns.replace("c", "") if without_codes else form.columns
    widths = [(_NARROW if layout.narrow else _WEIGHTS)[column] for column in columns]
    scale = 1.0 if layout.narrow else WIDTH / sum(widths)
    return [(width * scale, "r" if column == "a" else "l") for width, column in zip(widths, columns, strict=True)]


def _is_numbered(header: Sequence[Sequence[str]]) -> bool:
    return all(word.isdigit() for word in header[-1])


def _with_unit(header: list[list[str]], form: Form, unit: str) -> list[list[str]]:
    """`header` with the unit in each lowest cell of an amount."""
    rows = [list(row) for row in header]
    lowest = len(rows) - 1 - _is_numbered(rows)
    for x, column in enumerate(form.columns):
        y = next(y for y in range(lowest, -1, -1) if rows[y][x] != ABOVE)
        if column == "a" and rows[y][x] != LEFT:
            rows[y][x] += f"（{unit}）"
    return rows


def _without_code_columns(
    header: list[list[str]], rows: list[list[str]], form: Form, layout: Layout
) -> tuple[list[list[str]], list[list[str]]]:
    """The codes in front of the names, `2010301-行政运行`, or indentation in their place."""
    for x in reversed([x for x, column in enumerate(form.columns) if column == "c"]):
        header = [_without(row, x) for row in header]
        rows = [[*row[:x], _without_code(row[x], row[x + 1], layout), *row[x + 2 :]] for row in rows]
    return header, rows


def _without_code(code: str, name: str, layout: Layout) -> str:
    if name in ("", LEFT):
        return code
    if layout.codes == "none":
        return "　" * (len(code) // 2 + 1 if len(code) != _UNIT_DIGITS else 1) + name
    return f"{code}-{name}"


def _without(row: list[str], x: int) -> list[str]:
    """A row of a header without the column `x`; what spans it keeps the column at its right."""
    gone = x if row[x] == LEFT or row[x + 1] != LEFT else x + 1
    return [*row[:gone], *row[gone + 1 :]]


def _titles_inside(titles: Sequence[str], left: str, right: str, count: int) -> list[list[str]]:
    """Titles over the whole width of a table, and a line with something at both ends."""
    lines = [[title, *[LEFT] * (count - 1)] for title in titles]
    half = (count + 1) // 2
    return [*lines, [left, *[LEFT] * (half - 1), right, *[LEFT] * (count - half - 1)]]


def _note(name: str, disclosure: Disclosure, layout: Layout) -> Iterator[Flowable]:
    if name == "budget_summary":
        yield text("small", _ROUNDING)
    elif layout.note_on_empty and not any(disclosure.rows(name, side) for side in ("revenue", "expenditure")):
        yield text("small", "注：本表无数据")


def _body(name: str, disclosure: Disclosure, layout: Layout) -> list[list[str]]:
    revenue, expenditure = (_side(name, side, disclosure, layout) for side in ("revenue", "expenditure"))
    if name in ("budget_summary", "appropriation_summary"):
        left, right = _summary_labels(name)
        amounts = len(FORMS[name].columns) - 3
        return [a + b for a, b in zip(_filled(left, revenue, 1), _filled(right, expenditure, amounts), strict=True)]
    if name == "three_public":
        return _filled(_THREE_PUBLIC, expenditure, 4)
    if name == "state_capital":
        pairs = zip_longest(revenue or [["合计", LEFT, ""]], expenditure, fillvalue=None)
        return [(left or [""] * 3) + (right or [""] * 5) for left, right in pairs]
    return revenue or expenditure or _empty(name)


def _empty(name: str) -> list[list[str]]:
    if "unit" in LABELS[name]:
        return []
    blanks = [""] * (len(FORMS[name].columns) - 1)
    if "code" in LABELS[name]:
        blanks[0] = LEFT
    return [["合计", *blanks]]


def _side(name: str, side: str, disclosure: Disclosure, layout: Layout) -> list[list[str]]:
    measures = MEASURES.get((name, side), ())
    return [
        [*_labels(name, row, layout), *(printed(row.amounts.get(measure), layout) for measure in measures)]
        for row in disclosure.rows(name, side)
    ]


def _labels(name: str, row: Row, layout: Layout) -> list[str]:
    if "code" not in LABELS[name]:
        return [row.item, row.gov_item or ""] if "gov_item" in LABELS[name] else [row.item]
    if row.code:
        short = layout.codes == "short" and len(row.code) > _CLASS_DIGITS
        return [row.code[-2:] if short else row.code, row.item]
    if row.unit and (layout.unit_codes or layout.codes == "none"):
        return [_unit_code(row.unit), row.item]
    return [row.item, LEFT]


def _unit_code(unit: str) -> str:
    """A code of six digits that is the same for the same unit."""
    return f"125{sum(map(ord, unit)) % 1000:03d}"


def printed(amount: Decimal | None, layout: Layout) -> str:
    """An amount as a form prints it in its unit; a blank where there is none."""
    if amount is None:
        return layout.blank
    factor, digits = _UNITS[layout.unit]
    return f"{amount * factor:,.{digits}f}" if layout.thousands else f"{amount * factor:.{digits}f}"


_UNITS = {"元": (10_000, 2), "千元": (10, 3), "万元": (1, 2), "亿元": (Decimal("0.0001"), 6)}
"""What 1万元 is in each unit, and with how many decimals it is printed."""


_THREE_PUBLIC = [
    "因公出国（境）费",
    "公务接待费",
    "公务用车购置及运行费",
    "①公务用车购置费",
    "②公务用车运行维护费",
    "合计",
]


def _summary_labels(name: str) -> tuple[list[str], list[str]]:
    """The printed labels of the left and the right half of a summary, which keeps all its rows."""
    appropriation = name == "appropriation_summary"
    funds = numbered(FUNDS[:3] if appropriation else FUNDS)
    carryover = ["上年财政拨款结转", *funds] if appropriation else ["上年结转"]
    left = [*funds, *[""] * (len(FUNCTIONS) - len(funds)), "本年收入合计", *carryover, "收入总计"]
    right = [*numbered(FUNCTIONS), "本年支出合计", "年终结转", *[""] * (len(carryover) - 1), "支出总计"]
    return left, right


def _filled(labels: Sequence[str], rows: list[list[str]], amounts: int) -> list[list[str]]:
    """One row per label: the next of `rows` where it is about that label, `amounts` blanks elsewhere."""
    waiting = iter(rows)
    row = next(waiting, None)
    filled = []
    for label in labels:
        if row is not None and label.split("、")[-1].lstrip("①②") == row[0]:
            filled.append([label, *row[1:]])
            row = next(waiting, None)
        else:
            filled.append([label, *[""] * amounts])
    if row is not None:
        raise ValueError(f"the form has no place for the row {row}; its rows are, in this order: {labels}")
    return filled
