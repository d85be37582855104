"""Who publishes a document and for which year: from forms, cover, performance tables, manifest, file name."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from budgetlib.extraction.forms.recognise import recognise
from budgetlib.extraction.identity import identify, identity_of_name, settle_identity
from budgetlib.pages.model import Box, Cell, Grid, Line, Page
from budgetlib.pages.sources import Source
from tests.plain_text import parse

NOTHING = "f" * 64


def cover(*lines: str) -> Page:
    printed = tuple(Line(text, Box(90, 60 + 25 * i, 300, 74 + 25 * i)) for i, text in enumerate(lines))
    return Page(1, 595.0, 842.0, lines=printed)


@pytest.mark.parametrize(
    "lines",
    [
        ("示例市示例局", "2026年部门综合预算"),
        ("示例市示例局2026年部门综合预算", "目 录"),
        ("示例市示例局部门", "2026年度部门预算信息公开"),
        ("示例市示例局（汇总）", "2026年部门预算公开说明"),
        ("2026年示例市示例局部门预算",),
    ],
)
def test_a_cover_names_publisher_and_year(lines: tuple[str, ...]) -> None:
    identity = identify([cover(*lines)], [])
    assert (identity.entity, identity.fiscal_year, identity.document_kind) == ("示例市示例局", 2026, "budget")


@pytest.mark.parametrize(
    ("titles", "entity"),
    [
        (("示例局收入总表", "示例局部门支出总表", "示例局收支总表"), "示例市示例局"),
        (("示例局收入总表", "示例局部门支出总表"), None),
        (("政府性基金预算收入表", "政府性基金预算支出表", "政府采购预算表"), None),
    ],
    ids=["three", "only two", "the words of the forms themselves"],
)
def test_the_titles_of_several_forms_name_the_publisher(titles: Sequence[str], entity: str | None) -> None:
    cells = (Cell("项目", 0, 0), Cell("合计", 0, 1), Cell("甲", 1, 0), Cell("1.00", 1, 1))
    table = Grid(cells, 2, 2, Box(0, 99, 9, 199))
    pages = [replace(cover(f"表{n} 2026年示例市{title}"), grids=(table,)) for n, title in enumerate(titles, 1)]
    assert identify(pages, recognise(pages)[0]).entity == entity


@pytest.mark.parametrize(
    ("entity", "place"),
    [
        ("广州市示例局", "广州市"),
        ("中国共产党示例省委员会办公厅", "示例省"),
        ("凉山州示例局", "凉山州"),
        ("国家信访局", None),
    ],
)
def test_the_place_is_the_province_or_city_the_name_begins_with(entity: str, place: str | None) -> None:
    assert identify([cover(f"{entity}2026年部门预算")], []).place == place


def test_a_table_file_is_known_by_its_whole_department_performance_table(tmp_path: Path) -> None:
    rows = "收入\t预算数\t支出\t预算数\n一、一般公共预算\t5.00\t一、教育支出\t5.00\n收入总计\t5.00\t支出总计\t5.00"
    form = f"收支总表\n单位：万元\n\n{rows}"
    target = "\n".join(
        (
            "预算13表 部门整体支出绩效目标表",
            "（2026年度）",
            "部门名称\t示例市示例局\t\t",
            "整体绩效目标\t整体绩效目标\t做好工作。\t",
            "活动\t绩效指标\t指标性质\t指标值",
            "服务\t产出指标数量指标次数\t≥\t2",
        )
    )
    (document,) = parse(tmp_path, f"{form}\n\n{target}\n")["documents"]
    assert (document["entity"], document["fiscal_year"], document["named_by"]) == ("示例市示例局", 2026, "page")
    assert document["outcome"] == "ok"


def test_the_manifest_comes_before_the_name_of_the_file_and_the_name_is_said_to_be_that() -> None:
    nobody = identify([cover("收支总表")], [])
    unlisted = Source(Path("x"), "示例-数据管理局-2026-说明-扫描件.pdf", NOTHING)
    settled, problems = settle_identity(nobody, [], unlisted)
    assert (settled.entity, settled.fiscal_year, settled.named_by) == ("示例数据管理局", 2026, "file")
    assert any("its file's name says 示例数据管理局" in problem for problem in problems)
    listed = Source(Path("x"), unlisted.name, NOTHING, publisher="示例市数据管理局", fiscal_year=2025)
    settled, problems = settle_identity(nobody, [], listed)
    assert (settled.entity, settled.fiscal_year, settled.named_by, problems) == (
        "示例市数据管理局",
        2025,
        "manifest",
        [],
    )


@pytest.mark.parametrize("name", ["scan0001.pdf", "2026年部门预算.pdf", "附件1.pdf"])
def test_a_file_name_that_names_nobody_is_no_publisher(name: str) -> None:
    assert identity_of_name(name)[0] is None


def test_prose_and_tables_published_apart_share_a_disclosure_and_other_years_do_not(tmp_path: Path) -> None:
    def disclosure(text: str) -> str:
        (document,) = parse(tmp_path, text)["documents"]
        return str(document["disclosure_id"])

    prose = "示例市示例局2026年部门预算公开说明\n一、收入预算情况说明\n收入预算5万元。\n"
    tables = "收支总表\n部门：示例市示例局 单位：万元\n\n收入\t2026年预算数\n收入总计\t5.00\n\n2026年部门预算\n"
    assert disclosure(prose) == disclosure(tables) == "示例市示例局-2026-budget"
    assert disclosure(prose.replace("2026", "2025")) != disclosure(tables)
    assert disclosure("没有名字的说明\n一、收入预算情况说明\n收入预算5万元。\n") not in (
        disclosure(prose),
        disclosure(tables),
    )
