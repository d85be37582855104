"""Departments side by side: shares of their own totals, blank where unknown, one row for each budget."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from selenium import webdriver
from selenium.webdriver.common.by import By

from budgetlib.analysis.comparison import compare, compare_catalogue
from budgetlib.commands.cli import main
from budgetlib.definitions.labels import label
from budgetlib.report.charts.canvas import NARROW, WIDE, png, sentence
from budgetlib.report.charts.heatmap import plot_catalogue_map, plot_comparison
from budgetlib.tables.corpus import Corpus, load
from budgetlib.tables.matches import load_matches
from budgetlib.tables.schemas import CATALOGUE as TABLE
from tests import invented
from tests.invented import ENTITY, yuan

HOSTILE = "<script>document.title='taken'</script>" + "名" * 300


@pytest.fixture(scope="module")
def comparison(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    corpus: Corpus = invented.corpus(tmp_path_factory.mktemp("tidy"))
    return compare(corpus, load_matches("no such file.csv"))


def test_every_budget_is_one_row_the_latest_first(comparison: pd.DataFrame) -> None:
    assert list(zip(comparison.entity, comparison.fiscal_year, strict=True)) == [(ENTITY, 2026), (ENTITY, 2025)]
    assert list(comparison.total_yuan) == [yuan("665.75"), yuan("600.00")]


def test_shares_are_of_the_budget_s_own_total_and_unknown_is_null(comparison: pd.DataFrame) -> None:
    now, before = comparison.to_dict("records")
    assert (now["project_pct"], before["project_pct"]) == (Decimal("36.84"), Decimal("33.33"))
    assert now["procurement_pct"] == Decimal("22.53")
    assert before["procurement_pct"] is None
    assert (now["items_pct"], now["money_pct"], now["covered_pct"]) == (None, None, None)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_heat_map_draws_every_budget_and_a_dash_for_what_is_unknown(
    comparison: pd.DataFrame, language: str, recwarn: pytest.WarningsRecorder
) -> None:
    axes = plot_comparison(comparison.assign(entity=HOSTILE), language)
    texts = [text.get_text() for text in axes.texts]
    assert {"37", "33", "–"} <= set(texts)
    assert sentence(axes) is None
    assert png(axes).startswith(b"\x89PNG")
    assert not [warning for warning in recwarn if "Glyph" in str(warning.message)]


def test_without_budgets_there_is_a_sentence(comparison: pd.DataFrame) -> None:
    assert sentence(plot_comparison(comparison.iloc[:0], "en")) == "The corpus holds no budget to compare."


CATALOGUE = [("A", 1, "公共服务"), ("A15", 2, "信息服务"), ("A1501", 3, "运维"), ("A150101", 4, "综合窗口服务")]


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """The invented corpus, its latest document with a catalogue for departments like it."""
    tables = invented.tables(2026)
    about = {"document_id": "0000000000002026", "edition": "示财综〔2025〕1号", "section": "示例", "page": 19}
    items = [about | {"code": code, "level": level, "name": name} for code, level, name in CATALOGUE]
    folder = tmp_path_factory.mktemp("listed")
    invented.write_tables(folder, [tables | {"catalogue": TABLE.frame(items)}, invented.tables(2025)])
    return load(folder)


def test_project_money_is_shared_out_among_the_classes_of_the_catalogue(listed: Corpus) -> None:
    classes = compare_catalogue(listed, load_matches("no such file.csv"))
    rows = classes[["fiscal_year", "code", "name", "projects", "amount_yuan", "share_pct"]].to_numpy().tolist()
    assert rows == [
        [2026, "A15", "信息服务", 2, yuan("115.25"), Decimal("46.99")],
        [2026, None, None, 1, yuan("130.00"), Decimal("53.01")],
    ]


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_the_map_of_classes_has_a_column_for_each_and_last_what_is_in_none(listed: Corpus, width: float) -> None:
    classes = compare_catalogue(listed, load_matches("no such file.csv"))
    axes = plot_catalogue_map(classes, "zh", width)
    texts = [text.get_text().replace("\n", "") for text in axes.texts]
    assert texts[:2] == ["A15 信息服务", "没有对应的目录事项"]
    assert texts[3:] == ["47", "53"]


def test_without_a_known_catalogue_there_is_a_sentence_instead_of_a_map(listed: Corpus) -> None:
    nothing = compare_catalogue(replace(listed, catalogue=listed.catalogue.iloc[:0]), load_matches("no such file.csv"))
    assert nothing.empty
    assert sentence(plot_catalogue_map(nothing, "en")) == label("empty.catalogue_map", "en")


def test_the_page_of_all_departments_shows_hostile_names_as_text_and_is_linked(
    tmp_path: Path, browser: webdriver.Chrome
) -> None:
    invented.write_tables(tmp_path / "tidy", [invented.tables(2026, entity=HOSTILE)])
    arguments = ["report", "--tidy", tmp_path / "tidy", "--out", tmp_path / "reports", "--lang", "zh", "--jobs", 2]
    result = CliRunner().invoke(main, [str(one) for one in arguments])
    assert result.exit_code == 0, result.output
    browser.get((tmp_path / "reports/index.html").as_uri())
    browser.find_element(By.PARTIAL_LINK_TEXT, "各部门预算比较").click()
    assert browser.current_url.endswith("/reports/comparison.zh.html")
    assert HOSTILE in browser.find_element(By.TAG_NAME, "body").text
    assert browser.title != "taken"
    (own,) = browser.find_elements(By.TAG_NAME, "script")
    assert not own.get_attribute("src")
    names = ("comparison", "sources", "catalogue_classes", "execution")
    tables = [tmp_path / f"reports/comparison/tables/{name}.csv" for name in names]
    links = [link.get_attribute("href") for link in browser.find_elements(By.PARTIAL_LINK_TEXT, "CSV")]
    assert links == [table.as_uri() for table in tables[:2]]  # the others have no rows
    assert all(table.is_file() for table in tables)
