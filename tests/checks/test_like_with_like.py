"""Like is held against like: the same money, the same rows, tolerance from what is printed; else it does not apply."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from budgetlib.tables.corpus import Corpus
from tests.checks.tables import ONE, corpus, failed, lines, stated, states


def rows(*amounts: dict[str, str]) -> list[Any]:
    return [("line", f"20101{number:02}", f"事务{number}", row) for number, row in enumerate(amounts, 1)]


# --- columns


def test_columns_under_of_which_that_repeat_basic_and_project_are_no_parts() -> None:
    within = {"total": "30.00", "basic": "10.00", "project": "20.00", "business_expenditure": "15.00"}
    beside = {"total": "45.00", "basic": "10.00", "project": "20.00", "business_expenditure": "15.00"}
    for form in ([within] * 3, [beside] * 3):
        assert set(states(corpus(lines=lines("expenditure", rows(*form))), "kinds_add_up")) == {"pass"}


def test_a_second_total_column_is_no_part_and_a_wrong_digit_is_found_beside_it() -> None:
    sound = {"total": "30.00", "other:部门预算>合计": "30.00", "general_public_budget": "10.00", "unit_funds": "20.00"}
    wrong = sound | {"total": "80.00"}
    table = lines("revenue", rows(sound, sound, wrong), side="revenue")
    assert states(corpus(lines=table), "funds_add_up") == ["pass", "pass", "fail"]


def test_unknown_columns_under_which_most_rows_do_not_add_up_settle_nothing() -> None:
    odd = [{"total": f"{n}0.00", "basic": f"{n}1.00", "other:备用": f"{n}.37"} for n in range(3, 9)]
    assert states(corpus(lines=lines("expenditure", rows(*odd))), "kinds_add_up") == ["not_applicable"]


def test_surplus_that_is_used_is_a_source() -> None:
    table = lines("revenue", rows({"total": "12.00", "general_public_budget": "10.00", "unit_surplus_used": "2.00"}))
    assert states(corpus(lines=table), "funds_add_up") == ["pass"]


def test_a_change_is_this_year_less_last_year() -> None:
    row = {"total": "8.00", "previous_year:total": "10.00", "change:total": "-2.00"}
    wrong = row | {"change:total": "-3.00"}
    assert states(corpus(lines=lines("three_public", rows(row, wrong))), "changes_add_up") == ["pass", "fail"]


# --- money on one side only


def appropriations(general: str, summary: str, carryover: str | None) -> Corpus:
    revenue = [("line", None, "一般公共预算", {"total": summary})]
    revenue += [("line", None, "上年结转", {"total": carryover})] if carryover else []
    form = lines("general_public_expenditure", [("total", None, "合计", {"total": general})])
    return corpus(lines=form + lines("appropriation_summary", revenue, side="revenue"))


@pytest.mark.parametrize(
    ("general", "summary", "carryover", "state"),
    [
        ("100.00", "100.00", None, "pass"),
        ("100.00", "90.00", None, "fail"),
        ("100.00", "90.00", "10.00", "not_applicable"),
        ("100.00", "90.00", "25.00", "not_applicable"),
        ("100.00", "60.00", "25.00", "fail"),
        ("100.00", "99.99", "25.00", "pass"),
        ("100.00", "99.96", "25.00", "fail"),
        ("100.00", "0.01", "250.00", "fail"),  # one number in two units of money
    ],
)
def test_a_difference_that_may_be_carryover_is_no_failure_and_a_slip_or_a_greater_one_is(
    general: str, summary: str, carryover: str | None, state: str
) -> None:
    tested = appropriations(general, summary, carryover)
    assert states(tested, "general_public_budget_in_appropriations") == [state]


def test_a_form_with_withheld_rows_is_not_held_against_another_code_by_code() -> None:
    withheld = [("total", None, "合计", {"total": "100.00"}), *rows({"total": "30.00"}, {"total": "20.00"})]
    repeated = [(kind, "2010101" if code else None, item, row) for kind, code, item, row in withheld]
    whole = [("total", None, "合计", {"total": "90.00"}), ("line", "2010101", "行政运行", {"total": "90.00"})]
    table = lines("expenditure", repeated) + lines("general_public_expenditure", whole)
    assert list(failed(corpus(lines=table))) == ["leaves_add_up"]


# --- what is printed


@pytest.mark.parametrize(
    ("printed", "state"),
    [("535987052.4", "pass"), ("535987052", "pass"), ("535987053", "fail"), ("535987051.4", "fail")],
)
def test_a_number_that_its_cell_cut_short_is_judged_by_the_digits_it_prints(printed: str, state: str) -> None:
    def fund(form: str, side: str, text: str, **row: str) -> list[Any]:
        record = lines(form, [("total", None, "合计", row or {"total": text})], side=side, published_unit="元")
        return [one | {"amount_yuan": Decimal(one["published_text"])} for one in record]

    summary = fund("budget_summary", "revenue", printed)
    summary[0] |= {"row_kind": "line", "item": "一般公共预算拨款"}
    revenue = fund("revenue", "revenue", "", general_public_budget="535987052.43")
    assert states(corpus(lines=summary + revenue), "general_public_budget_in_summary") == [state]


def test_a_column_that_leaves_zeros_out_is_as_exact_as_its_longest_numbers() -> None:
    leaves = [("line", None, "甲", {"total": "12.34"}), ("line", None, "乙", {"total": "5"})]
    short, exact = ([("total", None, "合计", {"total": total}), *leaves] for total in ("17.64", "17.34"))
    assert states(corpus(lines=lines("operating_cost", exact)), "leaves_add_up") == ["pass"]
    assert states(corpus(lines=lines("operating_cost", short)), "leaves_add_up") == ["fail"]


def test_class_219_has_no_items() -> None:
    codes = ["201", "20101", "2010101", "208", "20805", "2080505", "219", "21908"]
    table = [("line", code, "科目", {"total": "1.00"}) for code in codes]
    assert "levels_printed" not in failed(corpus(lines=lines("expenditure", table)))
    table[-2:] = [("line", "221", "科目", {"total": "1.00"}), ("line", "22102", "科目", {"total": "1.00"})]
    assert len(failed(corpus(lines=lines("expenditure", table)))["levels_printed"]) == 1


def test_projects_of_the_first_level_are_no_rows_of_the_form() -> None:
    table = lines("projects", [("total", None, "合计", {"total": "5.00"}), *rows({"total": "2.00"}, {"total": "3.00"})])
    figures = [
        stated(10, "performance_amount", "5.00"),
        stated(10, "projects_under_performance_management", "1", "count", "一级项目1个，涉及金额5.00万元"),
    ]
    assert states(corpus(lines=table, statements=figures), "projects_counted") == ["not_applicable"]
    figures[1] |= {"sentence": "项目1个，涉及金额5.00万元"}
    assert states(corpus(lines=table, statements=figures), "projects_counted") == ["fail"]


# --- performance-target tables


def project_rows(*projects: tuple[str, str, str]) -> list[Any]:
    """Rows as (unit, project, printed amount)."""
    whole = sum(Decimal(printed) for _, _, printed in projects)
    rows = [("total", None, "合计", {"total": f"{whole:.2f}"})]
    rows += [("line", None, project, {"total": printed}) for _, project, printed in projects]
    units = [None, *(unit for unit, _, _ in projects)]
    return [line | {"unit": unit} for line, unit in zip(lines("projects", rows), units, strict=True)]


def tables(*targets: tuple[str | None, str, int]) -> list[dict[str, Any]]:
    """Tables as (unit, project, yuan)."""
    return [{"document_id": ONE, "unit": u, "project": p, "annual_yuan": Decimal(yuan)} for u, p, yuan in targets]


def test_projects_of_one_name_are_paired_by_unit_and_amount() -> None:
    hospitals = [("示例市中心医院", "公共卫生事务", "190.00"), ("示例市中医院", "公共卫生事务", "14.39")]
    shown = tables(("示例市中医院", "公共卫生事务", 143_900), ("示例市中心医院", "公共卫生事务", 1_900_000))
    assert failed(corpus(lines=project_rows(*hospitals), performance_projects=shown)) == {}


def test_a_table_for_a_group_of_rows_has_their_sum() -> None:
    stations = [(f"示例{n}站", "监测经费", f"{n}.00") for n in (1, 2, 4)]
    shown = tables(("示例分局（二级部门）", "监测经费", 70_000))
    found = corpus(lines=project_rows(*stations), performance_projects=shown)
    assert failed(found) == {}
    assert states(found, "table_amount") == ["pass"]


def test_a_table_that_may_be_any_of_several_rows_is_held_against_none() -> None:
    stations = [(f"示例{n}站", "监测经费", f"{n}.00") for n in (1, 2, 4)]
    shown = tables((None, "监测经费", 990_000))
    found = corpus(lines=project_rows(*stations), performance_projects=shown)
    assert states(found, "table_amount") == ["insufficient_data"]


def test_an_amount_that_differs_is_named_where_one_row_alone_is_meant() -> None:
    projects = [("示例中心", "甲项目", "1.00"), ("示例中心", "乙项目", "2.00"), ("示例中心", "丙项目", "4.00")]
    shown = tables(("示例中心", "甲项目", 10_000), ("示例中心", "乙项目", 20_000), ("示例中心", "丙项目", 90_000))
    assert list(failed(corpus(lines=project_rows(*projects), performance_projects=shown))) == ["table_amount"]


def test_a_special_fund_may_have_money_that_is_no_project_here() -> None:
    projects = [("示例中心", "甲项目", "1.00"), ("示例中心", "商贸发展专项资金", "2.00")]
    shown = tables(("示例中心", "甲项目", 10_000), (None, "商贸发展专项资金", 90_000), (None, "外贸专项资金", 5_000))
    assert failed(corpus(lines=project_rows(*projects), performance_projects=shown)) == {}


@pytest.mark.parametrize("unit", ["市建筑工务署本级", "示例市建筑工务署", "示例市建筑工务署(本级)"])
def test_one_unit_in_another_spelling_is_no_other_unit(unit: str) -> None:
    projects = project_rows(("示例市建筑工务署（本级）", "工程管理", "1.00"), ("示例中心", "工程管理", "2.00"))
    shown = tables((unit, "工程管理", 10_000), ("示例中心", "工程管理", 20_000))
    assert failed(corpus(lines=projects, performance_projects=shown)) == {}


def test_a_table_too_many_and_a_table_of_a_strange_unit_are_named() -> None:
    projects = project_rows(("示例中心", "甲项目", "1.00"), ("示例中心", "乙项目", "2.00"))
    shown = tables(("示例中心", "甲项目", 10_000), ("示例中心", "乙项目", 20_000), ("别市审计局", "审计业务费", 7_000))
    (finding,) = failed(corpus(lines=projects, performance_projects=shown))["table_has_project"]
    assert "别市审计局" in finding["message_zh"]


def test_several_forms_of_one_name_are_tested_each_alone_and_held_against_no_other() -> None:
    def part(unit: str, total: str) -> list[dict[str, Any]]:
        return lines("projects", [("total", None, "合计", {"total": total}), ("line", None, unit, {"total": total})])

    spent = lines("expenditure", [("total", None, "合计", {"total": "9.00", "project": "9.00"})])
    assert failed(corpus(lines=[*spent, *part("甲项目", "4.00"), *part("乙项目", "5.00")])) == {}
    wrong = [*part("甲项目", "4.00"), *part("乙项目", "5.00")[:1], *part("丙项目", "6.00")[1:]]
    assert list(failed(corpus(lines=[*spent, *wrong]))) == ["leaves_add_up"]


def test_sums_below_their_rows_are_no_heads() -> None:
    rows = [
        ("line", "甲项目", "3.00"),
        ("line", "乙项目", "4.00"),
        ("subtotal", "小计", "7.00"),
        ("total", "合计", "7.00"),
    ]
    table = lines("projects", [(kind, None, item, {"total": amount}) for kind, item, amount in rows])
    assert failed(corpus(lines=table)) == {}


def test_an_identity_that_fails_in_most_rows_does_not_apply() -> None:
    rows = [("line", f"20101{n:02}", f"项{n}", {"total": "9.00", "basic": "3.00", "project": "1.00"}) for n in range(4)]
    assert states(corpus(lines=lines("expenditure", rows)), "kinds_add_up") == ["not_applicable"]


def test_one_number_printed_twice_is_rounded_once() -> None:
    projects = [
        ("示例中心", f"{name}项目", amount) for name, amount in (("甲", "1.01"), ("乙", "2.00"), ("丙", "4.00"))
    ]
    shown = tables(("示例中心", "甲项目", 10_000), ("示例中心", "乙项目", 20_000), ("示例中心", "丙项目", 40_000))
    shown = [one | {"published_text": f"{one['annual_yuan'] / 10_000:.2f}", "published_unit": "万元"} for one in shown]
    note = [{"document_id": ONE, "sentence": "注：金额单位转换时可能存在尾数误差。", "page": 1}]
    found = failed(corpus(lines=project_rows(*projects), performance_projects=shown, sentences=note))
    assert list(found) == ["table_amount"]


def test_the_money_of_a_whole_department_that_is_another_total_is_held_against_nothing() -> None:
    spent = lines("expenditure", [("total", None, "合计", {"total": "9.00"})])
    figure = {"document_id": ONE, "kind": "figure", "item": "资金总额", "text": "7.00", "amount_yuan": Decimal(70_000)}
    read = corpus(lines=spent, department_targets=[figure])
    assert states(read, "department_table") == ["not_applicable"]


@pytest.mark.parametrize(("outcome", "state"), [("read", "fail"), ("unreadable", "insufficient_data")])
def test_what_may_stand_on_an_unread_page_is_not_held_against_another_form(outcome: str, state: str) -> None:
    general = lines("general_public_expenditure", [("total", None, "合计", {"total": "30.00", "project": "20.00"})])
    page = {"document_id": ONE, "page": 1, "kind": "form", "source": "text", "outcome": outcome}
    read = corpus(lines=general, statements=[stated(3, "project", "25.00")], pages=[page])
    assert states(read, "stated_project") == [state]


@pytest.mark.parametrize(("held", "missing"), [("three_public,operating_cost", False), ("operating_cost", True)])
def test_a_form_printed_empty_beside_another_is_not_missing(held: str, missing: bool) -> None:
    others = ("budget_summary", "revenue", "expenditure", "appropriation_summary", "general_public_expenditure")
    printed = [line for form in (*others, "operating_cost") for line in lines(form, rows({"total": "1.00"}))]
    page = {"document_id": ONE, "page": 1, "kind": "form", "source": "text", "outcome": "read", "form": held}
    found = failed(corpus(lines=printed, pages=[page])).get("form_prescribed", [])
    assert any("三公" in one["message_zh"] for one in found) == missing
