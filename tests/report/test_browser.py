"""What a reader does with the reports of the sample data, in a real browser: follow a figure, sort, print."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from click.testing import CliRunner
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

import budgetlib as bl
from budgetlib.commands.cli import main
from budgetlib.commands.pipeline import parse
from budgetlib.report.index import SCRIPT
from budgetlib.report.run import ReportOptions, write_reports
from budgetlib.tables.corpus import load
from tests.browser import Open, asked_for, barriers, beyond, prefer
from tests.report.hostile_paper import EXAMPLE, HOSTILE, hostile_paper


def make_reports(tidy: Path, out: Path, *arguments: str) -> Path:
    result = CliRunner().invoke(main, ["report", "--tidy", str(tidy), "--out", str(out), "--jobs", "2", *arguments])
    assert result.exit_code == 0, result.output
    return out


@pytest.fixture(scope="module")
def reports(sample_tidy: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The invented department's reports of 2026 and the pages over all documents."""
    out = tmp_path_factory.mktemp("reports") / "reports"
    write_reports(sample_tidy, out, ReportOptions([EXAMPLE], [2026], jobs=2, overview=True))
    return out


@pytest.fixture
def report(reports: Path) -> Path:
    return reports / EXAMPLE / "2026/report.zh.html"


def pages(reports: Path) -> list[Path]:
    own = [reports / EXAMPLE / f"2026/report.{language}.html" for language in ("zh", "en")]
    over_all = [reports / f"{name}.{lang}.html" for name in ("comparison", "data_quality") for lang in ("zh", "en")]
    return [*own, *over_all, reports / "index.html"]


def run(chrome: webdriver.Chrome, script: str, *arguments: Any) -> Any:
    return chrome.execute_script(script, *arguments)  # type: ignore[no-untyped-call]


DEAD = """
const names = [...document.querySelectorAll('a')].map(a => a.getAttribute('href') || a.getAttribute('xlink:href'));
return names.filter(name => name.startsWith('#') && !document.getElementById(name.slice(1)));
"""


def test_every_link_within_a_page_leads_somewhere(opened: Open, reports: Path) -> None:
    for path in pages(reports):
        assert run(opened(path), DEAD) == [], path.name


def test_all_pages_run_one_script_and_ask_for_nothing(opened: Open, reports: Path) -> None:
    for path in pages(reports):
        chrome = opened(path)
        assert beyond(path, asked_for(chrome)) == []
        html = path.read_text(encoding="utf-8")
        assert re.findall(r"<script[^>]*>(.*?)</script>", html, re.DOTALL) == [SCRIPT.read_text(encoding="utf-8")]
        assert re.findall(r"<(?:link|iframe|object|embed)\b", html) == []
        assert run(chrome, "return document.querySelectorAll('th button').length") > 0, "the script did not run"


@pytest.mark.parametrize("width", [390, 1440])
def test_a_figure_opens_its_place_on_the_page(opened: Open, report: Path, width: int) -> None:
    chrome = opened(report, width)
    link = chrome.find_element(By.CSS_SELECTOR, ".lead a.seen")
    assert link.text == "1,657 万元"
    link.click()
    dialog = chrome.find_element(By.TAG_NAME, "dialog")
    assert dialog.is_displayed()
    assert "支出总计 1656.59 万元" in dialog.text
    assert "预算收支总表，第 5 页" in dialog.text
    mark, view = (dialog.find_element(By.CSS_SELECTOR, name) for name in (".mark", ".view"))
    inner, outer = mark.rect, view.rect
    assert outer["x"] <= inner["x"]
    assert inner["x"] + inner["width"] <= outer["x"] + outer["width"]
    assert outer["y"] <= inner["y"]
    assert inner["y"] + inner["height"] <= outer["y"] + outer["height"]
    assert inner["height"] > 14, "too small to be read"
    assert run(chrome, "return arguments[0].querySelector('img').naturalWidth", dialog) > 1000
    dialog.send_keys(Keys.ESCAPE)
    assert not dialog.is_displayed()


def test_a_computed_change_opens_both_years(opened: Open, report: Path) -> None:
    chrome = opened(report)
    for summary in chrome.find_elements(By.TAG_NAME, "summary"):
        summary.click()
    (row,) = chrome.find_elements(By.XPATH, "//details//tr[td[1]='2010301' and td[contains(., '677.10')]]")
    row.find_element(By.LINK_TEXT, "+45.53").click()
    dialog = chrome.find_element(By.TAG_NAME, "dialog")
    assert len(dialog.find_elements(By.TAG_NAME, "img")) == 2
    assert "行政运行 722.63 万元" in dialog.text
    assert "行政运行 677.10 万元" in dialog.text
    dialog.find_element(By.CLASS_NAME, "close").click()
    assert not dialog.is_displayed()


@pytest.mark.parametrize("width", [390, 1440])
def test_a_figure_of_a_chart_opens_its_place(opened: Open, report: Path, width: int) -> None:
    chrome = opened(report, width)
    shown = [link for link in chrome.find_elements(By.CSS_SELECTOR, ".chart svg a") if link.is_displayed()]
    assert len(shown) > 20
    run(chrome, "arguments[0].dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true}))", shown[0])
    assert chrome.find_element(By.TAG_NAME, "dialog").find_elements(By.CSS_SELECTOR, ".mark")


def test_without_scripts_a_figure_leads_to_the_marked_page(opened: Open, report: Path) -> None:
    html = report.read_text(encoding="utf-8")
    place = re.search(r'<a class="seen" href="(#source-\d+)"', html)
    assert place
    chrome = opened(report, scripts=False, place=place[1])
    mark = chrome.find_element(By.CSS_SELECTOR, ".mark:target")
    assert mark.value_of_css_property("outline-style") == "solid"
    assert chrome.find_element(By.CSS_SELECTOR, ".page:has(:target) .sheet").rect["width"] > 800
    assert chrome.find_elements(By.CSS_SELECTOR, "th button") == []


@pytest.mark.parametrize("width", [390, 1440])
def test_no_page_scrolls_sideways(opened: Open, reports: Path, width: int) -> None:
    for path in pages(reports):
        chrome = opened(path, width)
        run(chrome, "for (const one of document.querySelectorAll('details')) one.open = true")
        assert run(chrome, "return document.documentElement.scrollWidth") <= width, path.name


def column(table: Any, number: int) -> list[str]:
    return [cell.text for cell in table.find_elements(By.CSS_SELECTOR, f"tbody td:nth-child({number})")]


def test_a_click_on_a_head_sorts_numbers_as_numbers(opened: Open, report: Path) -> None:
    chrome = opened(report)
    (table,) = chrome.find_elements(By.XPATH, "//div[@id='functions']/following::table[1]")
    head = table.find_element(By.XPATH, ".//th[contains(., '合计')]")
    head.find_element(By.TAG_NAME, "button").click()
    falling = ["1,337.77", "131.15", "95.47", "59.60", "20.00", "12.60"]
    assert (head.get_attribute("aria-sort"), column(table, 3)) == ("descending", falling)
    head.find_element(By.TAG_NAME, "button").send_keys(Keys.ENTER)
    assert (head.get_attribute("aria-sort"), column(table, 3)) == ("ascending", falling[::-1])
    name = table.find_element(By.XPATH, ".//th[contains(., '科目编码')]")
    name.find_element(By.TAG_NAME, "button").click()
    assert column(table, 1) == sorted(column(table, 1))
    assert head.get_attribute("aria-sort") is None


def test_blanks_are_last_either_way(opened: Open, report: Path) -> None:
    chrome = opened(report)
    (table,) = chrome.find_elements(By.XPATH, "//div[@id='functions']/following::table[1]")
    head = table.find_element(By.XPATH, ".//th[contains(., '项目支出')]")
    for _ in range(2):
        head.find_element(By.TAG_NAME, "button").click()
        texts = column(table, 5)
        assert texts == sorted(texts, key=lambda text: not text)


def test_the_first_screen_answers_the_three_questions(opened: Open, report: Path) -> None:
    chrome = opened(report)
    said = {
        "支出": chrome.find_element(By.CSS_SELECTOR, ".lead").text,
        **{
            e.find_element(By.CLASS_NAME, "what").text: e.text
            for e in chrome.find_elements(By.CSS_SELECTOR, ".answers > div")
        },
    }
    assert list(said) == ["支出", "政府采购", "购买服务目录", "数字核对"]
    assert "比上年增加 111.6 万元（7.22%）" in said["支出"]
    assert "变动最大的是行政运行（+45.53 万元，拉动总额 +2.95 个百分点）" in said["支出"]
    assert "政府采购 304.4 万元，占预算 18.37%，其中货物 28.6 万元（9.40%）" in said["政府采购"]
    assert re.search(r"检验 \d+ 处应成立的等式", said["数字核对"])
    assert chrome.find_elements(By.CSS_SELECTOR, ".answers")[0].rect["y"] < 900
    chapters = [head.text for head in chrome.find_elements(By.TAG_NAME, "h2")]
    contents = [link.text for link in chrome.find_elements(By.CSS_SELECTOR, ".contents a")]
    assert contents == chapters


def test_the_front_door_says_how_much_and_how_many(opened: Open, reports: Path) -> None:
    chrome = opened(reports / "index.html")
    (row,) = chrome.find_elements(By.XPATH, f"//tr[td[1]='{EXAMPLE}' and td[2]='2026']")
    assert [cell.text for cell in row.find_elements(By.TAG_NAME, "td")][2:5] == ["1,656.59", "+7.22%", "0"]
    (other,) = chrome.find_elements(By.XPATH, f"//tr[td[1]='{EXAMPLE}' and td[2]='2025']")
    assert [cell.text for cell in other.find_elements(By.TAG_NAME, "td")][2:5] == ["", "", ""]


def test_on_paper_everything_is_unfolded_and_the_cited_pages_are_left_out(opened: Open, report: Path) -> None:
    chrome = opened(report)
    options = {"printBackground": True, "paperWidth": 8.27, "paperHeight": 11.69, "preferCSSPageSize": True}
    printed = base64.b64decode(chrome.execute_cdp_cmd("Page.printToPDF", options)["data"])
    with pypdfium2.PdfDocument(printed) as document:
        sizes = {tuple(round(side) for side in page.get_size()) for page in document}
        text = "".join(page.get_textpage().get_text_bounded() for page in document)
        numbered = [f"{page} / {len(document)}" in text for page in range(1, len(document) + 1)]
        count = len(document)
    assert sizes == {(595, 842)}
    assert all(numbered)
    heads = run(chrome, "return document.body.innerHTML.split('<th ').filter(th => th.includes('>科目编码')).length")
    assert text.count("科目编码") > heads, "heads are not repeated where a table goes on"
    assert "2080505" in text, "folded tables are not printed"
    assert "打印时略去" in text
    assert "bl.load(tidy)" not in text
    assert count < 30


MOST_BYTES = 1_500_000


def test_no_page_is_larger_than_a_phone_loads_at_once(reports: Path) -> None:
    assert {path.name: path.stat().st_size for path in pages(reports) if path.stat().st_size > MOST_BYTES} == {}


def test_the_first_screen_needs_no_script(opened: Open, report: Path) -> None:
    first = [opened(report, scripts=scripts).find_element(By.TAG_NAME, "main").text for scripts in (False, True)]
    assert "1,657 万元" in first[0]
    assert first[0].split("各功能科目比上年增减")[0] == first[1].split("各功能科目比上年增减")[0]
    assert beyond(report, asked_for(opened(report, scripts=False))) == []


def test_pictures_of_pages_are_loaded_when_they_are_looked_at(opened: Open, report: Path) -> None:
    asked = asked_for(opened(report))
    assert len([*report.parent.glob("evidence/page-*.png")]) > 10
    assert [url for url in asked if "/evidence/" in url] == []


@pytest.mark.slow
@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_nothing_bars_a_reader_with_keyboard_or_screen_reader(
    opened: Open, reports: Path, width: int, scheme: str
) -> None:
    for path in pages(reports):
        chrome = opened(path, width)
        prefer(chrome, scheme)
        run(chrome, "for (const one of document.querySelectorAll('details')) one.open = true")
        assert barriers(chrome) == [], path.name
        if link := next(iter(chrome.find_elements(By.CSS_SELECTOR, ".lead a.seen")), None):
            link.click()
            assert barriers(chrome) == [], f"{path.name}, a cited place"


TOUCHING = """
const boxes = [...document.querySelectorAll('figure.chart svg')].map(svg => [...svg.querySelectorAll('text')]
  .filter(text => !/rotate\\(-?[1-9]/.test(text.getAttribute('transform')))
  .map(text => [text.textContent, text.getBoundingClientRect(), svg.getBoundingClientRect()])
  .filter(([, box]) => box.width));
const beside = (a, b) => a.right <= b.left + 1 || a.bottom <= b.top + a.height * 0.4;
const apart = (a, b) => beside(a, b) || beside(b, a);
const found = [];
for (const chart of boxes) chart.forEach(([name, box, whole], place) => {
  if (box.left < whole.left - 1 || box.right > whole.right + 1) found.push(name);
  for (const [other, its] of chart.slice(place + 1)) if (!apart(box, its)) found.push(`${name} | ${other}`);
});
return found;
"""


@pytest.mark.parametrize("width", [390, 1440])
def test_level_words_of_a_chart_touch_neither_one_another_nor_its_edge(opened: Open, reports: Path, width: int) -> None:
    for path in pages(reports):
        chrome = opened(path, width)
        assert run(chrome, "return document.fonts.check('13px \"budgetlib Noto Sans SC\"')")
        assert run(chrome, TOUCHING) == [], path.name


LAB = """<style>
.jp-RenderedHTMLCommon table { margin: 0 auto; width: auto }
.jp-RenderedHTMLCommon td { text-align: right }
</style>
<div class="jp-RenderedHTMLCommon">%s</div>
<div class="jp-RenderedHTMLCommon"><p id="other" class="card">x</p></div>"""


def test_cards_and_tables_look_in_jupyterlab_as_in_a_report(opened: Open, sample_tidy: Path, tmp_path: Path) -> None:
    budget = load(sample_tidy).select(EXAMPLE, "2026", kind="budget")
    show, figures = bl.Display(budget), bl.key_figures(budget)
    cells = (show.title(), show.cards(figures), show.table(figures))
    page = tmp_path / "lab.html"
    page.write_text(LAB % "".join(cell._repr_html_() for cell in cells), encoding="utf-8")
    chrome = opened(page)
    card = chrome.find_element(By.CSS_SELECTOR, ".card:first-child")
    assert card.value_of_css_property("background-color") == "rgba(31, 78, 121, 1)"
    assert chrome.find_element(By.CSS_SELECTOR, "td.text").value_of_css_property("text-align") == "left"
    assert chrome.find_element(By.TAG_NAME, "table").rect["width"] > 1000
    assert chrome.find_element(By.ID, "other").value_of_css_property("padding") == "0px"
    assert repr(cells[0]).startswith(EXAMPLE)


@pytest.mark.slow
def test_hostile_names_on_paper_do_nothing_in_a_report(opened: Open, tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw/disclosure.pdf").write_bytes(hostile_paper())
    parse([tmp_path / "raw"], tmp_path / "tidy")
    out = make_reports(tmp_path / "tidy", tmp_path / "out/reports", "--lang", "zh")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"reports"}
    (made,) = out.glob("*/2026/report.zh.html")
    for path in (made, out / "data_quality.zh.html", out / "comparison.zh.html", out / "index.html"):
        chrome = opened(path)
        for link in chrome.find_elements(By.CSS_SELECTOR, "a.seen")[:5]:
            run(chrome, "arguments[0].click()", link)
        assert chrome.title != "taken"
        assert len(chrome.find_elements(By.TAG_NAME, "script")) == 1
        assert chrome.find_elements(By.CSS_SELECTOR, "img[src=x], a[href^=javascript]") == []
        assert run(chrome, "return document.documentElement.scrollWidth") <= 1440
    chrome = opened(made)
    run(chrome, "for (const one of document.querySelectorAll('details')) one.open = true")
    body = re.sub(r"\s+", "", chrome.find_element(By.TAG_NAME, "body").text)
    assert [name for name in HOSTILE if re.sub(r"\s+", "", name) not in body] == []
    table = (made.parent / "tables/catalogue_coverage.csv").read_text(encoding="utf-8-sig")
    assert "'=cmd()" in table
