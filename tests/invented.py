"""Tidy tables of an invented department, 示例市示例局, in two years: small, consistent, known by heart.

Amounts are given in 万元 as the forms print them.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd

from budgetlib.tables.corpus import Corpus, load
from budgetlib.tables.schemas import DOCUMENTS, LINES, PAGES, STATEMENTS, TABLES
from budgetlib.tables.store import write_table

ENTITY = "示例市示例局"
CENTRE = "示例市示例中心"
REASON = "新增信息化项目，人员有所增加"

FORM_PAGES = {
    "budget_summary": 4,
    "expenditure": 6,
    "general_public_expenditure": 8,
    "basic_by_economic": 9,
    "three_public": 12,
    "operating_cost": 13,
    "projects": 14,
}

# code, item, row_kind, basic, project
FUNCTIONS = {
    2025: [
        (None, "合计", "total", "400.00", "200.00"),
        ("201", "一般公共服务支出", "subtotal", "330.00", "200.00"),
        ("20103", "政府办公厅（室）及相关机构事务", "subtotal", "330.00", "200.00"),
        ("2010301", "行政运行", "line", "330.00", None),
        ("2010302", "一般行政管理事务", "line", None, "150.00"),
        ("2010306", "政务公开审批", "line", None, "50.00"),
        ("208", "社会保障和就业支出", "subtotal", "70.00", None),
        ("20805", "行政事业单位养老支出", "subtotal", "70.00", None),
        ("2080505", "机关事业单位基本养老保险缴费支出", "line", "70.00", None),
    ],
    2026: [
        (None, "合计", "total", "420.50", "245.25"),
        ("201", "一般公共服务支出", "subtotal", "345.50", "245.25"),
        ("20103", "政府办公厅（室）及相关机构事务", "subtotal", "345.50", "245.25"),
        ("2010301", "行政运行", "line", "345.50", None),
        ("2010302", "一般行政管理事务", "line", None, "115.25"),
        ("2010399", "其他政府办公厅（室）及相关机构事务支出", "line", None, "130.00"),
        ("208", "社会保障和就业支出", "subtotal", "75.01", None),
        ("20805", "行政事业单位养老支出", "subtotal", "75.01", None),
        ("2080505", "机关事业单位基本养老保险缴费支出", "line", "75.01", None),
    ],
}
# item, gov_item, row_kind, personnel, operating
ECONOMIC = {
    2025: [
        ("合计", None, "total", "340.00", "60.00"),
        ("工资福利支出", None, "subtotal", "340.00", None),
        ("基本工资", "工资奖金津补贴", "line", "260.00", None),
        ("基本工资", "工资福利支出", "line", "80.00", None),
        ("商品和服务支出", None, "subtotal", None, "60.00"),
        ("办公费", "办公经费", "line", None, "60.00"),
    ],
    2026: [
        ("合计", None, "total", "358.00", "62.50"),
        ("工资福利支出", None, "subtotal", "358.00", None),
        ("基本工资", "工资奖金津补贴", "line", "270.00", None),
        ("基本工资", "工资福利支出", "line", "88.00", None),
        ("商品和服务支出", None, "subtotal", None, "62.50"),
        ("办公费", "办公经费", "line", None, "40.50"),
        ("差旅费", "办公经费", "line", None, "22.00"),
    ],
}
# item, row_kind, unit, total
PROJECTS = {
    2025: [
        (ENTITY, "total", None, "200.00"),
        (ENTITY, "subtotal", ENTITY, "150.00"),
        ("J综合窗口服务费", "line", ENTITY, "90.00"),
        ("Z旧平台维护费", "line", ENTITY, "60.00"),
        (CENTRE, "subtotal", CENTRE, "50.00"),
        ("J综合窗口服务费", "line", CENTRE, "50.00"),
    ],
    2026: [
        (ENTITY, "total", None, "245.25"),
        (ENTITY, "subtotal", ENTITY, "195.25"),
        ("J综合窗口服务费", "line", ENTITY, "65.25"),
        ("Z示例市政务服务一体化平台升级改造及三年运行维护服务项目", "line", ENTITY, "130.00"),
        (CENTRE, "subtotal", CENTRE, "50.00"),
        ("J综合窗口服务费", "line", CENTRE, "50.00"),
    ],
}
SUMMARY = {
    2025: [("一般公共服务支出", "line", "530.00"), ("社会保障和就业支出", "line", "70.00")],
    2026: [("一般公共服务支出", "line", "590.75"), ("社会保障和就业支出", "line", "75.01")],
}
TOTAL = {2025: "600.00", 2026: "665.75"}
THREE_PUBLIC = {2025: "5.00", 2026: "4.50"}
OPERATING_COST = {2025: "60.00", 2026: "62.50"}
# section, measure, value in 万元 / percent / count, unit, reason
STATEMENTS_2026 = [
    (1, "expenditure_total", "665.75", "yuan", None),
    (1, "expenditure_change", "65.75", "yuan", REASON),
    (1, "expenditure_change_pct", "10.96", "percent", REASON),
    (5, "general_public_budget", "665.75", "yuan", None),
    (5, "general_public_budget_change", "65.75", "yuan", None),
    (5, "general_public_budget_change_pct", "10.96", "percent", None),
    (7, "three_public_total", "4.50", "yuan", None),
    (7, "three_public_change", "-0.50", "yuan", "厉行节约"),
    (8, "operating_cost", "62.50", "yuan", None),
    (8, "operating_cost_change", "2.50", "yuan", "差旅增加"),
    (8, "operating_cost_change_pct", "4.17", "percent", "差旅增加"),
    (9, "procurement_total", "150.00", "yuan", None),
    (9, "goods", "20.00", "yuan", None),
    (9, "works", "0", "yuan", None),
    (9, "services", "130.00", "yuan", None),
    (10, "projects_under_performance_management", "3", "count", None),
]


def corpus(folder: Path, **changes: Any) -> Corpus:
    """Both years, written to `folder` and loaded again; `changes` are given to `write`."""
    write(folder, **changes)
    return load(folder)


def write(folder: Path, years: tuple[int, ...] = (2025, 2026), others: Any = (), **about: Any) -> None:
    """The tables of `years` as a tidy folder; `about` overrides columns of `documents`.

    `others` are further documents, of which nothing was read.
    """
    nothing = {table.name: table.frame([]) for table in TABLES}
    unread = [nothing | {"documents": DOCUMENTS.frame([_document(n) | other])} for n, other in enumerate(others)]
    write_tables(folder, [tables(year, **about) for year in years] + unread)


def write_tables(folder: Path, parts: list[dict[str, pd.DataFrame]]) -> None:
    """Several documents' tables as one tidy folder."""
    for table in TABLES:
        write_table(pd.concat([part[table.name] for part in parts], ignore_index=True), table, folder)


def tables(year: int, **about: Any) -> dict[str, pd.DataFrame]:
    """The tables of one year; those that the invented disclosure has nothing for are empty."""
    document_id = f"{year:016d}"
    return {table.name: table.frame([]) for table in TABLES} | {
        "documents": DOCUMENTS.frame([_document(year) | about]),
        "pages": PAGES.frame({"document_id": document_id} | page for page in _pages(year)),
        "lines": LINES.frame({"document_id": document_id} | line for line in _lines(year)),
        "statements": STATEMENTS.frame({"document_id": document_id} | row for row in _statements(year)),
    }


def _document(year: int) -> dict[str, Any]:
    return {
        "document_id": f"{year:016d}",
        "path": f"{ENTITY}-{year}.pdf",
        "sha256": f"{year:064d}",
        "media_type": "application/pdf",
        "pages": 20,
        "entity": ENTITY,
        "department_id": ENTITY,
        "disclosure_id": f"{ENTITY}-{year}-budget",
        "entity_kind": "department",
        "place": "示例市",
        "fiscal_year": year,
        "document_kind": "budget",
        "outcome": "partial" if year == 2026 else "ok",
        "reason": "1 of 18 pages not read (18): see table pages" if year == 2026 else None,
        "parser_version": "0.1.0",
    }


def yuan(ten_thousands: str) -> Decimal:
    return Decimal(ten_thousands) * 10_000


def _pages(year: int) -> list[dict[str, Any]]:
    read = [
        {"page": page, "kind": "form", "form": form, "source": "text", "outcome": "read"}
        for form, page in FORM_PAGES.items()
    ]
    other = [
        {"page": 1, "kind": "cover", "source": "text", "outcome": "not_a_form"},
        {
            "page": 10,
            "kind": "form",
            "form": "government_fund_expenditure",
            "source": "text",
            "outcome": "declared_empty",
        },
        {"page": 16, "kind": "narrative", "source": "text", "outcome": "read"},
        {
            "page": 18,
            "kind": "other",
            "source": "none",
            "outcome": "unreadable",
            "reason": "the page is a picture without a text layer",
        },
    ]
    known = {page["page"] for page in read + other}
    blank = [{"page": page, "kind": "blank", "source": "text", "outcome": "not_a_form"} for page in range(1, 21)]
    return sorted(read + other + [page for page in blank if page["page"] not in known], key=lambda page: page["page"])


def _line(form: str, row: int, kind: str, item: str, measure: str, amount: str, **more: Any) -> dict[str, Any]:
    return {
        "form": form,
        "side": "expenditure",
        "row": row,
        "row_kind": kind,
        "item": item,
        "measure": measure,
        "amount_yuan": yuan(amount),
        "published_text": amount,
        "published_unit": "万元",
        "page": FORM_PAGES[form],
    } | more


def _lines(year: int) -> list[dict[str, Any]]:
    lines = []
    for form in ("expenditure", "general_public_expenditure"):
        for row, (code, item, kind, basic, project) in enumerate(FUNCTIONS[year], 1):
            total = TOTAL[year] if kind == "total" else str(Decimal(basic or 0) + Decimal(project or 0))
            amounts = {"total": total, "basic": basic, "project": project}
            lines += [_line(form, row, kind, item, m, a, code=code) for m, a in amounts.items() if a is not None]
    for row, (item, gov_item, kind, personnel, operating) in enumerate(ECONOMIC[year], 1):
        total = str(Decimal(personnel or 0) + Decimal(operating or 0))
        amounts = {"total": total, "personnel": personnel, "operating": operating}
        for measure, amount in amounts.items():
            if amount is not None:
                lines.append(_line("basic_by_economic", row, kind, item, measure, amount, gov_item=gov_item))
    for row, (item, kind, unit, total) in enumerate(PROJECTS[year], 1):
        lines.append(_line("projects", row, kind, item, "total", total, unit=unit))
    summary = [*SUMMARY[year], ("本年支出合计", "total", TOTAL[year]), ("支出总计", "total", TOTAL[year])]
    lines += [_line("budget_summary", row, kind, item, "total", a) for row, (item, kind, a) in enumerate(summary, 1)]
    lines.append(_line("budget_summary", 4, "total", "收入总计", "total", TOTAL[year], side="revenue"))
    lines.append(_line("three_public", 1, "total", "合计", "total", THREE_PUBLIC[year]))
    lines.append(_line("operating_cost", 1, "total", "部门合计", "total", OPERATING_COST[year]))
    return lines


def _statements(year: int) -> list[dict[str, Any]]:
    if year != 2026:
        return []
    return [
        {
            "section": section,
            "measure": measure,
            "value": yuan(value) if unit == "yuan" else Decimal(value),
            "value_unit": unit,
            "reason": reason,
            "sentence": f"{measure} {value}",
            "page": 16,
        }
        for section, measure, value, unit, reason in STATEMENTS_2026
    ]
