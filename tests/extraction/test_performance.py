"""Performance-target tables: what is read of them, and what is said where they cannot be read."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from budgetlib.commands.pipeline import parse_document
from budgetlib.core.text import squeeze
from budgetlib.extraction.performance import read_performance
from budgetlib.extraction.performance.names import nearly
from budgetlib.extraction.records import Records
from budgetlib.pages.model import Box, Cell, Grid, Line, Page
from tests.plain_text import parse, said
from tests.shared_material import SHARED, files, needs_shared, records

TITLE = "示例市市级预算部门（单位）项目支出绩效目标表\n(2026年度)\n"
SIGNED = "负责人：\t张三丰\t经办人：\t李四光\t联系电话：\t13812345678\t填报日期：\t20260119102921"
GOALS = "实施期目标\t\t年度目标\t\nSUM\t完成项目任务。\t\t完成本年度任务。\t".replace("SUM", "总体目标")
COLUMNS = "绩效指标\t一级指标\t二级指标\t三级指标\t指标值\t二级指标\t三级指标\t指标值"
QUANTITY = "\t产出指标\t数量指标\t培训人数\t≥20人\t数量指标\t培训人数\t≥10人"
SATISFACTION = "\t满意度指标\t服务对象满意度\t学员满意度\t≥95%\t服务对象满意度\t学员满意度\t≥90%"


def sheet(number: int, rows: Sequence[Sequence[str]], *lines: Line) -> Page:
    """A page with one ruled grid below `lines`."""
    edges = tuple(100.0 * column for column in range(len(rows[0]) + 1))
    cells = tuple(
        Cell(text, r, c, box=Box(edges[c], 100 + r, edges[c + 1], 101 + r))
        for r, row in enumerate(rows)
        for c, text in enumerate(row)
    )
    grid = Grid(cells, len(rows), len(rows[0]), Box(0, 100, edges[-1], 100 + len(rows)), edges)
    return Page(number, 600, 800, lines, (grid,))


def head(
    name: str = "示例培训费", unit: str = "示例市示例中心", total: str = "300,000", annual: str = "100,000"
) -> str:
    """The head of one project's table; money from city and county only, in yuan."""
    return "\n".join(
        (
            f"项目名称\t{name}\t\t\t",
            f"主管部门及代码\t062-示例市示例局\t实施单位\t{unit}\t",
            "项目属性\t延续性项目\t项目期\t3年\t",
            f"项目资金（元）\t实施期资金总额：\t{total}\t年度资金总额：\t{annual}",
            "\t其中：中央财政资金\t0\t其中：中央财政资金\t0",
            f"\t市县（区）财政资金\t{total}\t市县（区）财政资金\t{annual}",
            "\t其他资金\t\t其他资金\t",
        )
    )


def document(*tables: str) -> str:
    return "\n\n".join(tables) + "\n\n十一、国有资产占有使用情况\n"


def targets(parsed: Records, scope: str) -> list[tuple[Any, ...]]:
    names = ("level1", "level2", "level3", "target")
    return [tuple(row[n] for n in names) for row in parsed["performance_indicators"] if row["scope"] == scope]


def test_a_table_is_one_row_with_its_money_by_source_in_exact_yuan(tmp_path: Path) -> None:
    (row,) = parse(tmp_path, document(TITLE + "\n".join((head(), GOALS, COLUMNS, QUANTITY, SIGNED))))[
        "performance_projects"
    ]
    assert (row["project"], row["unit"]) == ("示例培训费", "示例市示例中心")
    assert (row["supervisor_code"], row["supervisor"]) == ("062", "示例市示例局")
    assert (row["attribute"], row["period"], row["form_date"]) == ("延续性项目", "3年", "2026-01-19")
    assert {name: amount for name, amount in row.items() if name.endswith("_yuan")} == {
        "total_yuan": Decimal("300000.00"),
        "total_central_yuan": Decimal("0.00"),
        "total_local_yuan": Decimal("300000.00"),
        "annual_yuan": Decimal("100000.00"),
        "annual_central_yuan": Decimal("0.00"),
        "annual_local_yuan": Decimal("100000.00"),
    }


def test_halves_are_told_by_their_labels_in_whatever_order_they_stand(tmp_path: Path) -> None:
    turned = (
        head().replace("实施期资金总额", "X").replace("年度资金总额", "实施期资金总额").replace("X", "年度资金总额")
    )
    goals = "年度目标\t\t实施期目标\t\n总体目标\t今年\t\t总的\t"
    parsed = parse(tmp_path, document(TITLE + "\n".join((turned, goals, COLUMNS, QUANTITY, SIGNED))))
    (row,) = parsed["performance_projects"]
    assert (row["annual_yuan"], row["total_yuan"]) == (300000, 100000)
    assert targets(parsed, "annual") == [("产出指标", "数量指标", "培训人数", "≥20人")]
    assert targets(parsed, "whole_period") == [("产出指标", "数量指标", "培训人数", "≥10人")]


PIECES = {
    "in full": TITLE + "\n".join((head(), GOALS, COLUMNS, SATISFACTION, SIGNED)),
    "in part": TITLE + "\n".join(("项目名称\t示例培训费\t\t\t", COLUMNS, SATISFACTION, SIGNED)),
    "not at all": "\n".join((SATISFACTION, SIGNED)),
    "clipped": TITLE + "\n".join((head("示例培训费（含教材、场地"), GOALS, COLUMNS, SATISFACTION, SIGNED)),
}


@pytest.mark.parametrize("repeated", PIECES)
def test_a_table_over_two_pages_is_one_row_however_its_head_is_repeated(tmp_path: Path, repeated: str) -> None:
    name = "示例培训费（含教材、场地租金）" if repeated == "clipped" else "示例培训费"
    first = TITLE + "\n".join((head(name), GOALS, COLUMNS, QUANTITY))
    parsed = parse(tmp_path, document(first, PIECES[repeated]))
    (row,) = parsed["performance_projects"]
    assert (row["project"], row["annual_yuan"], row["form_date"]) == (name, 100000, "2026-01-19")
    assert targets(parsed, "annual") == [
        ("产出指标", "数量指标", "培训人数", "≥10人"),
        ("满意度指标", "服务对象满意度", "学员满意度", "≥90%"),
    ]


def test_a_table_of_which_only_the_name_fits_on_the_first_page_is_read(tmp_path: Path) -> None:
    name, rest = head("示例培训费", total="900", annual="900").split("\n", 1)
    parsed = parse(tmp_path, document("项目支出绩效目标表", name, rest))
    assert [(row["project"], row["total_yuan"]) for row in parsed["performance_projects"]] == [("示例培训费", 900)]


def test_a_name_that_differs_by_a_character_is_the_same_project_only_in_an_unfinished_table(tmp_path: Path) -> None:
    def table(name: str, *rows: str) -> str:
        return TITLE + "\n".join((head(name), GOALS, COLUMNS, *rows))

    unfinished = parse(tmp_path, document(table("示例离任审计服务", QUANTITY), table("示例离任审计服费", SATISFACTION)))
    assert [row["project"] for row in unfinished["performance_projects"]] == ["示例离任审计服务"]
    finished = document(table("示例东区绿化费", QUANTITY, SIGNED), table("示例西区绿化费", QUANTITY, SIGNED))
    assert len(parse(tmp_path, finished)["performance_projects"]) == 2


def test_numbers_and_letters_in_a_name_never_differ() -> None:
    assert nearly("社会组织注销审计服务", "社会组织注销审计报务")
    assert not nearly("2025年信息化运维项目", "2026年信息化运维项目")
    assert not nearly("J政府采购事务经费", "Z政府采购事务经费")


def test_two_projects_of_one_name_in_two_units_are_two_rows_with_their_own_indicators(tmp_path: Path) -> None:
    one = TITLE + "\n".join((head(unit="示例市第一中心"), GOALS, COLUMNS, QUANTITY, SIGNED))
    other = TITLE + "\n".join((head(unit="示例市第二中心"), GOALS, COLUMNS, SATISFACTION, SIGNED))
    parsed = parse(tmp_path, document(one, other))
    assert [row["unit"] for row in parsed["performance_projects"]] == ["示例市第一中心", "示例市第二中心"]
    assert {(row["unit"], row["level3"]) for row in parsed["performance_indicators"]} == {
        ("示例市第一中心", "培训人数"),
        ("示例市第二中心", "学员满意度"),
    }


def test_an_amount_is_converted_by_the_unit_printed_in_the_head_and_that_is_said(tmp_path: Path) -> None:
    table = TITLE + "\n".join(
        (head(total="30", annual="10.05").replace("（元）", "（万元）"), GOALS, COLUMNS, QUANTITY, SIGNED)
    )
    parsed = parse(tmp_path, document(table))
    (row,) = parsed["performance_projects"]
    assert (row["total_yuan"], row["annual_yuan"]) == (Decimal("300000.00"), Decimal("100500.00"))
    assert (row["published_unit"], row["published_text"]) == ("万元", "10.05")
    assert "amounts printed in 万元, converted to yuan" in said(parsed)


def test_amounts_without_any_unit_are_not_taken_and_that_is_said(tmp_path: Path) -> None:
    table = TITLE + "\n".join((head().replace("（元）", ""), GOALS, COLUMNS, QUANTITY, SIGNED))
    parsed = parse(tmp_path, document(table))
    (row,) = parsed["performance_projects"]
    assert not [name for name in row if name.endswith("_yuan")]
    assert "示例培训费: states no unit; its amounts were not taken" in said(parsed)


@pytest.mark.parametrize(
    ("total", "annual", "sentence"),
    [("", "", "no amounts are printed"), ("300,000", "", "no amount for the year is printed")],
)
def test_a_table_without_amounts_is_kept_with_nothing_in_their_place(
    tmp_path: Path, total: str, annual: str, sentence: str
) -> None:
    table = head(total=total, annual=annual).replace("\t0\t其中：中央财政资金\t0", "\t\t其中：中央财政资金\t")
    parsed = parse(tmp_path, document(TITLE + "\n".join((table, GOALS, COLUMNS, QUANTITY, SIGNED))))
    (row,) = parsed["performance_projects"]
    assert row.get("annual_yuan") is None
    assert f"示例培训费: {sentence}" in said(parsed)


def test_an_amount_that_is_no_number_is_said_and_not_guessed(tmp_path: Path) -> None:
    parsed = parse(tmp_path, document(TITLE + "\n".join((head(annual="1o0,000"), GOALS, COLUMNS, QUANTITY, SIGNED))))
    assert parsed["performance_projects"][0].get("annual_yuan") is None
    assert "'1o0,000' is no amount" in said(parsed)


def test_a_head_without_a_body_is_kept_and_said(tmp_path: Path) -> None:
    parsed = parse(tmp_path, document(TITLE + head()))
    assert [row["project"] for row in parsed["performance_projects"]] == ["示例培训费"]
    assert "示例培训费: no indicators are printed" in said(parsed)


def test_a_form_printed_empty_is_no_project_and_declared_empty(tmp_path: Path) -> None:
    blank = "项目名称\t\t\t\t\n主管部门\t\t\t\t\n资金金额（万元）\t实施期资金总额：\t\t年度资金总额：\t\n"
    parsed = parse(tmp_path, document(TITLE + blank + COLUMNS + "\n\t产出指标\t数量指标\t\t\t数量指标\t\t"))
    assert parsed["performance_projects"] == []
    assert ("performance", "declared_empty") in {(page["kind"], page["outcome"]) for page in parsed["pages"]}


@pytest.mark.parametrize("rows", [(head(),), (head(), GOALS, COLUMNS, QUANTITY)])
def test_a_table_cut_off_at_the_end_of_the_document_is_kept_and_said(tmp_path: Path, rows: tuple[str, ...]) -> None:
    parsed = parse(tmp_path, TITLE + "\n".join(rows))
    assert [row["annual_yuan"] for row in parsed["performance_projects"]] == [100000]
    assert "示例培训费: the document ends within this table" in said(parsed)


def test_names_and_telephone_numbers_of_officials_are_in_no_table(tmp_path: Path) -> None:
    cut = SIGNED.replace(
        "联系电话：\t13812345678\t填报日期：\t20260119102921", "联系电\t1381234\t填报日\t20260119102921"
    )
    table = TITLE + "\n".join((head(), GOALS, COLUMNS, QUANTITY, cut))
    parsed = parse(tmp_path, document(table, "\t\t\t\t话：\t5678\t期：\t"))
    told = str({name: rows for name, rows in parsed.items() if name != "documents"})
    assert not [secret for secret in ("张三丰", "李四光", "1381234", "5678") if secret in told]
    assert parsed["performance_projects"][0]["form_date"] == "2026-01-19"


@pytest.mark.parametrize(("printed", "day"), [("202511211 75940", "2025-11-21"), ("20261347", None), ("", None)])
def test_a_date_is_a_day_of_the_calendar_or_nothing(tmp_path: Path, printed: str, day: str | None) -> None:
    signed = SIGNED.replace("20260119102921", printed)
    (row,) = parse(tmp_path, document(TITLE + "\n".join((head(), GOALS, COLUMNS, QUANTITY, signed))))[
        "performance_projects"
    ]
    assert row.get("form_date") == day


@pytest.mark.parametrize(
    "row",
    [
        "\t\t质量指标\t合格率\t100%\t质量指标\t合格率\t100%",
        "\t质量指标\t合格率\t100%\t质量指标\t合格率\t100%\t",
        "质量指标\t合格率\t100%\t质量指标\t合格率\t100%\t\t",
        "\t\t\t质量指标\t合格率\t\t100%\t质量指标\t合格率\t100%",
    ],
)
def test_a_row_that_lost_or_gained_blank_cells_is_read_by_its_words(tmp_path: Path, row: str) -> None:
    parsed = parse(tmp_path, document(TITLE + "\n".join((head(), GOALS, COLUMNS, QUANTITY, row, SIGNED))))
    for scope in ("whole_period", "annual"):
        assert targets(parsed, scope)[1:] == [("产出指标", "质量指标", "合格率", "100%")]


def test_several_targets_under_one_second_level_and_an_empty_half_keep_their_places(tmp_path: Path) -> None:
    rows = (
        "\t\t\t培训场次\t5场\t\t\t",
        "\t效益指标\t经济效益\t\t\t社会效益\t就业\t促进",
        "\t\t生态效益\t\t\t生态效益\t\t",
    )
    parsed = parse(tmp_path, document(TITLE + "\n".join((head(), GOALS, COLUMNS, QUANTITY, *rows, SIGNED))))
    assert targets(parsed, "whole_period")[1:] == [("产出指标", "数量指标", "培训场次", "5场")]
    assert targets(parsed, "annual")[1:] == [("效益指标", "社会效益", "就业", "促进")]


def test_a_row_that_allows_no_reading_is_said_and_not_guessed(tmp_path: Path) -> None:
    garbled = "\t时效指标\t合同签订时间\t验收时间\t\t5月\t时效指标\t验收时间"
    parsed = parse(tmp_path, document(TITLE + "\n".join((head(), GOALS, COLUMNS, QUANTITY, garbled, SIGNED))))
    assert len(parsed["performance_indicators"]) == 2
    assert "示例培训费: 1 row of indicators not understood" in said(parsed)


def test_a_half_printed_below_the_other_is_told_by_its_second_head_or_by_saying_the_same_again(tmp_path: Path) -> None:
    columns = "\t一级指标\t二级指标\t三级指标\t指标值"
    own, again = "\t产出指标\t数量指标\t培训人数\t≥20人", "\t\t数量指标\t培训人数\t≥20人"
    for below in ((again,), ("\t\t二级指标\t三级指标\t指标值", again)):
        parsed = parse(tmp_path, document(TITLE + "\n".join((head(), GOALS, columns, own, *below, SIGNED))))
        assert targets(parsed, "whole_period") == targets(parsed, "annual")
        assert targets(parsed, "annual") == [("产出指标", "数量指标", "培训人数", "≥20人")]


WHOLE_DEPARTMENT = """\
市级预算部门(单位)整体支出绩效目标申报表

部门名称\t\t032-示例市示例局[部门]\t\t\t
部门基本信息\t内设职能部门数\t4个\t所属预算单位数\t2个\t
年度预算情况\t按资金来源划分\t资金总额(万元)\t\t按资金方向划分\t资金总额(万元)
\t合计\t600.00\t\t合计\t600.00
\t其中:一般公共预算\t600.00\t\t其中:基本支出\t400.00
年度重点任务\t核心职能\t\t重点任务\t\t
\t组织示例培训\t\t办好示例培训班\t\t
年度绩效目标\t完成全年任务。\t\t\t\t
年度绩效指标\t一级指标\t二级指标\t三级指标\t指标值
\t产出指标\t数量指标\t培训人数\t≥20人
\t\t成本指标\t三公经费\t<3.5万元
满意度指标\t服务对象满意度\t学员满意度\t≥95%\t
"""


def test_the_whole_department_table_gives_key_figures_tasks_and_indicators_and_no_project(tmp_path: Path) -> None:
    parsed = parse(tmp_path, document(WHOLE_DEPARTMENT))
    assert parsed["performance_projects"] == []
    assert {(row["table_kind"], row["project"], row["scope"]) for row in parsed["performance_indicators"]} == {
        ("department", "示例市示例局[部门]", "annual")
    }
    assert [row["target"] for row in parsed["performance_indicators"]] == ["≥20人", "<3.5万元", "≥95%"]
    figures = {(row["section"], row["item"]): row for row in parsed["department_targets"] if row["kind"] == "figure"}
    assert figures["部门基本信息", "所属预算单位数"]["text"] == "2个"
    assert figures["部门基本信息", "所属预算单位数"]["amount_yuan"] is None
    assert figures["年度预算情况", "其中:基本支出"]["amount_yuan"] == Decimal("4000000.00")
    others = {
        (row["kind"], row["item"], row["text"]) for row in parsed["department_targets"] if row["kind"] != "figure"
    }
    assert others == {("task", "组织示例培训", "办好示例培训班"), ("goal", "年度绩效目标", "完成全年任务。")}


def test_what_a_department_s_table_of_a_web_page_says_names_its_cell(tmp_path: Path) -> None:
    rows = [row.split("\t") for row in WHOLE_DEPARTMENT.strip().split("\n")]
    title, *table = rows
    cells = "".join(f"<tr>{''.join(f'<td>{text}</td>' for text in row)}</tr>" for row in table)
    page = tmp_path / "page.html"
    page.write_text(f"<!DOCTYPE html><meta charset=utf-8><p>{title[0]}</p><table>{cells}</table>", encoding="utf-8")
    told = parse_document(page)["department_targets"]
    assert len({row["place"] for row in told if row["kind"] == "figure"}) == 6
    assert {row["text"]: row["place"] for row in told}["完成全年任务。"] == "table 1, row 9, column 2"


def test_a_list_of_projects_under_one_head_is_read_project_by_project(tmp_path: Path) -> None:
    listed = (
        "2026年项目支出绩效目标表\n部门名称：示例市示例局 单位：万元\n"
        "项目名称\t资金总额\t绩效目标\t一级指标\t二级指标\t三级指标\t指标性质\t指标值\t度量单位\n"
        "甲培训费\t10.00\t办好\t产出指标\t数量指标\t培训人数\t≥\t20\t人\n"
        "\t\t\t效益指标\t社会效益指标\t影响\t定性\t良好\t\n"
        "乙运维费\t5.50\t稳定\t产出指标\t质量指标\t故障率\t≤\t1\t%\n"
    )
    parsed = parse(tmp_path, document(listed))
    assert [(row["project"], row["annual_yuan"]) for row in parsed["performance_projects"]] == [
        ("甲培训费", Decimal("100000.00")),
        ("乙运维费", Decimal("55000.00")),
    ]
    assert [(row["project"], row["target"]) for row in parsed["performance_indicators"]] == [
        ("甲培训费", "≥20人"),
        ("甲培训费", "良好"),
        ("乙运维费", "≤1%"),
    ]


def test_indicators_without_a_head_are_no_project_and_said(tmp_path: Path) -> None:
    parsed = parse(tmp_path, document(COLUMNS + "\n" + QUANTITY))
    assert parsed["performance_indicators"] == []
    assert "indicators without a head above them: no project can be told" in said(parsed)


GOLD = tomllib.loads((Path(__file__).parents[1] / "gold/indicators.toml").read_text(encoding="utf-8"))["table"]
SCOPES = {"both": ("whole_period", "annual"), "whole": ("whole_period",), "year": ("annual",)}
READ_BY_EYE = [
    (table, path)
    for table in GOLD
    for pattern in ("seeds/{}.txt", "facsimiles/{}.writer.pdf", "facsimiles/{}.chromium.pdf", "real/{}.pdf")
    for path in files(pattern.format(table["document"]))
]


@pytest.mark.parametrize(("table", "path"), READ_BY_EYE, ids=lambda value: getattr(value, "name", None))
def test_the_indicators_of_a_table_are_those_read_by_eye(table: dict[str, Any], path: Path) -> None:
    by_eye = Counter(
        (scope, level1, level2, squeeze(level3), squeeze(target))
        for halves, level1, level2, level3, target in table["rows"]
        for scope in SCOPES[halves]
    )
    read = Counter(
        (row["scope"], row["level1"], row["level2"], squeeze(row["level3"]), squeeze(row["target"]))
        for row in records(path)["performance_indicators"]
        if row["project"] == table["project"]
    )
    assert read == by_eye


def test_the_list_read_by_eye_is_of_at_least_six_tables_of_different_kinds() -> None:
    assert len({table["kind"] for table in GOLD}) == len(GOLD) >= 6


@pytest.mark.parametrize(
    "path", files("facsimiles/*.writer.pdf") + files("facsimiles/*.chromium.pdf"), ids=lambda p: p.name
)
def test_text_and_pdf_of_a_disclosure_give_the_same_projects_and_indicators(path: Path) -> None:
    def told(own: Records) -> list[Counter[tuple[Any, ...]]]:
        places = {"document_id", "page", "page_from", "page_to", "x0", "top", "x1", "bottom"}
        tables = ("performance_projects", "performance_indicators", "department_targets")
        return [
            Counter(tuple(sorted((k, str(v)) for k, v in row.items() if k not in places)) for row in own[t])
            for t in tables
        ]

    assert told(records(path)) == told(records(SHARED / f"seeds/{path.name.split('.')[0]}.txt"))


@pytest.mark.parametrize("path", files("seeds/*.txt"), ids=lambda path: path.name)
def test_no_telephone_number_of_a_disclosure_is_carried_into_a_table(path: Path) -> None:
    signatures = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if "联系电话" in line]
    secrets = {
        squeeze(cell)
        for cells in signatures
        for cell in cells
        if squeeze(cell).isdigit() and len(squeeze(cell)) in (7, 11)
    }
    tables = ("performance_projects", "performance_indicators", "department_targets", "lines", "statements")
    told = str([records(path)[table] for table in tables])
    assert not [secret for secret in secrets if secret in told]


# Counted on the paper by eye; where the document itself says how many projects and how much money, its own figures.
COUNTED = {
    "北京-政务服务和数据管理局-2026-报表": (82, None),
    "北京-财政局-2026-报表": (40, None),
    "杭州-司法局-2026": (31, "28506.17"),
    "泉州-政府办公室-2026": (8, None),
    "深圳-信访局-2026": (6, "1612.29"),
    "湖州-财政局-2026": (7, "1266.75"),
    "烟台-大数据局-2026": (2, None),
    "烟台-统计局-2026": (4, "419"),
    "福州-商务局-2026": (8, None),
    "西安-行政审批服务局-2025": (9, None),
    "西安-财政局-2026": (15, None),
    "重庆-商务委-2026": (2, None),
    "长沙-信访局-2026": (4, None),
}


@needs_shared
@pytest.mark.parametrize("name", COUNTED)
def test_the_performance_tables_of_an_original_are_read_one_row_a_project(name: str) -> None:
    projects = records(SHARED / f"real/{name}.pdf")["performance_projects"]
    count, money = COUNTED[name]
    assert len(projects) == count
    if money:
        rounding = 50 * (count + 1)
        assert abs(sum(row["annual_yuan"] for row in projects) - Decimal(money) * 10_000) <= rounding


WITH_TEXT = [path for path in files("real/*.pdf") if "扫描件" not in path.name]


@pytest.mark.slow
@pytest.mark.parametrize("path", WITH_TEXT, ids=lambda path: path.name)
def test_every_page_of_an_original_has_a_kind_and_an_outcome(path: Path) -> None:
    own = records(path)
    assert [page["page"] for page in own["pages"]] == list(range(1, own["documents"][0]["pages"] + 1))
    assert all(page["kind"] and page["outcome"] for page in own["pages"])
    assert not [page for page in own["pages"] if page["outcome"] == "unreadable" and not page["reason"]]


LISTED = (
    "1.1－产出指标，11－数量指标，培训人数；实施周期指标值：≥20人，年度指标值：≥10人；"
    "2、2－效益指标，22－社会效益，办结率；实施周期指标值：≥90%，年度指标值：≥90%;"
)


def test_a_list_may_write_the_indicators_of_a_project_into_one_cell_below_its_unit(tmp_path: Path) -> None:
    rows = (
        "项目名称（资金使用单位）\t总计：\t财政拨款\t财政专户拨款\t其他资金\t绩效目标\t绩效指标",
        "合计：\t12.00\t10.00\t2.00\t\t\t",
        "示例市示例中心\t12.00\t10.00\t2.00\t\t\t",
        f"示例培训费\t12.00\t10.00\t2.00\t\t办好培训。\t{LISTED}",
    )
    parsed = parse(tmp_path, document("示例市示例局项目支出绩效目标表\n单位：万元\n" + "\n".join(rows)))
    (row,) = parsed["performance_projects"]
    assert (row["project"], row["unit"], row["annual_yuan"]) == ("示例培训费", "示例市示例中心", 120000)
    assert (row["annual_appropriation_yuan"], row["annual_special_account_yuan"]) == (100000, 20000)
    assert targets(parsed, "annual") == [
        ("产出指标", "数量指标", "培训人数", "≥10人"),
        ("效益指标", "社会效益", "办结率", "≥90%"),
    ]
    assert targets(parsed, "whole_period")[0] == ("产出指标", "数量指标", "培训人数", "≥20人")


def test_carryover_is_a_source_of_its_own(tmp_path: Path) -> None:
    with_carryover = head(annual="150,000") + "\n\t上年结转\t0\t上年结转\t50,000"
    (row,) = parse(tmp_path, document(TITLE + "\n".join((with_carryover, GOALS, COLUMNS, QUANTITY, SIGNED))))[
        "performance_projects"
    ]
    assert (row["annual_yuan"], row["annual_carryover_yuan"], row["total_carryover_yuan"]) == (150000, 50000, 0)


def test_a_table_keeps_its_title_and_a_unit_of_money_in_a_row_of_its_own_counts(tmp_path: Path) -> None:
    rows = (
        "专项（项目）名称\t示例发展专项\t",
        "资金金额\t实施期资金总额：\t10.00",
        "（万元）\t其中：财政拨款\t10.00",
        "一级指标\t二级指标\t指标内容\t指标值",
        "产出指标\t数量指标\t补贴企业数\t≥5家",
    )
    (row,) = parse(tmp_path, document("2026年专项资金总体绩效目标表\n" + "\n".join(rows)))["performance_projects"]
    assert (row["title"], row["project"], row["total_yuan"]) == (
        "2026年专项资金总体绩效目标表",
        "示例发展专项",
        Decimal("100000.00"),
    )


def test_a_departments_tasks_may_begin_its_table_each_with_money_from_several_sources(tmp_path: Path) -> None:
    rows = (
        "年度主要任务\t任务名称\t主要内容\t预算金额（万元）\t",
        "\t\t\t总额\t财政拨款",
        "\t基本履职\t人员和运转\t5.00\t4.00",
        "\t金额合计\t\t5.00\t4.00",
    )
    text = "部门整体支出绩效目标表\n部门（单位）名称 示例市示例局\n" + "\n".join(rows)
    told = parse(tmp_path, document(text))["department_targets"]
    assert {row["department"] for row in told} == {"示例市示例局"}
    task = next(row for row in told if row["kind"] == "task")
    assert (task["item"], task["text"], task["amount_yuan"]) == ("基本履职", "人员和运转", 50000)
    assert ("基本履职、财政拨款", 40000) in {(row["item"], row["amount_yuan"]) for row in told}


def test_a_number_of_the_page_ends_no_table(tmp_path: Path) -> None:
    first = TITLE + "\n".join((head(), GOALS, COLUMNS, QUANTITY))
    parsed = parse(tmp_path, document(first, "第 3 页，共 40 页\n" + "\n".join((SATISFACTION, SIGNED))))
    assert len(targets(parsed, "annual")) == 2


def test_what_a_page_end_cut_off_a_row_of_a_list_belongs_to_it() -> None:
    head = ["二级预算单位名称", "项目名称", "预算数（万元）", "绩效目标"]
    first = [head, ["示例局（本", "行业业务管", "3.00", "一是"]]
    overleaf = [["级）", "理", "", "管好"], ["示例站", "检测", "2.00", "测好"]]
    title = Line("2026年项目支出绩效目标情况", Box(0, 50, 90, 60))
    read = read_performance([sheet(1, first, title), sheet(2, overleaf)], set())
    found = [(row["unit"], row["project"], row["annual_yuan"]) for row in read.projects]
    assert found == [("示例局（本级）", "行业业务管理", 30_000), ("示例站", "检测", 20_000)]
