"""Reports over many departments: each from its own documents, made when these change; pages over all stay small."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By

import budgetlib as bl
from budgetlib.report.index import Report, report_folder, write_index
from budgetlib.report.inputs import Inputs
from budgetlib.report.long_table import LongRow, long_table
from budgetlib.report.notebook import run_notebook
from budgetlib.report.run import ReportOptions, write_reports
from budgetlib.tables.derived import derived_tables

HOSTILE = "<script>document.title='taken'</script>\t\n<img src=x onerror=\"document.title='taken'\">"
EXAMPLE = "示例市示例局"
NOWHERE = Path("no such file.csv")


def in_memory(corpus: bl.Corpus) -> bl.Corpus:
    """The same tables without what is kept with them."""
    return bl.Corpus(**{table.name: getattr(corpus, table.name) for table in fields(bl.Corpus)})


def rows(frame: pd.DataFrame) -> list[list[str]]:
    return sorted([str(value) for value in row] for row in frame.to_numpy().tolist())


FIGURES: dict[str, Callable[[bl.Corpus], pd.DataFrame]] = {
    "compare": lambda corpus: bl.compare(corpus, bl.load_matches(NOWHERE)),
    "compare_catalogue": lambda corpus: bl.compare_catalogue(corpus, bl.load_matches(NOWHERE)),
    "compare_execution": bl.compare_execution,
    "document_quality": bl.document_quality,
    "identity_quality": bl.identity_quality,
    "form_coverage": bl.form_coverage,
}


@pytest.fixture(scope="module")
def kept(sample_tidy: Path) -> bl.Corpus:
    return bl.load(sample_tidy).corrected()


@pytest.mark.parametrize("name", FIGURES)
def test_figures_that_are_kept_are_those_that_the_tables_give(kept: bl.Corpus, name: str) -> None:
    assert kept.derived("budgets") is not None
    assert rows(FIGURES[name](kept)) == rows(FIGURES[name](in_memory(kept)))


def test_rank_and_guidance_of_a_department_are_the_same_from_what_is_kept(kept: bl.Corpus) -> None:
    memory = in_memory(kept)
    for department, year in kept.read_budgets()[["department_id", "fiscal_year"]].drop_duplicates().to_numpy():
        own, other = (corpus.select(department, year, kind="budget") for corpus in (kept, memory))
        assert rows(bl.procurement_standing(kept, own)) == rows(bl.procurement_standing(memory, other))
        applying, computed = bl.guidance(kept, own), bl.guidance(memory, other)
        assert (applying.basis, applying.edition, applying.section) == (
            computed.basis,
            computed.edition,
            computed.section,
        )
        assert rows(applying.items) == rows(computed.items)
        assert rows(bl.edition_changes(kept, applying)) == rows(bl.edition_changes(memory, computed))


def test_reviewed_matches_change_what_is_kept_of_their_budget_only(kept: bl.Corpus) -> None:
    about = {"department": EXAMPLE, "fiscal_year": 2026, "project": "x", "reviewer": "y"}
    reviewed = pd.DataFrame([about], columns=bl.load_matches(NOWHERE).columns, dtype=object).where(
        lambda f: f.notna(), None
    )
    assert rows(bl.compare(kept, reviewed)) == rows(bl.compare(in_memory(kept), reviewed))


def test_what_other_code_made_is_not_used(kept: bl.Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    other = {name: replace(table, name=f"{name}-of-other-code") for name, table in derived_tables().items()}
    monkeypatch.setattr("budgetlib.tables.corpus.derived_tables", lambda: other)
    assert kept.derived("budgets") is None


@pytest.fixture
def of(sample_tidy: Path, tmp_path: Path) -> Callable[..., str | None]:
    """The hash of what the example's report is made from, given a file of matches and one of prices."""

    def made_from(matches: str = "", deflator: str = "", name: str = EXAMPLE) -> str | None:
        files = tmp_path / "matches.csv", tmp_path / "deflator.csv"
        for file, text in zip(files, (matches, deflator), strict=True):
            file.unlink(missing_ok=True)
            if text:
                file.write_text(text, encoding="utf-8")
        inputs = Inputs(bl.load(sample_tidy), sample_tidy, *files)
        report = Report(name, name, 2026, report_folder(name, 2026))
        return inputs.of(report, ReportOptions().department_notebook(), tmp_path / report.folder)

    return made_from


def test_a_report_is_known_by_the_matches_of_its_department_and_by_the_prices(of: Callable[..., str | None]) -> None:
    head = "department,fiscal_year,unit,project,edition,section,code,name,reviewer,note\n"
    plain = of()
    assert plain is not None
    assert of() == plain
    assert of(matches=f"{head}某局,2026,,项目,,,A1,某服务,某人,\n") == plain
    assert of(matches=f"{head}{EXAMPLE},2026,,项目,,,A1,某服务,某人,\n") != plain
    assert of(deflator="year,index\n2025,100\n2026,103\n") != plain
    assert of(name="不在此处") is None


@pytest.mark.slow
def test_a_report_is_made_again_only_when_it_must_be(sample_tidy: Path, tmp_path: Path) -> None:
    options = ReportOptions([EXAMPLE], [2026], ["zh"], matches=NOWHERE, deflator=NOWHERE)
    page = tmp_path / EXAMPLE / "2026/report.zh.html"
    (made,) = write_reports(sample_tidy, tmp_path, options)
    before = page.stat().st_mtime_ns
    (again,) = write_reports(sample_tidy, tmp_path, options)
    assert (made.state, again.state, page.stat().st_mtime_ns) == ("done", "unchanged", before)
    (forced,) = write_reports(sample_tidy, tmp_path, replace(options, force=True))
    assert forced.state == "done"
    assert page.stat().st_mtime_ns > before
    page.unlink()
    (missing,) = write_reports(sample_tidy, tmp_path, options)
    assert missing.state == "done"
    assert page.is_file()


def test_a_notebook_sees_nothing_of_the_one_that_its_kernel_ran_before(tmp_path: Path) -> None:
    source = "import os, warnings\nwarnings.warn('once')\nleft = [*globals().get('left', []), os.getcwd()[-1]]\nleft"
    cells = [
        nbformat.v4.new_code_cell('language = "zh"', metadata={"tags": ["parameters"]}),  # type: ignore[no-untyped-call]
        nbformat.v4.new_code_cell(source),  # type: ignore[no-untyped-call]
    ]
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    named = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nb = nbformat.v4.new_notebook(cells=cells, metadata=named)  # type: ignore[no-untyped-call]
    nbformat.write(nb, tmp_path / "own.ipynb")  # type: ignore[no-untyped-call]
    for name in ("first/x", "second/x"):
        run_notebook(tmp_path / "own.ipynb", tmp_path / name, "page", "title", {"language": "zh"})
    first, second = (json.loads((tmp_path / name / "page.ipynb").read_text()) for name in ("first/x", "second/x"))
    outputs = [cell.get("outputs") for cell in second["cells"]]
    assert outputs == [cell.get("outputs") for cell in first["cells"]]
    assert any("['x']" in str(output) for output in outputs)
    assert any("once" in str(output) for output in outputs)
    assert (tmp_path / "first/x/page.html").read_bytes() == (tmp_path / "second/x/page.html").read_bytes()


def test_a_table_holds_as_many_rows_as_its_page_has_room_for_and_says_how_many_it_leaves_out() -> None:
    head = [{"head": "x", "unit": "", "kind": "name"}]
    table = long_table(head, (LongRow("", "", ["名" * 10]) for _ in range(100)), ["en"], 1000)
    assert (table["count"], len(table["lines"].encode()) <= 1000) == (30, True)
    assert table["note"].startswith("70 rows")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of ten thousand reports, one with a hostile name."""
    out = tmp_path_factory.mktemp("index")
    names = [f"第{number}局" for number in range(9_999)]
    reports = [
        Report(name, name, 2020 + number % 7, Path(name, "2026"), "done", place=f"{number % 300}市")
        for number, name in enumerate(names)
    ]
    hostile = Report("x", HOSTILE, 2026, Path("x/2026"), "failed", HOSTILE, place=HOSTILE)
    made = out / "第4321局/2026"
    made.mkdir(parents=True)
    (made / "report.zh.html").write_text("<!DOCTYPE html><title>made</title>")
    headline = {"total_yuan": "12345600.00", "change_pct": "1.50", "findings": 3}
    (made / "result.json").write_text(json.dumps({"headline": headline}))
    write_index(out, [*reports, hostile], [])
    return out / "index.html"


def test_an_index_of_ten_thousand_finds_a_department_by_typing(browser: webdriver.Chrome, index: Path) -> None:
    browser.get(index.as_uri())
    assert "1–100 / 10000" in browser.find_element(By.CLASS_NAME, "count").text
    heads = [head.text for head in browser.find_elements(By.CSS_SELECTOR, "tr.group")]
    assert len(heads) == len(set(heads)) > 1
    browser.find_element(By.CSS_SELECTOR, "input[type=search]").send_keys("4321")
    (row,) = browser.find_elements(By.CSS_SELECTOR, "tbody tr:not(.group)")
    assert "第4321局" in row.text
    assert "1,234.56" in row.text
    row.find_element(By.CSS_SELECTOR, "a.open").click()
    assert browser.title == "made"


def test_hostile_names_in_an_index_are_text(browser: webdriver.Chrome, index: Path) -> None:
    browser.get(index.as_uri())
    browser.find_element(By.CSS_SELECTOR, "input[type=search]").send_keys("taken")
    (row,) = browser.find_elements(By.CSS_SELECTOR, "tbody tr:not(.group)")
    assert "<script>" in row.text
    assert browser.title != "taken"
    assert len(browser.find_elements(By.TAG_NAME, "script")) == 1
    assert browser.find_elements(By.CSS_SELECTOR, "img[src=x], a[href^=javascript]") == []


def test_many_rows_are_sorted_as_a_whole_and_leafed_through(browser: webdriver.Chrome, index: Path) -> None:
    browser.get(index.as_uri())
    browser.find_element(By.XPATH, "//th[contains(., 'Do not')]//button").click()
    first = browser.find_element(By.CSS_SELECTOR, "tbody tr")
    assert "第4321局" in first.text, "the only one with findings"
    browser.find_element(By.XPATH, "//button[contains(., 'next')]").click()
    assert "101–200 / 10000" in browser.find_element(By.CLASS_NAME, "count").text
