"""The sample data is what it says it is, and the invented department adds up to the last fen."""

from __future__ import annotations

import csv
import hashlib
import zlib
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Any

import pypdfium2
import pytest

from tests.typesetting.disclosure import FACTS, MEASURES, Disclosure, Row, read_facts
from tests.typesetting.final_accounts import FINAL_ACCOUNTS, read_final_accounts
from tests.typesetting.final_prose import executions_by_function, executions_of_three_public
from tests.typesetting.forms import FUNDS
from tests.typesetting.prose import INVENTED, RE_TYPESET
from tests.typesetting.sample import COLUMNS, RAW, sample_files
from tests.typesetting.stated_figures import GIVEN, share

DISCLOSURES = {path.stem: read_facts(path) for path in sorted(FACTS.glob("*.toml"))}
PUBLISHED = {name: disclosure for name, disclosure in DISCLOSURES.items() if not disclosure.invented}
(FINAL,) = FINAL_ACCOUNTS.glob("*.toml")
EXAMPLES = {name: disclosure for name, disclosure in DISCLOSURES.items() if disclosure.invented}
BY_CODE = (
    "revenue",
    "expenditure",
    "general_public_expenditure",
    "government_fund_revenue",
    "government_fund_expenditure",
)
BESIDE = (("revenue", "revenue"), "carryover")
"""A column that its form does not count in: the carryover stands beside the revenue of the year."""
SOURCES = MEASURES["projects", "expenditure"][1:]
PARTS = {
    key: [measure for measure in measures[1:] if (key, measure) != BESIDE]
    for key, measures in MEASURES.items()
    if len(measures) > 1
}

published = pytest.mark.parametrize("name", PUBLISHED)
examples = pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES.keys())
years = pytest.mark.parametrize(
    ("before", "now"), [*pairwise(sorted(EXAMPLES.values(), key=lambda example: example.fiscal_year))]
)


def manifest() -> list[dict[str, str]]:
    with (RAW / "manifest.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def first_page(name: str) -> str:
    with pypdfium2.PdfDocument(RAW / f"{name}.pdf") as document:
        return "".join(document[0].get_textpage().get_text_range().split())


def squeezed(words: str) -> str:
    return "".join(words.split())


def total(rows: Any, measure: str = "total") -> Decimal:
    return sum((row.amounts.get(measure, Decimal(0)) for row in rows), Decimal(0))


def test_the_manifest_lists_every_file_with_its_hash() -> None:
    listed = {row["file"]: row["sha256"] for row in manifest()}
    assert listed == {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in RAW.glob("*.pdf")}


def test_the_manifest_has_the_columns_that_a_corpus_needs() -> None:
    assert {tuple(row) for row in manifest()} == {COLUMNS}


@pytest.mark.skipif("ng" in zlib.ZLIB_RUNTIME_VERSION, reason="this Python's zlib is zlib-ng: it packs to other bytes")
def test_typesetting_the_facts_again_gives_the_sample_data_byte_for_byte() -> None:
    assert [name for name, content in sample_files() if (RAW / name).read_bytes() != content] == []


@published
def test_the_first_page_and_its_foot_say_that_published_figures_were_typeset_again(name: str) -> None:
    assert first_page(name).count(squeezed(RE_TYPESET)) == 2


@pytest.mark.parametrize("name", [*EXAMPLES, FINAL.stem])
def test_the_first_page_and_its_foot_say_that_an_example_is_invented(name: str) -> None:
    page = first_page(name)
    assert page.count(squeezed(INVENTED)) == 2
    assert squeezed(RE_TYPESET) not in page


def test_the_manifest_says_of_each_file_what_its_first_page_says() -> None:
    said = {row["file"].removesuffix(".pdf"): row["note"] for row in manifest()}
    marks = {name: INVENTED if disclosure.invented else RE_TYPESET for name, disclosure in DISCLOSURES.items()}
    assert {name: said[name].startswith(mark) for name, mark in marks.items()} == dict.fromkeys(marks, True)


def test_only_the_department_that_bears_the_name_of_an_example_is_invented() -> None:
    assert {disclosure.entity for disclosure in EXAMPLES.values()} == {"示例市示例局"}
    assert not [disclosure.entity for disclosure in PUBLISHED.values() if "示例" in disclosure.entity]


def test_each_file_is_small() -> None:
    assert [path.name for path in RAW.glob("*.pdf") if path.stat().st_size > 400_000] == []


def test_a_units_own_projects_are_its_part_of_the_departments() -> None:
    department, unit = (
        PUBLISHED[f"{name}-2026"]
        for name in ("大同市行政审批服务管理局", "大同市公共资源交易中心（大同市政府采购中心）")
    )
    part = [row for row in department.rows("projects") if row.unit == unit.entity]
    assert part == list(unit.rows("projects"))
    assert len(part) == 13


@examples
def test_each_row_is_the_sum_of_its_columns(example: Disclosure) -> None:
    wrong = [
        (form, row.item)
        for (form, side), parts in PARTS.items()
        for row in example.rows(form, side)
        if row.amounts.get("total", 0) != sum(row.amounts.get(part, 0) for part in parts)
    ]
    assert wrong == []


@examples
@pytest.mark.parametrize("form", BY_CODE)
def test_parents_are_the_sums_of_their_children_and_the_total_of_the_classes(example: Disclosure, form: str) -> None:
    side = "revenue" if "revenue" in form else "expenditure"
    rows = {row.code or "": row.amounts for row in example.rows(form, side)}
    assert {code: sums_of_children(example.rows(form, side), code) for code in rows if len(code) < 7} == {
        code: amounts for code, amounts in rows.items() if len(code) < 7
    }


def sums_of_children(rows: tuple[Row, ...], code: str) -> dict[str, Decimal]:
    length = len(code) + 2 if code else 3
    children = [row for row in rows if row.code and len(row.code) == length and row.code.startswith(code)]
    return {measure: total(children, measure) for row in children for measure in row.amounts}


@examples
def test_both_halves_of_both_summaries_come_to_the_same(example: Disclosure) -> None:
    for form in ("budget_summary", "appropriation_summary"):
        received, spent = (example.rows(form, side)[-1].amounts["total"] for side in ("revenue", "expenditure"))
        assert received == spent == total(example.rows(form)[:-2])
    assert example.amount("budget_summary", "支出总计") == example.amount("expenditure", "合计")


@examples
def test_the_classes_of_the_summary_are_those_of_the_expenditure_form(example: Disclosure) -> None:
    classes = {row.item: row.amounts["total"] for row in example.rows("expenditure") if row.code and len(row.code) == 3}
    assert {row.item: row.amounts["total"] for row in example.rows("budget_summary")[:-2]} == classes


@examples
@pytest.mark.parametrize("form", ["budget_summary", "appropriation_summary"])
def test_the_revenue_of_a_summary_is_its_funds_and_what_was_left_of_them(example: Disclosure, form: str) -> None:
    funds = dict(zip(SOURCES, FUNDS, strict=True))
    current = {fund: example.rows("revenue", "revenue")[0].amounts.get(fund) for fund in funds}
    left = {fund: example.amount("projects_carryover", example.entity, fund) for fund in SOURCES[:3]}
    if form == "appropriation_summary":
        current = {fund: current[fund] for fund in SOURCES[:3]}
    this_year, last_year = sum(filter(None, current.values())), sum(left.values())
    again = left if form == "appropriation_summary" else {}
    carried = {"上年财政拨款结转" if again else "上年结转": last_year}
    rows = [*named(current, funds), ("本年收入合计", this_year), *carried.items(), *named(again, funds)]
    rows.append(("收入总计", this_year + last_year))
    assert [(row.item, row.amounts["total"]) for row in example.rows(form, "revenue")] == [r for r in rows if r[1]]


def named(amounts: dict[str, Any], names: dict[str, str]) -> list[tuple[str, Any]]:
    return [(names[fund], amount) for fund, amount in amounts.items()]


@examples
def test_appropriations_are_the_forms_of_their_funds_and_what_was_left_of_them(example: Disclosure) -> None:
    forms = ("general_public_expenditure", "government_fund_expenditure", "state_capital")
    for fund, form in zip(SOURCES[:3], forms, strict=True):
        carried = example.amount("projects_carryover", example.entity, fund)
        assert example.amount("appropriation_summary", "支出总计", fund) == example.amount(form, "合计") + carried


@examples
def test_basic_expenditure_is_the_same_by_function_and_by_economic_item(example: Disclosure) -> None:
    assert example.amount("general_public_expenditure", "合计", "basic") == example.amount("basic_by_economic", "合计")


@examples
def test_groups_of_economic_items_are_the_sums_of_their_items(example: Disclosure) -> None:
    _, *rows = example.rows("basic_by_economic")
    groups = [i for i, row in enumerate(rows) if row.gov_item is None]
    for start, end in pairwise([*groups, len(rows)]):
        assert rows[start].amounts["total"] == total(rows[start + 1 : end]), rows[start].item
    assert total(rows[i] for i in groups) == example.amount("basic_by_economic", "合计")


@pytest.mark.parametrize(
    "rows",
    [rows for e in EXAMPLES.values() for form in ("projects", "projects_carryover") if (rows := e.rows(form))],
    ids=["2025", "2026", "2026 carryover"],
)
def test_projects_add_up_to_their_units_and_units_to_the_department(rows: tuple[Row, ...]) -> None:
    department, *rest = rows
    units = [row for row in rest if row.item == row.unit]
    assert department.amounts["total"] == total(units) > 0
    assert {u.item: u.amounts["total"] for u in units} == {
        u.item: total(row for row in rest if row.unit == u.item and row is not u) for u in units
    }


@examples
def test_the_project_column_is_the_projects_of_this_year_and_those_carried_over(example: Disclosure) -> None:
    forms = [example.amount(form, example.entity) for form in ("projects", "projects_carryover")]
    assert example.amount("expenditure", "合计", "project") == sum(forms)


@examples
def test_three_public_expenses_are_the_economic_items_of_the_same_name(example: Disclosure) -> None:
    def stated(item: str) -> Decimal:
        return example.amount("three_public", item)

    def economic(item: str) -> Decimal:
        return total(row for row in example.rows("basic_by_economic") if row.item == item)

    assert stated("公务接待费") == economic("公务接待费")
    assert stated("公务用车运行维护费") == economic("公务用车运行维护费")
    assert stated("公务用车购置费") == economic("公务用车购置")
    assert stated("公务用车购置及运行费") == stated("公务用车购置费") + stated("公务用车运行维护费")
    assert stated("合计") == stated("因公出国（境）费") + stated("公务接待费") + stated("公务用车购置及运行费")


@examples
def test_operating_cost_is_the_sum_of_its_units(example: Disclosure) -> None:
    first, *units = example.rows("operating_cost")
    assert first.amounts["total"] == total(units) <= example.amount("basic_by_economic", "合计", "operating")


@examples
def test_goods_works_and_services_are_all_procurement(example: Disclosure) -> None:
    stated = {kind: Decimal(example.narrative[kind]) for kind in ("goods", "works", "services")}
    assert sum(stated.values()) == Decimal(example.narrative["procurement_total"])
    assert min(stated.values()) > 0


@examples
def test_performance_targets_have_the_money_of_their_projects(example: Disclosure) -> None:
    projects = {(row.unit, row.item): row.amounts["total"] for row in example.rows("projects")}
    annual = {(t.unit, t.name): Decimal(sum(t.annual.values())) / 10_000 for t in example.targets}
    rounded = {key: amount.quantize(Decimal("0.01"), ROUND_HALF_UP) for key, amount in annual.items()}
    assert rounded == {key: projects[key] for key in rounded}


@examples
def test_the_section_on_performance_counts_the_projects_and_their_money(example: Disclosure) -> None:
    projects = {(row.unit, row.item): row.amounts["total"] for row in example.rows("projects") if row.unit != row.item}
    del projects[None, example.entity]
    disclosed = sum((projects[target.unit, target.name] for target in example.targets), Decimal(0))
    money = sum(projects.values(), Decimal(0))
    assert {name: Decimal(example.narrative[name]) for name in GIVEN[10]} == {
        "projects_under_performance_management": len(projects),
        "performance_amount": money,
        "projects_disclosed": len(example.targets),
        "projects_disclosed_amount": disclosed,
        "projects_disclosed_pct": share(disclosed, money),
    }


@examples
def test_declared_items_stand_in_the_attached_catalogue(example: Disclosure) -> None:
    listed = {(code, name) for section in example.catalogue for code, _, name in section.items}
    assert {tuple(item) for item in example.declaration.get("items", ())} <= listed


def changes(before: Disclosure, now: Disclosure) -> Iterator[tuple[str, Decimal, Decimal]]:
    for measure, form, item, side in (
        ("revenue", "budget_summary", "收入总计", "revenue"),
        ("expenditure", "budget_summary", "支出总计", "expenditure"),
        ("general_public_budget", "general_public_expenditure", "合计", "expenditure"),
        ("three_public", "three_public", "合计", "expenditure"),
        ("overseas", "three_public", "因公出国（境）费", "expenditure"),
        ("reception", "three_public", "公务接待费", "expenditure"),
        ("vehicles_purchase_and_running", "three_public", "公务用车购置及运行费", "expenditure"),
        ("vehicle_purchase", "three_public", "公务用车购置费", "expenditure"),
        ("vehicle_running", "three_public", "公务用车运行维护费", "expenditure"),
        ("operating_cost", "operating_cost", "部门合计", "expenditure"),
    ):
        yield measure, before.amount(form, item, side=side), now.amount(form, item, side=side)


@years
def test_the_change_stated_is_the_difference_of_the_two_years(before: Disclosure, now: Disclosure) -> None:
    computed = {measure: new - old for measure, old, new in changes(before, now)}
    assert {measure: Decimal(now.narrative[f"{measure}_change"]) for measure in computed} == computed


@years
def test_the_percentage_stated_is_that_of_the_year_before(before: Disclosure, now: Disclosure) -> None:
    computed = {f"{measure}_change_pct": share(new - old, old) for measure, old, new in changes(before, now) if old}
    stated = {name: Decimal(now.narrative[name]) for name in computed if name in now.narrative}
    assert len(stated) == 4
    assert stated == {name: computed[name] for name in stated}


@years
def test_between_the_years_projects_and_functions_stay_come_and_go(before: Disclosure, now: Disclosure) -> None:
    for form in ("projects", "expenditure"):
        old, new = ({(row.unit, row.code, row.item) for row in example.rows(form)} for example in (before, now))
        assert old & new
        assert old - new
        assert new - old


def test_the_final_accounts_overrun_one_item_underspend_one_and_misprint_one_rate() -> None:
    accounts = read_final_accounts(FINAL)
    gaps = {one.item: one.outcome - one.plan for one in executions_by_function(accounts) if one.item}
    assert sorted(gap for gap in gaps.values() if gap) == [Decimal("-6.40"), Decimal("46.40")]
    said = [*executions_by_function(accounts), *executions_of_three_public(accounts)]
    wrong = [one.measure for one in said if one.rate is not None and one.rate != share(one.outcome, one.plan)]
    assert wrong == ["reception"]


def test_what_the_final_accounts_leave_is_carried_into_the_budget_of_the_next_year() -> None:
    accounts, (_, after) = read_final_accounts(FINAL), EXAMPLES.values()
    assert sum(spent.closing for spent in accounts.spending) == after.amount(
        "budget_summary", "上年结转", side="revenue"
    )


def test_the_basic_expenditure_of_the_final_accounts_is_the_same_by_function_and_by_economic_item() -> None:
    accounts = read_final_accounts(FINAL)
    assert sum(spent.basic for spent in accounts.spending) == sum(accounts.economic.values())
