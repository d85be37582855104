"""What a departmental budget disclosure says, without how it looks.

Amounts are in 万元 as printed (`Decimal`, two decimals); those of performance-target tables in yuan.
A blank cell is an amount that is not there, never zero.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

FACTS = Path(__file__).with_name("facts")
CLASSIFICATIONS: Mapping[str, Any] = tomllib.loads(
    Path(__file__).with_name("classifications.toml").read_text(encoding="utf-8")
)

_FUNDS = ("general_public_budget", "government_funds", "state_capital")
_SOURCES = (*_FUNDS, "fiscal_special_account", "unit_funds")

LABELS: Mapping[str, tuple[str, ...]] = {
    "budget_summary": ("item",),
    "revenue": ("code", "item"),
    "expenditure": ("code", "item"),
    "appropriation_summary": ("item",),
    "general_public_expenditure": ("code", "item"),
    "basic_by_economic": ("item", "gov_item"),
    "government_fund_revenue": ("code", "item"),
    "government_fund_expenditure": ("code", "item"),
    "state_capital": ("code", "item"),
    "three_public": ("item",),
    "operating_cost": ("item",),
    "projects": ("unit", "item"),
    "projects_carryover": ("unit", "item"),
}
"""What stands to the left of the amounts; `unit` is known but not printed."""

MEASURES: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("budget_summary", "revenue"): ("total",),
    ("budget_summary", "expenditure"): ("total", "current_year", "carryover"),
    ("revenue", "revenue"): ("total", *_SOURCES, "carryover"),
    ("expenditure", "expenditure"): ("total", "basic", "project"),
    ("appropriation_summary", "revenue"): ("total",),
    ("appropriation_summary", "expenditure"): ("total", *_FUNDS),
    ("general_public_expenditure", "expenditure"): ("total", "basic", "project"),
    ("basic_by_economic", "expenditure"): ("total", "personnel", "operating"),
    ("government_fund_revenue", "revenue"): ("total",),
    ("government_fund_expenditure", "expenditure"): ("total", "basic", "project"),
    ("state_capital", "revenue"): ("total",),
    ("state_capital", "expenditure"): ("total", "basic", "project"),
    ("three_public", "expenditure"): ("total", *_FUNDS),
    ("operating_cost", "expenditure"): ("total", *_FUNDS),
    ("projects", "expenditure"): ("total", *_SOURCES),
    ("projects_carryover", "expenditure"): ("total", *_FUNDS),
}
"""The money columns of each form and side, from left to right."""


@dataclass(frozen=True)
class Row:
    """One row of a form: what it is about and its amounts by measure, blanks left out."""

    item: str
    amounts: Mapping[str, Decimal]
    code: str | None = None
    gov_item: str | None = None
    unit: str | None = None

    @classmethod
    def read(cls, form: str, side: str, cells: Sequence[str]) -> Row:
        """`cells` as the facts hold them: labels, then amounts, trailing blanks left out."""
        labels = dict(zip(LABELS[form], cells, strict=False))
        printed = zip(MEASURES[form, side], cells[len(LABELS[form]) :], strict=False)
        amounts = {measure: Decimal(text) for measure, text in printed if text}
        return cls(amounts=amounts, **{name: text or None for name, text in labels.items()})  # type: ignore[arg-type]


@dataclass(frozen=True)
class Target:
    """One project's performance-target table; money in yuan by source (central, province, local, own, other)."""

    name: str
    unit: str
    period: str
    attribute: str
    total: Mapping[str, int]
    annual: Mapping[str, int]
    indicators: tuple[tuple[str, str, str, str], ...] = ()
    """First, second and third level, and the value aimed at."""


@dataclass(frozen=True)
class Section:
    """One section of the guidance catalogue: for which kind of department, and (code, level, name)."""

    name: str
    items: tuple[tuple[str, int, str], ...]


@dataclass(frozen=True)
class Disclosure:
    """One document: who publishes what for which year."""

    entity: str
    kind: str
    fiscal_year: int
    place: str
    supervisor: str
    duties: str
    units: tuple[str, ...]
    invented: bool
    forms: Mapping[tuple[str, str], tuple[Row, ...]]
    narrative: Mapping[str, Any]
    declaration: Mapping[str, Any] = field(default_factory=lambda: {"kind": "none"})
    targets: tuple[Target, ...] = ()
    catalogue: tuple[Section, ...] = ()
    catalogue_title: str = "山西省部门政府购买服务指导性目录"
    catalogue_edition: str | None = None

    def rows(self, form: str, side: str = "expenditure") -> tuple[Row, ...]:
        """The rows of one side of a form, in printed order; none where the form is empty."""
        return self.forms.get((form, side), ())

    def amount(self, form: str, item: str, measure: str = "total", side: str = "expenditure") -> Decimal:
        """What the first row named `item` says; zero where it is blank."""
        for row in self.rows(form, side):
            if row.item == item:
                return row.amounts.get(measure, Decimal(0))
        return Decimal(0)


def read_facts(path: Path) -> Disclosure:
    """The disclosure that a facts file describes."""
    facts = tomllib.loads(path.read_text(encoding="utf-8"))
    forms = {
        (form, side): tuple(Row.read(form, side, cells) for cells in rows)
        for form, sides in facts.pop("forms").items()
        for side, rows in sides.items()
    }
    targets = tuple(
        Target(**{**target, "indicators": tuple(map(tuple, target.get("indicators", ())))})
        for target in facts.pop("targets", ())
    )
    catalogue = tuple(
        Section(section["name"], tuple((code, level, name) for code, level, name in section["items"]))
        for section in facts.pop("catalogue", ())
    )
    units = tuple(facts.pop("units"))
    return Disclosure(forms=forms, targets=targets, catalogue=catalogue, units=units, **facts)
