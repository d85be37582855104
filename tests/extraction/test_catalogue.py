"""The guidance catalogue, what a disclosure declares of it, and papers bound in that are no part of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from budgetlib.extraction.catalogue import read_catalogue
from budgetlib.extraction.enclosures import set_apart
from budgetlib.extraction.identity import is_another
from budgetlib.extraction.records import Records
from budgetlib.pages.model import Box, Cell, Grid, Line, Page
from tests.plain_text import parse, said
from tests.shared_material import SHARED, needs_shared, records

HEAD = "代码\t一级目录\t二级目录\t三级目录\t四级目录"
APPROVAL = """\
行政审批\t\t\t\t
A\t公共服务\t\t\t
A15\t\t公共信息与宣传服务\t\t
A1502\t\t\t公共公益宣传服务\t
A150201\t\t\t\t政务服务宣传服务"""
LETTERS = """\
信访\t\t\t\t
A\t公共服务\t\t\t
A04\t\t社会保障服务\t\t"""
TITLE = "示例省部门政府购买服务指导性目录"
NOTICE = f"""\
示例省财政厅文件

示财综〔2025〕28号

示例省财政厅关于印发《{TITLE}》的通知

各市财政局,省直有关单位:

根据《示例省人民政府办公厅关于印发实施办法的通知》(示政办发〔2021〕12号)有关规定,我厅修订了目录,2026年收入总计99.99万元。

{TITLE}
"""
CLOSED = """\
信息公开选项:主动公开

2025年7月15日印发

第四部分 名词解释
"""
SECTION = "第三部分 情况说明\n\n十二、其他说明\n\n（一）政府购买服务指导性目录\n\n"


def items(parsed: Records) -> list[tuple[Any, ...]]:
    return [(row["section"], row["code"], row["level"], row["name"]) for row in parsed["catalogue"]]


def declared(folder: Path, text: str, after: str = "") -> list[dict[str, Any]]:
    """What section twelve with `text` declares; only what it says."""
    rows = parse(folder, f"{SECTION}{text}\n\n（二）其他\n\n无\n\n{after}")["catalogue_declarations"]
    return [{k: v for k, v in row.items() if v is not None and k not in ("document_id", "sentence")} for row in rows]


def test_sections_and_levels_go_on_over_a_page_end_with_the_head_repeated(tmp_path: Path) -> None:
    parsed = parse(tmp_path, f"{TITLE}\n{HEAD}\n{APPROVAL}\n\n{HEAD}\nA16\t\t行业管理服务\t\t\n{LETTERS}\n")
    assert items(parsed) == [
        ("行政审批", "A", 1, "公共服务"),
        ("行政审批", "A15", 2, "公共信息与宣传服务"),
        ("行政审批", "A1502", 3, "公共公益宣传服务"),
        ("行政审批", "A150201", 4, "政务服务宣传服务"),
        ("行政审批", "A16", 2, "行业管理服务"),
        ("信访", "A", 1, "公共服务"),
        ("信访", "A04", 2, "社会保障服务"),
    ]


def test_which_sections_an_excerpt_prints_is_said(tmp_path: Path) -> None:
    parsed = parse(tmp_path, f"{TITLE}\n{HEAD}\n{APPROVAL}\n{LETTERS}\n")
    assert "sections printed, with their items: 行政审批 (4), 信访 (2)" in said(parsed)


def test_a_third_level_code_with_a_fourth_level_name_stays_as_printed(tmp_path: Path) -> None:
    parsed = parse(tmp_path, f"{TITLE}\n{HEAD}\n{APPROVAL}\nA1503\t\t\t\t政务展览服务\n")
    assert items(parsed)[-1] == ("行政审批", "A1503", 4, "政务展览服务")


def test_a_code_that_stands_twice_in_a_section_is_kept_twice_and_said(tmp_path: Path) -> None:
    parsed = parse(tmp_path, f"{TITLE}\n{HEAD}\n{APPROVAL}\nA150201\t\t\t\t政务公开宣传服务\n{LETTERS}\n")
    names = [name for section, code, _, name in items(parsed) if code == "A150201"]
    assert names == ["政务服务宣传服务", "政务公开宣传服务"]
    assert "A150201 stands twice in section 行政审批" in said(parsed)
    assert "A stands twice" not in said(parsed)


def test_an_item_without_its_higher_level_is_kept_under_the_section_above_and_said(tmp_path: Path) -> None:
    parsed = parse(tmp_path, f"{TITLE}\n{HEAD}\n{LETTERS}\n\n{HEAD}\nA160401\t\t\t\t统计考试服务\n")
    assert items(parsed)[-1] == ("信访", "A160401", 4, "统计考试服务")
    assert "A160401 stands in section 信访 without A1604: pages may be missing above" in said(parsed)


def test_a_name_that_wraps_or_is_cut_by_a_page_end_is_one_name() -> None:
    def grid(*rows: tuple[str, ...]) -> Grid:
        cells = (
            Cell(text, r, c, box=Box(c, r, c + 1, r + 1)) for r, row in enumerate(rows) for c, text in enumerate(row)
        )
        return Grid(tuple(cells), len(rows), 5, edges=(0, 1, 2, 3, 4, 5))

    head = tuple(HEAD.split("\t"))
    first = grid(
        head, ("行政\n审批", "", "", "", ""), ("A", "公共服务", "", "", ""), ("A15", "", "公共信息与\n宣传", "", "")
    )
    second = grid(head, ("", "", "服务", "", ""), ("A16", "", "行业管理服务", "", ""))
    read = read_catalogue([Page(1, grids=(first,)), Page(2, grids=(second,))], None)
    assert [(item["section"], item["code"], item["name"], item["page"]) for item in read.items] == [
        ("行政审批", "A", "公共服务", 1),
        ("行政审批", "A15", "公共信息与宣传服务", 1),
        ("行政审批", "A16", "行业管理服务", 2),
    ]


def test_the_edition_is_the_number_on_the_covering_notice_and_not_one_it_quotes(tmp_path: Path) -> None:
    parsed = parse(tmp_path, f"{SECTION}无\n\n{NOTICE}\n{HEAD}\n{APPROVAL}\n\n{CLOSED}")
    assert {row["edition"] for row in parsed["catalogue"]} == {"示财综〔2025〕28号"}
    alone = parse(tmp_path, f"{SECTION}无\n\n{TITLE}\n{HEAD}\n{APPROVAL}\n\n第四部分 名词解释\n")
    assert {row["edition"] for row in alone["catalogue"]} == {None}


def test_a_covering_notice_is_no_part_of_the_disclosure_and_the_page_log_says_so(tmp_path: Path) -> None:
    parsed = parse(tmp_path, f"{SECTION}无\n\n{NOTICE}\n{HEAD}\n{APPROVAL}\n\n{CLOSED}")
    assert "the covering notice of a guidance catalogue (示财综〔2025〕28号), no part of the disclosure" in said(parsed)
    assert not [row for row in parsed["statements"] if "99.99" in row["sentence"]]
    assert not [row for row in parsed["catalogue_declarations"] if row["citation"] == "示政办发〔2021〕12号"]


def test_a_page_that_holds_nothing_but_an_enclosure_is_other_and_said_to_be_what_it_is() -> None:
    letter = ("示财预〔2026〕3号", "关于批复2026年部门预算的通知", "示例市示例局：", "现将你部门2026年预算批复如下。")
    pages = [
        Page(n, lines=tuple(map(Line, texts)))
        for n, texts in ((1, ("一、收入情况",)), (2, letter), (3, ("第四部分 名词解释",)))
    ]
    own, (enclosure,) = set_apart(pages)
    assert [len(page.lines) for page in own] == [1, 0, 1]
    assert (enclosure.first, enclosure.last) == (1, 1)
    assert enclosure.sentence == "a budget approval letter (示财预〔2026〕3号), no part of the disclosure"


def test_a_notice_that_the_text_only_quotes_is_no_enclosure() -> None:
    lines = (
        "本部门完全按照",
        "《示例省财政厅关于印发示例省部门政府购买服务指导性目录的通知》",
        "示财综〔2025〕28号文件要求执行。",
    )
    assert set_apart([Page(1, lines=tuple(map(Line, lines)))])[1] == []


@pytest.mark.parametrize("text", ["无", "本部门无政府购买服务。", "不涉及", "2026年我单位没有政府购买服务项目。"])
def test_nothing_to_declare_is_a_declaration(tmp_path: Path, text: str) -> None:
    assert declared(tmp_path, text) == [{"kind": "none"}]


@pytest.mark.parametrize("brackets", ["〔〕", "[]", "【】", "()", "（）"])
def test_a_citation_keeps_the_brackets_it_is_printed_in(tmp_path: Path, brackets: str) -> None:
    number = f"示财综{brackets[0]}2025{brackets[1]}28号"
    text = f"本部门完全按照《示例省部门政府购买服务指导性目录的通知》{number}文件要求执行。"
    assert declared(tmp_path, text) == [{"kind": "cited", "citation": number}]


def test_an_attached_catalogue_is_said_to_be_attached(tmp_path: Path) -> None:
    assert declared(tmp_path, "详见附件《政府购买服务指导性目录》。") == [{"kind": "attached"}]
    printed = declared(tmp_path, "无", f"{TITLE}\n{HEAD}\n{APPROVAL}\n")
    assert [row["kind"] for row in printed] == ["none", "attached"]


def test_declared_items_have_code_name_and_citation(tmp_path: Path) -> None:
    text = (
        "根据《示例省部门政府购买服务指导性目录》（示财综【2025】28号）文件，我部门涉及的政府购买服务为："
        "A160501政务服务事项梳理、A170108消防验收现场评定（消防验收服务）、Ａ１７０５０２建设工程设计方案审查。"
    )
    assert declared(tmp_path, text) == [
        {"kind": "items", "citation": "示财综【2025】28号", "code": code, "name": name}
        for code, name in (
            ("A160501", "政务服务事项梳理"),
            ("A170108", "消防验收现场评定（消防验收服务）"),
            ("A170502", "建设工程设计方案审查"),
        )
    ]


def test_an_item_given_level_by_level_has_its_path_its_section_and_its_project(tmp_path: Path) -> None:
    text = (
        "Z示例市12345热线受理服务费为政府购买服务项目，依据《示例省部门政府购买服务指导性目录》行政审批中"
        "一级目录公共服务，二级目录其他公共服务，三级目录政务热线服务，四级目录12345热线便民服务，购买服务。"
    )
    assert declared(tmp_path, text) == [
        {
            "kind": "items",
            "section": "行政审批",
            "name": "12345热线便民服务",
            "path": "公共服务>其他公共服务>政务热线服务>12345热线便民服务",
            "project": "Z示例市12345热线受理服务费",
        }
    ]


def test_a_project_called_a_purchased_service_is_a_declaration(tmp_path: Path) -> None:
    table = (
        "示例市项目支出绩效目标表\n项目名称\t消防审查等五个政府购买服务项目\t\n项目资金（元）\t实施期资金总额：\t100\n"
    )
    rows = parse(tmp_path, f"{table}\n{SECTION}无\n")["catalogue_declarations"]
    assert [(row["kind"], row["project"]) for row in rows] == [
        ("none", None),
        ("items", "消防审查等五个政府购买服务项目"),
    ]


def test_a_declared_code_that_the_printed_catalogue_does_not_list_is_kept_and_said(tmp_path: Path) -> None:
    text = "我部门涉及的政府购买服务为：A150201政务服务宣传服务、A999901无此服务。"
    parsed = parse(tmp_path, f"{SECTION}{text}\n\n{TITLE}\n{HEAD}\n{APPROVAL}\n")
    assert [row["code"] for row in parsed["catalogue_declarations"] if row["code"]] == ["A150201", "A999901"]
    assert "declared, but not among the items printed here: A999901" in said(parsed)


FORM = """\
2026年支出预算总表

部门名称：{entity}

单位：万元

科目编码\t科目名称\t合计\t基本支出\t项目支出
合计\t\t{total}\t{total}\t
201\t一般公共服务支出\t{total}\t{total}\t
20103\t政府办公厅（室）及相关机构事务\t{total}\t{total}\t
2010301\t行政运行\t{total}\t{total}\t
"""


def test_forms_of_another_unit_are_kept_apart_and_said(tmp_path: Path) -> None:
    own = FORM.format(entity="示例市示例局[部门]", total="600.00")
    income = own.replace("支出预算总表", "收入预算总表").replace("基本支出\t项目支出", "一般公共预算\t政府性基金")
    parsed = parse(tmp_path, f"{own}\n{income}\n{FORM.format(entity='示例市另一中心', total='77.00')}")
    assert parsed["documents"][0]["entity"] == "示例市示例局[部门]"
    assert {line["published_text"] for line in parsed["lines"]} == {"600.00"}
    assert "is of 示例市另一中心, the document of 示例市示例局[部门]" in said(parsed)


@pytest.mark.parametrize(
    ("named", "entity", "another"),
    [
        ("示例市示例局", "示例市示例局[部门]", False),
        ("示例市示例局（本级）", "示例市示例局", False),
        ("示例局", "示例市示例局", False),
        ("示例市示例局单位：万元", "示例市示例局", False),
        ("示例市示列局", "示例市示例局", False),
        ("示例市示例局政务中心", "示例市示例局", True),
        ("示例市另一中心", "示例市示例局", True),
        (None, "示例市示例局", False),
    ],
)
def test_a_name_is_anothers_only_where_it_clearly_is(named: str | None, entity: str, another: bool) -> None:
    assert is_another(named, entity) is another


@needs_shared
def test_the_notice_and_the_contents_of_the_catalogue_in_a_real_disclosure_are_in_the_page_log_as_enclosures() -> None:
    pages = records(SHARED / "facsimiles/003_beaac8d7b742075a.writer.pdf")["pages"]
    enclosures = {page["page"]: page for page in pages if "covering notice" in (page["reason"] or "")}
    assert enclosures[77]["outcome"] == "read"
    assert enclosures[78]["kind"] == "other"
    assert {enclosures[number]["kind"] for number in (79, 80, 81)} == {"catalogue"}
