"""Ink is counted: what a page prints is in a table or in the page log, place by place."""

import importlib.util
import logging
import re
from pathlib import Path
from typing import Any

import pytest

from budgetlib.commands.pipeline import parse_document
from budgetlib.extraction.page_log import Annex, log_pages
from budgetlib.extraction.printed_amounts import Span, count_amounts
from budgetlib.pages.model import Box, Cell, Grid, Line, Page, Spot
from tests.shared_material import ORIGINALS, SHARED, needs_shared, records

BUDGETS = [
    path for path in sorted((Path(__file__).resolve().parents[2] / "data/raw").glob("*.pdf")) if "决算" not in path.name
]


def box(row: int, column: int) -> Box:
    return Box(100.0 * column, 20.0 * row, 100.0 * column + 90, 20.0 * row + 14)


def table(*rows: tuple[str, ...]) -> Page:
    cells = tuple(Cell(text, r, c, box=box(r, c)) for r, row in enumerate(rows) for c, text in enumerate(row))
    return Page(1, 595.0, 842.0, grids=(Grid(cells, len(rows), len(rows[0]), Box(0, 0, 500, 500)),))


UNKNOWN = table(("示例", "金额"), ("甲", "1.00"), ("乙", "1.00"), ("丙", "2.00"))


def counted(page: Page, in_forms: set[Spot], *elsewhere: Span) -> tuple[int, int, tuple[str, ...]]:
    """How many amounts are printed and taken, and the others as printed."""
    printed, taken, left = count_amounts(page, in_forms, elsewhere)
    return printed, taken, tuple(one.text for one in left)


def test_of_two_equal_amounts_the_one_that_was_taken_is_counted_and_the_other_is_left() -> None:
    assert counted(UNKNOWN, {box(1, 1)}) == (3, 1, ("1.00", "2.00"))


def test_a_form_takes_amounts_however_they_look() -> None:
    page = table(("甲", "0"), ("乙", "0"))
    assert counted(page, {box(0, 1), box(1, 1)}) == (2, 2, ())


def test_part_of_a_line_may_be_taken() -> None:
    line = Line("收入5万元，其中别的3万元", box(0, 0))
    page = Page(1, 595.0, 842.0, lines=(line,))
    assert counted(page, set(), Span(0, box(0, 0), 2, 5)) == (2, 1, ("3万元",))


def logged(page: Page, annex: Annex | None = None) -> dict[str, Any]:
    (record,) = log_pages([page], [], [], {0: annex} if annex else {}, [count_amounts(page, set(), [])])
    return dict(record)


def test_a_page_of_amounts_in_no_table_is_not_passed_over() -> None:
    record = logged(UNKNOWN)
    assert (record["outcome"], record["amounts_left"]) == ("unreadable", "1.00 1.00 2.00")
    assert "3 of 3 amounts went into no table" in record["reason"]


def test_the_axis_of_a_chart_is_no_table_without_rules() -> None:
    axis = tuple(Line(f"{8 - number / 5:.1f}", box(number, 0)) for number in range(5))
    assert logged(Page(1, 595.0, 842.0, lines=axis))["reason"] == "5 of 5 amounts went into no table"


def test_a_paper_that_is_no_part_of_the_disclosure_stays_that_and_its_amounts_are_shown() -> None:
    record = logged(UNKNOWN, Annex("other", "not_a_form", ("a letter, no part of the disclosure",)))
    assert (record["outcome"], record["amounts_printed"], record["amounts_taken"]) == ("not_a_form", 3, 0)


@pytest.mark.parametrize("path", BUDGETS, ids=lambda path: path.name)
def test_every_amount_of_the_sample_budgets_is_in_a_table(path: Path) -> None:
    pages = parse_document(path)["pages"]
    assert sum(page["amounts_printed"] for page in pages) > 400
    assert {page["page"]: page["amounts_left"] for page in pages if page["amounts_left"]} == {}


@needs_shared
@pytest.mark.parametrize("path", ORIGINALS, ids=lambda path: path.name)
def test_the_count_closes_on_every_page_of_an_original(path: Path) -> None:
    parsed = records(path)
    lines = parsed["lines"]
    for page in parsed["pages"]:
        left = (page["amounts_left"] or "").split()
        assert page["amounts_taken"] + len(left) == page["amounts_printed"], page["page"]
        places = {(one["x0"], one["top"]) for one in lines if one["page"] == page["page"]}
        assert page["amounts_taken"] >= len(places), page["page"]
        assert not left or "went into no table" in page["reason"], page["page"]
    printed = sum(page["amounts_printed"] for page in parsed["pages"])
    assert sum(page["amounts_taken"] for page in parsed["pages"]) >= 0.9 * printed


@needs_shared
@pytest.mark.parametrize(
    "path", [path for path in ORIGINALS if re.match("上海|无锡|福州", path.name)], ids=lambda p: p.name
)
def test_no_amount_that_the_measuring_tool_finds_in_a_table_goes_uncounted(path: Path) -> None:
    spec = importlib.util.spec_from_file_location("score", SHARED / "tools/score.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    counted = {page["page"]: page["amounts_printed"] for page in records(path)["pages"]}
    printed = tool.printed_numbers(path)
    logging.disable(logging.NOTSET)  # the tool silences the process, and with it what later tests listen for
    for page, amounts in printed.items():
        assert sum(amounts.values()) <= counted[page], page
