"""How a department evaluates itself and its projects after the year (绩效自评表): money, indicators, scores."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from reportlab.platypus import Flowable

from tests.typesetting.final_accounts import Evaluated, FinalAccounts
from tests.typesetting.paper import ABOVE, LEFT, WIDTH, Layout, new_page, table, text
from tests.typesetting.stated_figures import share

_WIDTHS = (10, 12, 16, 14, 14, 14, 8, 12)
_MONEY = 10
"""Points that spending the money as planned is worth."""


def self_evaluations(accounts: FinalAccounts, layout: Layout) -> Iterator[Flowable]:
    """One table for the department, and for each project that was evaluated."""
    columns = [(part * WIDTH / sum(_WIDTHS), "c") for part in _WIDTHS]
    for evaluated in accounts.evaluated:
        yield new_page()
        yield text("title", f"{evaluated.name}项目绩效自评表" if evaluated.unit else "部门整体支出绩效自评表")
        yield text("small", f"（{accounts.fiscal_year}年度）")
        yield table(list(_rows(accounts, evaluated)), columns, 0, layout)


def _rows(accounts: FinalAccounts, one: Evaluated) -> Iterator[list[str]]:
    rate = share(one.executed, one.adjusted)
    points = min(Decimal(_MONEY), (_MONEY * one.executed / one.adjusted)).quantize(Decimal("0.1"))
    if one.unit:
        yield ["项目名称", LEFT, one.name, *[LEFT] * 5]
        yield ["主管部门", LEFT, accounts.entity, LEFT, "实施单位", LEFT, one.unit, LEFT]
    else:
        yield ["部门（单位）名称", LEFT, one.name, *[LEFT] * 5]
    caption = "项目资金（万元）" if one.unit else "部门资金（万元）"
    yield [caption, LEFT, "", "年初预算数", "全年预算数", "全年执行数", "分值", "执行率"]
    amounts = (f"{amount:.2f}" for amount in (one.budget, one.adjusted, one.executed))
    yield [ABOVE, LEFT, "年度资金总额：", *amounts, str(_MONEY), f"{rate}%"]
    yield ["一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因"]
    yield ["产出指标", "数量指标", "完成事项", "按计划", "按计划", "50", "50", ""]
    yield ["效益指标", "社会效益", "群众满意", "≥95%", "96%", "40", f"{one.score - 50 - points}", ""]
    yield ["预算执行率", LEFT, LEFT, LEFT, LEFT, str(_MONEY), f"{points}", ""]
    yield ["总分", LEFT, LEFT, LEFT, LEFT, "100", f"{one.score}", ""]
