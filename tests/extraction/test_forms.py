"""From paper to lines: how a form is known, what its columns mean, which rows are heads. Small tables as plain text."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from budgetlib.commands.pipeline import parse_document
from budgetlib.core.text import slug, squeeze
from budgetlib.definitions.forms import forms
from budgetlib.extraction.forms.lines import form_lines
from budgetlib.extraction.forms.recognise import recognise
from budgetlib.extraction.forms.row_kinds import row_kinds
from budgetlib.extraction.forms.rows import PrintedRow
from budgetlib.extraction.forms.sums import nested
from budgetlib.extraction.forms.titles import form_above, without_years
from budgetlib.pages.model import Box, Cell, Grid, Line, Page
from tests.plain_text import parse

HEAD = "示例市示例局2026年部门预算\n\n"


@pytest.fixture
def parsed(tmp_path: Path) -> Any:
    """A function: text of a disclosure → its records."""

    return lambda text: parse(tmp_path, HEAD + text)


def amounts(records: dict[str, list[dict[str, Any]]]) -> list[tuple[Any, ...]]:
    return [(r["form"], r["code"], r["item"], r["measure"], r["amount_yuan"], r["row_kind"]) for r in records["lines"]]


EXPENDITURE = (
    "2026年支出预算总表\n\n单位：{unit}\n\n科目编码\t科目名称\t合计\t基本支出\t项目支出\n"
    "合计\t\t30.00\t10.00\t20.00\n201\t一般公共服务支出\t30.00\t10.00\t20.00\n"
)


@pytest.mark.parametrize(("unit", "yuan"), [("万元", 300_000), ("元", 30), ("亿元", 3_000_000_000)])
def test_the_unit_is_read_from_the_page(parsed: Any, unit: str, yuan: int) -> None:
    first = parsed(EXPENDITURE.format(unit=unit))["lines"][0]
    assert (first["amount_yuan"], first["published_text"], first["published_unit"]) == (Decimal(yuan), "30.00", unit)


def test_a_form_that_states_no_unit_is_refused_with_the_reason(parsed: Any) -> None:
    records = parsed(EXPENDITURE.replace("单位：{unit}\n\n", ""))
    assert records["lines"] == []
    assert any("no unit" in (page["reason"] or "") for page in records["pages"])


def test_the_total_of_the_year_in_another_form_settles_a_missing_unit(parsed: Any) -> None:
    rows = "一般公共预算\t30.00\t教育支出\t32.00\n本年收入合计\t30.00\t\t\n上年结转\t2.00\t\t\n"
    rows += "收入总计\t32.00\t支出总计\t32.00\n"
    summary = f"收支总表\n\n单位：万元\n\n项目\t预算数\t项目\t预算数\n{rows}\n"
    revenue = "收入总表\n\n科目编码\t科目名称\t合计\n201\t服务\t30.00\n\t合计\t30.00\n"
    units = {line["published_unit"] for line in parsed(summary + revenue)["lines"] if line["form"] == "revenue"}
    assert units == {"万元"}


def test_a_year_on_year_table_in_the_prose_is_known_by_its_head_and_tells_the_years_apart(parsed: Any) -> None:
    head = "功能科目\t年度\t合计\t基本支出\t项目支出\t主要原因\n"
    rows = "行政运行\t2026\t7\t5\t2\t人员\n行政运行\t2025\t6\t5\t1\t\n行政运行\t2026比2025\t1\t0\t1\t\n"
    records = parsed(f"与上年相比如下：\n单位：元\n\n{head}{rows}")
    found = {line["measure"]: line["amount_yuan"] for line in records["lines"] if "total" in line["measure"]}
    assert found == {"total": 7, "previous_year:total": 6, "change:total": 1}


def test_the_total_of_another_form_settles_a_missing_unit(parsed: Any) -> None:
    revenue = (
        "2026年收入预算总表\n\n单位：万元\n\n科目编码\t科目名称\t合计\n合计\t\t30.00\n201\t一般公共服务支出\t30.00\n\n"
    )
    records = parsed(revenue + EXPENDITURE.replace("单位：{unit}\n\n", ""))
    assert {r["amount_yuan"] for r in records["lines"] if r["form"] == "expenditure" and r["item"] == "合计"} == {
        Decimal(300_000),
        Decimal(100_000),
        Decimal(200_000),
    }
    assert any("states no unit" in (page["reason"] or "") for page in records["pages"])


def test_a_column_means_what_its_header_says_wherever_it_stands(parsed: Any) -> None:
    swapped = EXPENDITURE.format(unit="万元").replace("基本支出\t项目支出", "项目支出\t基本支出")
    found = {(r["measure"], r["amount_yuan"]) for r in parsed(swapped)["lines"] if r["item"] == "合计"}
    assert found == {("total", Decimal(300_000)), ("project", Decimal(100_000)), ("basic", Decimal(200_000))}


def test_a_column_with_an_unknown_header_is_kept_under_its_name_and_said(parsed: Any) -> None:
    records = parsed(EXPENDITURE.format(unit="万元").replace("项目支出", "机动财力"))
    assert ("other:机动财力", Decimal(200_000)) in {(r["measure"], r["amount_yuan"]) for r in records["lines"]}
    assert any("机动财力" in (page["reason"] or "") for page in records["pages"])


def test_numbers_under_a_header_of_something_else_are_no_amounts(parsed: Any) -> None:
    records = parsed(EXPENDITURE.format(unit="万元").replace("项目支出", "绩效指标值"))
    assert {r["measure"] for r in records["lines"]} == {"total", "basic"}


def test_the_numbers_of_the_columns_are_no_row_wherever_cells_divide_them(parsed: Any) -> None:
    records = parsed(EXPENDITURE.format(unit="万元").replace("合计\t\t30", "1\t23\t4\t5\t\n合计\t\t30"))
    assert {r["published_text"] for r in records["lines"]} == {"30.00", "10.00", "20.00"}


def test_title_and_unit_may_stand_inside_the_table(parsed: Any) -> None:
    records = parsed(
        "公开03表\t\t\n支出预算总表\t\t\n部门：示例市示例局\t\t单位：元\n科目编码\t科目名称\t合计\n201\t服务\t7\n"
    )
    assert amounts(records) == [("expenditure", "201", "服务", "total", Decimal(7), "line")]


@pytest.mark.parametrize(
    ("printed", "code", "item"),
    [
        ("201\t01\t05\t行政运行", "2010105", "行政运行"),
        ("201\t\t\t一般公共服务支出", "201", "一般公共服务支出"),
    ],
)
def test_class_section_and_item_in_three_columns_are_one_code(parsed: Any, printed: str, code: str, item: str) -> None:
    text = f"支出总表\n\n单位：元\n\n类\t款\t项\t科目名称\t合计\n{printed}\t5\n"
    assert amounts(parsed(text)) == [("expenditure", code, item, "total", Decimal(5), "line")]


def test_a_section_printed_without_its_class_takes_it_from_above(parsed: Any) -> None:
    text = (
        "支出总表\n\n单位：元\n\n类\t款\t项\t科目名称\t合计\n201\t\t\t服务\t5\n\t40\t\t信访\t5\n201\t40\t01\t运行\t5\n"
    )
    assert [line["code"] for line in parsed(text)["lines"]] == ["201", "20140", "2014001"]


def test_a_header_that_runs_into_the_next_column_is_still_that_of_the_codes(parsed: Any) -> None:
    header = "功能分类科目编>类\t功能分类科目编>款\t功能分类科目编>项\t码>功能分类科目名称\t合计"
    records = parsed(f"支出总表\n\n单位：元\n\n{header}\n201\t01\t05\t行政运行\t5\n")
    assert [line["code"] for line in records["lines"]] == ["2010105"]


def page_of(number: int, edges: tuple[float, ...], *rows: tuple[str, ...]) -> Page:
    """A page with one ruled grid that fills it between `edges`."""
    box = Box(edges[0], 100, edges[-1], 100 + 20 * len(rows))
    cells = tuple(
        Cell(text, r, c, box=Box(edges[c], 100 + 20 * r, edges[c + 1], 120 + 20 * r))
        for r, row in enumerate(rows)
        for c, text in enumerate(row)
    )
    return Page(number, 600, 800, (), (Grid(cells, len(rows), len(edges) - 1, box, edges),))


def test_the_total_alone_on_a_further_page_goes_on_with_the_form_though_it_merges_the_columns_of_labels() -> None:
    header = ("类", "款", "项", "科目名称", "合计", "基本支出")
    first = page_of(1, (50, 80, 110, 140, 300, 400, 500), header, ("201", "01", "05", "行政运行", "5.00", "2.00"))
    titled = replace(first, lines=(Line("支出总表", Box(250, 50, 350, 60)), Line("单位：元", Box(400, 70, 500, 80))))
    second = page_of(2, (50, 300, 400, 500), ("合计", "5.00", "2.00"))
    (table,), unknown = recognise([titled, second])
    lines, _ = form_lines(table, "元")
    assert [(line["row_kind"], line["item"], line["published_text"], line["page"]) for line in lines] == [
        ("line", "行政运行", "5.00", 1),
        ("line", "行政运行", "2.00", 1),
        ("total", "合计", "5.00", 2),
        ("total", "合计", "2.00", 2),
    ]
    assert not unknown


def test_a_head_alone_at_the_end_of_a_page_is_that_of_the_table_overleaf() -> None:
    head = page_of(1, (50, 250, 500), ("收入", "支出"))
    lines = (Line("财政拨款收支预算总表", Box(200, 50, 400, 60)), Line("单位：元", Box(400, 70, 500, 80)))
    rows = (
        ("项目", "金额", "项目", "金额"),
        ("一般公共预算", "5", "教育支出", "5"),
        ("收入合计", "5", "支出合计", "5"),
    )
    tables, unknown = recognise([replace(head, lines=lines), page_of(2, (50, 150, 250, 350, 500), *rows)])
    assert [(table.form.name, table.money_unit) for table in tables][-1] == ("appropriation_summary", "元")
    assert not unknown


@pytest.mark.parametrize("printed", ["2010601-行政运行", "[2010601]行政运行", "2010601行政运行"])
def test_code_and_name_in_one_cell_are_told_apart(parsed: Any, printed: str) -> None:
    text = f"支出总表\n\n单位：元\n\n功能分类科目\t合计\n{printed}\t5\n"
    assert amounts(parsed(text)) == [("expenditure", "2010601", "行政运行", "total", Decimal(5), "line")]


def test_zero_is_an_amount_and_a_blank_or_a_dash_is_none(parsed: Any) -> None:
    text = "支出总表\n\n单位：元\n\n科目编码\t科目名称\t合计\t基本支出\t项目支出\n201\t服务\t0.00\t\t—\n"
    assert [(r["measure"], r["amount_yuan"]) for r in parsed(text)["lines"]] == [("total", Decimal(0))]


def test_columns_of_the_year_before_and_of_the_change_are_not_the_budget(parsed: Any) -> None:
    text = "“三公”经费支出表\n\n单位：元\n\n项目\t2025年预算数\t2026年预算数\t增减\n公务接待费\t9\t7\t-2\n"
    found = {r["measure"]: r["amount_yuan"] for r in parsed(text)["lines"]}
    assert found == {"previous_year:total": 9, "total": 7, "change:total": -2}


def test_a_money_table_nobody_described_is_in_the_page_log_with_its_title_and_headers(parsed: Any) -> None:
    records = parsed("某某基金收益表\n\n单位：元\n\n户名\t收益\n甲\t1.50\n乙\t2.50\n")
    assert records["lines"] == []
    (reason,) = [page["reason"] for page in records["pages"] if page["outcome"] == "unreadable"]
    assert "某某基金收益表" in reason
    assert "收益" in reason


def test_what_is_no_amount_in_a_money_column_is_said_with_its_row(parsed: Any) -> None:
    records = parsed(EXPENDITURE.format(unit="万元") + "208\t就业\t1,2.00\t\t\n")
    assert any("'1,2.00' is no amount" in (page["reason"] or "") for page in records["pages"])


def test_an_empty_form_has_no_lines_and_says_so(parsed: Any) -> None:
    records = parsed("政府性基金预算支出表\n\n单位：万元\n\n科目编码\t科目名称\t合计\n合计\t\t\n\n注：本表无数据\n")
    assert records["lines"] == []
    assert ("government_fund_expenditure", "declared_empty") in {(p["form"], p["outcome"]) for p in records["pages"]}


WORDINGS = tomllib.loads(Path(__file__).parents[1].joinpath("gold/wordings.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("form", "titles"), WORDINGS["titles"].items())
def test_a_title_names_its_form_in_the_wordings_of_many_places(form: str, titles: list[str]) -> None:
    found = {title: form_above([title]) for title in titles}
    assert {title: known[0].name if known else "none" for title, known in found.items()} == dict.fromkeys(titles, form)


@pytest.mark.parametrize(("form", "meanings"), WORDINGS["headers"].items())
def test_a_column_is_known_by_its_header_in_the_wordings_of_many_places(
    form: str, meanings: dict[str, list[str]]
) -> None:
    for meaning, headers in meanings.items():
        rules = {header: forms()[form].column(without_years(squeeze(header))) for header in headers}
        found = {header: (rule.role or rule.measure) if rule else "other" for header, rule in rules.items()}
        assert found == dict.fromkeys(headers, meaning)


@pytest.mark.parametrize(
    "line", ["市级部门整体支出绩效目标表", "详见附件收支总表", "收支总表........3", "第二部分 预算报表"]
)
def test_what_is_no_title_of_a_form_names_none(parsed: Any, line: str) -> None:
    assert amounts(parsed(f"{line}\n\n单位：元\n\n项目\t金额\n甲\t1.50\n乙\t2.50\n")) == []


def rows(*printed: tuple[str, str], code: bool = False) -> list[PrintedRow]:
    """Rows of one panel with a total each, as `(label, amount)`."""
    from budgetlib.extraction.forms.header import FormColumn
    from budgetlib.extraction.forms.rows import RowAmount
    from budgetlib.pages.model import Cell

    column = FormColumn(0, 0, "合计", measure="total")
    return [
        PrintedRow(
            "expenditure", 0, printed=name, amounts=[RowAmount(column, Decimal(text), text, Cell(text, 0, 0), 1)]
        )
        for name, text in printed
    ]


def kinds(found: list[PrintedRow]) -> list[str]:
    return [row.kind for row in found]


def test_units_and_projects_are_told_apart_by_sums_where_a_unit_bears_the_departments_name() -> None:
    found = rows(
        ("示例局", "60"), ("示例局", "40"), ("甲费用", "30"), ("乙费用", "10"), ("示例中心", "20"), ("丙费用", "20")
    )
    row_kinds(found, "projects", [])
    assert kinds(found) == ["total", "subtotal", "line", "line", "subtotal", "line"]
    assert [row.unit for row in found] == [None, "示例局", "示例局", "示例局", "示例中心", "示例中心"]


def test_two_projects_of_one_amount_are_not_taken_for_a_unit_and_its_project() -> None:
    found = rows(("示例中心", "60"), ("甲运维费", "30"), ("乙服务费", "30"))
    row_kinds(found, "projects", [])
    assert kinds(found) == ["total", "line", "line"]
    assert [row.unit for row in found] == [None, "示例中心", "示例中心"]


def test_a_unit_that_does_not_add_up_is_still_a_unit_by_its_name() -> None:
    found = rows(
        ("示例局", "60"), ("示例局机关", "41"), ("甲费用", "30"), ("乙费用", "10"), ("示例中心", "20"), ("丙费用", "20")
    )
    row_kinds(found, "projects", [])
    assert kinds(found) == ["total", "subtotal", "line", "line", "subtotal", "line"]


def test_functions_without_codes_nest_by_their_sums() -> None:
    found = rows(
        ("合计", "15"),
        ("公共安全支出", "9"),
        ("司法", "9"),
        ("运行", "4"),
        ("援助", "5"),
        ("教育支出", "6"),
        ("培训", "6"),
    )
    row_kinds(found, "codes", [])
    assert kinds(found) == ["total", "subtotal", "subtotal", "line", "line", "subtotal", "line"]


def test_labels_in_columns_further_right_are_parts_of_those_further_left() -> None:
    found = rows(("特定目标类", "9"), ("综合管理", "9"), ("专项经费", "4"), ("运行费", "5"))
    for row, column in zip(found, (0, 1, 2, 2), strict=True):
        row.column = column
    row_kinds(found, "projects", [])
    assert kinds(found) == ["total", "subtotal", "line", "line"]


@pytest.mark.parametrize(
    ("last", "kinds_found"), [("15", ["line", "line", "line", "total"]), ("14", ["line", "line", "line", "line"])]
)
def test_a_last_row_without_a_name_is_the_total_where_it_is_the_sum(last: str, kinds_found: list[str]) -> None:
    found = rows(("公共安全支出", "9"), ("教育支出", "4"), ("其他支出", "2"), ("", last))
    row_kinds(found, "summary", [])
    assert kinds(found) == kinds_found


def test_purchase_and_running_of_vehicles_is_the_head_of_its_two_parts() -> None:
    found = rows(
        ("合计", "7"),
        ("公务接待费", "2"),
        ("公务用车购置及运行费", "5"),
        ("①公务用车购置费", "1"),
        ("②公务用车运行维护费", "4"),
    )
    row_kinds(found, "flat", [])
    assert kinds(found) == ["total", "line", "subtotal", "line", "line"]


def test_sums_are_held_to_the_last_digit_that_is_printed() -> None:
    found = rows(
        ("合计", "0.001839"),
        ("公务接待费", "0.000928"),
        ("公务用车购置及运行费", "0.000911"),
        ("①公务用车购置费", "0.000500"),
        ("②公务用车运行维护费", "0.000411"),
    )
    row_kinds(found, "flat", [])
    assert kinds(found) == ["total", "line", "subtotal", "line", "line"]


def kinds_and_units(records: dict[str, list[dict[str, Any]]]) -> list[tuple[Any, ...]]:
    return [(r["row_kind"], r["code"], r["item"], r["unit"]) for r in records["lines"] if r["measure"] == "total"]


@pytest.mark.parametrize(
    ("second", "form"),
    [
        ("（按支出功能分类科目-不含上年结转）", "general_public_expenditure"),
        ("（按支出经济分类科目-不含上年结转）", "general_public_by_economic"),
    ],
)
def test_of_two_forms_under_one_name_the_second_line_of_the_title_says_which(
    parsed: Any, second: str, form: str
) -> None:
    text = f"一般公共预算支出明细表\n{second}\n单位：元\n\n科目编码\t科目名称\t合计\n201\t服务\t7\n"
    assert [line["form"] for line in parsed(text)["lines"]] == [form]


@pytest.mark.parametrize(
    "title",
    [
        "2026年政府性基金预算\n收入表（不含上年结转）",
        "2026年政府性基金预算\n收入表（不含上年结转\n）",
    ],
)
def test_a_title_is_read_to_its_beginning_though_its_last_lines_are_the_title_of_another_form(
    parsed: Any, title: str
) -> None:
    text = f"{title}\n单位名称：示例市示例局\n单位：元\n\n科目编码\t科目名称\t合计\n103\t非税收入\t7\n"
    assert [line["form"] for line in parsed(text)["lines"]] == ["government_fund_revenue"]


@pytest.mark.parametrize(
    "lines",
    ["部门：示例市示例局\n单位：万\n元", "单位：万\n部门名称：示例市示例局  元", "部门：示例市示例\n局  单位：万元"],
)
def test_unit_and_name_that_break_over_two_lines_are_read_whole(parsed: Any, lines: str) -> None:
    records = parsed(EXPENDITURE.replace("单位：{unit}", lines))
    assert {r["published_unit"] for r in records["lines"]} == {"万元"}
    assert records["documents"][0]["entity"] == "示例市示例局"


def test_codes_of_units_among_codes_of_functions_head_what_is_below_them(parsed: Any) -> None:
    rows = ["\t合计\t9", "125\t示例局\t9"]
    for code, unit, amount in (("125001", "示例局机关", 5), ("125002", "示例中心", 4)):
        rows += [f"{code}\t{unit}\t{amount}", f"201\t服务\t{amount}", f"20103\t事务\t{amount}"]
    records = parsed("支出总表\n\n单位：元\n\n科目编码\t科目名称\t合计\n" + "\n".join(rows) + "\n")
    assert kinds_and_units(records) == [
        ("total", None, "合计", None),
        ("subtotal", None, "示例局", None),
        ("subtotal", None, "示例局机关", "示例局机关"),
        ("subtotal", "201", "服务", "示例局机关"),
        ("line", "20103", "事务", "示例局机关"),
        ("subtotal", None, "示例中心", "示例中心"),
        ("subtotal", "201", "服务", "示例中心"),
        ("line", "20103", "事务", "示例中心"),
    ]


def test_units_without_money_stand_beside_those_that_have_some(parsed: Any) -> None:
    rows = [
        ("示例市示例局", 9),
        ("示例局本级", 5),
        ("201", 5),
        ("甲中心", 0),
        ("乙中心", 0),
        ("丙中心", 4),
        ("201", 4),
        ("丁中心", 0),
    ]
    body = "".join(f"\t{name}\t服务\t{n}\n" if name == "201" else f"{name}\t\t\t{n}\n" for name, n in rows)
    records = parsed(f"支出总表\n\n单位：元\n\n预算单位\t科目编码\t科目名称\t合计\n{body}")
    found = {item: kind for kind, code, item, _ in kinds_and_units(records) if code is None}
    assert found == {
        "示例市示例局": "total",
        **dict.fromkeys(("示例局本级", "丙中心"), "subtotal"),
        **dict.fromkeys(("甲中心", "乙中心", "丁中心"), "line"),
    }


def test_classifications_whose_headers_are_cut_off_are_told_by_their_order(parsed: Any) -> None:
    heads = "项目\t预算数\t支出功能分类科目\t预算数\t出经济分类科目（按大类）\t预算数\t出经济分类科目（按大类）\t预算数"
    rows = "收入合计\t9\t支出合计\t9\t支出合计\t9\t支出合计\t9\n"
    records = parsed(
        f"收支总表\n\n单位：元\n\n{heads}\n一般公共预算\t9\t教育支出\t9\t工资福利支出\t9\t机关工资福利支出\t9\n{rows}"
    )
    measures = [line["measure"] for line in records["lines"] if line["row_kind"] == "total"]
    assert measures == ["total", "total", "by_department_economic", "by_government_economic"]


@pytest.mark.parametrize("row_of_department", ["示例市示例局\t\t\t9\n", ""])
def test_a_unit_printed_once_owns_the_rows_below_it(parsed: Any, row_of_department: str) -> None:
    rows = "".join(
        f"{unit}\t\t\t{amount}\n\t201\t服务\t{amount}\n\t20103\t事务\t{amount}\n"
        for unit, amount in (("示例市示例局本级", 5), ("示例中心", 4))
    )
    records = parsed(f"支出总表\n\n单位：元\n\n预算单位\t科目编码\t科目名称\t合计\n{row_of_department}{rows}")
    found = kinds_and_units(records)
    assert found[-3:] == [
        ("subtotal", None, "示例中心", "示例中心"),
        ("subtotal", "201", "服务", "示例中心"),
        ("line", "20103", "事务", "示例中心"),
    ]
    assert [kind for kind, *_ in found[:-6]] == (["total"] if row_of_department else [])


@pytest.mark.parametrize(
    "codes",
    [
        ["201", "03", "01", "02", "06", "02"],
        ["201", "03", "2010301", "2010302", "06", "2010602"],
        ["201", "20103", "01", "02", "20106", "02"],
    ],
)
def test_sections_and_items_printed_as_two_digits_get_the_code_above_them_in_front(
    parsed: Any, codes: list[str]
) -> None:
    amounts_printed = ["10", "7", "5", "2", "3", "3"]
    rows = "".join(f"{code}\t名称\t{amount}\n" for code, amount in zip(codes, amounts_printed, strict=True))
    records = parsed(f"支出总表\n\n单位：元\n\n科目编码\t科目名称\t合计\n\t合计\t10\n{rows}")
    assert [(line["code"], line["row_kind"]) for line in records["lines"][1:]] == [
        ("201", "subtotal"),
        ("20103", "subtotal"),
        ("2010301", "line"),
        ("2010302", "line"),
        ("20106", "subtotal"),
        ("2010602", "line"),
    ]


def test_a_table_of_two_years_inside_the_prose_is_read_in_the_unit_of_the_sentences_above_it(parsed: Any) -> None:
    text = (
        "2026年收入1899.9万元，基本支出183.93万元，较上年增加406.39万元。\n\n年度\t总收入支出\t专项业务费\t基本支出\n"
        "2025\t1493.51\t1290.47\t203.04\n2026\t1899.9\t1715.97\t183.93\n变化\t+406.39\t+425.5\t-19.11\n"
    )
    found = {(r["form"], r["measure"]): r["amount_yuan"] for r in parsed(text)["lines"]}
    assert found["year_on_year", "total"] == Decimal("18999000.00")
    assert found["year_on_year", "previous_year:basic"] == Decimal("2030400.00")
    assert found["year_on_year", "change:special_business"] == Decimal("4255000.00")
    assert found["year_on_year", "change:basic"] == Decimal("-191100.00")


def test_a_list_of_projects_nests_as_deep_as_its_sums_say(parsed: Any) -> None:
    text = (
        "专项业务经费支出表（不含上年结转）\n\n单位：元\n\n单位编码\t单位（项目）名称\t项目金额\t项目简介\n"
        "\t合计\t90\t\n1\t全额\t90\t\n253001\t示例局\t60\t\n\t通用项目\t20\t\n\t专项购置\t20\t\n"
        "\t设备购置经费\t20\t\n\t专用项目\t40\t\n\t评审费\t25\t\n\t宣传费\t15\t\n"
        "253002\t示例中心\t30\t\n\t专用项目\t30\t\n\t检查费\t30\t\n"
    )
    assert kinds_and_units(parsed(text)) == [
        ("total", None, "合计", None),
        ("subtotal", None, "全额", None),
        ("subtotal", None, "示例局", "示例局"),
        ("subtotal", None, "通用项目", "示例局"),
        ("subtotal", None, "专项购置", "示例局"),
        ("line", None, "设备购置经费", "示例局"),
        ("subtotal", None, "专用项目", "示例局"),
        ("line", None, "评审费", "示例局"),
        ("line", None, "宣传费", "示例局"),
        ("subtotal", None, "示例中心", "示例中心"),
        ("subtotal", None, "专用项目", "示例中心"),
        ("line", None, "检查费", "示例中心"),
    ]


def test_the_first_unit_below_a_total_is_not_taken_for_the_department(parsed: Any) -> None:
    text = (
        "项目支出预算表\n\n单位：元\n\n项目名称（资金使用单位）\t总计\n"
        "合计\t90\n示例局\t60\n其他运行经费\t20\n工作经费\t40\n示例中心\t30\n检查费\t30\n"
    )
    assert kinds_and_units(parsed(text)) == [
        ("total", None, "合计", None),
        ("subtotal", None, "示例局", "示例局"),
        ("line", None, "其他运行经费", "示例局"),
        ("line", None, "工作经费", "示例局"),
        ("subtotal", None, "示例中心", "示例中心"),
        ("line", None, "检查费", "示例中心"),
    ]


def test_what_is_procured_is_listed_below_the_unit_that_procures_it(parsed: Any) -> None:
    header = "科目编码>类\t款\t项\t单位编码\t采购项目\t采购目录\t规格型号\t部门预算支出经济科目编码>类\t预算金额"
    text = (
        f"政府采购预算表\n\n单位：元\n\n{header}\n\t\t\t\t合计\t\t\t\t50\n201\t26\t04\t253003\t示例馆\t\t\t\t30\n"
        "201\t26\t04\t\t设备购置\tA06办公家具\t\t310\t10\n201\t26\t04\t\t物业费\tC12物业\t\t302\t20\n"
        "205\t08\t03\t253001\t示例局\t\t\t\t20\n205\t08\t03\t\t培训费\tC99其他\t\t302\t20\n"
    )
    assert kinds_and_units(parsed(text)) == [
        ("total", None, "合计", None),
        ("subtotal", "2012604", "示例馆", "示例馆"),
        ("line", "2012604", "设备购置", "示例馆"),
        ("line", "2012604", "物业费", "示例馆"),
        ("subtotal", "2050803", "示例局", "示例局"),
        ("line", "2050803", "培训费", "示例局"),
    ]


@pytest.mark.parametrize("schools", [3, 60])
def test_kinds_and_units_printed_as_if_they_were_items_are_told_by_their_sums(parsed: Any, schools: int) -> None:
    """A kind above schools above what each buys, however long the list; some buy one thing only."""
    rows, total = [], 0
    for k, kind in enumerate(("货物", "工程", "服务"), 1):
        bought = [[17 * n + 5 * k] if n % 3 == 0 else [103 * n + k, 11 * n + 7] for n in range(1, schools + 1)]
        rows.append((kind, sum(map(sum, bought))))
        total += rows[-1][1]
        for n, amounts in enumerate(bought, 1):
            rows += [(f"示例第{n}中学", sum(amounts)), *((f"第{i}件", amount) for i, amount in enumerate(amounts))]
    printed = "".join(f"{name}\t{amount}\n" for name, amount in [("合计", total), *rows])
    lines = parsed(f"政府采购预算表\n\n单位：元\n\n采购项目\t预算金额\n{printed}")["lines"]
    assert {row["item"][-2:] for row in lines if row["row_kind"] == "line"} == {"0件", "1件"}
    assert sum(row["amount_yuan"] for row in lines if row["row_kind"] == "line") == total


def test_economic_items_stand_below_the_unit_that_is_named_above_them(parsed: Any) -> None:
    text = (
        "基本支出预算表\n\n单位：元\n\n项目\t合计\n合计\t9\n示例市示例局（本级）\t5\n工资福利支出\t4\n商品和服务支出\t1\n"
        "示例市示例中心\t4\n工资福利支出\t4\n"
    )
    assert kinds_and_units(parsed(text)) == [
        ("total", None, "合计", None),
        ("subtotal", None, "示例市示例局（本级）", "示例市示例局（本级）"),
        ("line", None, "工资福利支出", "示例市示例局（本级）"),
        ("line", None, "商品和服务支出", "示例市示例局（本级）"),
        ("subtotal", None, "示例市示例中心", "示例市示例中心"),
        ("line", None, "工资福利支出", "示例市示例中心"),
    ]


def test_a_department_above_its_units_is_a_subtotal_by_their_codes(parsed: Any) -> None:
    rows = "\t合计\t9\n253\t示例局\t9\n253001\t示例局\t5\n253002\t示例中心\t4\n"
    text = f"收入总表\n\n单位：元\n\n单位编码\t单位名称\t合计\n{rows}"
    assert [(kind, item, unit) for kind, _, item, unit in kinds_and_units(parsed(text))] == [
        ("total", "合计", None),
        ("subtotal", "示例局", None),
        ("line", "示例局", None),
        ("line", "示例中心", None),
    ]


def test_a_row_that_breaks_a_sum_under_every_reading_is_named_in_the_page_log(parsed: Any) -> None:
    rows = "\t合计\t9\n201\t一般公共服务支出\t9\n20103\t政府办公事务\t8\n"
    text = f"支出总表\n\n单位：元\n\n科目编码\t科目名称\t合计\n{rows}"
    records = parsed(text)
    assert [line["row_kind"] for line in records["lines"]] == ["total", "subtotal", "line"]
    assert "read by codes" in "; ".join(page["reason"] or "" for page in records["pages"])
    assert "一般公共服务支出" in "; ".join(page["reason"] or "" for page in records["pages"])


def test_a_total_before_carryover_is_a_subtotal_beside_the_grand_total() -> None:
    found = rows(("一、一般公共服务支出", "7"), ("本年支出合计", "7"), ("年终结转", "2"), ("支出总计", "9"))
    row_kinds(found, "summary", [])
    assert kinds(found) == ["line", "subtotal", "line", "total"]


def test_the_thirteen_statutory_forms_bear_their_numbers() -> None:
    assert [form.number for form in forms().values()][:13] == list(range(1, 14))


@pytest.mark.parametrize("name", ["../../etc/passwd", "CON", "<script>", "甲" * 300, "a/b\\c:d", ".."])
def test_a_hostile_name_of_a_department_makes_a_harmless_folder_name(name: str) -> None:
    found = slug(name)
    assert 0 < len(found) <= 70
    assert not set(found) & set('/\\:<>."|?*')


def test_no_page_at_all_is_no_form_at_all() -> None:
    assert recognise([]) == ([], [])


def test_a_heading_in_the_contents_is_not_who_publishes(tmp_path: Path) -> None:
    path = tmp_path / "prose.txt"
    contents = "目录\n第一部分 2026年度部门预算情况说明\n一、部门情况说明\n二、2026年部门预算收支情况说明\n"
    path.write_text(f"示例市示例局\n2026年度部门预算信息公开\n{contents}", encoding="utf-8")
    (document,) = parse_document(path)["documents"]
    assert (document["entity"], document["fiscal_year"]) == ("示例市示例局", 2026)


@pytest.mark.parametrize(
    ("cover", "entity", "kind"),
    [
        ("2026年度示例县卫生健康局部门预算", "示例县卫生健康局", "department"),
        ("示例市人民医院2026年单位预算公开情况说明", "示例市人民医院", "unit"),
        ("二〇二六年示例县财政局部门预算公开", "示例县财政局", "department"),
        ("示例县审计局2026年部门（单位）预算公开", "示例县审计局", "department"),
        ("示例区委办公室部门预算公开文本（2026年）", "示例区委办公室", "department"),
    ],
)
def test_the_cover_says_who_publishes_for_which_year(tmp_path: Path, cover: str, entity: str, kind: str) -> None:
    path = tmp_path / "disclosure.txt"
    path.write_text(f"{cover}\n\n{EXPENDITURE.format(unit='万元').replace('2026年', '')}", encoding="utf-8")
    (document,) = parse_document(path)["documents"]
    assert (document["entity"], document["entity_kind"], document["fiscal_year"]) == (entity, kind, 2026)


@pytest.mark.parametrize(
    "line",
    [
        "单位：万元",
        "金额单位：人民币万元",
        "（万元）",
        "部门名称：示例市示例局  计量单位：万元",
        "金额单位：万",
        "单位名称：示例市示例局     万元",
        "填报单位：示例市示例局　　单位：万元",
    ],
)
def test_a_unit_is_found_however_it_is_stated_and_is_no_part_of_the_name_beside_it(parsed: Any, line: str) -> None:
    records = parsed(EXPENDITURE.replace("单位：{unit}", line))
    assert {r["published_unit"] for r in records["lines"]} == {"万元"}
    assert records["documents"][0]["entity"] == "示例市示例局"


def test_rows_nest_by_exact_sums_before_those_that_rounding_explains() -> None:
    whole = {"total": Decimal("0.000688")}
    rows = [whole, *({"total": Decimal(n)} for n in ("0.000685", "0.000001", "0.000002"))]
    assert nested(rows, whole, depth=2) == (None, 0, 0, 0)
