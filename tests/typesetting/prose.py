"""The words around the tables: cover, part one, the twelve sections of part three, glossary.

The phrases around figures are the set ones of the form; everything else is in words of our own.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from reportlab.platypus import Flowable

from tests.typesetting.disclosure import Disclosure
from tests.typesetting.paper import Layout, contents, new_page, text
from tests.typesetting.stated_figures import FUND_NAMES, Figures, classes, figures

RE_TYPESET = "re-typeset from published figures, not the original / 依据公开数据重新排版，非原件"
INVENTED = "invented department and figures, an example / 部门与数据均为虚构，仅作示例"

_GLOSSARY = (
    ("基本支出", "维持机构运转和日常工作的人员支出与公用支出。"),
    ("项目支出", "基本支出以外，为特定任务安排的支出。"),
    ("“三公”经费", "用财政拨款安排的因公出国（境）费、公务接待费、公务用车购置及运行费。"),
    ("机关运行经费", "行政单位和参公单位用财政拨款安排的公用经费。"),
    ("上年结转", "以前年度安排、按原用途转到本年继续使用的资金。"),
)


def mark(disclosure: Disclosure) -> str:
    """What the first page says about where the document comes from."""
    return INVENTED if disclosure.invented else RE_TYPESET


def cover(disclosure: Disclosure, layout: Layout) -> Iterator[Flowable]:
    """The first page: mark, entity, title, contents."""
    yield text("mark", mark(disclosure))
    yield text("cover", disclosure.entity)
    yield text("cover", f"{disclosure.fiscal_year}年度{_own(disclosure)}预算公开")
    if layout.contents:
        yield text("title", "目 录")
        yield contents()
    yield new_page()


def overview(disclosure: Disclosure) -> Iterator[Flowable]:
    """Part one: duties and organisation."""
    own = _own(disclosure)
    yield text("part", "第一部分 概况")
    yield text("heading", f"一、本{own}职责")
    yield text("body", disclosure.duties)
    yield text("heading", "二、机构设置情况")
    units = "、".join(disclosure.units)
    yield text("body", f"纳入{disclosure.entity}{disclosure.fiscal_year}年{own}预算的单位：{units}。")
    yield new_page()


def part(number: str, title: str) -> Iterator[Flowable]:
    """The heading of a part."""
    yield text("part", f"第{number}部分 {title}")


def sections_before_performance_tables(disclosure: Disclosure) -> Iterator[Flowable]:
    """Sections one to ten of part three."""
    stated = figures(disclosure)
    own = _own(disclosure)
    yield from part("三", f"{disclosure.fiscal_year}年度{own}预算情况说明")
    for heading, section in (
        (f"一、{own}预算收支数据变动情况及原因", _change),
        ("二、收入预算情况说明", _revenue),
        ("三、支出预算情况说明", _expenditure),
        ("四、财政拨款收支预算总体情况说明", _appropriations),
        ("五、一般公共预算支出情况说明", _general_public_budget),
        ("六、一般公共预算基本支出情况说明", _basic),
        ("七、“三公”经费增减变动原因说明", _three_public),
        ("八、机关运行经费增减变动原因说明", _operating_cost),
        ("九、政府采购情况", _procurement),
        ("十、绩效管理情况", _performance),
    ):
        yield text("heading", heading)
        for paragraph in section(disclosure, stated):
            yield text("body", paragraph)


def sections_after_performance_tables(disclosure: Disclosure) -> Iterator[Flowable]:
    """Sections eleven and twelve of part three."""
    yield text("heading", "十一、国有资产占有使用情况")
    for paragraph in _assets(disclosure, figures(disclosure)):
        yield text("body", paragraph)
    yield text("heading", "十二、其他说明")
    yield text("body", "（一）政府购买服务指导性目录")
    yield text("body", _declaration(disclosure))
    yield text("body", "（二）其他")
    yield text("body", "无")


def glossary() -> Iterator[Flowable]:
    """Part four."""
    yield from part("四", "名词解释")
    for term, meaning in _GLOSSARY:
        yield text("body", f"{term}：{meaning}")


def _own(disclosure: Disclosure) -> str:
    return "部门" if disclosure.kind == "department" else "单位"


def _money(amount: Decimal) -> str:
    return f"{amount:,.2f}万元" if amount else "0万元"


def _percent(value: Decimal) -> str:
    return f"{value:.2f}%" if value else "0%"


def _against_last_year(change: Decimal, percent: Decimal) -> str:
    more, grew = ("增加", "增长") if change > 0 else ("减少", "下降")
    return f"{more}{_money(abs(change))}，{grew}{_percent(abs(percent))}"


def _who(disclosure: Disclosure) -> str:
    return f"{disclosure.fiscal_year}年度{disclosure.entity}"


def _change(disclosure: Disclosure, stated: Figures) -> Iterator[str]:
    def clause(side: str) -> str:
        carryover = _money(stated[1, f"{side}_carryover"])
        change = _against_last_year(stated[1, f"{side}_change"], stated[1, f"{side}_change_pct"])
        return f"上年结转{carryover}，比上年{change}，主要原因是{disclosure.narrative['reason']}"

    yield (
        f"{_who(disclosure)}预算收入总计{_money(stated[1, 'revenue_total'])}，其中："
        f"本年收入{_money(stated[1, 'revenue_current_year'])}，{clause('revenue')}；"
        f"本年{_own(disclosure)}预算支出总计{_money(stated[1, 'expenditure_total'])}，其中："
        f"本年预算安排{_money(stated[1, 'expenditure_current_year'])}，{clause('expenditure')}。"
    )


def _revenue(disclosure: Disclosure, stated: Figures) -> Iterator[str]:
    funds = (
        f"{name}{_money(stated[2, f'fund:{name}'])}，占{_percent(stated[2, f'fund_pct:{name}'])}"
        for name in (*FUND_NAMES, "上年结转")
    )
    yield f"{_who(disclosure)}预算收入{_money(stated[1, 'revenue_total'])}，主要包括{'；'.join(funds)}。"


def _expenditure(disclosure: Disclosure, stated: Figures) -> Iterator[str]:
    yield (
        f"{_who(disclosure)}支出预算{stated[1, 'expenditure_total']:.2f}万元，其中："
        f"基本支出{stated[3, 'basic']:.2f}万元，占{_percent(stated[3, 'basic_pct'])}；"
        f"项目支出{stated[3, 'project']:.2f}万元，占{_percent(stated[3, 'project_pct'])}。"
    )


def _appropriations(disclosure: Disclosure, stated: Figures) -> Iterator[str]:
    def total(column: str) -> str:
        return _money(disclosure.amount("appropriation_summary", "支出总计", column))

    def revenue(item: str) -> str:
        return _money(disclosure.amount("appropriation_summary", item, side="revenue"))

    used = "、".join(
        f"{row.item}{_money(row.amounts['total'])}"
        for row in disclosure.rows("appropriation_summary")
        if row.item not in ("本年支出合计", "年终结转", "支出总计")
    )
    yield (
        f"{_who(disclosure)}财政拨款收支总预算{revenue('收入总计')}。其中：一般公共预算拨款{total('general_public_budget')}，"
        f"政府性基金预算拨款{total('government_funds')}，国有资本经营预算拨款{total('state_capital')}。"
        f"其中：当年拨款收入{revenue('本年收入合计')}，上年结转收入{revenue('上年财政拨款结转')}。支出包括：{used}等。"
    )


def _general_public_budget(disclosure: Disclosure, stated: Figures) -> Iterator[str]:
    total = f"{_who(disclosure)}一般公共预算当年支出{_money(stated[5, 'general_public_budget'])}"
    yield "（一）一般公共预算当年支出规模变化情况"
    change = stated[5, "general_public_budget_change"], stated[5, "general_public_budget_change_pct"]
    yield f"{total}，比上年{_against_last_year(*change)}。"
    yield "（二）一般公共预算当年支出结构情况"
    functions = (
        f"{row.item}{_money(stated[5, f'function:{row.item}'])}，占{_percent(stated[5, f'function_pct:{row.item}'])}"
        for row in classes(disclosure)
    )
    yield f"{total}，主要用于以下方面：{'；'.join(functions)}等。"


def _basic(disclosure: Disclosure, stated: Figures) -> Iterator[str]:
    yield f"{_who(disclosure)}一般公共预算安排基本支出{_money(stated[6, 'basic'])}，其中："
    for name, measure, end in (("人员经费", "personnel", "；"), ("公用经费", "operating", "。")):
        rows = (row for row in disclosure.rows("basic_by_economic") if row.gov_item and measure in row.amounts)
        items = "、".join(dict.fromkeys(row.item for row in rows))
        yield f"{name}{_money(stated[6, measure])}" + (f"，主要包括：{items}等" if items else "") + end


def _three_public(disclosure: Disclosure, stated: Figures) -> Iterator[str]:
    def compared(measure: str) -> str:
        if (printed := disclosure.narrative.get(f"{measure}_change")) is None:
            return ""
        change = Decimal(printed)
        if not change:
            return "，与上年预算数相同"
        return f"，与上年相比预算数{'增加' if change > 0 else '减少'}{_money(abs(change))}"

    year = disclosure.fiscal_year
    change = stated.get((7, "three_public_change"), Decimal(0))
    against = f"{'增加' if change > 0 else '减少'}{_money(abs(change))}"
    details = [
        f"{name}{_money(stated[7, measure])}{compared(measure)}"
        for name, measure in (
            ("因公出国（境）费", "overseas"),
            ("公务接待费", "reception"),
            ("公务用车购置及运行费", "vehicles_purchase_and_running"),
            ("公务用车运行维护费", "vehicle_running"),
            ("公务用车购置费", "vehicle_purchase"),
        )
    ]
    yield (
        f"{year}年{disclosure.entity}财政拨款安排的“三公”经费预算{_money(stated[7, 'three_public_total'])}"
        + (f"比{year - 1}年{against}" if change else f"与{year - 1}年预算数相同")
        + f"。其中：{'；'.join(details[:3])}。{'；'.join(details[3:])}。"
    )


def _operating_cost(disclosure: Disclosure, stated: Figures) -> Iterator[str]:
    cost = _money(stated[8, "operating_cost"])
    if "operating_cost_change" not in disclosure.narrative:
        yield f"本{_own(disclosure)}{disclosure.fiscal_year}年机关运行经费财政拨款预算{cost}。"
        return
    change = _against_last_year(stated[8, "operating_cost_change"], stated[8, "operating_cost_change_pct"])
    yield (
        f"本{_own(disclosure)}{disclosure.fiscal_year}年机关运行经费财政拨款预算{cost}，"
        f"比{disclosure.fiscal_year - 1}年预算{change}，主要原因是{disclosure.narrative['operating_cost_reason']}。"
    )


def _procurement(disclosure: Disclosure, stated: Figures) -> Iterator[str]:
    yield (
        f"{disclosure.fiscal_year}年{disclosure.entity}政府采购预算总额{_money(stated[9, 'procurement_total'])}。其中："
        f"政府采购货物预算{_money(stated[9, 'goods'])}、政府采购工程预算{_money(stated[9, 'works'])}、"
        f"政府采购服务预算{_money(stated[9, 'services'])}。"
    )


def _performance(disclosure: Disclosure, stated: Figures) -> Iterator[str]:
    yield (
        f"{disclosure.fiscal_year}年{disclosure.entity}纳入绩效目标管理的二级项目"
        f"{stated[10, 'projects_under_performance_management']:.0f}个，"
        f"共计金额{_money(stated[10, 'performance_amount'])}。"
        f"公开项目绩效目标{stated[10, 'projects_disclosed']:.0f}个，"
        f"涉及项目金额{_money(stated[10, 'projects_disclosed_amount'])}，"
        f"占部门（单位）项目支出总额的{_percent(stated[10, 'projects_disclosed_pct'])}。"
    )


def _assets(disclosure: Disclosure, stated: Figures) -> Iterator[str]:
    at_date = f"截至{disclosure.narrative['assets_date']}，{disclosure.entity}"
    yield "1、车辆情况："
    yield f"{at_date}共有公务用车编制{stated[11, 'vehicle_quota']:.0f}辆，实有{stated[11, 'vehicles']:.0f}辆。"
    yield "2、房屋情况："
    yield f"{at_date}使用的办公用房建筑总面积{stated[11, 'office_area_m2']:.2f}平方米。"
    if equipment := disclosure.narrative.get("equipment"):
        yield "3、其他国有资产占有使用情况："
        yield f"{at_date}占有使用价值50万元（原值）以上的通用设备{equipment}台（套）。"


def _declaration(disclosure: Disclosure) -> str:
    declared = disclosure.declaration
    catalogue = f"《{disclosure.catalogue_title}》"
    if declared["kind"] == "cited":
        return f"本{_own(disclosure)}购买服务按照{declared['citation']}印发的{catalogue}执行。"
    if declared["kind"] == "items":
        items = "、".join(f"{code}{name}" for code, name in declared["items"])
        cited = f"（{declared['citation']}）" if "citation" in declared else ""
        return f"根据{catalogue}{cited}，本{_own(disclosure)}{disclosure.fiscal_year}年涉及的政府购买服务为：{items}。"
    if declared["kind"] == "levels":
        names = "，".join(f"{level}级目录{name}" for level, name in zip("一二三四", declared["names"], strict=True))
        return f"{declared['project']}为政府购买服务项目，依据{catalogue}{declared['section']}中{names}，购买服务。"
    return "无"
