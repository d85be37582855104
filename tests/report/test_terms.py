"""A term is explained once, where it first stands in a sentence, and nothing else of a page changes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from markupsafe import escape
from selenium.webdriver.common.by import By

from budgetlib.definitions.glossary import glossary
from budgetlib.definitions.labels import LANGUAGES
from budgetlib.report.terms import explained
from tests.browser import Open

PAGE = (
    "<h2>项目支出</h2><nav><a href='#x'>基本支出</a></nav>"
    '<p data-cite="政府采购">其中基本支出 1 &lt;b&gt;，<a href="#y">项目支出</a> 2。</p><p>基本支出与项目支出。</p>'
    '<p class="rows" hidden>政府采购</p><p class="entity">政府采购中心</p>'
    "<table><tr><td><p>上年结转</p></td></tr></table>"
)


def without_explanations(html: str) -> str:
    html = re.sub(r'<span popover class="meaning"[^>]*>.*?</span>', "", html)
    return re.sub(r'<button type="button" class="term"[^>]*>(.*?)</button>', r"\1", html)


def test_a_term_is_explained_where_it_first_stands_in_a_sentence() -> None:
    page = explained(PAGE, "zh")
    assert re.findall(r'class="term"[^>]*>(.*?)</button>', page) == ["基本支出", "项目支出"]
    assert page.index("基本支出</button>") < page.index("项目支出</a>") < page.index("项目支出</button>")
    assert without_explanations(page) == PAGE


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_term_can_be_explained(language: str) -> None:
    for term, means in glossary(language).items():
        page = explained(f"<p>… {term} …</p>", language)
        assert f">{term}</button>" in page
        assert str(escape(means)) in page


def test_a_click_shows_what_a_term_means_and_the_page_without_it_stays(opened: Open, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(f'<!DOCTYPE html><meta charset="utf-8">{explained(PAGE, "zh")}', encoding="utf-8")
    chrome = opened(path, scripts=False)
    meaning = chrome.find_element(By.CLASS_NAME, "meaning")
    assert not meaning.is_displayed()
    chrome.find_element(By.CLASS_NAME, "term").click()
    assert meaning.is_displayed()
    assert "人员经费和公用经费" in meaning.text
