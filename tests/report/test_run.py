"""Reports: run in real kernels, read in a real browser."""

import csv
import hashlib
import json
import re
import subprocess
import sys
import time
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import nbformat
import pytest
from click.testing import CliRunner, Result
from selenium.webdriver.common.by import By

from budgetlib.commands.cli import main
from budgetlib.core.errors import BadParameter, NotFound
from budgetlib.report.index import Report, write_index
from budgetlib.report.notebook import check_parameters
from budgetlib.report.notebook_files import NOTEBOOKS
from budgetlib.report.run import ReportOptions, write_reports
from tests import invented
from tests.browser import Open, asked_for, beyond
from tests.invented import ENTITY
from tests.processes import command
from tests.report.test_read_back import Page

HOSTILE = "<script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\">"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["report", *map(str, arguments)])


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def tidy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two years of the invented department, and a file that could not be opened."""
    folder = tmp_path_factory.mktemp("tables") / "tidy"
    locked = {"path": "锁.pdf", "outcome": "encrypted", "reason": "needs a password"}
    nobody = {"entity": None, "department_id": None, "fiscal_year": None, "document_kind": None, "pages": None}
    invented.write(folder, years=(2025, 2026), others=[locked | nobody])
    return folder


def price_index(tidy: Path) -> Path:
    """A price index beside the tables: prices rise by 3 %."""
    file = tidy.parent / "deflator.csv"
    file.write_text("year,index\n2025,100\n2026,103\n", encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def reports(tidy: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All reports, made where another kernel called python3 is installed that does not work."""
    elsewhere = tmp_path_factory.mktemp("jupyter")
    kernel = elsewhere / "kernels/python3/kernel.json"
    kernel.parent.mkdir(parents=True)
    kernel.write_text(json.dumps({"argv": ["false"], "display_name": "broken", "language": "python"}))
    out = tidy.parent / "reports"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(elsewhere))
        result = run("--tidy", tidy, "--out", out, "--deflator", price_index(tidy), "--jobs", 2)
    assert result.exit_code == 0, result.output
    return out


@pytest.fixture(scope="module")
def report(reports: Path) -> Path:
    return reports / ENTITY / "2026"


def test_an_executed_notebook_does_not_say_which_python_ran_it(report: Path) -> None:
    notebook = json.loads((report / "report.zh.ipynb").read_bytes())
    assert notebook["metadata"]["language_info"]["name"] == "python"
    assert "version" not in notebook["metadata"]["language_info"]


def test_a_report_is_its_pages_notebooks_figures_tables_and_result(report: Path) -> None:
    figures = {"spending_by_function", "spending_by_kind", "procurement_mix"}
    figures |= {"spending_change", "project_change", "series", "largest_projects"}
    assert files(report) == {
        "result.json",
        *(f"report.{language}.{kind}" for language in ("zh", "en") for kind in ("html", "ipynb")),
        *(f"figures/{name}.{language}.png" for language in ("zh", "en") for name in figures),
        "tables/spending_change.csv",
        "tables/series.csv",
        "tables/budget_execution.csv",
        "tables/procurement_mix.csv",
        "tables/catalogue_coverage.csv",
    }


def test_a_price_index_puts_constant_prices_beside_the_nominal_ones(report: Path) -> None:
    page = (report / "report.zh.html").read_text(encoding="utf-8")
    assert "2025 年 100，2026 年 103，变动 +3.00%" in page
    assert ">618.00<" in page


def test_nothing_unfinished_is_left(reports: Path) -> None:
    assert list(reports.rglob(".*")) == []


def test_the_result_says_what_went_in_and_what_came_out(report: Path) -> None:
    result = json.loads((report / "result.json").read_text(encoding="utf-8"))
    assert result["parameters"] == {"department": ENTITY, "year": 2026, "languages": ["zh", "en"]}
    assert [one["sha256"] for one in result["inputs"]] == [f"{2026:064d}"]
    index = report.parents[2] / "deflator.csv"
    assert result["supplied"] == {"matches": None, "deflator": hashlib.sha256(index.read_bytes()).hexdigest()}
    assert result["counts"]["pages"] == {"not_a_form": 10, "read": 8, "declared_empty": 1, "unreadable": 1}
    assert result["versions"]["python"] == ".".join(map(str, sys.version_info[:3]))
    assert {*result["reports"], *result["figures"], *result["tables"], "result.json"} == files(report)


def test_the_tables_hold_what_the_report_says(report: Path) -> None:
    with (report / "tables/spending_change.csv").open(encoding="utf-8-sig", newline="") as stream:
        change = list(csv.DictReader(stream))
    contract = (
        "basis dimension code item previous_year previous_yuan current_yuan change_yuan change_pct contribution_pp"
    )
    assert list(change[0])[:13] == [*contract.split(), "status", "document_id", "page"]
    total = {one["basis"]: one for one in change if one["dimension"] == "total" and one["measure"] == "expenditure"}
    assert Decimal(total["published"]["change_yuan"]) == Decimal(total["computed"]["change_yuan"]) == Decimal("657500")
    with (report / "tables/procurement_mix.csv").open(encoding="utf-8-sig", newline="") as stream:
        mix = list(csv.DictReader(stream))
    assert list(mix[0])[:6] == ["kind", "amount_yuan", "share_pct", "share_of_budget_pct", "document_id", "page"]
    with (report / "tables/catalogue_coverage.csv").open(encoding="utf-8-sig", newline="") as stream:
        services = list(csv.DictReader(stream))
    contract = "project unit amount_yuan edition section code name basis score document_id page"
    assert list(services[0])[:11] == contract.split()
    assert [(one["amount_yuan"], one["basis"]) for one in services] == [
        ("652500.00", "none"),
        ("1300000.00", "none"),
        ("500000.00", "none"),
    ]


def test_no_path_of_this_machine_and_no_time_of_day_is_in_a_report(reports: Path, report: Path) -> None:
    for path in [*report.glob("report.*"), report / "result.json", reports / "index.html"]:
        text = path.read_text(encoding="utf-8")
        assert str(reports.parent) not in text
        assert str(NOTEBOOKS) not in text
        assert not re.search(r"20\d\d-\d\d-\d\dT\d\d:\d\d", text)


def test_the_notebook_beside_a_report_finds_its_tables_from_there(report: Path, tidy: Path) -> None:
    nb: Any = nbformat.read(report / "report.zh.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    (injected,) = (cell for cell in nb.cells if "injected-parameters" in cell.metadata.get("tags", ()))
    given: dict[str, Any] = {}
    exec(injected.source, given)  # noqa: S102 - our own notebook
    assert (report / given["tidy"]).resolve() == tidy.resolve()
    assert (given["department"], given["year"], given["language"], given["out"]) == (ENTITY, 2026, "zh", ".")
    assert ENTITY in injected.source


@pytest.mark.parametrize("name", ["department", "final_accounts"])
def test_cells_are_short_and_every_parameter_has_a_literal_and_a_comment(name: str) -> None:
    cells = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4).cells  # type: ignore[no-untyped-call]
    code = [cell for cell in cells if cell.cell_type == "code"]
    assert all(1 <= len(cell.source.splitlines()) <= 7 for cell in code)
    assert not any(cell.get("outputs") for cell in code)
    (parameters,) = (cell for cell in code if "parameters" in cell.metadata.get("tags", ()))
    assert all(re.fullmatch(r'\w+ = ("[^"]*"|\d+)  # \S.*', line) for line in parameters.source.splitlines())
    headings = [cell.source for cell in cells if cell.cell_type == "markdown"]
    assert [source for source in headings if not re.fullmatch(r"#{1,3} [^·]*[一-龥][^·]* · [ -~“”’]+", source)] == []


@pytest.fixture(scope="module")
def again(tidy: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One report made again, beside one of an earlier run."""
    out = tmp_path_factory.mktemp("again") / "reports"
    earlier = out / ENTITY / "2025"
    earlier.mkdir(parents=True)
    (earlier / "result.json").write_text("{}")
    (earlier / "report.zh.html").write_text("<!DOCTYPE html>")
    arguments = ("--year", 2026, "--lang", "zh", "--deflator", price_index(tidy), "--jobs", 1)
    assert run("--tidy", tidy, "--out", out, *arguments).exit_code == 0
    return out


def test_the_same_tables_give_the_same_files(report: Path, again: Path) -> None:
    made = again / ENTITY / "2026"
    differing = {"result.json", "report.zh.ipynb", "report.zh.html"}
    same = files(made) - differing
    assert same == {name for name in files(report) - differing if ".en." not in name}
    assert {name for name in same if (made / name).read_bytes() != (report / name).read_bytes()} == set()
    where = re.compile(r'(tidy|matches|deflator) = (?:\\?"|&quot;)[^"&]*')
    for name in ("report.zh.ipynb", "report.zh.html"):
        first, second = (where.sub("", (folder / name).read_text(encoding="utf-8")) for folder in (report, made))
        assert first == second


def test_a_report_of_an_earlier_run_stays_in_the_index(again: Path) -> None:
    index = (again / "index.html").read_text(encoding="utf-8")
    assert "此前生成" in index
    assert "已生成" in index
    assert (again / ENTITY / "2025/report.zh.html").read_text() == "<!DOCTYPE html>"


@pytest.fixture
def page(opened: Open) -> Open:
    """Opens a file at the width of a phone, where no other is given."""
    return partial(opened, width=390)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_page_loads_nothing_from_outside(page: Open, report: Path, language: str) -> None:
    path = report / f"report.{language}.html"
    urls = asked_for(page(path))
    assert path.as_uri() in urls
    assert beyond(path, urls) == []
    html = path.read_text(encoding="utf-8")
    assert re.findall(r"<(?:link|iframe|object|embed)\b", html) == []
    assert re.findall(r"<script\b[^>]*>", html) == ["<script>"]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [390, 1440])
def test_a_page_needs_no_scrolling_sideways(page: Open, report: Path, language: str, width: int) -> None:
    chrome = page(report / f"report.{language}.html", width=width)
    for details in chrome.find_elements(By.TAG_NAME, "summary"):
        details.click()
    assert chrome.execute_script("return document.documentElement.scrollWidth") <= width


def test_a_chinese_page_says_in_chinese_who_how_much_and_why(page: Open, report: Path) -> None:
    chrome = page(report / "report.zh.html")
    text = chrome.find_element(By.TAG_NAME, "body").text
    assert chrome.find_element(By.TAG_NAME, "html").get_attribute("lang") == "zh"
    assert chrome.title == f"{ENTITY} 2026 年部门预算"
    assert "预算支出总计 665.8 万元，据公开说明比上年增加 65.75 万元（10.96%）" in text
    assert "变动最大的是其他政府办公厅（室）及相关机构事务支出（本年新列，+130 万元，拉动总额 +21.67 个百分点）" in text
    assert "政府采购 150 万元，占预算 22.53%，其中货物 20 万元（13.33%）、服务 130 万元（86.67%）。" in text
    assert invented.REASON in text
    assert "该页是没有文字层的图片" in text
    assert f"{2026:064d}" in text
    assert "How much" not in text


def test_an_english_page_says_the_same_in_million_yuan(page: Open, report: Path) -> None:
    chrome = page(report / "report.en.html")
    text = chrome.find_element(By.TAG_NAME, "body").text
    assert chrome.find_element(By.TAG_NAME, "html").get_attribute("lang") == "en"
    assert "plans to spend 6.658 million yuan in 2026, by its own account 657,500 yuan (10.96%) more" in text
    assert "General public services 一般公共服务支出" in text
    assert "万元的" not in text


def test_every_figure_has_words_for_those_who_do_not_see_it(page: Open, report: Path) -> None:
    chrome = page(report / "report.zh.html")
    charts = chrome.find_elements(By.CSS_SELECTOR, "figure.chart svg")
    assert len(charts) >= 8
    assert all(chart.get_attribute("aria-label") for chart in charts)
    assert all(picture.get_attribute("alt") for picture in chrome.find_elements(By.TAG_NAME, "img"))


def test_a_phone_is_shown_other_charts_than_a_wide_screen(page: Open, report: Path) -> None:
    for width, kind in ((390, "for-phones"), (1440, "for-pages")):
        charts = page(report / "report.zh.html", width=width).find_elements(By.CSS_SELECTOR, "figure.chart > div")
        assert {chart.get_attribute("class") for chart in charts if chart.is_displayed()} == {kind}


def test_figures_without_a_file_at_hand_lead_to_the_words(page: Open, report: Path) -> None:
    chrome = page(report / "report.zh.html")
    chrome.find_element(By.CSS_SELECTOR, ".lead a.seen").click()
    dialog = chrome.find_element(By.TAG_NAME, "dialog")
    assert dialog.find_elements(By.TAG_NAME, "img") == []
    assert "支出总计 665.75 万元" in dialog.text


def test_chinese_is_drawn_with_the_font_that_the_page_brings_along(page: Open, report: Path) -> None:
    chrome = page(report / "report.zh.html")
    ready = "return document.fonts.ready.then(fonts => [...fonts].map(font => [font.family, font.status]))"
    assert chrome.execute_script(ready) == [["budgetlib Noto Sans SC", "loaded"]]


def test_code_is_folded_away_but_there(page: Open, report: Path) -> None:
    chrome = page(report / "report.zh.html")
    code = chrome.find_elements(By.CLASS_NAME, "code")
    assert code
    assert not any(cell.is_displayed() for cell in code)
    chrome.find_element(By.ID, "code").click()
    assert all(cell.is_displayed() for cell in code)
    assert "bl.load(tidy)" in chrome.find_element(By.TAG_NAME, "body").text


def test_chapters_without_data_say_so_in_a_sentence(page: Open, reports: Path) -> None:
    text = page(reports / ENTITY / "2025/report.zh.html").find_element(By.TAG_NAME, "body").text
    assert "文件没有说明比上年增减多少，资料中也没有上一年度的预算。" in text
    assert "没有读到政府采购分类金额。" in text
    assert "procurement_mix" not in files(reports / ENTITY / "2025/figures")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_chapter_is_empty(reports: Path, language: str) -> None:
    for year in (2025, 2026):
        html = (reports / ENTITY / f"{year}/report.{language}.html").read_text(encoding="utf-8")
        chapters = Page(html).chapters
        assert len(chapters) > 10
        assert [heading for heading, has_content in chapters if not has_content] == []


def test_the_index_links_every_report_and_names_every_document_without_one(page: Open, reports: Path) -> None:
    chrome = page(reports / "index.html")
    links = [link.get_attribute("href") for link in chrome.find_elements(By.TAG_NAME, "a")]
    expected = [reports / ENTITY / year / f"report.{lang}.html" for year in ("2026", "2025") for lang in ("zh", "en")]
    over_all = [reports / f"{page}.{lang}.html" for page in ("comparison", "data_quality") for lang in ("zh", "en")]
    assert links == [path.as_uri() for path in over_all + expected]
    text = chrome.find_element(By.TAG_NAME, "body").text
    assert "锁.pdf" in text
    assert "已加密 · encrypted" in text
    assert "needs a password" in text


@pytest.mark.parametrize("found", ["", "[]", '{"headline": {"total_yuan": "<b>", "change_pct": null, "findings": 1}}'])
def test_a_result_that_cannot_be_read_leaves_its_figures_blank_in_the_index(tmp_path: Path, found: str) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x/result.json").write_text(found)
    write_index(tmp_path, [Report(ENTITY, ENTITY, 2026, Path("x"), "earlier")], [])
    index = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert ENTITY in index
    assert [
        text.strip() for text in re.findall(r'<td class="number" data-head="支出总计[^"]*">([^<]*)</td>', index)
    ] == [""]


@pytest.mark.slow
def test_text_of_a_document_does_nothing_and_names_no_path(page: Open, tmp_path: Path) -> None:
    about = {"entity": HOSTILE, "department_id": "../../evil", "path": HOSTILE, "reason": HOSTILE}
    tables = invented.tables(2026, **about)
    tables["lines"]["item"] = HOSTILE + tables["lines"]["item"]
    tables["statements"]["reason"] = HOSTILE
    tables["statements"].loc[tables["statements"].section == 8, "reason"] = "=cmd()"
    tables["pages"]["reason"] = HOSTILE
    invented.write_tables(tmp_path / "data/tidy", [tables])
    out = tmp_path / "data/reports"
    assert run("--tidy", tmp_path / "data/tidy", "--out", out, "--lang", "zh", "--jobs", 2).exit_code == 0
    assert {path.name for path in tmp_path.iterdir()} == {"data"}
    assert {path.name for path in tmp_path.parent.iterdir()} & {"evil"} == set()
    (report,) = out.glob("evil-*/2026/report.zh.html")
    for path in (report, out / "index.html"):
        chrome = page(path)
        assert chrome.title != "taken"
        assert HOSTILE in chrome.find_element(By.TAG_NAME, "body").text
        assert chrome.find_elements(By.CSS_SELECTOR, "img[src=x]") == []
        assert len(chrome.find_elements(By.TAG_NAME, "script")) == 1
    assert "'=cmd()" in (report.parent / "tables/spending_change.csv").read_text(encoding="utf-8-sig")


def changed_notebook(folder: Path, code: str) -> Path:
    nb: Any = nbformat.read(NOTEBOOKS / "department.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    nb.cells.append(nbformat.v4.new_code_cell(code))  # type: ignore[no-untyped-call]
    path = folder / "changed.ipynb"
    nbformat.write(nb, path)  # type: ignore[no-untyped-call]
    return path


@pytest.mark.slow
def test_a_failing_notebook_leaves_the_report_that_was_there_and_the_others_go_on(tidy: Path, tmp_path: Path) -> None:
    notebook = changed_notebook(tmp_path, "1 / (year - 2025)")
    kept = tmp_path / "reports" / ENTITY / "2025" / "result.json"
    kept.parent.mkdir(parents=True)
    kept.write_text("{}")
    failed, done, *_ = write_reports(
        tidy, tmp_path / "reports", ReportOptions(languages=["zh"], jobs=2, notebook=notebook)
    )
    assert (failed.year, failed.state, done.year, done.state) == (2025, "failed", 2026, "done")
    assert "ZeroDivisionError" in str(failed.reason)
    assert files(tmp_path / "reports" / ENTITY / "2025") == {"result.json"}
    assert list((tmp_path / "reports").rglob(".*")) == []
    assert "ZeroDivisionError" in (tmp_path / "reports/index.html").read_text(encoding="utf-8")


def test_an_unknown_notebook_parameter_is_refused_with_the_known_ones(tidy: Path, tmp_path: Path) -> None:
    with pytest.raises(BadParameter, match="no parameter depratment; allowed: department, year, language, "):
        check_parameters(NOTEBOOKS / "department.ipynb", {"depratment": "x", "year": 2026})
    bare = tmp_path / "bare.ipynb"
    nbformat.write(nbformat.v4.new_notebook(), bare)  # type: ignore[no-untyped-call]
    with pytest.raises(BadParameter, match="no parameter department"):
        write_reports(tidy, tmp_path / "reports", ReportOptions(notebook=bare))
    assert not (tmp_path / "reports").exists()


def test_a_missing_notebook_is_refused(tidy: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"there is no notebook .*none\.ipynb"):
        write_reports(tidy, tmp_path / "reports", ReportOptions(notebook=tmp_path / "none.ipynb"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--department", "某局"], f"no department '某局'; there is: {ENTITY}"),
        (["--year", "1999"], "there is: 2025, 2026"),
        (["--lang", "fr"], "'zh', 'en', 'both'"),
        (["--jobs", "0"], "0 is not in the range"),
        (["--tidy", "nowhere"], "budgetlib parse --out nowhere"),
    ],
)
def test_a_wrong_question_is_answered_with_what_there_is_and_exit_code_2(
    tidy: Path, tmp_path: Path, arguments: list[str], said: str
) -> None:
    result = run("--tidy", tidy, "--out", tmp_path / "reports", *arguments)
    assert result.exit_code == 2
    assert said in " ".join(re.sub(r"[│╭╮╯╰─]", " ", result.output).split())
    assert not (tmp_path / "reports").exists()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="sends a Unix signal")
def test_an_interrupted_run_leaves_nothing_behind(tidy: Path, tmp_path: Path) -> None:
    out = tmp_path / "reports"
    report = command("report", "--tidy", tidy, "--out", out)
    run = subprocess.Popen(report, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    while run.poll() is None and not any(out.rglob("*.unfinished")):
        time.sleep(0.05)
    run.terminate()
    said, _ = run.communicate(timeout=120)
    assert run.returncode == 1
    assert list(filter(None, said.splitlines())) == [
        "stopped; 0 reports are done and kept, the next run goes on from there",
        "Aborted!",
    ]
    assert list(out.rglob("*")) == []


def test_a_folder_that_cannot_be_written_is_said_before_any_report_is_made(tidy: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    result = run("--tidy", tidy, "--out", tmp_path / "file/reports", "--year", 2026, "--lang", "zh", "--jobs", 1)
    assert result.exit_code == 1
    (said,) = result.output.splitlines()
    assert f"the reports cannot be written to {tmp_path / 'file/reports'}" in said
