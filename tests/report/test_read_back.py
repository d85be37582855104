"""A report is read back: every figure is one of the tables, none has more digits than the rule, no part is empty."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from decimal import Decimal
from html.parser import HTMLParser
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import pandas as pd
import pytest

import budgetlib as bl
from budgetlib.definitions.amounts import SIGNIFICANT, in_words
from budgetlib.definitions.labels import LANGUAGES
from budgetlib.tables.corpus import Corpus, load
from budgetlib.tables.schemas import TABLES
from budgetlib.tables.store import write_table
from tests import invented
from tests.report.notebook_page import shown
from tests.shared_material import SHARED, needs_shared, records

ROOT = Path(__file__).resolve().parents[2]
UNITS = {"元": 1, "万元": 10**4, "亿元": 10**8, "yuan": 1, "million yuan": 10**6, "billion yuan": 10**9}
AMOUNT = re.compile(r"([-+]?[\d,]+(?:\.\d+)?)\s(亿元|万元|元|billion yuan|million yuan|yuan)")
NUMBER = re.compile(r"[-+]?[\d,]+(?:\.\d+)?")
FOOTER = re.compile(r"[\u4e00-\u9fff][-—–─━]\s?\d{1,3}\s?[-—–─━][\u4e00-\u9fff]")
ENGLISH = re.compile(r"[a-z]+(?: [a-z]+){3}")
SIX_PLACES = (
    "上海-审计局本级-2026",
    "北京-财政局-2026-报表",
    "广州-信访局-2026",
    "江苏-省检察院-2018",
    "福州-商务局-2026",
    "西安-财政局-2026",
)


class Page(HTMLParser):
    """The texts of a page by what they stand in: figures in sentences and on cards, columns of tables, quotations."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self._open: list[tuple[str, str, str]] = []
        self.figures: list[str] = []
        self.columns: list[dict[int, list[str]]] = []
        self.units: list[dict[int, str]] = []
        self.quotations: list[str] = []
        self.chinese: list[str] = []
        self.chapters: list[tuple[str, bool]] = []
        self.charts: list[str] = []
        self._cell = -1
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = dict(attrs)
        kind = about.get("class") or ""
        if tag in ("img", "path", "use", "br", "input"):
            return
        self._open.append((tag, kind, about.get("lang") or ""))
        if tag == "table":
            self.columns.append({})
            self.units.append({})
        if tag == "tr":
            self._cell = -1
        if tag in ("td", "th"):
            self._cell += 1
        if tag == "svg":
            self.charts.append(about.get("aria-label") or "")
        if tag in ("h1", "h2", "h3"):
            self.chapters.append(("", False))
        elif tag in ("table", "figure", "blockquote", "p") and self.chapters:
            self.chapters[-1] = (self.chapters[-1][0], True)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        tags = [tag for tag, _, _ in self._open]
        kinds = {kind for _, kind, _ in self._open}
        text = data.strip()
        if not text or "svg" in tags or "pre" in tags:
            return
        if tags[-1] in ("h1", "h2", "h3"):
            self.chapters[-1] = (text, False)
        if "table" in tags:
            if tags[-1] == "span" and "th" in tags:
                self.units[-1][self._cell] = text
            elif "td" in tags and any("number" in kind for kind in kinds):
                self.columns[-1].setdefault(self._cell, []).append(text)
        elif "seen" in kinds:
            self.figures.append(text)
        if "blockquote" in tags or "reason" in kinds:
            self.quotations.append(text)
        if not any(lang == "en" for _, _, lang in self._open) and not kinds & {"hash", "printed"}:
            self.chinese.append(text)


def known(corpus: Corpus, frames: list[pd.DataFrame]) -> set[Decimal]:
    """Every amount in yuan that the tables, and what the notebook computed, hold; and sums that sentences say."""
    amounts = {*corpus.lines.amount_yuan, *corpus.statements.value, *corpus.performance_projects.annual_yuan.dropna()}
    for frame in frames:
        for column in frame.columns:
            if column.endswith("_yuan") or column in ("value", "part", "whole"):
                amounts |= {value for value in frame[column] if isinstance(value, Decimal)}
        if "changed" in frame and "amount_yuan" in frame:
            parts = frame[~frame.changed.isin(["vehicle_purchase", "vehicle_running"])].amount_yuan
            amounts.add(sum(parts, Decimal(0)))
    return {Decimal(amount) for amount in amounts}


def significant(number: str) -> int:
    digits = number.replace(",", "").lstrip("+-").replace(".", "").lstrip("0")
    return len(digits.rstrip("0") or digits[:1])


def figures_of_no_table(page: Page, amounts: set[Decimal], language: str) -> Iterator[str]:
    """Amounts in sentences and on cards that no amount of the tables gives when it is rounded."""
    said = {in_words(sign * amount, language, signed) for amount in amounts for sign in (1, -1) for signed in (0, 1)}
    for figure in page.figures:
        yield from (found[0] for found in AMOUNT.finditer(figure) if found[0] not in said)


def cells_of_no_table(page: Page, amounts: set[Decimal]) -> Iterator[str]:
    """Amounts in cells that are not, to the last digit, an amount of the tables."""
    exact = {abs(amount).quantize(Decimal("0.01")) for amount in amounts}
    for columns, units in zip(page.columns, page.units, strict=True):
        for place, cells in columns.items():
            for cell in cells if units.get(place) in UNITS else ():
                value = abs(Decimal(cell.replace(",", ""))) * UNITS[units[place]]
                if value.quantize(Decimal("0.01")) not in exact:
                    yield f"{cell} {units[place]}"


def examine(tidy: Path, department: str, year: int, language: str, out: Path) -> str:
    """The markup of a report of which all holds that must hold of every one."""
    markup, frames = shown(tidy, department, year, language, out)
    page, corpus = Page(markup), load(tidy)
    amounts = known(corpus, frames)
    assert page.figures
    assert [*figures_of_no_table(page, amounts, language)] == []
    assert [*cells_of_no_table(page, amounts)] == []
    sentences = [found for figure in page.figures for found in AMOUNT.finditer(figure)]
    assert [found[0] for found in sentences if significant(found[1]) > SIGNIFICANT] == []
    for columns, units in zip(page.columns, page.units, strict=True):
        for place in columns.keys() & units.keys():
            decimals = {len(cell.partition(".")[2]) for cell in columns[place] if NUMBER.fullmatch(cell)}
            assert len(decimals) <= 1, columns[place]
            assert max(decimals, default=0) <= SIGNIFICANT
    assert all(label for label in page.charts)
    assert [text for text in page.quotations if FOOTER.search(text)] == []
    if language == "zh":
        assert [text for text in page.chinese if ENGLISH.search(text)] == []
        assert 'lang="en"' not in markup, "a reason of the page log that definitions/reasons.toml does not have"
    return markup


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_of_a_report_is_one_of_the_tables_in_the_digits_of_the_rule(tmp_path: Path, language: str) -> None:
    invented.write(tmp_path / "tidy")
    examine(tmp_path / "tidy", invented.ENTITY, 2026, language, tmp_path / "out")


@pytest.mark.slow
@needs_shared
@pytest.mark.parametrize("name", SIX_PLACES)
def test_reports_of_originals_hold_no_figure_that_the_tables_do_not(tmp_path: Path, name: str) -> None:
    for table in TABLES:
        write_table(table.frame(records(SHARED / f"real/{name}.pdf").get(table.name, [])), table, tmp_path / "tidy")
    budgets = load(tmp_path / "tidy").read_budgets()
    for language in LANGUAGES:
        for document in budgets.itertuples():
            examine(tmp_path / "tidy", document.department_id, document.fiscal_year, language, tmp_path / "out")


@pytest.mark.slow
@needs_shared
def test_figures_that_were_read_by_eye_are_those_of_the_tables() -> None:
    with (ROOT / "benchmarks/read_by_eye.csv").open(encoding="utf-8", newline="") as stream:
        seen = list(csv.DictReader(stream))
    missing = []
    for path, figures in groupby(seen, key=itemgetter("path")):
        tables = records(SHARED / f"real/{path}")
        printed = {
            (str(line["page"]), line["form"], line["code"] or "", line["item"], line["measure"], line["amount_yuan"])
            for line in tables["lines"]
        } | {
            (str(one["page"]), f"section {one['section']}", "", one["item"] or "", one["measure"], one["value"])
            for one in tables["statements"]
        }
        keys = ("page", "where", "code", "item", "measure")
        missing += [one for one in figures if (*(one[key] for key in keys), Decimal(one["value"])) not in printed]
    assert missing == []


def test_a_figure_that_is_none_of_the_tables_is_found(corpus: Corpus) -> None:
    budget = corpus.select(department=invented.ENTITY, year=2026)
    amounts = {Decimal(amount) for amount in budget.lines.amount_yuan}
    sound = Page('<p><a class="seen" href="#source-1">665.8 万元</a></p>')
    wrong = Page('<p><a class="seen" href="#source-1">665.9 万元</a></p>')
    assert [*figures_of_no_table(sound, amounts, "zh")] == []
    assert [*figures_of_no_table(wrong, amounts, "zh")] == ["665.9 万元"]
    assert bl.key_figures(budget).value.iloc[0] in amounts
