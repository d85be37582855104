"""Page → the amounts printed on it: what counts as one, and where it stands."""

from collections.abc import Sequence

import pytest

from budgetlib.extraction.printed_amounts import printed_amounts
from budgetlib.pages.model import Box, Cell, Grid, Line, Page

HEIGHT = 14.0


def lines(*texts: str) -> Page:
    """Lines one below the other; one that ends with `|` reaches the right margin."""
    printed = [
        Line(text.rstrip("|"), Box(90, 60 + 25 * i, 500 if text.endswith("|") else 340, 60 + 25 * i + HEIGHT))
        for i, text in enumerate(texts)
    ]
    return Page(1, 595.0, 842.0, lines=tuple(printed))


def table(*rows: Sequence[str]) -> Page:
    """A table without merged cells."""
    cells = tuple(
        Cell(text, r, c, box=Box(100 * c, 20 * r, 100 * c + 90, 20 * r + HEIGHT))
        for r, row in enumerate(rows)
        for c, text in enumerate(row)
    )
    return Page(1, 595.0, 842.0, grids=(Grid(cells, len(rows), len(rows[0]), Box(0, 0, 500, 20 * len(rows))),))


def texts(page: Page) -> list[str]:
    return [amount.text for amount in printed_amounts(page)]


@pytest.mark.parametrize(
    ("sentence", "amounts"),
    [
        ("预算收入 33,934.54万元，较上年减少41827万元，减少55.2%。", ["33,934.54万元", "41827万元"]),
        ("合计 1,234.50 其中 20.00", ["1,234.50", "20.00"]),
        ("安排预算０．５亿元，人均３００元", ["０．５亿元", "３００元"]),
        ("净减少-3.5万元", ["-3.5万元"]),
    ],
)
def test_an_amount_has_a_unit_of_money_or_decimals(sentence: str, amounts: list[str]) -> None:
    assert texts(lines(sentence)) == amounts


@pytest.mark.parametrize(
    "sentence",
    [
        "2026年1月31日，第12页，2010301，共有车辆196辆",
        "占32.5%，增长5.2个百分点，是上年的1.5倍，得分99.33分，面积8,268.74平方米",
        "单价100万元以上设备189台，50万元（含）以下",
        "京财预〔2025〕1,767号，PM2.5，C0806广告，电话025-83586660，2026.1.31",
        "2.1 项目概况",
    ],
)
def test_years_shares_counts_thresholds_codes_and_numbering_are_none(sentence: str) -> None:
    assert texts(lines(sentence)) == []


def test_a_number_that_a_line_end_cuts_is_one_amount_in_the_line_where_it_begins() -> None:
    page = lines("采购预算总额4,2|", "94.01万元，其中货物1|", "万元")
    first, second = printed_amounts(page)
    assert (first.text, first.spot) == ("4,294.01万元", page.lines[0].box)
    assert (second.text, second.spot) == ("1万元", page.lines[1].box)


def test_a_threshold_that_goes_on_in_the_next_line_is_no_amount() -> None:
    assert texts(lines("车辆2辆，单价100万元|", "（含）以上设备3台，固定资产5万元。")) == ["5万元"]


def test_numbers_on_lines_of_their_own_stay_apart() -> None:
    assert texts(lines("110.05", "10.00")) == ["110.05", "10.00"]


def test_a_column_of_money_has_whole_amounts_and_other_columns_have_none() -> None:
    page = table(
        ["科目编码", "科目名称", "数量", "预算数", "占比"],
        ["201", "行政运行", "3", "1200", "12.50"],
        ["20101", "其他", "2", "0", "7.25"],
    )
    assert texts(page) == ["1200", "0"]


def test_a_column_without_a_header_is_of_money_where_one_of_its_numbers_is_an_amount() -> None:
    assert texts(table(["201", "行政运行", "0"], ["202", "其他", "1,000.00"])) == ["0", "1,000.00"]


def test_the_row_that_counts_the_columns_holds_no_amounts() -> None:
    assert texts(table(["项目", "合计", "基本支出"], ["**", "1", "2"], ["行政运行", "8.00", "8.00"])) == [
        "8.00",
        "8.00",
    ]


def test_a_number_with_another_unit_beside_it_is_no_amount() -> None:
    assert texts(table(["满意度", "95.00", "%"], ["成本", "9.60", "万元"])) == ["9.60"]


def test_words_in_a_cell_may_hold_amounts() -> None:
    assert texts(table(["资金总额：100万元", "目标1：修路12.5公里，投资3.2亿元"])) == ["100万元", "3.2亿元"]


def test_a_page_without_places_has_none() -> None:
    assert printed_amounts(Page(None, lines=(Line("收入10万元"),))) == []
