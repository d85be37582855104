"""From the smallest parts of a budget to the 13 forms: whatever is put in, the forms add up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import chain

from tests.typesetting.disclosure import CLASSIFICATIONS, Row
from tests.typesetting.forms import FUNCTIONS, FUNDS

NAMES: Mapping[str, str] = CLASSIFICATIONS["names"]
SOURCES = dict(
    zip(
        ("general_public_budget", "government_funds", "state_capital", "fiscal_special_account", "unit_funds"),
        FUNDS,
        strict=True,
    )
)
APPROPRIATED = tuple(SOURCES)[:3]

Forms = Mapping[tuple[str, str], tuple[Row, ...]]


@dataclass(frozen=True)
class Part:
    """Money of one unit for one function item from one fund: an economic item of basic expenditure, or a project's."""

    unit: str
    code: str
    amount: Decimal
    """万元, above zero."""
    economic: tuple[str, str] | None = None
    """The department's and the government's economic item; None for projects."""
    project: str | None = None
    fund: str = "general_public_budget"
    carried: bool = False
    """Left over from the year before (上年结转)."""


Columns = Callable[[Part], tuple[str, ...]]


def assemble(parts: Sequence[Part], department: str | None, organs: Iterable[str], unit_trees: bool = False) -> Forms:
    """The 13 forms of a `department`, or of one unit where that is None.

    `organs` are the units whose operating expenditure is operating cost of organs (机关运行经费). With `unit_trees`
    forms of expenditure by function list the functions of each unit below it.
    """
    functions = _unit_trees if unit_trees else _tree
    current = [part for part in parts if not part.carried]
    carried = [part for part in parts if part.carried]
    by_fund = {fund: [part for part in current if part.fund == fund] for fund in APPROPRIATED}
    appropriated = [part for part in parts if part.fund in APPROPRIATED]
    funds, capital = by_fund["government_funds"], by_fund["state_capital"]
    forms = {
        ("budget_summary", "revenue"): _received(parts, SOURCES, "上年结转"),
        ("budget_summary", "expenditure"): _by_class(parts, _by_year),
        ("revenue", "revenue"): _tree(parts, lambda part: ("carryover",) if part.carried else _by_source(part)),
        ("expenditure", "expenditure"): functions(parts, _basic_or_project),
        ("appropriation_summary", "revenue"): _received(appropriated, APPROPRIATED, "上年财政拨款结转"),
        ("appropriation_summary", "expenditure"): _by_class(appropriated, _by_source),
        ("general_public_expenditure", "expenditure"): functions(by_fund["general_public_budget"], _basic_or_project),
        ("basic_by_economic", "expenditure"): _economic(parts),
        ("government_fund_revenue", "revenue"): _earned(funds),
        ("government_fund_expenditure", "expenditure"): functions(funds, _basic_or_project),
        ("state_capital", "revenue"): _earned(capital),
        ("state_capital", "expenditure"): _tree(capital, _basic_or_project),
        ("three_public", "expenditure"): _three_public(parts),
        ("operating_cost", "expenditure"): _operating_cost(parts, organs),
        ("projects", "expenditure"): _projects(current, department),
        ("projects_carryover", "expenditure"): _projects(carried, department),
    }
    return {key: tuple(rows) for key, rows in forms.items() if rows}


def _by_source(part: Part) -> tuple[str, ...]:
    return "total", part.fund


def _by_year(part: Part) -> tuple[str, ...]:
    return "total", "carryover" if part.carried else "current_year"


def _basic_or_project(part: Part) -> tuple[str, ...]:
    return "total", "basic" if part.economic else "project"


def _personnel_or_operating(part: Part) -> tuple[str, ...]:
    personnel = any(list(part.economic or ()) in CLASSIFICATIONS["economic"][g] for g in CLASSIFICATIONS["personnel"])
    return "total", "personnel" if personnel else "operating"


def _total(part: Part) -> tuple[str, ...]:
    return ("total",)


def _sum(parts: Iterable[Part], columns: Columns) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for part in parts:
        for measure in columns(part):
            sums[measure] = sums.get(measure, Decimal(0)) + part.amount
    return sums


def _tree(parts: Sequence[Part], columns: Columns, code: Callable[[Part], str] = lambda part: part.code) -> list[Row]:
    """The total, then every class, section and item in the order of the codes."""
    codes = sorted({code(part)[:length] for part in parts for length in (3, 5, 7)})
    rows = [Row(NAMES[c], _sum((part for part in parts if code(part).startswith(c)), columns), c) for c in codes]
    return [Row("合计", _sum(parts, columns)), *rows] if rows else []


def _unit_trees(parts: Sequence[Part], columns: Columns) -> list[Row]:
    """The total, then each unit with its classes, sections and items."""
    rows: list[Row] = []
    for unit in dict.fromkeys(part.unit for part in parts):
        _, *of_unit = _tree([part for part in parts if part.unit == unit], columns)
        rows.append(Row(unit, _sum((part for part in parts if part.unit == unit), columns), unit=unit))
        rows += [replace(row, unit=unit) for row in of_unit]
    return [Row("合计", _sum(parts, columns)), *rows] if rows else []


def _earned(parts: Sequence[Part]) -> list[Row]:
    return _tree(parts, _total, lambda part: CLASSIFICATIONS["earned_as"][part.code])


def _by_class(parts: Sequence[Part], columns: Columns) -> list[Row]:
    """The classes in the order of the summaries, which is not that of the codes, and the totals."""
    rows = [Row(name, _sum((p for p in parts if NAMES[p.code[:3]] == name), columns)) for name in FUNCTIONS]
    total = _sum(parts, columns)
    return [row for row in [*rows, Row("本年支出合计", total), Row("支出总计", total)] if row.amounts]


def _received(parts: Sequence[Part], funds: Iterable[str], carryover: str) -> list[Row]:
    """What comes in by fund, the carryover (in the appropriation summary by fund again), the totals."""
    current = [part for part in parts if not part.carried]
    carried = [part for part in parts if part.carried]
    again = funds if carryover == "上年财政拨款结转" else ()
    rows = [
        *(Row(SOURCES[fund], _sum((p for p in current if p.fund == fund), _total)) for fund in funds),
        Row("本年收入合计", _sum(current, _total)),
        Row(carryover, _sum(carried, _total)),
        *(Row(SOURCES[fund], _sum((p for p in carried if p.fund == fund), _total)) for fund in again),
        Row("收入总计", _sum(parts, _total)),
    ]
    return [row for row in rows if row.amounts]


def _economic(parts: Sequence[Part]) -> list[Row]:
    rows = [Row("合计", _sum((part for part in parts if part.economic), _personnel_or_operating))]
    for group, pairs in CLASSIFICATIONS["economic"].items():
        of_group = [[p for p in parts if p.economic == (item, gov_item)] for item, gov_item in pairs]
        rows.append(Row(group, _sum(chain(*of_group), _personnel_or_operating)))
        for (item, gov_item), of_item in zip(pairs, of_group, strict=True):
            rows.append(Row(item, _sum(of_item, _personnel_or_operating), gov_item=gov_item))
    return [row for row in rows if row.amounts]


def _three_public(parts: Sequence[Part]) -> list[Row]:
    rows = [
        Row(name, _sum((part for part in parts if part.economic and part.economic[0] in items), _by_source))
        for name, items in CLASSIFICATIONS["three_public"].items()
    ]
    return [row for row in rows if row.amounts]


def _operating_cost(parts: Sequence[Part], organs: Iterable[str]) -> list[Row]:
    operating = [part for part in parts if part.economic and "operating" in _personnel_or_operating(part)]
    rows = [Row(unit, _sum((part for part in operating if part.unit == unit), _by_source)) for unit in organs]
    total = _sum((part for part in operating if part.unit in set(organs)), _by_source)
    return [row for row in [Row("部门合计", total), *rows] if row.amounts]


def _projects(parts: Sequence[Part], department: str | None) -> list[Row]:
    """The department's row, then each unit with its projects; units without projects have no row."""
    spent = [part for part in parts if part.project]
    rows = [Row(department, _sum(spent, _by_source))] if department and spent else []
    for unit in dict.fromkeys(part.unit for part in spent):
        own = [part for part in spent if part.unit == unit]
        rows.append(Row(unit, _sum(own, _by_source), unit=unit))
        for name in dict.fromkeys(part.project or "" for part in own):
            rows.append(Row(name, _sum((part for part in own if part.project == name), _by_source), unit=unit))
    return rows
