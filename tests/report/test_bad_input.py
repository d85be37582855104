"""Budgets that are unlike others: the report is whole, its sentences are true, its figures those of the tables."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from budgetlib.definitions.labels import LANGUAGES, label
from budgetlib.tables.schemas import LINES
from tests import invented
from tests.invented import ENTITY
from tests.report.hostile_paper import HOSTILE
from tests.report.test_read_back import examine

Tables = dict[str, pd.DataFrame]
LONG = "示例市政务服务一体化平台升级改造及三年运行维护服务项目（含数据迁移、安全测评与驻场保障）" * 2
WORDS = re.compile(r"<[^>]+>")


def projects(amounts: dict[str, str]) -> list[dict[str, Any]]:
    """Lines of the projects form: its total, then a project for each name with its amount in 万元."""
    total = sum(map(Decimal, amounts.values()), Decimal(0))
    rows = [("合计", "total", None, str(total)), *((name, "line", ENTITY, one) for name, one in amounts.items())]
    return [
        invented._line("projects", number, kind, name, "total", amount, unit=unit)
        for number, (name, kind, unit, amount) in enumerate(rows, 1)
    ]


def with_projects(amounts: dict[str, str], **about: Any) -> Tables:
    """The tables of 2026 with other projects."""
    tables = invented.tables(2026, **about)
    (document_id,) = tables["documents"].document_id
    others = tables["lines"][tables["lines"].form != "projects"]
    own = LINES.frame({"document_id": document_id} | line for line in projects(amounts))
    return tables | {"lines": pd.concat([others, own], ignore_index=True)}


def renamed(tables: Tables, names: list[str]) -> Tables:
    """The tables where whatever can bear a name bears one of `names` in turn."""
    lines, statements, documents = (tables[name].copy() for name in ("lines", "statements", "documents"))
    leaves = lines.index[lines.row_kind == "line"]
    lines.loc[leaves, "item"] = [names[number % len(names)] for number in range(len(leaves))]
    lines.loc[lines.form == "projects", "unit"] = names[0]
    statements["reason"] = [names[number % len(names)] for number in range(len(statements))]
    statements["sentence"] = statements.reason
    statements["heading"] = names[-1]
    documents["note"] = names[0]
    return tables | {"lines": lines, "statements": statements, "documents": documents}


def report(folder: Path, parts: list[Tables], language: str = "zh", department: str = ENTITY) -> str:
    """The markup of the report of 2026, examined."""
    invented.write_tables(folder / "tidy", parts)
    return examine(folder / "tidy", department, 2026, language, folder / "out")


def words(markup: str) -> str:
    return WORDS.sub("", markup)


def test_without_any_year_to_compare_nothing_is_said_to_have_changed(tmp_path: Path) -> None:
    alone = invented.tables(2026)
    silent = ~alone["statements"].measure.str.contains("_change")
    text = words(report(tmp_path, [alone | {"statements": alone["statements"][silent]}], "en"))
    for key in ("summary.unknown", "empty.changes", "empty.spending_change", "empty.series"):
        assert label(key, "en") in text


def test_of_totals_of_nothing_no_share_is_said(tmp_path: Path) -> None:
    tables = invented.tables(2026)
    nothing = tables["lines"].assign(amount_yuan=Decimal("0.00"), published_text="0.00")
    in_yuan = tables["statements"].value_unit == "yuan"
    stated = tables["statements"].assign(value=tables["statements"].value.where(~in_yuan, Decimal("0.0000")))
    text = words(report(tmp_path, [tables | {"lines": nothing, "statements": stated}]))
    assert "nan" not in text.lower()
    assert "Infinity" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_project_that_is_all_the_money_is_said_to_be_that(tmp_path: Path, language: str) -> None:
    text = words(report(tmp_path, [with_projects({"一个项目": "245.25"})], language))
    amount = "245.3 万元" if language == "zh" else "2.453 million yuan"
    assert label("money.one_project", language, item="一个项目", amount=amount) in text


@pytest.mark.slow
def test_of_four_hundred_projects_the_largest_are_drawn_and_all_are_in_the_table(tmp_path: Path) -> None:
    names = {f"第{number}号项目": f"{1 + number / 100:.2f}" for number in range(400)}
    markup = report(tmp_path, [with_projects(names), invented.tables(2025)])
    drawn = markup[markup.index('id="chart-largest_projects"') :]
    assert drawn[: drawn.index("</figure>")].count("号项目") <= 2 * 2 * 10
    assert "金额最大的 10 个项目" in words(markup)
    assert all(f">{name}<" in markup for name in names)
    assert len(markup) < 1_500_000


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_names_of_eighty_characters_are_whole_in_tables(tmp_path: Path, language: str) -> None:
    names = [LONG[start:] + LONG[:start] for start in range(0, 80, 10)]
    assert min(map(len, names)) >= 80
    markup = report(tmp_path, [renamed(invented.tables(year), names) for year in (2025, 2026)], language)
    assert all(name in markup for name in names[:4])


def test_hostile_names_are_text_in_every_chapter(tmp_path: Path) -> None:
    markup = report(tmp_path, [renamed(invented.tables(year), list(HOSTILE)) for year in (2025, 2026)])
    assert not re.search(r"<script|<img(?! class| src=.evidence)|href=.javascript", markup)
    chapters = [text for text in re.split(r"<h[23]>", markup) if "&lt;script&gt;" in text or "&lt;img" in text]
    assert len(chapters) >= 5


@pytest.mark.slow
def test_a_department_that_changed_its_name_has_a_report_under_each_that_says_so(tmp_path: Path) -> None:
    new_name = {"entity": "示例市新局", "department_id": "示例市新局", "disclosure_id": "new"}
    parts = [invented.tables(2025), invented.tables(2026, **new_name)]
    assert label("empty.series", "zh") in words(report(tmp_path, parts, department="示例市新局"))
    same_id = [invented.tables(2025), invented.tables(2026, entity="示例市新局")]
    text = words(report(tmp_path / "kept", same_id))
    assert label("break.name", "zh", year=2026, previous=ENTITY, current="示例市新局") in text


def test_a_department_that_appears_twice_is_counted_once(tmp_path: Path) -> None:
    again = {"document_id": "f" * 16, "sha256": "f" * 64, "path": "again.pdf"}
    twice = {
        name: frame.assign(**{column: value for column, value in again.items() if column in frame})
        for name, frame in invented.tables(2026).items()
    }
    text = words(report(tmp_path, [invented.tables(2026), twice]))
    assert label("report.several", "zh") in text
    assert text.count("+10.96") == 4  # of both totals, and of each once more where all are listed
    assert "预算支出总计 665.8 万元" in text


def test_a_department_that_was_split_is_compared_with_itself_only(tmp_path: Path) -> None:
    part = {"entity": "示例市一局", "department_id": "示例市一局", "disclosure_id": "one"}
    other = {"entity": "示例市二局", "department_id": "示例市二局", "disclosure_id": "two", "document_id": "e" * 16}
    second = {
        name: frame.assign(**{column: value for column, value in other.items() if column in frame})
        for name, frame in invented.tables(2026).items()
    }
    text = words(
        report(tmp_path, [invented.tables(2025), invented.tables(2026, **part), second], department="示例市一局")
    )
    assert label("empty.spending_change", "zh") in text
    assert "按两年报表计算比上年" not in text
