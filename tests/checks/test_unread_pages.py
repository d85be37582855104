"""What was not read is nobody's fault: forms beside an unread page, or with rows left out, are not blamed."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from budgetlib.checks import check_records
from budgetlib.commands.pipeline import read
from budgetlib.definitions.forms import forms
from budgetlib.tables.corpus import Corpus
from tests.checks.tables import ONE, corpus, lines, states

SOUND = Path(__file__).resolve().parents[2] / "data/raw/晋城市行政审批服务管理局-2026.pdf"
SHORT = [("total", None, "合计", {"total": "30.00"}), ("line", "2010301", "行政运行", {"total": "10.00"})]


UNNAMED = forms()["expenditure"].label_zh

UNITS = [("line", None, name, {"total": "10.00", "basic": "4.50"}) for name in ("示例局", "示例中心")]
READ = {"kind": "form", "source": "text", "outcome": "read"}
SPENDING, REVENUE = READ | {"form": "expenditure"}, READ | {"form": "revenue"}
UNREAD = {"kind": "other", "source": "none", "outcome": "unreadable"}
ROWS = {"amounts_left": "1.00 2.00 3.00 4.00 5.00"}
PROSE = READ | {"kind": "narrative", "amounts_left": "1万元 2万元 3万元 4万元 5万元"}


@pytest.mark.parametrize(
    ("pages", "state"),
    [
        ([SPENDING], "fail"),
        ([SPENDING, UNREAD], "insufficient_data"),
        ([UNREAD, SPENDING], "insufficient_data"),
        ([SPENDING, UNREAD, UNREAD, SPENDING], "insufficient_data"),
        ([SPENDING, REVENUE, UNREAD], "fail"),
        ([READ | {"form": "expenditure,revenue"}, UNREAD], "fail"),
        ([SPENDING | ROWS], "insufficient_data"),
        ([SPENDING | {"amounts_left": "1.00"}], "fail"),
        ([SPENDING | {"amounts_left": "20.00"}], "insufficient_data"),
        ([SPENDING, READ | {"amounts_left": "200,000"}], "insufficient_data"),
        ([SPENDING, REVENUE, READ | {"amounts_left": "20.00"}], "fail"),
        ([SPENDING, READ | ROWS], "insufficient_data"),
        ([SPENDING, REVENUE | ROWS], "fail"),
        ([SPENDING, PROSE], "fail"),
        ([SPENDING, REVENUE | {"out_of_sequence": True}], "insufficient_data"),
        ([REVENUE, SPENDING | {"out_of_sequence": True}], "insufficient_data"),
        ([SPENDING, REVENUE, REVENUE | {"out_of_sequence": True}], "fail"),
    ],
    ids=[
        "whole",
        "before an unread page",
        "after an unread page",
        "on both sides",
        "another form between",
        "another form after it on the page",
        "rows left out",
        "an amount in words beside it",
        "the amount that is missing was left over",
        "it was left over on the next page",
        "it was left over on a page further on",
        "before rows that no form took",
        "rows of another form left out",
        "before prose",
        "a page may be missing after it",
        "a page may be missing before it",
        "a page may be missing further on",
    ],
)
def test_a_sum_fails_only_where_no_row_can_stand_on_an_unread_page(pages: list[dict[str, Any]], state: str) -> None:
    numbered = [{"document_id": ONE, "page": number, **page} for number, page in enumerate(pages, 1)]
    assert states(corpus(lines=lines("expenditure", SHORT), pages=numbered), "leaves_add_up") == [state]


@pytest.mark.parametrize("doubt", ["undivided", "incomplete"])
def test_a_form_in_which_cells_run_together_or_are_lost_is_not_blamed(doubt: str) -> None:
    pages = [{"document_id": ONE, "page": 1, **SPENDING, doubt: "expenditure"}]
    assert states(corpus(lines=lines("expenditure", SHORT), pages=pages), "leaves_add_up") == ["insufficient_data"]


def test_a_unit_is_no_name_for_a_row_with_a_code() -> None:
    rows = lines("expenditure", [*SHORT, ("line", "205", UNNAMED, {"total": "5.00"})], unit="示例中心")
    assert states(corpus(lines=rows), "leaves_add_up") == ["insufficient_data"]


@pytest.mark.parametrize(
    "rest", [[("line", None, UNNAMED, {"total": "5.00"})], [("line", "205", UNNAMED, {"total": "5.00"})]]
)
def test_a_form_of_which_some_rows_have_lost_their_names_is_not_blamed(rest: list[Any]) -> None:
    assert states(corpus(lines=lines("expenditure", [*SHORT, *rest])), "leaves_add_up") == ["insufficient_data"]


@pytest.mark.parametrize(
    ("rows", "each"),
    [
        ([("total", None, UNNAMED, {"total": "30.00"}), SHORT[1]], ["fail"]),
        ([*SHORT, ("line", None, UNNAMED, {"total": "0.00"})], ["fail"]),
        ([("total", None, "合计", {"total": "30.00", "basic": "9.00"}), *UNITS], ["fail", "pass"]),
        ([("total", None, "合计", {"total": "30.00", "basic": "8.00"}), *UNITS], ["insufficient_data"] * 2),
    ],
    ids=["a total without a name", "nothing in a row without a name", "one column adds up", "no column does"],
)
def test_rows_whose_names_are_not_needed_are_held_against_their_total(rows: list[Any], each: list[str]) -> None:
    assert sorted(states(corpus(lines=lines("expenditure", rows)), "leaves_add_up")) == each


def test_what_is_not_blamed_is_said_with_its_place_where_others_of_the_rule_hold() -> None:
    doubted = lines("expenditure", [("line", "201", "甲", {"total": "9.00", "basic": "4.00", "project": "4.00"})])
    sound = lines("revenue", [("total", None, "合计", {"total": "9.00"}), ("line", "201", "甲", {"total": "9.00"})])
    found = corpus(lines=[*doubted, *sound], pages=[{"document_id": ONE, "page": 1, **SPENDING} | ROWS])
    untested = [one for one in check_records(found) if one["state"] == "insufficient_data" and one["form"]]
    assert {(one["form"], one["row"], one["page"], one["published"]) for one in untested} == {
        ("expenditure", 1, 1, Decimal("90000.0000"))
    }


@pytest.mark.parametrize(("total", "state"), [("10.00", "insufficient_data"), ("9.00", "fail")])
def test_a_sum_that_counts_all_twice_is_a_head_read_as_a_row(total: str, state: str) -> None:
    rows = [("total", None, "合计", {"total": total}), ("line", "201", "示例支出", {"total": "10.00"})]
    rows.append(("line", "20103", "示例事务", {"total": "10.00"}))
    assert states(corpus(lines=lines("expenditure", rows)), "leaves_add_up") == [state]


@pytest.mark.parametrize(("rest", "state"), [(SHORT, "fail"), ([SHORT[1], SHORT[1]], "insufficient_data")])
def test_a_form_that_was_read_in_pieces_is_not_blamed(rest: list[Any], state: str) -> None:
    other = [("total", None, "合计", {"total": "31.00"}), *SHORT[1:]]
    pieces = [*lines("expenditure", rest), *lines("expenditure", other)]
    assert set(states(corpus(lines=pieces), "leaves_add_up")) == {state}


@pytest.mark.parametrize(("code", "failures"), [("2010302", 1), (None, 0)])
def test_no_level_is_missed_in_a_form_of_which_a_code_was_lost(code: str | None, failures: int) -> None:
    amounts = {"total": "1.00"}
    whole = [
        ("subtotal", "201", "甲", amounts),
        ("subtotal", "20103", "乙", amounts),
        ("line", "2010301", "丙", amounts),
    ]
    rows = [*whole, ("subtotal", "208", "戊", amounts), ("line", code and "2080501", "己", amounts)]
    assert states(corpus(lines=lines("expenditure", rows)), "levels_printed").count("fail") == failures


@pytest.mark.parametrize(("wrong", "state"), [(1, "fail"), (2, "not_applicable")])
def test_columns_that_make_up_fewer_than_two_thirds_of_the_rows_are_not_all_its_parts(wrong: int, state: str) -> None:
    rows = [("line", f"20{n}", "示例", {"total": "3.00", "basic": "1.00", "project": "2.00"}) for n in range(1, 5)]
    for n in range(wrong):
        rows[n][3]["project"] = f"{n + 3}.00"
    assert state in states(corpus(lines=lines("expenditure", rows)), "kinds_add_up")


@pytest.mark.parametrize(("left", "state"), [(None, "fail"), ("20.00", "insufficient_data")])
def test_a_performance_table_is_not_blamed_whose_page_holds_an_amount_nobody_took(left: str | None, state: str) -> None:
    project = {"project": "物业费", "page": 1, "total_yuan": Decimal(300_000), "total_local_yuan": Decimal(100_000)}
    page = {"kind": "performance", "source": "text", "outcome": "read", "page": 1, "amounts_left": left}
    read = corpus(
        performance_projects=[{"document_id": ONE, "page_from": 1, "page_to": 1, **project}],
        pages=[{"document_id": ONE, **page}],
    )
    assert states(read, "table_sources_add_up") == [state]


def photographed(number: int, target: Path) -> Path:
    """`SOUND` with one page as its picture."""
    source, copy = pypdfium2.PdfDocument(SOUND), pypdfium2.PdfDocument.new()
    width, height = source[number - 1].get_size()
    copy.import_pages(source, list(range(number - 1)))
    picture = pypdfium2.PdfImage.new(copy)
    picture.set_bitmap(source[number - 1].render(scale=0.5))
    picture.set_matrix(pypdfium2.PdfMatrix().scale(width, height))
    page = copy.new_page(width, height)
    page.insert_obj(picture)
    page.gen_content()
    copy.import_pages(source, list(range(number, len(source))))
    copy.save(target)
    return target


def ordered(pages: list[int], target: Path) -> Path:
    """Some pages of `SOUND` (from 0), in this order."""
    copy = pypdfium2.PdfDocument.new()
    copy.import_pages(pypdfium2.PdfDocument(SOUND), pages)
    copy.save(target)
    return target


def failed(read: Corpus) -> set[tuple[Any, ...]]:
    """What does not hold; notes only ask, as for what is not there."""
    checks = read.checks[(read.checks.state == "fail") & (read.checks.severity != "note")]
    return set(checks[["check", "form", "row", "published"]].itertuples(index=False, name=None))


@pytest.mark.slow
def test_no_page_that_becomes_a_picture_makes_a_fault(tmp_path: Path) -> None:
    sound = read(SOUND, "never")
    blamed = {}
    for number in sorted(set(sound.lines.page)):
        found = failed(read(photographed(number, tmp_path / "one.pdf"), "never")) - failed(sound)
        if found:
            blamed[number] = found
    assert blamed == {}


@pytest.mark.slow
def test_no_page_that_is_left_out_or_exchanged_with_the_one_before_makes_a_fault(tmp_path: Path) -> None:
    """By turns: one is left out, the next one exchanged."""
    sound = read(SOUND, "never")
    blamed = {}
    for turn, place in enumerate(sorted(number - 1 for number in set(sound.lines.page))):
        middle = [place, place - 1] if turn % 2 else [place - 1]
        order = [*range(place - 1), *middle, *range(place + 1, len(sound.pages))]
        disclosed = read(ordered(order, tmp_path / "one.pdf"), "never")
        assert "by their printed numbers pages are missing" in disclosed.documents.reason.iloc[0]
        if found := failed(disclosed) - failed(sound):
            blamed[place + 1] = found
    assert blamed == {}
