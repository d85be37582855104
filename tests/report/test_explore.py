"""The explorer: a figure beside its page, a finding marked and marked after the next run; in a real browser too."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.ui import WebDriverWait

import budgetlib as bl
from budgetlib.commands.pipeline import parse
from budgetlib.core.errors import BadParameter
from budgetlib.tables.corpus import load
from budgetlib.tables.matches import load_matches
from budgetlib.tables.schemas import TABLES
from budgetlib.tables.store import write_table
from budgetlib.tables.verdicts import COLUMNS, read_verdicts
from tests.report.hostile_paper import EXAMPLE, HOSTILE, hostile_paper

pytest.importorskip("itables", reason="the extra `explore` is not installed")

ROOT = Path(__file__).resolve().parents[2]
FINAL = f"{EXAMPLE}-2025-决算.pdf"
MANY = "大同市行政审批服务管理局"
"""In its budget several things do not add up."""
MARKED = 6
"""So many of them are marked two at a time."""


def widgets(widget: Any) -> Iterator[Any]:
    yield widget
    for child in getattr(widget, "children", ()):
        yield from widgets(child)


class Explorer:
    """What a person does with the widgets, without a browser."""

    def __init__(self, project: Path) -> None:
        self.project = project
        self.all = list(widgets(bl.explore(project / "tidy", project / "raw/catalogue_matches.csv")))

    def named(self, description: str) -> Any:
        (found,) = [one for one in self.all if getattr(one, "description", None) == description]
        return found

    def tables(self) -> list[Any]:
        """Figures, findings, projects with their items, projects of all."""
        return [one for one in self.all if hasattr(one, "selected_rows")]

    def html(self) -> str:
        return "".join(one.value for one in self.all if type(one).__name__ == "HTML")

    def choose(self, department: str, year: int) -> None:
        self.named("部门").value = department
        self.named("年度").value = year

    def select(self, row: int, reviewer: str) -> None:
        self.named("核对人").value = reviewer
        self.tables()[1].selected_rows = [row]

    def mark(self, row: int, reviewer: str) -> None:
        self.select(row, reviewer)
        self.named("记下").click()


@pytest.fixture
def project(sample_tidy: Path, tmp_path: Path) -> Path:
    """The tables of the sample beside a copy of the files, in which marks can be written."""
    shutil.copytree(ROOT / "data/raw", tmp_path / "raw")
    corpus = load(sample_tidy)
    for table in TABLES:
        frame = getattr(corpus, table.name)
        write_table(frame.assign(folder="../raw") if table.name == "documents" else frame, table, tmp_path / "tidy")
    return tmp_path


def test_a_figure_that_is_clicked_is_marked_on_its_page(project: Path) -> None:
    explorer = Explorer(project)
    explorer.choose(EXAMPLE, 2026)
    explorer.named("页").value = next(value for title, value in explorer.named("页").options if title.startswith("7 "))
    figures = explorer.tables()[0]
    assert explorer.html().count('class="mark"') == len(figures.df)
    figures.selected_rows = [3]
    assert explorer.html().count('class="mark"') == 1
    assert figures.df.iloc[3, 2].split()[0] in explorer.html()


def test_a_page_of_which_nothing_was_read_is_shown_too(project: Path) -> None:
    explorer = Explorer(project)
    explorer.choose(EXAMPLE, 2026)
    explorer.named("页").value = next(value for title, value in explorer.named("页").options if title == "1")
    assert len(explorer.tables()[0].df) == 0
    assert "<img" in explorer.html()


@pytest.mark.slow
def test_two_explorers_on_one_project_lose_no_mark(project: Path) -> None:
    """Each is a process; both mark at the same moment, in a file that takes a while to be written."""
    others = [f"another.pdf,check {number},,,,,,,confirmed,李四," for number in range(5_000)]
    (project / "raw/findings.csv").write_text("\n".join([",".join(COLUMNS), *others, ""]), encoding="utf-8")
    processes = get_context("spawn")
    together = processes.Barrier(2)
    marking = [processes.Process(target=mark_every_other, args=(project, first, together)) for first in (0, 1)]
    for one in marking:
        one.start()
    for one in marking:
        one.join(120)
    assert [one.exitcode for one in marking] == [0, 0]
    again = Explorer(project)
    again.choose(MANY, 2026)
    marks = {entry.values["reviewer"] for entry in read_verdicts(project / "raw")}
    assert marks == {"李四", *(f"reviewer {row}" for row in range(MARKED))}
    assert sum(bool(verdict) for verdict in again.tables()[1].df["结论"]) == MARKED


def mark_every_other(project: Path, first: int, together: Barrier) -> None:
    explorer = Explorer(project)
    explorer.choose(MANY, 2026)
    for row in range(first, MARKED, 2):
        explorer.select(row, f"reviewer {row}")
        together.wait(60)
        explorer.named("记下").click()


def test_a_match_that_is_right_is_a_reviewed_one(project: Path) -> None:
    explorer = Explorer(project)
    explorer.choose(EXAMPLE, 2026)
    explorer.named("核对人").value = "李四"
    services = explorer.tables()[2]
    services.selected_rows = [0]
    explorer.named("匹配正确").click()
    (match,) = load_matches(project / "raw/catalogue_matches.csv").to_dict("records")
    assert [match["project"], match["name"]] == list(services.df.iloc[0][["项目", "目录事项"]])
    assert explorer.tables()[2].df["依据"].iloc[0] == "人工核对"


def test_a_project_of_any_department_leads_to_its_page(project: Path) -> None:
    explorer = Explorer(project)
    explorer.named("名称含").value = "法律 顾问"
    found = explorer.tables()[3]
    assert len(found.df) > 1
    assert all("法律" in name and "顾问" in name for name in found.df["项目"])
    found.selected_rows = [1]
    assert explorer.named("部门").value == found.df.iloc[1, 1]
    assert found.df.iloc[1, 0] in set(explorer.tables()[0].df["名称"])


@pytest.mark.parametrize(("reviewer", "row", "said"), [("", 0, "请填写核对人"), ("李四", None, "先在表中点一处")])
def test_what_is_missing_for_a_mark_is_said(project: Path, reviewer: str, row: int | None, said: str) -> None:
    explorer = Explorer(project)
    explorer.choose(MANY, 2026)
    explorer.named("核对人").value = reviewer
    explorer.tables()[1].selected_rows = [] if row is None else [row]
    explorer.named("记下").click()
    assert said in explorer.html()
    assert not read_verdicts(project / "raw")


def test_without_the_right_to_write_that_is_said(project: Path) -> None:
    (project / "raw/.findings.csv.lock").mkdir()
    explorer = Explorer(project)
    explorer.choose(MANY, 2026)
    explorer.mark(0, "李四")
    assert 'role="alert"' in explorer.html()
    assert not read_verdicts(project / "raw")


def test_without_the_files_there_are_words_in_place_of_pages(project: Path) -> None:
    shutil.rmtree(project / "raw")
    explorer = Explorer(project)
    explorer.choose(EXAMPLE, 2026)
    assert "<img" not in explorer.html()
    assert explorer.tables()[0].df.iloc[0, 2].split()[0] in explorer.html()


def test_of_ten_thousand_departments_some_are_offered_and_one_is_read(project: Path) -> None:
    corpus = load(project / "tidy")
    first = corpus.documents.iloc[:1]
    copies = first.loc[first.index.repeat(10_000)].assign(
        department_id=[f"示例市第{n}局" for n in range(10_000)], document_id=[f"{n:016x}" for n in range(10_000)]
    )
    documents = pd.concat([corpus.documents, copies])
    write_table(documents, next(table for table in TABLES if table.name == "documents"), project / "tidy")
    explorer = Explorer(project)
    assert len(explorer.named("部门").options) == 50
    assert "有 10,005 个部门" in explorer.html()
    explorer.named("部门").value = "第987"
    assert set(explorer.named("部门").options) == {f"示例市第{n}局" for n in (987, *range(9870, 9880))}
    explorer.choose(EXAMPLE, 2026)
    assert len(explorer.tables()[0].df)


def test_another_language_is_refused(project: Path) -> None:
    with pytest.raises(BadParameter, match="allowed: zh, en"):
        bl.explore(project / "tidy", "", "fr")


# In a browser.


@pytest.fixture(scope="module")
def explored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with hostile names."""
    project = tmp_path_factory.mktemp("explored")
    (project / "data/raw").mkdir(parents=True)
    (project / "data/raw/disclosure.pdf").write_bytes(hostile_paper())
    shutil.copy(ROOT / "data/raw" / FINAL, project / "data/raw")
    shutil.copytree(ROOT / "notebooks", project / "notebooks")
    parse([project / "data/raw"], project / "data/tidy", ocr="never")
    return project


@pytest.fixture(scope="module")
def served(explored: Path) -> Iterator[tuple[Path, str]]:
    """A project served by Voilà, and its address."""
    with serving(explored, "voila", "notebooks/explore.ipynb") as address:
        yield explored, address


@contextmanager
def serving(project: Path, *server: str) -> Iterator[str]:
    """The address at which a module of Jupyter serves a project."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", *server, "--no-browser", f"--port={port}"]
    of_nobody = {"JUPYTER_CONFIG_DIR": str(project / ".jupyter"), "JUPYTERLAB_SETTINGS_DIR": str(project / ".settings")}
    with (project / f"{server[0]}.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=project, stdout=log, stderr=log, env=os.environ | of_nobody)
    try:
        until_it_answers(port, process)
        yield f"http://localhost:{port}/"
    finally:
        process.terminate()
        process.wait(30)


def until_it_answers(port: int, server: subprocess.Popen[bytes]) -> None:
    while server.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.2)
    raise AssertionError("the server ended before it answered")


Find = Callable[[webdriver.Chrome], Any]


class Visit:
    """A reader at the explorer, in a window of some width."""

    def __init__(self, chrome: webdriver.Chrome, address: str, width: int, *menus: tuple[str, str]) -> None:
        """Opens the explorer; `menus` are what is chosen until it is there, each by its selector and words."""
        self._chrome, self._wait = chrome, WebDriverWait(chrome, 120, ignored_exceptions=[WebDriverException])
        metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
        chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        chrome.get(address)
        for selector, words in menus:
            self.click(selector, words, within="body")
        self.field("部门").send_keys(EXAMPLE, Keys.ENTER)
        self.until(lambda _: "disclosure.pdf" in self.text())

    def until(self, found: Find) -> Any:
        return self._wait.until(found)

    def text(self) -> str:
        return str(self._chrome.find_element(By.CSS_SELECTOR, ".explorer").text)

    def field(self, description: str) -> WebElement:
        path = f"//*[label[text()='{description}']]//*[self::input or self::select]"
        found: WebElement = self.until(lambda chrome: chrome.find_element(By.XPATH, path))
        return found

    def seen(self, selector: str, within: str = ".explorer") -> list[WebElement]:
        found = self._chrome.find_elements(By.CSS_SELECTOR, f"{within} {selector}")
        return [one for one in found if one.is_displayed()]

    def click(self, selector: str, words: str, within: str = ".explorer") -> None:
        def clicked(_: webdriver.Chrome) -> bool:
            next(one for one in self.seen(selector, within) if words in one.text).click()
            return True

        self.until(lambda _: any(words in one.text for one in self.seen(selector, within)) and clicked(_))


@pytest.mark.slow
@pytest.mark.parametrize(("width", "verdict"), [(1440, "已核实"), (390, "有缘由")])
def test_a_reader_follows_a_figure_to_its_page_and_marks_a_finding_that_is_marked_after_the_next_run(
    browser: webdriver.Chrome, served: tuple[Path, str], width: int, verdict: str
) -> None:
    project, address = served
    visit = Visit(browser, address, width)
    visit.click("td", "1337.77 万元")
    (near,) = visit.until(lambda _: visit.seen(".close-up img"))
    (mark,) = visit.seen(".mark")
    (sheet,) = visit.seen(".sheet img")
    assert near.get_property("naturalWidth") > 700
    assert sheet.rect["x"] < mark.rect["x"] < sheet.rect["x"] + sheet.rect["width"]
    assert sheet.rect["y"] < mark.rect["y"] < sheet.rect["y"] + sheet.rect["height"]

    visit.click(".lm-TabBar-tab", "购买服务目录")
    visit.until(lambda _: any(HOSTILE[0] in one.text for one in visit.seen("td")))
    assert browser.title != "taken"
    assert not browser.find_elements(By.CSS_SELECTOR, ".explorer script, img[src=x], a[href^=javascript]")

    Select(visit.field("年度")).select_by_visible_text("2025")
    visit.until(lambda _: FINAL in visit.text())
    visit.click(".lm-TabBar-tab", "对不上之处")
    visit.click("td", "公务接待费")
    visit.until(lambda _: visit.seen(".finding img"))
    visit.field("核对人").send_keys("李四", Keys.TAB)
    visit.click(".widget-toggle-button", verdict)
    visit.click(".widget-button", "记下")
    visit.until(lambda _: "已记下" in visit.text())
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width

    parse([project / "data/raw"], project / "data/tidy", ocr="never")
    decided = bl.failures(load(project / "data/tidy")).verdict.dropna()
    assert list(decided) == [{"已核实": "confirmed", "有缘由": "explained"}[verdict]]
    again = Visit(browser, address, width)
    Select(again.field("年度")).select_by_visible_text("2025")
    again.click(".lm-TabBar-tab", "对不上之处")
    again.until(lambda _: any(f"{verdict}（李四）" in one.text for one in again.seen("td")))


@pytest.mark.slow
def test_in_jupyterlab_a_figure_that_is_clicked_is_marked_on_its_page(
    browser: webdriver.Chrome, explored: Path
) -> None:
    lab = ("jupyterlab", "--allow-root", "--IdentityProvider.token=")
    run_all = (
        (".jp-Notebook .jp-CodeCell", "bl.explore"),
        (".lm-MenuBar-item", "Run"),
        (".lm-Menu-item", "Run All Cells"),
    )
    with serving(explored, *lab) as address:
        visit = Visit(browser, f"{address}lab/tree/notebooks/explore.ipynb", 1440, *run_all)
        visit.click("td", "1337.77 万元")
        visit.until(lambda _: visit.seen(".close-up img"))
        assert len(visit.seen(".mark")) == 1
