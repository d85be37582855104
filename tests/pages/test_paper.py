"""What paper does to a table – no rules, open sides, two sheets side by side, a lying text layer – changes no number.

What cannot be read for sure is in the page log.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter
from reportlab.lib import colors
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Table

from budgetlib.commands.pipeline import parse_document
from tests.plain_text import parse, said
from tests.typesetting.paper import FONT, Layout, gap, new_page, register_font, render, table, text

Records = dict[str, list[dict[str, Any]]]

HEADER = ["科目编码", "科目名称", "合计", "基本支出", "项目支出"]
ROWS = [
    ["", "合计", "30.50", "10.50", "20.00"],
    ["201", "一般公共服务支出", "30.50", "10.50", "20.00"],
    ["20103", "政府办公厅（室）及相关机构事务", "30.50", "10.50", "20.00"],
    ["2010301", "行政运行", "10.50", "10.50", ""],
    ["2010302", "一般行政管理事务", "20.00", "", "20.00"],
]
WIDTHS = [(60.0, "l"), (180.0, "l"), (70.0, "r"), (70.0, "r"), (70.0, "r")]
AMOUNTS = sorted(cell for row in ROWS for cell in row[2:] if cell)


@pytest.fixture(autouse=True)
def _font() -> None:
    register_font()


def titled(title: str = "2026年支出总表") -> list[Flowable]:
    return [text("title", "示例市示例局2026年部门预算"), gap(20), text("title", title), text("small", "单位：万元")]


def parsed(folder: Path, story: Sequence[Flowable], layout: Layout | None = None) -> Records:
    path = folder / "paper.pdf"
    path.write_bytes(render(list(story), layout or Layout(contents=False), "示例", "示例"))
    return parse_document(path, ocr="never")


def printed(records: Records) -> list[str]:
    return sorted(line["published_text"] for line in records["lines"])


def ruled(rows: Sequence[Sequence[str]], widths: Sequence[tuple[float, str]] = WIDTHS) -> Table:
    return table(rows, widths, 1, Layout())


@pytest.mark.parametrize("rules", ["open", "across", "none"])
def test_a_form_without_rules_or_with_open_sides_gives_the_same_amounts(tmp_path: Path, rules: str) -> None:
    drawn = table([HEADER, *ROWS], WIDTHS, 1, Layout(rules=rules))
    records = parsed(tmp_path, [*titled(), drawn])
    assert printed(records) == AMOUNTS
    assert {line["measure"] for line in records["lines"]} == {"total", "basic", "project"}


def test_a_table_with_rules_inside_and_none_around_it_is_read_to_its_corners(tmp_path: Path) -> None:
    drawn = table([HEADER, *ROWS], WIDTHS, 1, Layout(rules="none"))
    drawn.setStyle([("INNERGRID", (0, 0), (-1, -1), 0.5, colors.black)])
    records = parsed(tmp_path, [*titled(), drawn])
    assert printed(records) == AMOUNTS
    assert {line["code"] for line in records["lines"]} == {None, "201", "20103", "2010301", "2010302"}


def test_a_dash_before_a_number_without_rules_is_an_empty_cell_and_no_minus_sign(tmp_path: Path) -> None:
    rows = [[*row[:2], "718,021,800.00", "-", "718,021,800.00"] for row in ROWS[:4]]
    widths = [*WIDTHS[:3], (70.0, "r"), (62.0, "r")]
    records = parsed(tmp_path, [*titled(), table([HEADER, *rows], widths, 1, Layout(rules="across"))])
    project = [line["published_text"] for line in records["lines"] if line["measure"] == "project"]
    assert project == ["718,021,800.00"] * len(rows)


def test_numbers_that_nearly_touch_without_rules_are_two_numbers(tmp_path: Path) -> None:
    rows = [[*row[:2], "731,632,200.00", "13,610,400.00", "718,021,800.00"] for row in ROWS[:4]]
    widths = [*WIDTHS[:3], (70.0, "r"), (62.0, "r")]
    records = parsed(tmp_path, [*titled(), table([HEADER, *rows], widths, 1, Layout(rules="across"))])
    assert {line["published_text"] for line in records["lines"] if line["measure"] == "basic"} == {"13,610,400.00"}


@pytest.mark.parametrize("rules", ["across", "none"])
def test_a_name_over_two_lines_in_a_table_without_rules_is_one_name(tmp_path: Path, rules: str) -> None:
    rows = [row[:] for row in ROWS]
    rows[2][1] = "政府办公厅（室）\n及相关机构事务"
    records = parsed(tmp_path, [*titled(), table([HEADER, *rows], WIDTHS, 1, Layout(rules=rules))])
    assert printed(records) == AMOUNTS
    assert "政府办公厅（室）及相关机构事务" in {line["item"] for line in records["lines"]}


@pytest.mark.parametrize("rules", ["across", "none"])
def test_headers_over_several_columns_without_rules_say_what_each_column_is(tmp_path: Path, rules: str) -> None:
    header = [["项目", "<", "2026年预算数", "<", "<"], HEADER]
    records = parsed(tmp_path, [*titled(), table([*header, *ROWS], WIDTHS, 2, Layout(rules=rules))])
    assert printed(records) == AMOUNTS
    assert {line["measure"] for line in records["lines"]} == {"total", "basic", "project"}


def test_a_form_without_rules_whose_sums_do_not_hold_is_not_read_and_said(tmp_path: Path) -> None:
    rows = [row[:] for row in ROWS]
    rows[3][2:4] = ["11.50", "11.50"]
    records = parsed(tmp_path, [*titled(), table([HEADER, *rows], WIDTHS, 1, Layout(rules="none"))])
    assert records["lines"] == []
    assert "no rules divide it, and so read it is not sound" in said(records)


@pytest.mark.parametrize("header", [[], [HEADER]])
def test_a_form_without_rules_goes_on_overleaf(tmp_path: Path, header: list[list[str]]) -> None:
    first = table([HEADER, *ROWS[:3]], WIDTHS, 1, Layout(rules="none"))
    overleaf = table([*header, *ROWS[3:]], WIDTHS, len(header), Layout(rules="none"))
    records = parsed(tmp_path, [new_page(), *titled(), first, new_page(), overleaf])
    assert printed(records) == AMOUNTS


def test_a_form_without_rules_of_which_a_page_is_left_is_not_read_in_part(tmp_path: Path) -> None:
    overleaf = table(ROWS[3:], WIDTHS, 0, Layout(rules="across"))
    first = table([HEADER, *ROWS[:3]], WIDTHS, 1, Layout(rules="across"))
    records = parsed(tmp_path, [*titled(), first, new_page(), overleaf])
    assert records["lines"] == []
    assert "not all of its rows were read, such as 2010301 行政运行" in said(records)


@pytest.mark.parametrize(
    ("begun", "rest", "found"),
    [
        (["30,12", "10,00", "20,12"], ["5.50", "0.00", "5.50"], ["30,125.50", "10,000.00", "20,125.50"]),
        (["30125", "10000", "20125"], [".50", ".00", ".50"], ["30125.50", "10000.00", "20125.50"]),
        (["30,125.5", "10,000.0", "20,125.5"], ["3", "0", "3"], ["30,125.53", "10,000.00", "20,125.53"]),
        (["3012", "1000", "2012"], ["5.53", "0.00", "5.53"], ["30125.53", "10000.00", "20125.53"]),
        (["30,12", "", ""], ["5.5.0", "", ""], []),
    ],
)
def test_a_number_that_a_page_end_cuts_is_one_number_or_none(
    tmp_path: Path, begun: list[str], rest: list[str], found: list[str]
) -> None:
    above = ["208", "社会保障和就业支出", "7.50", "2.50", "5.00"]
    first, overleaf = ruled([HEADER, above, ["201", "一般公共服务支出", *begun]]), ruled([HEADER, ["", "", *rest]])
    records = parsed(tmp_path, [*titled(), first, new_page(), overleaf])
    assert [line["published_text"] for line in records["lines"] if line["code"] == "201"] == found
    assert len(records["lines"]) == len(found) + len(above[2:])
    assert found or "is no amount" in said(records)


def test_amounts_of_one_name_that_go_on_overleaf_are_amounts_of_their_own(tmp_path: Path) -> None:
    first = ruled([HEADER, ["201", "一般公共服务支出", "30", "10", "20"]])
    overleaf = ruled([HEADER, ["", "", "50", "10", "40"]])
    records = parsed(tmp_path, [*titled(), first, new_page(), overleaf])
    assert printed(records) == ["10", "10", "20", "30", "40", "50"]


def test_rows_without_a_rule_between_them_are_no_amount_and_the_page_is_not_called_empty(tmp_path: Path) -> None:
    stacked = ["\n".join(row[column] or "0.00" for row in ROWS) for column in range(5)]
    records = parsed(tmp_path, [*titled(), ruled([HEADER, stacked])])
    assert records["lines"] == []
    assert "is no amount" in said(records)
    assert [page["outcome"] for page in records["pages"]] == ["unreadable"]


def test_columns_printed_on_a_sheet_of_their_own_belong_to_the_rows_of_the_sheet_before(tmp_path: Path) -> None:
    rows = [HEADER, *ROWS]
    left, right = [row[:3] for row in rows], [row[3:] for row in rows]
    records = parsed(tmp_path, [*titled(), ruled(left, WIDTHS[:3]), new_page(), ruled(right, WIDTHS[3:])])
    found = {(line["item"], line["measure"], line["published_text"], line["page"]) for line in records["lines"]}
    assert ("行政运行", "total", "10.50", 1) in found
    assert ("行政运行", "basic", "10.50", 2) in found
    assert ("一般行政管理事务", "project", "20.00", 2) in found
    assert printed(records) == AMOUNTS


def test_the_first_row_of_a_further_page_is_read_though_no_rule_closes_it(tmp_path: Path) -> None:
    overleaf = Table(ROWS[2:], colWidths=[width for width, _ in WIDTHS])
    overleaf.setStyle(
        [
            ("FONT", (0, 0), (-1, -1), FONT, 8, 10),
            ("LINEBELOW", (0, 0), (-1, -1), 0.5, colors.black),
            ("LINEBEFORE", (0, 0), (-1, -1), 0.5, colors.black),
            ("LINEAFTER", (-1, 0), (-1, -1), 0.5, colors.black),
        ]
    )
    records = parsed(tmp_path, [*titled(), ruled([HEADER, *ROWS[:2]]), new_page(), overleaf])
    assert printed(records) == AMOUNTS


def test_a_total_alone_on_the_last_page_belongs_to_the_form(tmp_path: Path) -> None:
    last = [["合计", "<", "30.50", "10.50", "20.00"]]
    records = parsed(tmp_path, [*titled(), ruled([HEADER, *ROWS[1:]]), new_page(), table(last, WIDTHS, 0, Layout())])
    assert printed(records) == AMOUNTS
    assert [(line["item"], line["row_kind"]) for line in records["lines"] if line["page"] == 2] == [
        ("合计", "total")
    ] * 3


def test_a_sheet_of_columns_with_another_number_of_rows_is_not_set_beside(tmp_path: Path) -> None:
    rows = [HEADER, *ROWS]
    left, right = [row[:3] for row in rows], [row[3:] for row in rows[:-1]]
    records = parsed(tmp_path, [*titled(), ruled(left, WIDTHS[:3]), new_page(), ruled(right, WIDTHS[3:])])
    assert {line["measure"] for line in records["lines"]} == {"total"}
    assert "a money table without a known title; columns: 基本支出, 项目支出" in said(records)


def test_numbers_wider_than_their_cells_are_not_mixed(tmp_path: Path) -> None:
    rows = [row[:] for row in ROWS]
    rows[1][2:4] = ["123,456,789.12", "123,456,780.34"]
    widths = [*WIDTHS[:2], (44.0, "r"), (44.0, "r"), (44.0, "r")]
    drawn = Table([HEADER, *rows], colWidths=[width for width, _ in widths])
    drawn.setStyle(
        [
            ("FONT", (0, 0), (-1, -1), FONT, 8, 10),
            ("GRID", (0, 0), (-1, -1), 0.5, colors.black),
            ("ALIGN", (2, 0), (-1, -1), "RIGHT"),
        ]
    )
    records = parsed(tmp_path, [*titled(), drawn])
    of_class = {line["measure"]: line["published_text"] for line in records["lines"] if line["code"] == "201"}
    assert of_class == {"total": "123,456,789.12", "basic": "123,456,780.34", "project": "20.00"}


def test_personnel_and_operating_lists_side_by_side_keep_their_own_amounts(tmp_path: Path) -> None:
    rows = [
        ["人员经费", "<", "<", "公用经费", "<", "<"],
        ["科目编码", "科目名称", "金额", "科目编码", "科目名称", "金额"],
        ["301", "工资福利支出", "100.00", "302", "商品和服务支出", "20.00"],
        ["30101", "基本工资", "100.00", "30201", "办公费", "20.00"],
        ["人员经费合计", "<", "100.00", "公用经费合计", "<", "20.00"],
    ]
    drawn = table(rows, [(60.0, "l"), (110.0, "l"), (60.0, "r")] * 2, 2, Layout())
    records = parsed(tmp_path, [*titled("一般公共预算基本支出表"), drawn])
    found = {(line["code"], line["item"], line["measure"], line["published_text"]) for line in records["lines"]}
    assert ("30101", "基本工资", "personnel", "100.00") in found
    assert ("30201", "办公费", "operating", "20.00") in found
    assert {measure for _, _, measure, _ in found} == {"personnel", "operating"}


def test_rows_without_codes_nest_by_how_far_their_names_are_indented(tmp_path: Path) -> None:
    indented = [
        ["合计", "30.50"],
        ["　卫生健康支出", "20.50"],
        ["　　公立医院", "20.50"],
        ["　　　综合医院", "12.25"],
        ["　　　妇幼保健医院\n（含中医）", "8.25"],
        ["　教育支出", "10.00"],
        ["　　进修及培训", "10.00"],
        ["　　　培训支出", "9.00"],
    ]
    drawn = ruled([["项目", "预算数"], *indented], [(200.0, "l"), (90.0, "r")])
    records = parsed(tmp_path, [*titled("2026年支出预算表"), drawn])
    kinds = {line["item"]: line["row_kind"] for line in records["lines"]}
    assert kinds == {
        "合计": "total",
        "卫生健康支出": "subtotal",
        "公立医院": "subtotal",
        "综合医院": "line",
        "妇幼保健医院（含中医）": "line",
        "教育支出": "subtotal",
        "进修及培训": "subtotal",
        "培训支出": "line",
    }
    assert "进修及培训" in said(records)


def test_a_row_without_amounts_under_a_repeated_header_is_no_header(tmp_path: Path) -> None:
    header = [["收入", "<", "支出", "<"], ["项目", "预算数", "项目", "预算数"]]
    first = [["一、一般公共预算", "9.50", "一般公共服务支出", "9.50"]]
    rest = [["上年结转结余", "", "年终结转结余", ""], ["收入总计", "9.50", "支出总计", "9.50"]]
    widths = [(140.0, "l"), (70.0, "r")] * 2
    pages = [table([*header, *rows], widths, 2, Layout()) for rows in (first, rest)]
    title = titled("2026年收支总表")
    records = parsed(tmp_path, [*title, pages[0], new_page(), *title[2:], pages[1]])
    found = {
        (line["side"], line["item"], line["measure"], line["row_kind"])
        for line in records["lines"]
        if line["page"] == 2
    }
    assert found == {("revenue", "收入总计", "total", "total"), ("expenditure", "支出总计", "total", "total")}


def test_a_table_whose_titles_end_a_page_goes_on_overleaf(tmp_path: Path) -> None:
    titles = [["2026年支出总表", "<", "<", "<", "<"], ["部门：示例市示例局", "<", "<", "单位：元", "<"]]
    story = [text("title", "示例市示例局2026年部门预算"), ruled(titles), new_page(), ruled([HEADER, *ROWS])]
    records = parsed(tmp_path, story)
    assert printed(records) == AMOUNTS
    assert {line["published_unit"] for line in records["lines"]} == {"元"}


class _Bold(Canvas):
    """A canvas that makes bold as some programs do: every text twice, a hair apart."""

    def drawString(self, x: float, y: float, text: str, *more: Any, **named: Any) -> None:  # noqa: N802
        super().drawString(x, y, text, *more, **named)
        super().drawString(x + 0.3, y, text, *more, **named)

    def drawRightString(self, x: float, y: float, text: str, *more: Any, **named: Any) -> None:  # noqa: N802
        super().drawRightString(x, y, text, *more, **named)
        super().drawRightString(x + 0.3, y, text, *more, **named)


def test_bold_made_by_printing_twice_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.typesetting.paper.Canvas", _Bold)
    records = parsed(tmp_path, [*titled(), ruled([HEADER, *ROWS])])
    assert printed(records) == AMOUNTS


def test_areas_filled_with_the_white_of_the_paper_rule_nothing(tmp_path: Path) -> None:
    class Patched(Flowable):
        """A white area over the middle of the row of headers, as programs lay it behind merged cells."""

        def draw(self) -> None:
            self.canv.setFillColor(colors.white)
            for column in range(6):
                self.canv.rect(70 + column * 61, -60, 3, 50, stroke=0, fill=1)
            self.canv.setFillColor(colors.black)

    records = parsed(tmp_path, [*titled(), Patched(), ruled([HEADER, *ROWS])])
    assert printed(records) == AMOUNTS


def test_a_text_layer_of_glyph_numbers_is_unreadable_and_says_so(tmp_path: Path) -> None:
    parsed(tmp_path, [*titled(), ruled([HEADER, *ROWS])])
    writer = PdfWriter(clone_from=PdfReader(tmp_path / "paper.pdf"))
    for page in writer.pages:
        for font in page["/Resources"]["/Font"].values():
            font.get_object().pop("/ToUnicode", None)
            font.get_object().pop("/Encoding", None)
    lying = tmp_path / "lying.pdf"
    writer.write(lying)
    records = parse_document(lying, ocr="never")
    assert records.get("lines", []) == []
    assert [page["outcome"] for page in records["pages"]] == ["unreadable"]


def plain(folder: Path, body: str) -> Records:
    return parse(folder, f"示例市示例局2026年部门预算\n\n{body}")


def test_radicals_in_place_of_characters_are_read_as_what_they_look_like(tmp_path: Path) -> None:
    records = plain(tmp_path, "2026年⽀出总表\n\n单位：万元\n\n科⽬编码\t科⽬名称\t合计\n201\t⼀般公共服务⽀出\t5.00\n")
    assert [(line["form"], line["code"], line["measure"]) for line in records["lines"]] == [
        ("expenditure", "201", "total")
    ]


def test_an_amount_with_a_character_missing_is_no_amount_and_said(tmp_path: Path) -> None:
    records = plain(
        tmp_path, "支出总表\n\n单位：万元\n\n科目编码\t科目名称\t合计\n201\t服务\t1\ufffd5.00\n208\t就业\t7.00\n"
    )
    assert printed(records) == ["7.00"]
    assert "'1\ufffd5.00' is no amount" in said(records)


def test_an_amount_finer_than_a_fen_is_left_and_said_and_the_rest_is_read(tmp_path: Path) -> None:
    records = plain(tmp_path, "支出总表\n\n单位：元\n\n科目编码\t科目名称\t合计\n201\t服务\t1.2345\n208\t就业\t7.00\n")
    assert [line["amount_yuan"] for line in records["lines"]] == [Decimal(7)]
    assert "'1.2345' is finer than a fen" in said(records)


@pytest.mark.parametrize(
    "numbering", ["1\t2\t3\t4\t5", "栏次\t\t1=2+3\t2\t3", "**\t**\t1\t2\t3", "A\tB\t(1)\t(2)\t(3)"]
)
def test_the_row_that_numbers_the_columns_is_no_amount(tmp_path: Path, numbering: str) -> None:
    body = "\t".join(HEADER) + f"\n{numbering}\n" + "\n".join("\t".join(row) for row in ROWS)
    assert printed(plain(tmp_path, f"支出总表\n\n单位：万元\n\n{body}\n")) == AMOUNTS


def test_rates_and_shares_are_no_amounts(tmp_path: Path) -> None:
    header = "科目编码\t科目名称\t2025年执行数\t2026年预算数\t增减额\t增减%\t占比"
    body = f"一般公共预算支出表\n\n单位：万元\n\n{header}\n201\t服务\t9.00\t10.00\t1.00\t11.11\t100.00\n"
    found = {line["measure"]: line["published_text"] for line in plain(tmp_path, body)["lines"]}
    assert found == {"previous_year:total": "9.00", "total": "10.00", "change:total": "1.00"}


def test_a_form_refused_for_want_of_a_unit_does_not_take_the_pages_after_it_along(tmp_path: Path) -> None:
    body = "2026年支出总表\n\n科目编码\t科目名称\t合计\n201\t服务\t7.00\n\n十、其他\n"
    records = plain(tmp_path, body)
    assert "states no unit" in said(records)
    assert "another year" not in said(records)
