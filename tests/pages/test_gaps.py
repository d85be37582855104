"""Where a rule of a table is missing no number is wrong, and nobody is blamed for what runs together."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import pytest
from reportlab.lib import colors
from reportlab.platypus import Table

from budgetlib.pages.model import Box, Line
from budgetlib.pages.stacked import row_breaks
from tests.pages.test_paper import AMOUNTS, HEADER, ROWS, WIDTHS, parsed, printed, ruled, titled
from tests.typesetting.paper import Layout, register_font, table

Gap = tuple[str, int, int]
"""A rule that is missing: `above` or `before` the cell of a column and a row."""


@pytest.fixture(autouse=True)
def _font() -> None:
    register_font()


def ruled_but(gaps: Collection[Gap], header: Sequence[Sequence[str]] = (HEADER,)) -> Table:
    rows = [*header, *ROWS]
    drawn = table(rows, WIDTHS, 1, Layout(rules="none"))
    drawn.setStyle(list(_rules(len(rows), len(HEADER), gaps)))
    return drawn


def _rules(rows: int, columns: int, gaps: Collection[Gap]) -> Iterator[tuple[object, ...]]:
    yield "BOX", (0, 0), (-1, -1), 0.5, colors.black
    for y in range(rows):
        for x in range(columns):
            for side, command in (("above", "LINEABOVE"), ("before", "LINEBEFORE")):
                if (side, x, y) not in gaps:
                    yield command, (x, y), (x, y), 0.5, colors.black


def test_rows_that_no_rule_divides_are_read_one_by_one(tmp_path: Path) -> None:
    rows = {("above", x, y) for x in range(len(HEADER)) for y in (3, 4, 5)}
    records = parsed(tmp_path, [*titled(), ruled_but(rows)])
    assert printed(records) == AMOUNTS
    assert {line["code"] for line in records["lines"]} == {None, "201", "20103", "2010301", "2010302"}


@pytest.mark.parametrize(
    "gaps",
    [{("above", 2, 4)}, {("before", 4, 3)}, {("above", 1, 4)}, {("above", 0, 4)}, {("before", 2, 4)}],
    ids=["two amounts of a column", "two amounts of a row", "two names", "two codes", "a name and an amount"],
)
def test_a_form_in_which_cells_run_together_is_named_and_said(tmp_path: Path, gaps: set[Gap]) -> None:
    records = parsed(tmp_path, [*titled(), ruled_but(gaps)])
    (page,) = (page for page in records["pages"] if page["form"])
    assert page["undivided"] == "expenditure"
    assert "a cell reaches over several rows or columns" in page["reason"]
    assert set(printed(records)) <= set(AMOUNTS)


def test_a_form_whose_every_rule_is_there_is_not_named(tmp_path: Path) -> None:
    records = parsed(tmp_path, [*titled(), ruled_but(())])
    assert {page["undivided"] for page in records["pages"]} == {None}


def test_a_form_is_incomplete_whose_head_for_codes_has_none_below(tmp_path: Path) -> None:
    uncoded = [["合计", "", *ROWS[0][2:]], *(["", *row[1:]] for row in ROWS[1:])]
    for rows, forms in ((uncoded, "expenditure"), (ROWS, None)):
        records = parsed(tmp_path, [*titled(), ruled([HEADER, *rows])])
        (page,) = (page for page in records["pages"] if page["form"])
        assert page["incomplete"] == forms
        assert ("nothing stands under its head for codes" in str(page["reason"])) is (forms is not None)


def test_a_form_is_incomplete_within_which_an_amount_stands_in_no_cell(tmp_path: Path) -> None:
    records = parsed(tmp_path, [*titled(), ruled_but({("above", 4, 3), ("before", 4, 3)})])
    (page,) = (page for page in records["pages"] if page["form"])
    assert (page["incomplete"], page["amounts_left"]) == ("expenditure", "20.00 10.50 20.00")


def test_a_header_over_several_amounts_says_of_none_what_it_is(tmp_path: Path) -> None:
    gaps = {("before", 3, 0), ("before", 4, 0)}
    for header in ([HEADER], [HEADER, [str(number + 1) for number in range(len(HEADER))]]):
        records = parsed(tmp_path, [*titled(), ruled_but(gaps, header)])
        assert records["lines"] == []
        assert "stands over several amounts" in str([page["reason"] for page in records["pages"]])


def test_codes_are_no_amounts_though_their_head_runs_into_the_total_below(tmp_path: Path) -> None:
    records = parsed(tmp_path, [*titled(), ruled_but({("above", 0, 1), ("above", 1, 1), ("before", 1, 1)})])
    assert set(printed(records)) <= set(AMOUNTS)


def lines(*texts: str, top: float = 0.0) -> list[Line]:
    return [Line(text, Box(0, top + 10 * n, 40, top + 8 + 10 * n)) for n, text in enumerate(texts)]


@pytest.mark.parametrize(
    ("row", "breaks"),
    [
        ([lines("行政运行", "事业运行"), lines("10.50", "20.00")], [9.0]),
        ([lines("行政运行", "事业运行"), lines("10.50", "20.00"), lines("20.00", top=10)], [9.0]),
        ([lines("事业运行", top=5), lines("10.50", "20.00")], []),
        ([lines("一般行政", "管理事务"), lines("1234567", "8.00")], []),
        ([lines("一般行政", "管理事务"), lines("12,345,", "678.00")], []),
        ([lines("一般行政", "管理事务"), lines("10.50", top=5)], []),
    ],
    ids=["two rows", "one amount blank", "a name in the middle", "a number in two", "at its comma", "a name in two"],
)
def test_a_row_is_divided_only_where_each_line_is_one_of_its_own(row: list[list[Line]], breaks: list[float]) -> None:
    assert list(row_breaks([row])) == breaks
