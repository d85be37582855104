"""The words around the forms of final accounts: what became of each planned figure, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from reportlab.platypus import Flowable

from tests.typesetting.assemble import NAMES
from tests.typesetting.disclosure import Row
from tests.typesetting.final_accounts import THREE_PUBLIC, FinalAccounts, assemble_final
from tests.typesetting.paper import Layout, contents, new_page, text
from tests.typesetting.prose import mark
from tests.typesetting.stated_figures import share

_NOTHING = Decimal(0)


class Execution(NamedTuple):
    """A plan and its outcome in 万元, and the rate printed, where there is a plan."""

    measure: str
    item: str | None
    words: str
    """What the prose calls it."""
    plan: Decimal
    outcome: Decimal
    rate: Decimal | None
    reason: str = ""


def executions_by_function(accounts: FinalAccounts) -> Iterator[Execution]:
    """The general public budget and each of its items, planned or not."""
    general = accounts.of_funds("general_public_budget")
    outcome = sum((spent.total for spent in general), _NOTHING)
    plan, measure = accounts.planned(""), "general_public_budget"
    yield Execution(measure, None, "一般公共预算财政拨款支出", plan, outcome, _rate(accounts, measure, plan, outcome))
    for code, item in NAMES.items():
        spent = [one for one in general if one.code == code]
        plan = accounts.planned(code)
        if len(code) == 7 and (spent or plan):
            outcome = sum((one.total for one in spent), _NOTHING)
            words = f"{NAMES[code[:3]]}（类）{NAMES[code[:5]]}（款）{item}（项）。"
            rate = _rate(accounts, code, plan, outcome)
            yield Execution("function", item, words, plan, outcome, rate, "".join(one.reason for one in spent))


def executions_of_three_public(accounts: FinalAccounts) -> Iterator[Execution]:
    """The three public expenses, all and each."""
    for measure, name in THREE_PUBLIC.items():
        plan, outcome = accounts.three_public_planned(measure), accounts.three_public_spent(measure)
        rate = _rate(accounts, measure, plan, outcome)
        if measure == "total":
            reason = accounts.three_public_reason if plan != outcome else ""
            yield Execution("three_public_total", None, "“三公”经费财政拨款支出", plan, outcome, rate, reason)
        else:
            yield Execution(measure, None, f"{name}支出", plan, outcome, rate)


def _rate(accounts: FinalAccounts, key: str, plan: Decimal, outcome: Decimal) -> Decimal | None:
    return accounts.misprinted_rates.get(key, share(outcome, plan)) if plan else None


def final_cover(accounts: FinalAccounts, layout: Layout) -> Iterator[Flowable]:
    """The first page and part one."""
    yield text("mark", mark(accounts.budget))
    yield text("cover", accounts.entity)
    yield text("cover", f"{accounts.fiscal_year}年度部门决算")
    if layout.contents:
        yield text("title", "目 录")
        yield contents()
    yield new_page()
    yield text("part", "第一部分 部门概况")
    yield text("body", accounts.budget.duties)
    units = "、".join(accounts.budget.units)
    yield text("body", f"纳入{accounts.entity}{accounts.fiscal_year}年度部门决算编制范围的单位：{units}。")
    yield new_page()


def final_prose(accounts: FinalAccounts) -> Iterator[Flowable]:
    """Part three."""
    forms = assemble_final(accounts)
    summary = [*forms["final_summary", "revenue"], *forms["final_summary", "expenditure"]]
    economic, spent = forms["final_basic_by_economic", "expenditure"], forms["final_expenditure", "expenditure"][0]
    basic, project = (spent.amounts.get(measure, _NOTHING) for measure in ("basic", "project"))
    yield text("part", f"第三部分 {accounts.fiscal_year}年度部门决算情况说明")
    yield text("heading", "一、收入支出决算总体情况说明")
    yield text("body", f"{accounts.entity}{accounts.fiscal_year}年度收入支出总计{_of(summary, '总计')}。")
    yield text("heading", "二、收入决算情况说明")
    yield text("body", f"本年收入合计{_of(summary, '本年收入合计')}。")
    yield text("heading", "三、支出决算情况说明")
    parts = f"基本支出{basic:.2f}万元；项目支出{project:.2f}万元"
    yield text("body", f"本年支出合计{_of(summary, '本年支出合计')}，其中：{parts}。")
    yield text("heading", "五、一般公共预算财政拨款支出决算情况说明")
    for execution in executions_by_function(accounts):
        yield text("body", _sentence(execution))
    yield text("heading", "六、一般公共预算财政拨款基本支出决算情况说明")
    parts = f"人员经费{_of(economic, '人员经费合计')}；公用经费{_of(economic, '公用经费合计')}"
    basic = sum(accounts.economic.values(), _NOTHING)
    yield text("body", f"一般公共预算财政拨款基本支出{basic:.2f}万元，其中：{parts}。")
    yield text("heading", "七、财政拨款“三公”经费支出决算情况说明")
    for execution in executions_of_three_public(accounts):
        yield text("body", _sentence(execution))


def _sentence(execution: Execution) -> str:
    rate = "" if execution.rate is None else f"，完成年初预算的{execution.rate:.2f}%"
    more = "大于" if execution.outcome > execution.plan else "小于"
    given = execution.reason and execution.outcome != execution.plan
    reason = f"决算数{more}年初预算数的主要原因是{execution.reason}。" if given else ""
    plan, outcome = f"年初预算为{execution.plan:.2f}万元", f"支出决算为{execution.outcome:.2f}万元"
    return f"{execution.words}{plan}，{outcome}{rate}。{reason}"


def _of(rows: Sequence[Row], item: str) -> str:
    amount = next(row.amounts.get("total", _NOTHING) for row in rows if row.item == item)
    return f"{amount:.2f}万元"
