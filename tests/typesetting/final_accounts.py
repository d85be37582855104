"""What final accounts (部门决算公开) say, from the smallest parts up: whatever is put in, the nine forms add up.

The plan is that of a budget: `FinalAccounts` holds the `Disclosure` whose year they close. Amounts are in 万元.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.typesetting.assemble import NAMES
from tests.typesetting.disclosure import CLASSIFICATIONS, FACTS, Disclosure, Row, read_facts
from tests.typesetting.forms import FUNCTIONS

FINAL_ACCOUNTS = FACTS / "final_accounts"
FUNDS = {
    "general_public_budget": "一般公共预算财政拨款",
    "government_funds": "政府性基金预算财政拨款",
    "state_capital": "国有资本经营预算财政拨款",
}
SOURCES = {fund: f"{name}收入" for fund, name in FUNDS.items()} | {
    "superior_subsidy": "上级补助收入",
    "business_income": "事业收入",
    "operating_income": "经营收入",
    "subordinate_payments": "附属单位上缴收入",
    "other_income": "其他收入",
}
THREE_PUBLIC = {
    "total": "合计",
    "overseas": "因公出国（境）费",
    "vehicles_purchase_and_running": "公务用车购置及运行费",
    "vehicle_purchase": "公务用车购置费",
    "vehicle_running": "公务用车运行维护费",
    "reception": "公务接待费",
}
"""The measures of form 7 from left to right, and what the budget calls them."""
BESIDE_THREE_PUBLIC = {"meetings": "会议费", "training": "培训费"}
"""What some print beside them."""
_VEHICLES = ("vehicle_purchase", "vehicle_running")
_NOTHING = Decimal(0)

Forms = Mapping[tuple[str, str], tuple[Row, ...]]


@dataclass(frozen=True)
class Spent:
    """What became of the money for one function item from one source."""

    code: str
    source: str = "general_public_budget"
    opening: Decimal = _NOTHING
    received: Decimal = _NOTHING
    basic: Decimal = _NOTHING
    project: Decimal = _NOTHING
    reason: str = ""
    """Why the outcome differs from the plan."""

    @property
    def total(self) -> Decimal:
        """Spent in the year."""
        return self.basic + self.project

    @property
    def closing(self) -> Decimal:
        """Left when the year ends."""
        return self.opening + self.received - self.total


@dataclass(frozen=True)
class Evaluated:
    """What the department evaluated itself: its money, and the score of a hundred.

    That is a project, or all that it spends: then `unit` is empty, and `name` the department's own.
    """

    name: str
    unit: str
    budget: Decimal
    adjusted: Decimal
    executed: Decimal
    score: Decimal


@dataclass(frozen=True)
class FinalAccounts:
    """The final accounts of a year whose plan is `budget`."""

    budget: Disclosure
    spending: tuple[Spent, ...]
    economic: Mapping[str, Decimal]
    """Basic expenditure of the general public budget by economic item."""
    three_public: Mapping[str, Decimal]
    """Overseas travel, vehicles bought, vehicles run, reception."""
    surplus_used: Decimal = _NOTHING
    surplus_distributed: Decimal = _NOTHING
    three_public_adjusted: Mapping[str, Decimal] = field(default_factory=dict)
    """The plan of the three public expenses as changed in the year, part by part, where form 7 prints that one."""
    three_public_reason: str = ""
    evaluated: tuple[Evaluated, ...] = ()
    misprinted_rates: Mapping[str, Decimal] = field(default_factory=dict)
    """By code or measure, the rates that are printed in place of the right ones."""

    @property
    def entity(self) -> str:
        """Who publishes."""
        return self.budget.entity

    @property
    def fiscal_year(self) -> int:
        """The year that is closed."""
        return self.budget.fiscal_year

    def planned(self, code: str) -> Decimal:
        """What the budget plans for a function item from the general public budget; `""` is all."""
        rows = self.budget.rows("general_public_expenditure")
        of_code = [row for row in rows if row.code == code] if code else rows[:1]
        return sum((row.amounts["total"] for row in of_code), _NOTHING)

    def three_public_planned(self, measure: str) -> Decimal:
        """What the budget plans for one of the three public expenses."""
        return self.budget.amount("three_public", THREE_PUBLIC[measure])

    def three_public_spent(self, measure: str) -> Decimal:
        """What one of the three public expenses came to."""
        return _of_parts(self.three_public, measure)

    def three_public_in_form(self, measure: str) -> tuple[Decimal, Decimal]:
        """Plan and outcome of one of the three public expenses, or of meetings or training, as form 7 prints them."""
        if measure in BESIDE_THREE_PUBLIC:
            item = BESIDE_THREE_PUBLIC[measure]
            return self.budget.amount("basic_by_economic", item), self.economic.get(item, _NOTHING)
        changed = self.three_public_adjusted
        planned = _of_parts(changed, measure) if changed else self.three_public_planned(measure)
        return planned, self.three_public_spent(measure)

    def of_funds(self, *sources: str) -> list[Spent]:
        """The spending from some sources."""
        return [spent for spent in self.spending if spent.source in sources]


def _of_parts(amounts: Mapping[str, Decimal], measure: str) -> Decimal:
    parts = {"total": tuple(amounts), "vehicles_purchase_and_running": _VEHICLES}.get(measure, (measure,))
    return sum((amounts.get(part, _NOTHING) for part in parts), _NOTHING)


def read_final_accounts(path: Path) -> FinalAccounts:
    """The final accounts that a facts file describes; the budget is the facts file of its name in the folder above."""
    facts = tomllib.loads(path.read_text(encoding="utf-8"))
    return FinalAccounts(
        budget=read_facts(FACTS / f"{facts['budget']}.toml"),
        spending=tuple(Spent(**_decimals(spent)) for spent in facts["spending"]),
        economic=_decimals(facts["economic"]),
        three_public=_decimals(facts["three_public"]),
        three_public_reason=facts["three_public_reason"],
        evaluated=tuple(Evaluated(**_decimals(one)) for one in facts["evaluated"]),
        misprinted_rates=_decimals(facts["misprinted_rates"]),
    )


def _decimals(facts: Mapping[str, str]) -> dict[str, Any]:
    words = ("code", "source", "reason", "name", "unit")
    return {name: text if name in words else Decimal(text) for name, text in facts.items()}


def assemble_final(accounts: FinalAccounts) -> Forms:
    """The rows of the forms; in the two summaries also those without amounts, which they print too."""
    spending = accounts.spending
    general = accounts.of_funds("general_public_budget")
    forms = {
        ("final_summary", "revenue"): _received(accounts),
        ("final_summary", "expenditure"): _used(accounts),
        ("final_revenue", "revenue"): _tree(spending, _by_source),
        ("final_expenditure", "expenditure"): _tree(spending, _basic_and_project),
        ("final_appropriation_summary", "revenue"): _appropriated(accounts),
        ("final_appropriation_summary", "expenditure"): _appropriations_used(accounts),
        ("final_appropriation_expenditure", "expenditure"): _tree(accounts.of_funds(*FUNDS), _basic_and_project),
        ("final_general_public_expenditure", "expenditure"): _tree(general, _basic_and_project),
        ("final_basic_by_economic", "expenditure"): _economic(accounts.economic),
        ("final_government_fund", "expenditure"): _tree(accounts.of_funds("government_funds"), _balance),
        ("final_state_capital", "expenditure"): _tree(accounts.of_funds("state_capital"), _balance),
    }
    return {key: tuple(rows) for key, rows in forms.items()}


Amounts = Callable[[Spent], Mapping[str, Decimal]]


def _by_source(spent: Spent) -> dict[str, Decimal]:
    return {"total": spent.received, "appropriation" if spent.source in FUNDS else spent.source: spent.received}


def _basic_and_project(spent: Spent) -> dict[str, Decimal]:
    return {"total": spent.total, "basic": spent.basic, "project": spent.project}


def _by_fund(spent: Spent) -> dict[str, Decimal]:
    return {"total": spent.total, spent.source: spent.total}


def _left_by_fund(spent: Spent) -> dict[str, Decimal]:
    return {"total": spent.closing, spent.source: spent.closing}


def _balance(spent: Spent) -> dict[str, Decimal]:
    ends = {"opening_balance": spent.opening, "closing_balance": spent.closing}
    return {**ends, "revenue_of_the_year": spent.received, **_basic_and_project(spent)}


def _sum(spending: Iterable[Spent], amounts: Amounts) -> dict[str, Decimal]:
    """Sums by measure; nothing is a blank."""
    sums: dict[str, Decimal] = {}
    for spent in spending:
        for measure, amount in amounts(spent).items():
            sums[measure] = sums.get(measure, _NOTHING) + amount
    return {measure: amount for measure, amount in sums.items() if amount}


def _tree(spending: Sequence[Spent], amounts: Amounts) -> list[Row]:
    """The total, then every class, section and item with amounts in the order of the codes."""
    codes = sorted({spent.code[:length] for spent in spending for length in (3, 5, 7)})
    rows = [Row(NAMES[c], _sum((spent for spent in spending if spent.code.startswith(c)), amounts), c) for c in codes]
    return [row for row in [Row("合计", _sum(spending, amounts)), *rows] if row.amounts]


def _all(spending: Iterable[Spent], amount: str) -> Decimal:
    return sum((getattr(spent, amount) for spent in spending), _NOTHING)


def _row(item: str, amount: Decimal) -> Row:
    return Row(item, {"total": amount} if amount else {})


def _received(accounts: FinalAccounts) -> list[Row]:
    received = {name: _all(accounts.of_funds(source), "received") for source, name in SOURCES.items()}
    whole, opening = sum(received.values(), _NOTHING), _all(accounts.spending, "opening")
    return [
        *(_row(name, amount) for name, amount in received.items()),
        _row("本年收入合计", whole),
        _row("使用非财政拨款结余", accounts.surplus_used),
        _row("年初结转和结余", opening),
        _row("总计", whole + accounts.surplus_used + opening),
    ]


def _used(accounts: FinalAccounts) -> list[Row]:
    spent = _all(accounts.spending, "total")
    closing = _all(accounts.spending, "closing") + accounts.surplus_used - accounts.surplus_distributed
    return [
        *(_row(row.item, row.amounts.get("total", _NOTHING)) for row in _by_class(accounts.spending)),
        _row("本年支出合计", spent),
        _row("结余分配", accounts.surplus_distributed),
        _row("年末结转和结余", closing),
        _row("总计", spent + accounts.surplus_distributed + closing),
    ]


def _by_class(spending: Iterable[Spent]) -> list[Row]:
    spending = list(spending)
    return [Row(name, _sum((s for s in spending if NAMES[s.code[:3]] == name), _by_fund)) for name in FUNCTIONS]


def _appropriated(accounts: FinalAccounts) -> list[Row]:
    received = {name: _all(accounts.of_funds(fund), "received") for fund, name in FUNDS.items()}
    opening = {name: _all(accounts.of_funds(fund), "opening") for fund, name in FUNDS.items()}
    whole, before = sum(received.values(), _NOTHING), sum(opening.values(), _NOTHING)
    return [
        *(_row(name, amount) for name, amount in received.items()),
        _row("本年收入合计", whole),
        _row("年初财政拨款结转和结余", before),
        *(_row(name, amount) for name, amount in opening.items()),
        _row("总计", whole + before),
    ]


def _appropriations_used(accounts: FinalAccounts) -> list[Row]:
    spending = accounts.of_funds(*FUNDS)
    spent, left = _sum(spending, _by_fund), _sum(spending, _left_by_fund)
    total = {m: amount for m in ("total", *FUNDS) if (amount := spent.get(m, _NOTHING) + left.get(m, _NOTHING))}
    nothing: list[Row] = [Row("", {}) for _ in FUNDS]
    classes = _by_class(spending)
    return [*classes, Row("本年支出合计", spent), Row("年末财政拨款结转和结余", left), *nothing, Row("总计", total)]


def _economic(amounts: Mapping[str, Decimal]) -> list[Row]:
    """Every group with its items, the groups of personnel first, then both totals."""
    rows, totals = [], {"人员经费合计": _NOTHING, "公用经费合计": _NOTHING}
    for group, items in CLASSIFICATIONS["economic_codes"].items():
        own = [Row(name, {"total": amounts[name]}, code) for name, code in items["items"].items() if name in amounts]
        whole = sum((row.amounts["total"] for row in own), _NOTHING)
        totals["人员经费合计" if group in CLASSIFICATIONS["personnel"] else "公用经费合计"] += whole
        rows += [Row(group, {"total": whole}, items["code"]), *own] if own else []
    return [*rows, *(_row(name, amount) for name, amount in totals.items())]
