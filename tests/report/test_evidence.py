"""A failed check as its document shows it: the page cut out, the figures framed; or the words as printed."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

import budgetlib as bl
from budgetlib.commands.pipeline import parse
from budgetlib.report.evidence import MOST, Exhibit, exhibits
from budgetlib.tables.corpus import Corpus, load
from tests.browser import Open, asked_for
from tests.shared_material import SHARED, needs_shared

RED, BLUE = (204, 32, 32), (31, 99, 190)
RAW = Path(__file__).resolve().parents[2] / "data/raw"
OFFICE = "大同市人民政府办公室[部门]"


@pytest.fixture(scope="module")
def office(sample_tidy: Path) -> Corpus:
    return load(sample_tidy).select(department=OFFICE)


def finding(corpus: Corpus, check: str) -> Mapping[Any, Any]:
    failed = corpus.checks[(corpus.checks.state == "fail") & (corpus.checks["check"] == check)]
    return dict(failed.iloc[0])


def colours(exhibit: Exhibit) -> set[tuple[int, int, int]]:
    """The colours of a picture, as near to the frames' as 48 colours allow."""
    assert exhibit.picture is not None
    with Image.open(io.BytesIO(exhibit.picture)) as picture:
        found = {colour for _, colour in picture.convert("RGB").getcolors(1 << 20) or []}
    return {frame for frame in (RED, BLUE) if any(_near(frame, colour) for colour in found)}


def _near(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) < 40


def test_two_forms_that_disagree_are_shown_each_with_its_row(office: Corpus, sample_tidy: Path) -> None:
    shown = exhibits(office, finding(office, "basic_by_economic_item"), sample_tidy)
    assert [(span.form, span.page, span.text) for one in shown for span in one.spans] == [
        ("basic_by_economic", 10, "合计 241.18 213.32 27.86"),
        ("general_public_expenditure", 9, "合计 5103.42 2306.74 2796.68"),
    ]
    assert all(RED in colours(one) for one in shown)


def test_the_tested_row_is_red_and_the_rows_it_is_tied_to_are_blue(office: Corpus, sample_tidy: Path) -> None:
    check = {"places": "expenditure:1 expenditure:2 expenditure:6", "document_id": office.documents.document_id.iloc[0]}
    (shown,) = exhibits(office, check, sample_tidy)
    assert colours(shown) == {RED, BLUE}
    assert len(shown.spans) == 3


def test_a_stated_figure_is_found_on_its_page_and_framed(office: Corpus, sample_tidy: Path) -> None:
    places = "section:5:general_public_budget_change: section:1:expenditure_change:"
    check = {"places": places, "document_id": office.documents.document_id.iloc[0]}
    stated, other = exhibits(office, check, sample_tidy)
    assert (stated.spans[0].number or "").endswith("1,506.54")
    assert (other.spans[0].number or "").endswith("447.83")
    assert RED in colours(stated)
    assert "比上年增加1,506.54万元" in stated.spans[0].text


def test_a_cut_out_is_part_of_the_page_only(office: Corpus, sample_tidy: Path) -> None:
    first, _ = exhibits(office, finding(office, "basic_by_economic_item"), sample_tidy)
    with Image.open(io.BytesIO(first.picture or b"")) as picture:
        assert 400 < picture.width < 1100
        assert picture.height < 300


def test_a_check_of_many_pages_shows_the_first_few(office: Corpus, sample_tidy: Path) -> None:
    check = finding(office, "tables_disclosed_amount")
    assert len(str(check["places"]).split()) > MOST
    assert len(exhibits(office, check, sample_tidy)) == MOST


def test_a_place_in_another_document_is_shown_from_that_document(sample_tidy: Path) -> None:
    corpus = load(sample_tidy)
    here, there = corpus.documents.document_id.iloc[:2]
    check = {"places": f"projects:1 {there}/projects:1", "document_id": here}
    assert [one.spans[0].document_id for one in exhibits(corpus, check, sample_tidy)] == [here, there]


@pytest.fixture
def moved(tmp_path: Path) -> tuple[Path, Path]:
    """The invented department's disclosure, read, and where its file lies."""
    (tmp_path / "raw").mkdir()
    shutil.copy(RAW / "示例市示例局-2026.pdf", tmp_path / "raw")
    parse([tmp_path / "raw"], tmp_path / "tidy")
    return tmp_path / "tidy", tmp_path / "raw/示例市示例局-2026.pdf"


@pytest.mark.parametrize("harm", ["gone", "changed", "elsewhere"])
def test_without_the_very_file_that_was_read_the_words_are_shown(moved: tuple[Path, Path], harm: str) -> None:
    tidy, file = moved
    corpus = load(tidy)
    if harm == "gone":
        file.unlink()
    elif harm == "changed":
        file.write_bytes(file.read_bytes() + b"\n")
    else:
        corpus = replace(corpus, documents=corpus.documents.assign(path="../../../../etc/passwd"))
    check = {"places": "expenditure:1", "document_id": corpus.documents.document_id.iloc[0]}
    (shown,) = exhibits(corpus, check, tidy)
    assert shown.picture is None
    assert shown.spans[0].text.startswith("合计 1656.59")


@needs_shared
def test_a_plain_text_source_is_quoted(tmp_path: Path) -> None:
    parse([SHARED / "seeds/003_beaac8d7b742075a.txt"], tmp_path)
    corpus = load(tmp_path)
    shown, *_ = exhibits(corpus, finding(corpus, "stated_disclosed_share"), tmp_path)
    assert shown.picture is None
    assert "占部门（单位）项目支出总额的36.57%" in shown.spans[0].text


@needs_shared
def test_a_row_of_a_turned_page_is_framed_where_the_reader_sees_it(tmp_path: Path) -> None:
    parse([SHARED / "real/烟台-统计局-2026.pdf"], tmp_path)
    corpus = load(tmp_path)
    check = {"places": "general_public_expenditure:5", "document_id": corpus.documents.document_id.iloc[0]}
    (shown,) = exhibits(corpus, check, tmp_path)
    assert RED in colours(shown)
    with Image.open(io.BytesIO(shown.picture or b"")) as picture:
        assert picture.width > 2 * picture.height


def test_the_report_shows_what_fails_with_pictures_and_folds_the_questions(
    office: Corpus, sample_tidy: Path, tmp_path: Path
) -> None:
    html = bl.Display(office, "en", str(tmp_path)).findings(bl.failures(office), str(sample_tidy)).markup
    before, _, folded = html.partition("<details>")
    assert "Disagreement" in before
    assert "Question" not in before.replace("a question is worth asking", "")
    assert "Question" in folded
    written = sorted(path.name for path in (tmp_path / "evidence").iterdir())
    assert "01-basic_by_economic_item-1.png" in written
    assert html.count('src="evidence/') == len(written)


def _is_drawn(picture: WebElement) -> Callable[[WebDriver], bool]:
    """Pictures are loaded when a reader comes to them."""
    return lambda browser: browser.execute_script("return arguments[0].naturalWidth", picture) > 0  # type: ignore[no-untyped-call, no-any-return]


def test_the_chapter_is_read_in_a_browser_and_loads_nothing(
    opened: Open, office: Corpus, sample_tidy: Path, tmp_path: Path
) -> None:
    hostile = office.checks.assign(message_zh=office.checks.message_zh + "<img src=http://example.com/x>")
    budget = replace(office, checks=hostile)
    html = bl.Display(budget, "zh").findings(bl.failures(budget), str(sample_tidy)).markup
    page = tmp_path / "findings.html"
    page.write_text(f'<!DOCTYPE html><meta charset="utf-8">{html}', encoding="utf-8")
    browser = opened(page)
    pictures = browser.find_elements(By.CSS_SELECTOR, ".finding figure img")
    assert pictures
    browser.execute_script("for (const folded of document.querySelectorAll('details')) folded.open = true")  # type: ignore[no-untyped-call]
    for picture in pictures:
        browser.execute_script("arguments[0].scrollIntoView()", picture)  # type: ignore[no-untyped-call]
        WebDriverWait(browser, 10).until(_is_drawn(picture))
    assert not [url for url in asked_for(browser) if "example.com" in url]
