"""How departments mark their projects, and themselves: money, rate, score, and the indicators that make it."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from html import escape
from pathlib import Path

import pytest

import budgetlib as bl
from budgetlib.extraction.performance.self_evaluation import read_self_evaluation
from budgetlib.extraction.records import Records
from budgetlib.pages.model import Box, Cell, Grid, Page
from tests.shared_material import files, needs_shared, records

Table = list[list[str]]

INDICATORS = ["一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因分析及改进措施"]
MINISTRY: Table = [
    ["部门（单位）名称", "<", "示例市示例局", "<", "<", "<", "<", "<"],
    ["年度预算申请（万元）", "", "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分"],
    ["^", "年度资金总额", "1,000.00", "1,200.50", "1,180.25", "10", "98.31%", "9.8"],
    ["^", "其中：基本支出", "600.00", "600.00", "600.00", "-", "100%", "-"],
    ["^", "项目支出", "400.00", "600.50", "580.25", "-", "96.63%", "-"],
    INDICATORS,
    ["产出指标", "数量指标", "窗口办件数", "≥1000件", "1200件", "50", "50", ""],
    ["^", "质量指标", "办结率", "≥98%", "96%", "20", "19.5", "系统停机；加强维护"],
    ["效益指标", "社会效益指标", "群众满意", "≥95%", "96%", "20", "20", ""],
    ["总分", "<", "<", "<", "<", "100", "99.3", ""],
]
PROVINCE: Table = [
    ["单位名称", "示例市示例局", "<", "<", "<", "<"],
    ["基本支出总额", "600", "<", "项目支出总额", "400", "<"],
    ["预算执行情况（万元）（20分）", "", "预算数（A）", "执行数（B）", "执行率（B/A）", "得分"],
    ["^", "部门整体支出总额", "1000", "950.5", "95.05%", "19"],
    ["一级指标", "二级指标", "三级指标", "年初目标值（A）", "实际完成值（B）", "得分"],
    ["产出指标", "数量指标", "窗口办件数", "1000件", "1200件", "40"],
    ["效益指标", "社会效益", "群众满意度", "95%", "93%", "38.5"],
    ["总分", "<", "<", "<", "<", "97.5"],
]
MUNICIPALITY: Table = [
    ["主管部门", "示例市示例局", "财政处室", "预算处", "自评总分（分）", "97.6", "", ""],
    [
        "部门预算执行情况（万元）",
        "",
        "年初预算数",
        "全年（调整）预算数",
        "全年执行数",
        "执行率（%）",
        "执行率权重",
        "执行率得分",
    ],
    ["^", "", "1000", "1300", "988", "76", "10", "7.6"],
    [
        "指标名称",
        "计量单位",
        "指标性质",
        "年初指标值",
        "全年完成值",
        "得分系数（%）",
        "指标权重（分）",
        "指标得分（分）",
    ],
    ["培训次数", "次", "≥", "6", "12", "100", "50", "50"],
    ["信息公开性", "", "定性", "高", "高", "100", "40", "40"],
]
UNITS_PROJECT: Table = [
    ["项目名称", "窗口服务费", "<", "<", "实施单位（盖章）", "示例市示例中心", "<", "<", "<", "<"],
    [
        "预算执行情况（10分）",
        "年度预算数（万元）",
        "年初预算",
        "调整后预算数",
        "预算执行数",
        "预算执行率",
        "权重",
        "得分",
        "",
        "",
    ],
    ["^", "总额", "238.93", "251.89", "251.89", "100.00%", "10", "10", "", ""],
    ["一级指标", "二级指标", "三级指标", "指标性质", "指标值", "度量单位", "完成值", "权重", "得分", "未完成原因分析"],
    ["产出指标", "数量指标", "覆盖率", "=", "100", "%", "100", "90", "88", "部分延期"],
    ["合计", "<", "<", "<", "<", "<", "<", "100", "98", ""],
]


def html(*tables: Table) -> str:
    """A web page of tables; `<` and `^` are covered by the cell at their left, and above."""
    return "<!DOCTYPE html><meta charset=utf-8><p>2024年度绩效自评表</p>" + "<p>续</p>".join(map(_table, tables))


def _table(rows: Table) -> str:
    wide: defaultdict[tuple[int, int], int] = defaultdict(lambda: 1)
    high: defaultdict[tuple[int, int], int] = defaultdict(lambda: 1)
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            if text == "<":
                wide[r, max(k for k in range(c) if row[k] != "<")] += 1
            elif text == "^":
                high[max(k for k in range(r) if rows[k][c] != "^"), c] += 1
    cells = [
        [
            f"<td colspan={wide[r, c]} rowspan={high[r, c]}>{escape(text)}</td>"
            for c, text in enumerate(row)
            if text not in ("<", "^")
        ]
        for r, row in enumerate(rows)
    ]
    return "<table><tr>" + "</tr><tr>".join(map("".join, cells)) + "</tr></table>"


def parse(folder: Path, *tables: Table) -> Records:
    file = folder / "evaluation.html"
    file.write_text(html(*tables), encoding="utf-8")
    return bl.parse_document(file)


def money(parsed: Records) -> list[tuple[object, ...]]:
    names = ("table_kind", "project", "budget_yuan", "adjusted_yuan", "executed_yuan", "rate_pct", "score")
    return [tuple(row[name] for name in names) for row in parsed["self_evaluation"]]


@pytest.mark.parametrize(
    ("table", "budget", "adjusted", "executed", "rate", "score"),
    [
        (MINISTRY, "10000000.00", "12005000.00", "11802500.00", "98.31", "99.3"),
        (PROVINCE, None, "10000000.00", "9505000.00", "95.05", "97.5"),
        (MUNICIPALITY, "10000000.00", "13000000.00", "9880000.00", "76", "97.6"),
    ],
    ids=["ministry", "province", "municipality"],
)
def test_what_a_whole_department_says_of_its_year_is_one_row_in_each_of_three_layouts(
    tmp_path: Path, table: Table, budget: str | None, adjusted: str, executed: str, rate: str, score: str
) -> None:
    amounts = [None if text is None else Decimal(text) for text in (budget, adjusted, executed, rate, score)]
    assert money(parse(tmp_path, table)) == [("department", "示例市示例局", *amounts)]


def test_the_indicators_of_a_department_have_target_result_points_and_reason(tmp_path: Path) -> None:
    rows = parse(tmp_path, MINISTRY)["self_evaluation_indicators"]
    names = ("level1", "level2", "level3", "target", "achieved", "points", "score", "reason")
    assert [tuple(row[name] for name in names) for row in rows] == [
        ("产出指标", "数量指标", "窗口办件数", "≥1000件", "1200件", Decimal(50), Decimal(50), None),
        ("产出指标", "质量指标", "办结率", "≥98%", "96%", Decimal(20), Decimal("19.5"), "系统停机；加强维护"),
        ("效益指标", "社会效益指标", "群众满意", "≥95%", "96%", Decimal(20), Decimal(20), None),
    ]
    assert {(row["table_kind"], row["project"]) for row in rows} == {("department", "示例市示例局")}


def test_a_target_in_three_columns_is_one_and_a_sum_below_the_scores_is_the_total(tmp_path: Path) -> None:
    parsed = parse(tmp_path, UNITS_PROJECT)
    (row,), (indicator,) = parsed["self_evaluation"], parsed["self_evaluation_indicators"]
    assert (row["table_kind"], row["unit"], row["score"]) == ("project", "示例市示例中心", Decimal(98))
    assert (indicator["target"], indicator["achieved"], indicator["reason"]) == ("=100%", "100", "部分延期")


def test_a_file_without_pages_says_in_which_cell_money_and_indicators_stand(tmp_path: Path) -> None:
    parsed = parse(tmp_path, MINISTRY)
    assert [row["place"] for row in parsed["self_evaluation"]] == ["table 1, row 3, column 5"]
    first, *_ = parsed["self_evaluation_indicators"]
    assert first["place"] == "table 1, row 7, column 3"


def test_a_table_of_targets_is_no_evaluation(tmp_path: Path) -> None:
    targets = [row[:3] for row in MINISTRY[:1]] + [["年度预算（万元）", "预算数", "1000"], ["指标", "办件数", "1000件"]]
    assert money(parse(tmp_path, targets)) == []


def piece(number: int, rows: Table, edges: tuple[float, ...]) -> Page:
    """A page that holds a ruled grid with columns between `edges`."""
    cells = tuple(
        Cell(text, r, c, box=Box(edges[c] + 1, 100 + 20 * r, edges[c + 1] - 1, 110 + 20 * r))
        for r, row in enumerate(rows)
        for c, text in enumerate(row)
    )
    grid = Grid(cells, len(rows), len(edges) - 1, Box(0, 90, edges[-1], 100 + 20 * len(rows)), edges)
    return Page(number, 600, 800, grids=(grid,))


def test_an_indicator_that_a_page_end_cuts_is_made_whole_and_the_total_overleaf_is_its_table_s() -> None:
    edges = tuple(70.0 * column for column in range(9))
    first = [[text if text not in ("<", "^") else "" for text in row] for row in MINISTRY[:8]]
    first[0] = ["部门名称", "示例市示例局", *[""] * 6]
    first[7] = ["", "质量指标", "办件的", "≥98%", "96%", "20", "19.5", "系统停机；"]
    overleaf = [
        ["", "", "办结率", "", "", "", "", "加强维护"],
        ["", "时效指标", "按期办结", "≥90%", "95%", "20", "20", ""],
        ["总分", "", "", "", "", "100", "99.3", ""],
    ]
    read = read_self_evaluation([piece(1, first, edges), piece(2, overleaf, edges)])
    assert [(row["level1"], row["level3"], row["reason"], row["page"]) for row in read.indicators[1:]] == [
        ("产出指标", "办件的办结率", "系统停机；加强维护", 1),
        ("产出指标", "按期办结", None, 2),
    ]
    assert [row["score"] for row in read.records] == [Decimal("99.3")]


@needs_shared
def test_the_scores_of_every_indicator_of_an_original_make_its_totals() -> None:
    """With the points for spending, as the tables print them beside the money."""
    (file,) = files("real/国家*-2024-决算.pdf")
    parsed = records(file)
    indicators = parsed["self_evaluation_indicators"]
    assert len(indicators) == 37
    assert sum(row["points"] for row in indicators) == 4 * 90
    for row, spent in zip(parsed["self_evaluation"], ("10", "7.7", "10", "6.3"), strict=True):
        scores = sum(one["score"] for one in indicators if one["project"] == row["project"])
        assert scores + Decimal(spent) == row["score"]
