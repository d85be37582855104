"""Random budgets that add up, and random ways to set them on paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from hypothesis import Phase, settings
from hypothesis import strategies as st

from tests.typesetting.assemble import APPROPRIATED, NAMES, SOURCES, Forms, Part, assemble
from tests.typesetting.disclosure import CLASSIFICATIONS, Disclosure, Row, Target
from tests.typesetting.final_accounts import FUNDS, FinalAccounts, Spent
from tests.typesetting.final_accounts import SOURCES as FINAL_SOURCES
from tests.typesetting.final_layout import FinalLayout
from tests.typesetting.paper import Layout
from tests.typesetting.stated_figures import share

_ECONOMIC = [(item, gov_item) for pairs in CLASSIFICATIONS["economic"].values() for item, gov_item in pairs]
_EARMARKED = {"government_funds": ("2120803", "2296002"), "state_capital": ("2230105",)}
_GENERAL = [c for c in NAMES if len(c) == 7 and c[0] == "2" and all(c not in codes for codes in _EARMARKED.values())]
_UNITS = ("示例市示例服务中心", "示例市档案馆", "示例市公共资源交易中心（示例市政府采购中心）", "示例市12345热线中心")
_PROJECTS = (
    "残疾人就业保障金",
    "大楼管理运行经费",
    "网络系统、软硬件平台运维费",
    "“高效办成一件事”规程规范及经典案例打造",
    "12345政务服务热线运维费(线路费)",
    "工作运行经费（含社会组织法定代表人离任审计及注销审计服务、“十五五”发展规划编制）",
    "远程异地评标系统改造（政府采购）",
    "物业费",
)

# For examples that are whole documents, typeset and read in about a second each. A failing one is shown as it is:
# shrinking a whole document takes minutes (add Phase.shrink for that).
documents = settings(max_examples=settings().max_examples // 10, phases=[Phase.explicit, Phase.generate])
sound_budgets = settings(documents, max_examples=settings().max_examples * 11 // 20)
sound_budgets_without_rules = settings(documents, max_examples=settings().max_examples * 3 // 10)
few_documents = settings(documents, max_examples=settings().max_examples // 20)


def amounts(most: int = 999_999) -> st.SearchStrategy[Decimal]:
    """Amounts above zero in 万元 with two decimals: 0.01 to 9,999.99."""
    return st.integers(1, most).map(lambda hundredths: Decimal(hundredths) / 100)


def layouts(
    rules: Sequence[str] = ("lines", "rectangles", "open"), codes: Sequence[str] = ("whole", "short", "none")
) -> st.SearchStrategy[Layout]:
    """Any way to set a disclosure; pages of any height, so that tables break after any row."""
    return st.builds(
        Layout,
        page_height=st.integers(380, 1000).map(float),
        form_per_page=st.booleans(),
        heads_kept=st.booleans(),
        header_repeated=st.booleans(),
        narrow=st.booleans(),
        thousands=st.booleans(),
        rules=st.sampled_from(rules),
        note_on_empty=st.booleans(),
        page_numbers=st.booleans(),
        contents=st.booleans(),
        title_inside=st.booleans(),
        numbered_head=st.booleans(),
        wording=st.none() | st.integers(0, 39),
        unit=st.sampled_from(["万元", "元", "千元", "亿元"]),
        unit_place=st.sampled_from(["line", "title", "header"]),
        blank=st.sampled_from(["", "—", "-", "/"]),
        code_with_name=st.booleans(),
        codes=st.sampled_from(codes),
        unit_codes=st.booleans(),
        turned=st.booleans(),
    )


@st.composite
def _basic(draw: st.DrawFn, units: tuple[str, ...]) -> list[Part]:
    """Basic expenditure by economic item, each item from one function item of one unit."""
    chosen = draw(st.lists(st.sampled_from(_ECONOMIC), max_size=12, unique=True))
    return [
        Part(draw(st.sampled_from(units)), draw(st.sampled_from(_GENERAL)), draw(amounts(9_999_999)), economic=economic)
        for economic in chosen
    ]


@st.composite
def _project(draw: st.DrawFn, unit: str, carried: bool = False) -> list[Part]:
    """One project, paid from one or two funds."""
    prefix = draw(st.sampled_from(["", "J", "Z", "XM", "QT"]))
    name = prefix + draw(st.sampled_from(_PROJECTS)) + draw(st.sampled_from(["", "1", "（二期）"]))
    allowed = APPROPRIATED if carried else tuple(SOURCES)
    funds = draw(st.lists(st.sampled_from(allowed), min_size=1, max_size=2, unique=True))
    return [
        Part(unit, draw(st.sampled_from(_EARMARKED.get(fund, _GENERAL))), draw(amounts()), None, name, fund, carried)
        for fund in funds
    ]


@st.composite
def _parts(draw: st.DrawFn, units: tuple[str, ...]) -> list[Part]:
    parts = draw(_basic(units))
    for unit in units:
        for _ in range(draw(st.integers(0, 12))):
            parts += draw(_project(unit))
    for unit in draw(st.lists(st.sampled_from(units), max_size=3, unique=True)):
        parts += draw(_project(unit, carried=True))
    if not any(part.fund == "general_public_budget" and not part.carried for part in parts):
        parts.append(Part(units[0], draw(st.sampled_from(_GENERAL)), draw(amounts()), project="Z办公用房维修费"))
    return parts


@st.composite
def disclosures(draw: st.DrawFn) -> Disclosure:
    """A disclosure of a department with one to five units, or of one unit, in which everything adds up."""
    kind = draw(st.sampled_from(["department", "unit"]))
    name = "示例市示例局"
    entity = name + draw(st.sampled_from(["", "[部门]"])) if kind == "department" else name
    others = draw(st.lists(st.sampled_from(_UNITS), max_size=4, unique=True)) if kind == "department" else []
    units = (name, *others)
    organs = draw(st.lists(st.sampled_from(units), unique=True))
    forms = assemble(draw(_parts(units)), entity if kind == "department" else None, organs, draw(st.booleans()))
    targets = _targets(forms)
    return Disclosure(
        entity=entity,
        kind=kind,
        fiscal_year=draw(st.integers(2018, 2030)),
        place="示例市",
        supervisor=f"099-{entity}",
        duties="虚构的部门，用于测试。",
        units=units,
        invented=True,
        forms=forms,
        narrative=draw(_narrative(forms, targets)),
        targets=targets,
    )


def _project_rows(forms: Forms) -> list[Row]:
    return [row for row in forms.get(("projects", "expenditure"), ()) if row.unit and row.unit != row.item]


def _targets(forms: Forms) -> tuple[Target, ...]:
    """Performance-target tables of the first two projects: numbers that belong to no form."""
    return tuple(
        Target(row.item, row.unit or "", "1年", "一次性项目（1年结束）", money, money)
        for row in _project_rows(forms)[:2]
        for money in [{"local": int(row.amounts["total"] * 10_000)}]
    )


@st.composite
def _narrative(draw: st.DrawFn, forms: Forms, targets: tuple[Target, ...]) -> dict[str, str]:
    """The figures of part three that no form holds; changes fit the totals of the forms."""
    totals = {
        "revenue": forms["budget_summary", "revenue"][-1].amounts["total"],
        "general_public_budget": forms["general_public_expenditure", "expenditure"][0].amounts["total"],
    }
    if cost := forms.get(("operating_cost", "expenditure")):
        totals["operating_cost"] = cost[0].amounts["total"]
    stated = {
        "reason": "项目调整",
        "operating_cost_reason": "人员变动",
        "assets_date": "2017年12月31日",
    }
    for measure, now in totals.items():
        before = draw(amounts().filter(now.__ne__))
        stated |= {f"{measure}_change": str(now - before), f"{measure}_change_pct": str(share(now - before, before))}
    stated |= {"expenditure_change": stated["revenue_change"], "expenditure_change_pct": stated["revenue_change_pct"]}
    kinds = {kind: draw(st.just(Decimal(0)) | amounts()) for kind in ("goods", "works", "services")}
    vehicle_quota = draw(st.integers(0, 30))
    projects = _project_rows(forms)
    all_projects = sum((row.amounts["total"] for row in projects), Decimal(0))
    disclosed = sum((row.amounts["total"] for row in projects[: len(targets)]), Decimal(0))
    return {
        **stated,
        **{kind: str(amount) for kind, amount in kinds.items()},
        "procurement_total": str(sum(kinds.values())),
        "projects_under_performance_management": str(len(projects)),
        "performance_amount": str(all_projects),
        "projects_disclosed": str(len(targets)),
        "projects_disclosed_amount": str(disclosed),
        "projects_disclosed_pct": str(share(disclosed, all_projects)),
        "equipment": str(draw(st.integers(0, 9))),
        "vehicle_quota": str(vehicle_quota),
        "vehicles": str(draw(st.integers(0, vehicle_quota))),
        "office_area_m2": str(draw(amounts())),
    }


_PLANNED = {
    "general_public_budget": "general_public_expenditure",
    "government_funds": "government_fund_expenditure",
    "state_capital": "state_capital",
}
_FINAL_ECONOMIC = [name for group in CLASSIFICATIONS["economic_codes"].values() for name in group["items"]]


@st.composite
def final_accounts(draw: st.DrawFn) -> FinalAccounts:
    """What became of a random budget: of each planned item as much, more, less or nothing; some items unplanned."""
    budget = draw(disclosures())
    spending = [
        draw(_spent(row.code, fund, row.amounts.get("basic"), row.amounts.get("project")))
        for fund, form in _PLANNED.items()
        for row in budget.rows(form)
        if row.code and len(row.code) == 7
    ]
    planned = {one.code for one in spending}
    for code in draw(st.lists(st.sampled_from([c for c in _GENERAL if c not in planned]), max_size=2, unique=True)):
        spending.append(draw(_spent(code, "general_public_budget", None, draw(amounts()))))
        if draw(st.booleans()):  # more was paid back in the year than spent
            spending[-1] = replace(spending[-1], project=-draw(amounts()))
    for source in draw(st.lists(st.sampled_from([s for s in FINAL_SOURCES if s not in FUNDS]), unique=True)):
        spending.append(draw(_spent(draw(st.sampled_from(_GENERAL)), source, None, draw(amounts()))))
    basic = sum((one.basic for one in spending), Decimal(0))
    return FinalAccounts(
        budget=budget,
        spending=tuple(spending),
        economic=draw(_parted(basic)),
        three_public={part: draw(st.just(Decimal(0)) | amounts()) for part in _THREE_PUBLIC_PARTS},
        three_public_adjusted=draw(
            st.just({}) | st.fixed_dictionaries(dict.fromkeys(_THREE_PUBLIC_PARTS, st.just(Decimal(0)) | amounts()))
        ),
        surplus_used=draw(st.just(Decimal(0)) | amounts()),
        three_public_reason="厉行节约",
    )


def final_layouts() -> st.SearchStrategy[FinalLayout]:
    """Any way to set the forms of final accounts."""
    return st.builds(
        FinalLayout,
        university=st.sampled_from([False, False, True]),
        three_public=st.sampled_from(["pairs", "blocks", "rows"]),
        codes=st.sampled_from(["whole", "levels", "spanning"]),
        total=st.sampled_from(["first", "last", "head"]),
        row_numbers=st.booleans(),
        rows_per_page=st.sampled_from([0, 0, 7, 15]),
        units=st.sampled_from([(), ("元", "万元")]),
    )


_THREE_PUBLIC_PARTS = ("overseas", "vehicle_purchase", "vehicle_running", "reception")


@st.composite
def _spent(draw: st.DrawFn, code: str, source: str, basic: Decimal | None, project: Decimal | None) -> Spent:
    """An outcome for a planned item: what was opened and received is spent or left."""
    spent = [draw(st.just(plan) | amounts() | st.just(Decimal(0))) if plan else Decimal(0) for plan in (basic, project)]
    opening, closing = (draw(st.just(Decimal(0)) | amounts()) for _ in range(2))
    received = max(sum(spent) + closing - opening, Decimal(0))
    reason = draw(st.sampled_from(["", "年中追加预算", "项目进度慢于预期"]))
    return Spent(code, source, opening, received, *spent, reason)


@st.composite
def _parted(draw: st.DrawFn, whole: Decimal) -> dict[str, Decimal]:
    """`whole` in random parts, by economic item."""
    if not whole:
        return {}
    cents = int(whole * 100)
    cuts = draw(st.sets(st.integers(1, cents - 1), max_size=len(_FINAL_ECONOMIC) - 1)) if cents > 1 else set()
    names = draw(st.permutations(_FINAL_ECONOMIC))
    ends = [0, *sorted(cuts), cents]
    return {name: Decimal(end - start) / 100 for name, (start, end) in zip(names, pairwise(ends), strict=False)}
