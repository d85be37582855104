"""A finding names the narrowest fault, once; what the document explains itself is explained, in its own words."""

from __future__ import annotations

from typing import Any

import pytest

from budgetlib.checks import check_records
from budgetlib.tables.corpus import Corpus
from tests.checks.tables import ONE, corpus, failed, lines, stated


def withheld(form: str = "expenditure") -> list[Any]:
    """A form that leaves out 20103: its total and the class 201 hold 40.00 more, of which 30.00 basic."""
    rows = [
        ("total", None, "合计", {"total": "100.00", "basic": "80.00", "project": "20.00"}),
        ("subtotal", "201", "一般公共服务支出", {"total": "90.00", "basic": "75.00", "project": "15.00"}),
        ("subtotal", "20101", "人大事务", {"total": "50.00", "basic": "45.00", "project": "5.00"}),
        ("line", "2010101", "行政运行", {"total": "50.00", "basic": "45.00", "project": "5.00"}),
        ("subtotal", "208", "社会保障和就业支出", {"total": "10.00", "basic": "5.00", "project": "5.00"}),
        ("subtotal", "20805", "养老支出", {"total": "10.00", "basic": "5.00", "project": "5.00"}),
        ("line", "2080505", "养老保险", {"total": "10.00", "basic": "5.00", "project": "5.00"}),
    ]
    return lines(form, rows)


def test_a_row_left_out_is_one_finding_at_the_narrowest_sum() -> None:
    found = failed(corpus(lines=withheld()))
    assert list(found) == ["codes_add_up"]
    (finding,) = found["codes_add_up"]
    assert (finding["row"], finding["difference"]) == (2, 400_000)
    assert "“合计”" in finding["message_zh"]


def errors(corpus: Corpus) -> list[tuple[str, int]]:
    return [
        (one["check"], one["row"]) for found in failed(corpus).values() for one in found if one["severity"] == "error"
    ]


def test_a_wrong_number_is_named_in_its_own_row() -> None:
    table = withheld()
    sound = [line for line in table if line["code"] not in ("201", None)]
    wrong = next(line for line in sound if line["code"] == "2010101" and line["measure"] == "basic")
    wrong |= {"amount_yuan": wrong["amount_yuan"] + 10_000, "published_text": "46.00"}
    assert errors(corpus(lines=sound)) == [("kinds_add_up", 4)]


def test_two_faults_of_one_form_are_two_findings() -> None:
    table = withheld()
    for line in table:
        if line["code"] == "2080505" and line["measure"] == "total":
            line |= {"amount_yuan": line["amount_yuan"] + 70_000, "published_text": "17.00"}
    assert sorted(errors(corpus(lines=table))) == [("codes_add_up", 2), ("kinds_add_up", 7)]


def test_what_follows_from_a_fault_is_kept_and_says_from_which() -> None:
    failures = [one for one in check_records(corpus(lines=withheld())) if one["state"] == "fail"]
    assert {(one["check"], one["row"]) for one in failures} == {("codes_add_up", 2), ("leaves_add_up", 1)}
    assert {one["follows_from"] for one in failures} == {None, "expenditure:2"}


def test_a_figure_stated_of_revenue_and_expenditure_alike_is_one_fault() -> None:
    figures = [
        stated(1, f"{side}_{measure}", value, unit)
        for side in ("revenue", "expenditure")
        for measure, value, unit in (
            ("total", "120.00", "yuan"),
            ("change", "20.00", "yuan"),
            ("change_pct", "25", "percent"),
        )
    ]
    assert len(failed(corpus(statements=figures))["stated_changes"]) == 1


def test_of_sums_across_rows_the_deepest_row_is_the_fault() -> None:
    table = withheld()
    for line in table:
        if line["code"] in ("2010101", "20101") and line["measure"] == "total":
            line |= {"amount_yuan": line["amount_yuan"] + 70_000}
    assert [row for check, row in errors(corpus(lines=table)) if check == "kinds_add_up"] == [4]


def test_funds_that_changed_places_are_one_finding_though_either_might_be_carryover() -> None:
    funds = {"政府性基金": "government_funds", "国有资本经营": "state_capital", "单位资金": "unit_funds"}
    summary = [("line", None, item, {"total": f"{10 * n}.00"}) for n, item in enumerate(funds, 1)]
    summary += [("line", None, "上年结转", {"total": "90.00"})]

    def found(*printed: str) -> list[str]:
        amounts = dict(zip(("total", *funds.values()), printed, strict=True))
        table = lines("revenue", [("total", None, "合计", amounts)], side="revenue")
        checks = failed(corpus(lines=table + lines("budget_summary", summary, side="revenue")))
        return [check for check in checks if check.endswith("_in_summary")]

    assert found("60.00", "10.00", "20.00", "30.00") == []
    assert found("75.00", "25.00", "20.00", "30.00") == []
    assert found("60.00", "10.00", "30.00", "20.00") == ["state_capital_in_summary"]


# --- what the document says itself


def explained(corpus: Corpus) -> dict[str, str]:
    return {one["check"]: one["explanation"] for one in check_records(corpus) if one["state"] == "explained"}


def said(sentence: str, page: int = 1, **about: Any) -> list[dict[str, Any]]:
    return [{"document_id": ONE, "sentence": sentence, "page": page, **about}]


@pytest.mark.parametrize(
    "sentence",
    [
        "备注：涉密项目按要求不予公开。",
        "注：涉及国家秘密的内容未公开",
        "部分支出因保密要求不予公开，合计数包含该部分。",
    ],
)
def test_rows_withheld_for_secrecy_are_explained_with_the_sentence_that_says_so(sentence: str) -> None:
    read = corpus(lines=withheld(), sentences=said(sentence))
    assert failed(read) == {}
    assert set(explained(read).values()) == {sentence}


def test_duties_of_secrecy_and_a_note_on_another_page_explain_nothing() -> None:
    for sentences in (said("负责机要保密、政务公开和涉密载体管理。"), said("备注：涉密项目按要求不予公开。", page=9)):
        assert list(failed(corpus(lines=withheld(), sentences=sentences))) == ["codes_add_up"]


def test_a_sentence_about_the_whole_disclosure_explains_rows_withheld_on_any_page() -> None:
    sentence = "根据保密规定，部分涉密事项在预算公开时予以剔除。"
    read = corpus(lines=withheld(), sentences=said(sentence, page=9))
    assert failed(read) == {}
    assert set(explained(read).values()) == {sentence}


def test_more_than_the_total_is_not_explained_by_secrecy() -> None:
    table = withheld()
    for line in table[:3]:
        line |= {"amount_yuan": line["amount_yuan"] / 10, "published_text": line["published_text"][:-4] + ".00"}
    found = corpus(lines=table, sentences=said("备注：涉密项目按要求不予公开。"))
    assert list(failed(found)) == ["classes_add_up"]


def test_a_last_digit_is_explained_by_a_note_on_rounding_and_a_yuan_more_is_not() -> None:
    note = said("注：本表数据因四舍五入，部分金额可能存在尾差。")

    def form(total: str) -> list[Any]:
        return lines("expenditure", [("line", "2080505", "养老", {"total": total, "basic": "1.11", "project": "2.22"})])

    assert set(explained(corpus(lines=form("3.35"), sentences=note))) == {"kinds_add_up"}
    assert list(failed(corpus(lines=form("3.35")))) == ["kinds_add_up"]
    assert list(failed(corpus(lines=form("3.40"), sentences=note))) == ["kinds_add_up"]


def test_a_percentage_is_not_explained_by_rounding_of_amounts() -> None:
    figures = [
        stated(3, "expenditure_total", "300.00"),
        stated(3, "basic", "200.00"),
        stated(3, "basic_pct", "66.65", "percent"),
    ]
    note = said("部分数据因四舍五入存在尾差。")
    assert list(failed(corpus(statements=figures, sentences=note))) == ["stated_basic_share"]
