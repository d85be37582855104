"""The long tables between and after the sections: performance targets of projects, guidance catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reportlab.platypus import Flowable

from tests.typesetting.disclosure import Disclosure, Section, Target
from tests.typesetting.paper import ABOVE, LEFT, WIDTH, Layout, gap, new_page, table, text

_SOURCES = {
    "central": "其中:中央财政资金",
    "province": "省级财政资金",
    "local": "市县(区)财政资金",
    "own": "单位自筹",
    "other": "其他资金",
}
_PROSE = ("项目概况", "立项依据", "项目设立必要性", "保证项目实施的制度、措施", "项目实施计划")


def performance_targets(disclosure: Disclosure, layout: Layout) -> Iterator[Flowable]:
    """One table per project (项目支出绩效目标表); no names or telephone numbers of officials."""
    columns = [(share * WIDTH / 100, "c") for share in (8, 11, 13, 14, 14, 12, 14, 14)]
    for target in disclosure.targets:
        if layout.form_per_page:
            yield new_page()
        yield text("title", f"{disclosure.place}市级预算部门（单位）项目支出绩效目标表")
        yield text("small", f"({disclosure.fiscal_year}年度)")
        yield table([*_head(disclosure, target), *_goals(target), *_indicators(target), _FOOT], columns, 0, layout)
        yield gap(12)


_FOOT = ["负责人:", LEFT, "经办人:", LEFT, "联系电话:", LEFT, "填报日期:", LEFT]


def _head(disclosure: Disclosure, target: Target) -> Iterator[list[str]]:
    yield ["项目名称", LEFT, target.name, *[LEFT] * 5]
    yield ["主管部门及代码", LEFT, disclosure.supervisor, LEFT, "实施单位", LEFT, target.unit, LEFT]
    yield ["项目属性", LEFT, target.attribute, LEFT, "项目期", LEFT, target.period, LEFT]
    total, annual = _yuan(target.total), _yuan(target.annual)
    yield ["项目资金 (元)", LEFT, "实施期资金总额:", LEFT, total, "年度资金总额:", LEFT, annual]
    for source, name in _SOURCES.items():
        whole, year = (_source(money, source) for money in (target.total, target.annual))
        yield [ABOVE, LEFT, name, LEFT, whole, name, LEFT, year]


def _yuan(money: Mapping[str, int]) -> str:
    return f"{sum(money.values()):,}" if money else ""


def _source(money: Mapping[str, int], source: str) -> str:
    blank = not money or (source == "other" and source not in money)
    return "" if blank else f"{money.get(source, 0):,}"


def _goals(target: Target) -> Iterator[list[str]]:
    for label in _PROSE:
        yield [label, LEFT, f"{target.name}按年度计划实施。" if label == "项目概况" else "按规定执行。", *[LEFT] * 5]
    yield ["", LEFT, "实施期目标", LEFT, LEFT, "年度目标", LEFT, LEFT]
    yield ["总体目标", LEFT, "按计划完成项目任务。", LEFT, LEFT, "完成本年度任务。", LEFT, LEFT]


def _indicators(target: Target) -> Iterator[list[str]]:
    yield ["绩效指标", "一级指标", *["二级指标", "三级指标", "指标值"] * 2]
    above = ("", "")
    for level1, level2, level3, value in target.indicators or _derived(target):
        half = [level2 if (level1, level2) != above else ABOVE, level3, value]
        yield [ABOVE, level1 if level1 != above[0] else ABOVE, *half, *half]
        above = (level1, level2)


def _derived(target: Target) -> tuple[tuple[str, str, str, str], ...]:
    """Indicators that claim nothing the amounts do not say already."""
    annual = f"≤{_yuan(target.annual)}元" if target.annual else "按批复"
    return (
        ("产出指标", "质量指标", "资金使用", "合规"),
        ("产出指标", "时效指标", "资金支付", "及时"),
        ("产出指标", "成本指标", "年度资金总额", annual),
        ("效益指标", "社会效益", "工作保障", "有保障"),
        ("满意度指标", "服务对象满意度", "服务对象", "满意"),
    )


def catalogue(disclosure: Disclosure, layout: Layout) -> Iterator[Flowable]:
    """The guidance catalogue (政府购买服务指导性目录), with its number where the document gives one."""
    if not disclosure.catalogue:
        return
    yield new_page()
    if disclosure.catalogue_edition:
        yield text("title", disclosure.catalogue_edition)
    yield text("title", disclosure.catalogue_title)
    columns = [(share * WIDTH / 100, "l") for share in (14, 16, 21, 24, 25)]
    header = ["代码", "一级目录", "二级目录", "三级目录", "四级目录"]
    rows = [row for section in disclosure.catalogue for row in _section(section)]
    yield table([header, *rows], columns, 1, layout)


def _section(section: Section) -> Iterator[list[str]]:
    yield [section.name, *[LEFT] * 4]
    for code, level, name in section.items:
        yield [code, *(name if column == level else "" for column in range(1, 5))]
