"""One disclosure in several files: put together, shown as one, and where they differ the later version counts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from lxml.html import document_fromstring
from reportlab.platypus import Flowable

import budgetlib as bl
from budgetlib.core.text import squeeze
from budgetlib.report.run import ReportOptions, write_reports
from budgetlib.tables.corpus import Corpus
from tests.typesetting import FACTS, Disclosure, read_facts, story
from tests.typesetting.forms import forms
from tests.typesetting.office import as_docx, as_html, as_xlsx
from tests.typesetting.paper import Layout

DEPARTMENT, UNIT = "示例市示例局-2026", "大同市公共资源交易中心（大同市政府采购中心）-2026"


@cache
def facts(name: str) -> Disclosure:
    return read_facts(FACTS / f"{name}.toml")


def whole(disclosure: Disclosure) -> list[Flowable]:
    return story(disclosure, Layout())


def tables(disclosure: Disclosure) -> list[Flowable]:
    whole(disclosure)
    return list(forms(disclosure, Layout()))


def prose(disclosure: Disclosure) -> list[Flowable]:
    """All but the statutory forms."""
    printed = Counter(map(_said, tables(disclosure)))
    rest = []
    for flowable in whole(disclosure):
        if printed[_said(flowable)] > 0:
            printed[_said(flowable)] -= 1
        else:
            rest.append(flowable)
    return rest


def _said(flowable: Flowable) -> str:
    return f"{type(flowable)} {getattr(flowable, 'text', '')} {getattr(flowable, '_cellvalues', '')}"


def corpus(folder: Path, **files: tuple[Callable[[list[Flowable]], bytes], list[Flowable]]) -> Corpus:
    """The tables of some files, each what a writer makes of a story."""
    raw = folder / "raw"
    raw.mkdir(exist_ok=True)
    for name, (write, told) in files.items():
        (raw / name).write_bytes(write(told))
    bl.parse([raw], folder / "tidy")
    return bl.load(folder / "tidy")


def amounts(frame: pd.DataFrame) -> list[dict[Any, Any]]:
    """The rows of a result without where they are printed."""
    wheres = ["document_id", "page", "place", "places", "file"]
    return frame.drop(columns=wheres, errors="ignore").astype(object).where(frame.notna(), None).to_dict("records")


@pytest.mark.parametrize("name", [DEPARTMENT, UNIT])
def test_a_disclosure_in_two_files_says_what_the_same_says_in_one(name: str, tmp_path: Path) -> None:
    disclosure = facts(name)
    (tmp_path / "1").mkdir()
    (tmp_path / "2").mkdir()
    one = corpus(tmp_path / "1", 预算=(as_docx, whole(disclosure)))
    two = corpus(tmp_path / "2", 附件=(as_xlsx, tables(disclosure)), 说明=(as_html, prose(disclosure)))
    (department,) = set(two.documents.department_id)
    assert {department} == set(one.documents.department_id)
    assert set(two.documents.disclosure_id) == set(one.documents.disclosure_id)
    assert set(two.documents.entity_kind) == set(one.documents.entity_kind)
    budgets = [each.select(department=department, year=2026) for each in (one, two)]
    for analysis in (bl.key_figures, bl.procurement_mix):
        assert amounts(analysis(budgets[0])) == amounts(analysis(budgets[1])), analysis.__name__
    changes = [amounts(bl.spending_change(each, department, 2026)) for each in (one, two)]
    assert changes[0] == changes[1]
    failed = [Counter(each.checks[each.checks.state == "fail"]["check"]) for each in budgets]
    assert failed[0] == failed[1]
    assert len(bl.sources(budgets[1])) == 2


@pytest.mark.slow
@pytest.mark.parametrize("name", [DEPARTMENT, UNIT])
def test_the_report_of_a_disclosure_in_two_files_is_that_of_the_same_in_one_but_for_files_and_places(
    name: str, tmp_path: Path
) -> None:
    disclosure = facts(name)
    both = {
        "one": {"预算": (as_docx, whole(disclosure))},
        "two": {"附件": (as_xlsx, tables(disclosure)), "说明": (as_html, prose(disclosure))},
    }
    said = []
    for folder, files in both.items():
        (tmp_path / folder).mkdir()
        corpus(tmp_path / folder, **files)
        out = tmp_path / folder / "reports"
        first, *_ = write_reports(tmp_path / folder / "tidy", out, ReportOptions(languages=("zh",), overview=False))
        assert (first.state, first.reason) == ("done", None)
        (page,) = out.glob("*/2026/report.zh.html")
        said.append(told(page))
    assert len(said[0]) > 300
    assert said[0] == said[1]


_WHERE = " | ".join(
    (
        "//script | //style | //figcaption | //*[@class='place'] | //p[@class='source']",
        "//*[starts-with(@data-head, '出处')] | //th[starts-with(normalize-space(.), '出处')]",
    )
)


def told(page: Path) -> list[str]:
    """What a report says, as far as it does not say in which file and where in it that is printed."""
    report = document_fromstring(page.read_bytes())
    for about in report.xpath(_WHERE):
        about.drop_tree()
    texts = [squeeze(text) for text in report.itertext() if text.strip()]
    return texts[: len(texts) - texts[::-1].index(squeeze("哪些页读出来了，哪些没有？"))]


def corrected(disclosure: Disclosure) -> Disclosure:
    """The disclosure with one amount of one form raised by one ten thousand yuan."""
    key = ("three_public", "expenditure")
    first, *others = disclosure.forms[key]
    raised = replace(first, amounts={name: amount + 1 for name, amount in first.amounts.items()})
    return replace(disclosure, forms={**disclosure.forms, key: (raised, *others)})


@pytest.mark.parametrize("later", ["预算（更正）", "a预算-第二版"])
def test_of_two_versions_the_later_counts_and_what_differs_is_a_finding(later: str, tmp_path: Path) -> None:
    disclosure = facts(DEPARTMENT)
    files = {"预算": (as_docx, whole(disclosure)), later: (as_docx, whole(corrected(disclosure)))}
    both = corpus(tmp_path, **files)
    budget = both.select(department="示例市示例局", year=2026)
    published = disclosure.forms["three_public", "expenditure"][0].amounts["total"]
    (total,) = budget.form("three_public").query("row == 1 and measure == 'total'").amount_yuan
    assert total == (published + 1) * 10_000
    assert list(budget.documents.version) == [2, 1]
    checks = both.checks[both.checks["check"] == "form_as_in_other_file"]
    found = checks[checks.state == "fail"].to_dict("records")
    assert {(one["form"], one["row"], one["expected"]) for one in found} == {("three_public", 1, published * 10_000)}
    assert {one["document_id"] for one in found} == {budget.documents.document_id.iloc[0]}
    assert re.search("三公.*相差", found[0]["message_zh"])


def test_where_no_file_says_that_it_is_a_later_version_its_day_decides(tmp_path: Path) -> None:
    disclosure = facts(DEPARTMENT)
    days = {"1.docx": "Mon, 02 Mar 2026 08:00:00 GMT", "2.docx": "Tue, 10 Feb 2026 08:00:00 GMT"}
    rows = [f'{file},"{day}",2026-01-01T00:00:00+00:00' for file, day in days.items()]
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw/fetched.csv").write_text("\n".join(["file,last_modified,retrieved", *rows]), encoding="utf-8")
    told = {"1.docx": corrected(disclosure), "2.docx": disclosure}
    both = corpus(tmp_path, **{name: (as_docx, tables(one)) for name, one in told.items()})
    assert both.documents.set_index("path").file_date.to_dict() == {"1.docx": "2026-03-02", "2.docx": "2026-02-10"}
    checks = both.checks[both.checks["check"] == "form_as_in_other_file"]
    latest = both.documents.document_id[both.documents.path == "1.docx"]
    assert set(checks[checks.state == "fail"].document_id) == set(latest)


def test_the_same_disclosure_in_two_formats_differs_in_nothing(tmp_path: Path) -> None:
    told = whole(facts(DEPARTMENT))
    both = corpus(tmp_path, a=(as_docx, told), b=(as_xlsx, told))
    checks = both.checks[both.checks["check"] == "form_as_in_other_file"]
    assert Counter(checks.state)["fail"] == 0
    assert Counter(checks.state)["pass"] > 8


def test_what_names_publisher_and_year_is_kept(tmp_path: Path) -> None:
    paragraph = story(facts(DEPARTMENT), Layout())[:0]
    both = corpus(tmp_path, **{"示例市示例局-2026-附件": (lambda _: b"1.00\t2.00\n", paragraph)})
    (document,) = both.documents.to_dict("records")
    assert (document["entity"], document["named_by"]) == ("示例市示例局", "file")
    assert (document["fiscal_year"], document["dated_by"]) == (2026, "file")
