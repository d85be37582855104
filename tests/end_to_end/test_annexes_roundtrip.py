"""Any performance tables and any catalogue, typeset in any way and read again, give the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st
from reportlab.platypus import Flowable

from budgetlib.definitions.vocabulary.performance import performance_words
from budgetlib.extraction.catalogue import read_catalogue
from budgetlib.extraction.performance import read_performance
from budgetlib.pages.model import Page
from budgetlib.pages.reader import read_document
from tests.strategies import layouts
from tests.typesetting.annexes import catalogue, performance_targets
from tests.typesetting.disclosure import FACTS, Disclosure, Section, Target, read_facts
from tests.typesetting.paper import Layout, register_font, render

_HEIGHT = 700.0
"""The typesetter does not break merged cells: all indicators of a table must fit on a page."""
EXAMPLE = read_facts(FACTS / "示例市示例局-2026.toml")
SOURCES = ("central", "province", "local", "own", "other")

words = st.text(st.sampled_from("建设运行维护培训服务保障项目管理系统平台更新改造"), min_size=4, max_size=24)
aims = st.sampled_from(
    ["≥95%", "≤28.4万元", "100%", "及时", "有效保障", "2026年12月底前", "≥2次", "1500平方米", "干净整洁"]
)
levels = [(first, second) for first, seconds in performance_words().levels.items() for second in seconds][:4]
levels += [("效益指标", "社会效益指标"), ("效益指标", "可持续影响指标"), ("满意度指标", "服务对象满意度指标")]
indicators = st.lists(st.tuples(st.sampled_from(range(len(levels))), words, aims), min_size=1, max_size=14).map(
    lambda rows: tuple((*levels[level], name, aim) for level, name, aim in sorted(rows, key=lambda row: row[0]))
)
money = st.dictionaries(st.sampled_from(SOURCES), st.integers(0, 99_999_999), min_size=1)
targets = st.builds(
    Target,
    name=words,
    unit=st.sampled_from(["示例市示例局", "示例市示例中心"]),
    period=st.sampled_from(["1年", "3年", "99年"]),
    attribute=st.just("延续性项目（阶段开展）"),
    total=money,
    annual=money,
    indicators=indicators,
)
codes = ("A", "A15", "A1501", "A150101", "A150102", "A1502", "A150201", "A16", "A1601")
sections = st.lists(
    st.builds(
        Section,
        name=st.text(st.sampled_from("行政审批信访能源文物教育司法"), min_size=2, max_size=14),
        items=st.lists(words, min_size=len(codes), max_size=len(codes)).map(
            lambda names: tuple((code, (len(code) + 1) // 2, name) for code, name in zip(codes, names, strict=True))
        ),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda section: section.name,
)


def read_again(
    annex: Callable[[Disclosure, Layout], Iterator[Flowable]], disclosure: Disclosure, layout: Layout
) -> list[Page]:
    register_font()
    with TemporaryDirectory() as folder:
        path = Path(folder, "typeset.pdf")
        high_enough = replace(layout, page_height=max(layout.page_height, _HEIGHT), contents=False)
        path.write_bytes(render(list(annex(disclosure, layout)), high_enough, "annexes", "示例"))
        return list(read_document(path))


@given(st.lists(targets, min_size=1, max_size=3, unique_by=lambda target: target.name), layouts())
def test_every_project_is_one_row_with_its_money_and_has_its_indicators_for_both_periods(
    chosen: list[Target], layout: Layout
) -> None:
    disclosure = replace(EXAMPLE, targets=tuple(chosen))
    read = read_performance(read_again(performance_targets, disclosure, layout))
    assert [(row["project"], row["unit"], row["period"]) for row in read.projects] == [
        (target.name, target.unit, target.period) for target in chosen
    ]
    for row, target in zip(read.projects, chosen, strict=True):
        assert (row["total_yuan"], row["annual_yuan"]) == (sum(target.total.values()), sum(target.annual.values()))
        for source, amount in target.annual.items():
            assert row[f"annual_{source}_yuan"] == amount
    names = ("project", "scope", "level1", "level2", "level3", "target")
    assert Counter(tuple(row[name] for name in names) for row in read.indicators) == Counter(
        (target.name, scope, *one)
        for target in chosen
        for one in target.indicators
        for scope in ("whole_period", "annual")
    )


@given(sections, layouts(rules=("lines", "rectangles")))
def test_every_item_of_a_catalogue_is_found_under_its_section(chosen: list[Section], layout: Layout) -> None:
    """Of tables whose sides are drawn: with open sides a section's heading stands between two tables."""
    disclosure = replace(EXAMPLE, catalogue=tuple(chosen), catalogue_edition="示财综〔2025〕28号")
    read = read_catalogue(read_again(catalogue, disclosure, layout), None)
    assert [(item["section"], item["code"], item["level"], item["name"]) for item in read.items] == [
        (section.name, *item) for section in chosen for item in section.items
    ]
    assert {item["edition"] for item in read.items} == {"示财综〔2025〕28号"}
