"""Charts show Chinese anywhere, keep names apart from numbers, and draw a sentence where there is nothing to draw."""

import io
import re
import string
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.font_manager import findfont, get_font
from matplotlib.text import Text
from PIL import Image

from budgetlib.analysis.budget_execution import execution_years
from budgetlib.analysis.change import spending_change
from budgetlib.analysis.procurement import procurement_mix
from budgetlib.analysis.spending import spending_by_function
from budgetlib.analysis.spending_by_kind import spending_by_kind
from budgetlib.definitions.labels import LANGUAGES, label, labels
from budgetlib.report.charts.budget import plot_procurement_mix, plot_spending_by_function, plot_spending_by_kind
from budgetlib.report.charts.canvas import NARROW, WIDE, png, sentence, svg
from budgetlib.report.charts.execution import plot_budget_execution
from budgetlib.report.charts.funds import plot_largest_projects
from budgetlib.report.charts.line_panels import plot_series
from budgetlib.report.charts.waterfall import plot_project_change, plot_spending_change
from budgetlib.tables.corpus import Corpus
from tests.invented import ENTITY, yuan

PACKAGE = Path(__file__).resolve().parents[2] / "src/budgetlib"
LONG = "示例市政务服务一体化平台升级改造及三年运行维护服务项目（含网络安全等级保护测评、商用密码应用安全性评估）经费"


@pytest.fixture(scope="module")
def frames(corpus: Corpus) -> dict[Callable[..., Axes], pd.DataFrame]:
    budget = corpus.select(department=ENTITY, year=2026)
    return {
        plot_spending_by_function: spending_by_function(budget),
        plot_spending_by_kind: spending_by_kind(budget),
        plot_spending_change: spending_change(corpus, ENTITY, 2026),
        plot_project_change: spending_change(corpus, ENTITY, 2026),
        plot_procurement_mix: procurement_mix(budget),
        plot_budget_execution: execution_years(corpus, ENTITY),
    }


PLOTS = [
    plot_spending_by_function,
    plot_spending_by_kind,
    plot_spending_change,
    plot_project_change,
    plot_procurement_mix,
    plot_budget_execution,
]


def texts(axes: Axes) -> list[Text]:
    FigureCanvasAgg(axes.figure).draw()  # type: ignore[arg-type]
    low, high = axes.get_xlim()
    outside = [text for text in axes.get_xticklabels() if not low <= text.get_position()[0] <= high]
    shown = [text for text in axes.figure.findobj(Text) if text.get_text() and text.get_visible()]  # type: ignore[misc]
    return [text for text in shown if text not in outside]


def without_glyph(axes: Axes) -> set[str]:
    return {
        char
        for text in texts(axes)
        for char in text.get_text().replace("\n", "")
        if not get_font(findfont(text.get_fontproperties())).get_char_index(ord(char))
    }


def words(axes: Axes) -> str:
    return " ".join(text.get_text() for text in texts(axes))


def elements(picture: str) -> list[Xml.Element]:
    return list(Xml.fromstring(picture).iter())  # noqa: S314 - written just now


def drawn_as(what: str, axes: Axes) -> list[str]:
    """The texts of an axes that are a `name` or a `value`."""
    return [text.get_text() for text in axes.texts if text.get_gid() == what]


def functions(*rows: tuple[str, str | None, str | None]) -> pd.DataFrame:
    """A frame like that of `spending_by_function`: name, basic and project in 万元."""
    records = []
    for item, basic, project in rows:
        total = yuan(basic or "0") + yuan(project or "0")
        amounts = {"basic_yuan": basic and yuan(basic), "project_yuan": project and yuan(project), "total_yuan": total}
        records.append({"code": None, "item": item, "share_pct": Decimal("12.34"), **amounts})
    return pd.DataFrame(records, dtype=object)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("plot", PLOTS)
def test_every_character_drawn_has_a_glyph(
    frames: dict[Any, pd.DataFrame], plot: Callable[..., Axes], language: str
) -> None:
    assert without_glyph(plot(frames[plot], language)) == set()


def test_a_character_that_the_font_lacks_is_drawn_as_the_mark_for_it() -> None:
    axes = plot_spending_by_function(functions(("经费😀\u0007𠮷", "1", None)), "zh")
    assert without_glyph(axes) == set()
    assert "经费〓〓〓" in words(axes)


def test_a_dollar_sign_is_a_dollar_sign() -> None:
    axes = plot_spending_by_function(functions((r"$\frac{1}{0}$ 美元", "1", None)), "zh")
    assert png(axes)
    assert r"$\frac{1}{0}$" in words(axes)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("plot", PLOTS)
def test_the_unit_stands_on_the_axis_and_at_each_bar(
    frames: dict[Any, pd.DataFrame], plot: Callable[..., Axes], language: str
) -> None:
    axes = plot(frames[plot], language)
    assert axes.get_xlabel().startswith("万元" if language == "zh" else "million yuan")
    values = drawn_as("value", axes)
    assert values
    assert all("元" in value if language == "zh" else "yuan" in value for value in values)


def test_a_value_in_a_chart_has_at_most_four_digits_and_the_unit_that_suits_it() -> None:
    axes = plot_spending_by_function(functions(("甲", "19577.43", None), ("乙", "50.55", "0.0512")), "zh")
    assert [value.split(" (")[0] for value in drawn_as("value", axes)] == ["1.958 亿元", "50.6 万元"]
    assert axes.get_xlabel() == "亿元"


def test_bars_stand_the_largest_first() -> None:
    axes = plot_spending_by_function(functions(("甲", "60", None), ("乙", "125", None), ("丙", "90", None)), "zh")
    assert drawn_as("name", axes) == ["乙", "丙", "甲"]


def test_a_chart_says_in_words_what_it_draws() -> None:
    drawn = svg(plot_spending_by_function(functions(("甲", "125", None), ("乙", "60", None)), "zh"))
    assert 'aria-label="支出按功能分类: 甲 125 万元 (12.34%); 乙 60 万元 (12.34%)"' in drawn


def test_names_however_long_touch_neither_numbers_nor_one_another_nor_the_edge() -> None:
    axes = plot_spending_by_function(
        functions((LONG, "12345678.90", "1"), (LONG * 2, "1", "2"), ("短", "3", None)), "zh"
    )
    drawn = [text for text in texts(axes) if text in axes.texts]
    boxes = [text.get_window_extent() for text in drawn]
    assert not [
        (a.get_text(), b.get_text())
        for i, a in enumerate(drawn)
        for j, b in enumerate(drawn)
        if i < j and boxes[i].overlaps(boxes[j])
    ]
    assert all(box.x0 >= 0 and box.x1 <= axes.figure.bbox.width for box in boxes)


def test_bars_lie_below_their_names() -> None:
    axes = plot_spending_by_function(functions((LONG, "5", "1"), ("短", "3", None)), "zh")
    names = [text.get_window_extent() for text in texts(axes) if text in axes.texts]
    bars = [patch.get_window_extent() for patch in axes.patches]
    assert not any(name.overlaps(bar) for name in names for bar in bars)


def test_bars_are_as_long_as_the_amounts_in_the_unit_of_the_language() -> None:
    frame = functions(("甲", "590.75", "245.25"))
    for language, scale in (("zh", 1), ("en", 100)):
        widths = [patch.get_width() for patch in plot_spending_by_function(frame, language).patches]
        assert widths == pytest.approx([590.75 / scale, 245.25 / scale])


def test_a_bar_is_as_long_as_its_total_also_where_it_is_not_split() -> None:
    frame = functions(("分", "60", "40"), ("未分", None, None), ("尾差", "30", None))
    frame["total_yuan"] = [yuan("100"), yuan("50"), yuan("30.01")]
    axes = plot_spending_by_function(frame, "zh")
    ends = [round(patch.get_x() + patch.get_width(), 2) for patch in axes.patches]
    assert ends == [60, 100, 100, 50, 30, 30.01]
    assert "其他支出" in " ".join(text.get_text() for text in axes.get_legend().get_texts())


def test_rounding_in_the_paper_gets_no_colour_of_its_own() -> None:
    frame = functions(("甲", "185.34", "33.40"))
    frame["total_yuan"] = [yuan("218.75")]
    legend = plot_spending_by_function(frame, "zh").get_legend()
    assert [text.get_text() for text in legend.get_texts()] == ["基本支出", "项目支出"]


def test_negative_amounts_go_left_and_zero_has_no_length() -> None:
    axes = plot_spending_by_function(functions(("减", "-20", "50"), ("零", "0", "0.00")), "zh")
    spans = [(patch.get_x(), patch.get_x() + patch.get_width()) for patch in axes.patches]
    assert spans == [(0, -20), (0, 50), (0, 0), (0, 0)]
    low, high = axes.get_xlim()
    assert low < -20
    assert high > 50
    assert "-20" not in words(axes)
    assert "30 万元" in words(axes)


def changes(*amounts: tuple[str, str]) -> pd.DataFrame:
    """A frame like the functions of `spending_change`: each amount last year and this year, in 万元."""
    records = []
    for n, (before, now) in enumerate(amounts):
        values = {"previous_yuan": yuan(before), "current_yuan": yuan(now), "change_yuan": yuan(now) - yuan(before)}
        about = {"basis": "computed", "dimension": "function", "code": None, "item": f"科目{n}", "previous_year": 2025}
        records.append(about | values | {"form": "expenditure"})
    return pd.DataFrame(records, dtype=object)


def spans(axes: Axes) -> list[tuple[float, float]]:
    return [(round(bar.get_x(), 6), round(bar.get_x() + bar.get_width(), 6)) for bar in axes.patches]


def test_a_waterfall_goes_from_last_year_over_every_step_to_this_year_the_largest_step_first() -> None:
    axes = plot_spending_change(changes(("100", "90"), ("20", "0"), ("5", "5"), ("0", "60")), "zh")
    assert drawn_as("value", axes) == ["125 万元", "+60 万元", "-20 万元", "-10 万元", "155 万元"]
    assert spans(axes) == [(0, 125), (125, 185), (185, 165), (165, 155), (0, 155)]


def test_small_steps_of_a_waterfall_are_summed_into_one() -> None:
    axes = plot_spending_change(changes(*(("100", str(93 + n)) for n in range(15))), "zh")
    values = drawn_as("value", axes)
    assert values[1:3] == ["-7 万元", "+7 万元"]
    assert len(values) == 15
    assert drawn_as("name", axes)[-2] == "其他 2 项"
    assert values[-2] == "0 元"


def test_a_waterfall_of_small_steps_cuts_its_axis_and_says_so() -> None:
    near, far = (plot_spending_change(changes(("1000", now)), "zh") for now in ("1010", "1900"))
    assert near.get_xlim()[0] > 900
    assert "横轴不从零开始" in near.get_xlabel()
    assert far.get_xlim()[0] <= 0
    assert "横轴" not in far.get_xlabel()


def test_a_waterfall_to_nothing_and_below_ends_there() -> None:
    assert spans(plot_spending_change(changes(("50", "0")), "zh")) == [(0, 50), (50, 0), (0, 0)]
    assert spans(plot_spending_change(changes(("50", "-10")), "zh"))[-1] == (0, -10)


def test_projects_that_a_form_does_not_list_are_no_step() -> None:
    rest = changes(("100", "150"), ("300", "310")).assign(dimension="project")
    rest.loc[1, "form"] = None
    assert drawn_as("value", plot_project_change(rest, "zh")) == ["100 万元", "+50 万元", "150 万元"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("plot", PLOTS)
def test_nothing_to_draw_is_a_sentence_without_axes(
    frames: dict[Any, pd.DataFrame], plot: Callable[..., Axes], language: str
) -> None:
    axes = plot(frames[plot].iloc[:0], language)
    name = plot.__name__.removeprefix("plot_")
    assert sentence(axes) == label(f"empty.{name}", language)
    assert not axes.axison
    assert sentence(plot(frames[plot], language)) is None


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_a_vector_picture_is_one_element_that_loads_nothing_and_whose_text_is_text(width: float) -> None:
    hostile = functions(("--!><script>alert(1)</script>]]>", "1", None))
    picture = svg(plot_spending_by_function(hostile, "zh", width))
    assert picture.startswith("<svg ")
    found = elements(picture)
    drawn = {one.tag.rpartition("}")[2] for one in found}
    assert drawn <= {"svg", "g", "path", "use", "defs", "clipPath", "rect", "text"}
    assert "<script>alert(1)</script>" in "".join(one.text or "" for one in found)
    assert not [v for one in found for k, v in one.attrib.items() if "href" in k and not v.startswith("#")]
    assert "<script" not in picture  # what it says in words is text, escaped


def test_a_vector_picture_scales_and_is_the_same_each_time(frames: dict[Any, pd.DataFrame]) -> None:
    first, second = (svg(plot_procurement_mix(frames[plot_procurement_mix], "zh", WIDE)) for _ in range(2))
    assert first == second
    root = elements(first)[0]
    assert root.attrib["viewBox"].startswith(f"0 0 {WIDE:g} ")
    assert not root.attrib.keys() & {"width", "height"}


def test_vector_pictures_of_one_page_share_no_id(frames: dict[Any, pd.DataFrame]) -> None:
    pictures = [svg(plot(frames[plot], "zh", width)) for plot in PLOTS for width in (NARROW, WIDE)]
    names = [re.findall(r'\bid="([^"]+)"', picture) for picture in pictures]
    assert all(names)
    assert len({one for own in names for one in own}) == sum(map(len, names))
    for own, picture in zip(names, pictures, strict=True):
        assert set(re.findall(r'use href="#([^"]+)"', picture)) <= set(own)


@pytest.mark.parametrize("plot", PLOTS)
def test_ids_count_what_is_drawn_and_say_nothing_of_the_process(
    frames: dict[Any, pd.DataFrame], plot: Callable[..., Axes]
) -> None:
    names = re.findall(r'\bid="c[0-9a-f]{8}-([^"]+)"', svg(plot(frames[plot], "zh")))
    assert names == [str(number) for number, _ in enumerate(names, 1)]


@pytest.mark.parametrize("plot", PLOTS)
def test_what_is_drawn_of_a_row_leads_to_its_source(frames: dict[Any, pd.DataFrame], plot: Callable[..., Axes]) -> None:
    assert "<a " not in svg(plot(frames[plot], "zh"))
    picture = svg(plot(frames[plot].assign(href="evidence/a.png?x=1&y=2"), "zh"))
    links = [one.attrib for one in elements(picture) if one.tag.endswith("}a")]
    assert links
    assert {link["href"] for link in links} == {"evidence/a.png?x=1&y=2"}


@pytest.mark.parametrize("plot", PLOTS)
def test_the_keyboard_and_a_screen_reader_meet_each_link_of_a_chart_with_its_words(
    frames: dict[Any, pd.DataFrame], plot: Callable[..., Axes]
) -> None:
    links = [one for one in elements(svg(plot(frames[plot].assign(href="#source-1"), "zh"))) if one.tag.endswith("}a")]
    silent = [one for one in links if not "".join(one.itertext()).strip()]
    assert 0 < len(silent) < len(links)
    assert all((one.get("aria-hidden"), one.get("tabindex")) == ("true", "-1") for one in silent)
    assert not any(one.get("aria-hidden") for one in links if one not in silent)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("plot", PLOTS)
def test_no_text_leaves_the_picture_or_lies_on_another_at_any_width(
    frames: dict[Any, pd.DataFrame], plot: Callable[..., Axes], language: str
) -> None:
    for width in (NARROW, WIDE):
        axes = plot(frames[plot], language, width)
        boxes = [text.get_window_extent() for text in texts(axes)]
        assert not [1 for i, a in enumerate(boxes) for b in boxes[i + 1 :] if a.overlaps(b)]
        assert all(box.x0 >= 0 and box.x1 <= axes.figure.bbox.width for box in boxes)


def test_short_names_stand_beside_their_bars_and_long_ones_above() -> None:
    short, long = (plot_spending_by_function(functions((name, "5", "1")), "zh", NARROW) for name in ("短", LONG))
    assert short.texts[0].get_window_extent().x1 < short.patches[0].get_window_extent().x0
    name, bar = long.texts[0].get_window_extent(), long.patches[0].get_window_extent()
    assert name.y0 > bar.y1


def years(*amounts: tuple[int, str, str | None]) -> pd.DataFrame:
    """A frame like that of `series`: year, amount in 万元, and the break before it."""
    about = {"stage": "budget", "measure": "budget_total", "code": None, "item": None}
    return pd.DataFrame(
        [about | {"fiscal_year": y, "amount_yuan": yuan(a), "breaks": b} for y, a, b in amounts], dtype=object
    )


def segments(axes: Axes) -> int:
    """The lines from year to year: neither the line of zero nor the upright one of a break."""
    return sum(line.get_linewidth() == 2 for line in axes.lines)


def test_a_series_is_drawn_through_its_years_but_not_over_a_break() -> None:
    whole = plot_series(years((2024, "10", None), (2025, "12", None), (2026, "11", None)), "zh")
    broken = plot_series(years((2024, "10", None), (2025, "12", "redefined"), (2026, "11", None)), "zh")
    assert (segments(whole), segments(broken)) == (2, 1)
    assert drawn_as("value", broken) == ["10 万元", "12 万元", "11 万元"]
    assert "万元" in words(broken)


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_a_series_of_many_years_has_values_and_years_where_there_is_room(width: float) -> None:
    many = years(*((year, str(1000 + year), None) for year in range(2010, 2027)))
    axes = plot_series(many.assign(amount_yuan=[-a if n == 3 else a for n, a in enumerate(many.amount_yuan)]), "zh")
    boxes = [text.get_window_extent() for text in texts(axes) if text.get_gid() in ("value", "year")]
    assert len(boxes) >= 4
    assert not [1 for i, a in enumerate(boxes) for b in boxes[i + 1 :] if a.overlaps(b)]
    assert "2026" in words(axes)


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_year_is_no_series(language: str) -> None:
    assert sentence(plot_series(years((2026, "10", None)), language)) == label("empty.series", language)


def test_a_year_of_a_series_leads_to_its_source() -> None:
    frame = years((2025, "10", None), (2026, "11", None)).assign(href=["#a", None])
    links = {one.attrib["href"] for one in elements(svg(plot_series(frame, "zh"))) if one.tag.endswith("}a")}
    assert links == {"#a"}


def test_a_function_that_had_another_name_is_drawn_with_both() -> None:
    frame = changes(("100", "150")).assign(previous_item="旧科目")
    assert drawn_as("name", plot_spending_change(frame, "zh"))[1] == "科目0（上年：旧科目）"


def test_sixty_projects_are_twelve_steps_and_the_rest_in_one() -> None:
    frame = changes(*((str(n), str(2 * n + 1)) for n in range(60))).assign(dimension="project", form="projects")
    axes = plot_project_change(frame, "zh", NARROW)
    assert len(drawn_as("name", axes)) == 15
    assert spans(axes)[-1] == (0, sum(2 * n + 1 for n in range(60)))


def test_one_project_that_was_dropped_goes_down_to_nothing() -> None:
    frame = changes(("70", "0")).assign(dimension="project", form="projects")
    assert spans(plot_project_change(frame, "zh")) == [(0, 70), (70, 0), (0, 0)]


def test_a_picture_is_crisp_and_the_same_each_time(frames: dict[Any, pd.DataFrame]) -> None:
    first, second = (png(plot_procurement_mix(frames[plot_procurement_mix], "zh"), "来源") for _ in range(2))
    assert first == second
    assert Image.open(io.BytesIO(first)).width >= 1000


def entries() -> Iterator[tuple[str, dict[str, str]]]:
    for section, texts in labels().items():
        for name, entry in texts.items():
            yield f"{section}.{name}", entry


def test_every_label_has_both_languages_with_the_same_blanks_to_fill() -> None:
    def blanks(text: str) -> set[str | None]:
        return {field for _, field, _, _ in string.Formatter().parse(text)} - {None}

    assert {key: set(entry) for key, entry in entries() if set(entry) != set(LANGUAGES)} == {}
    assert [key for key, entry in entries() if not entry["zh"] and key != "cite.stop"] == []
    assert [key for key, entry in entries() if not entry["en"] and key != "unit.count"] == []
    assert [key for key, entry in entries() if blanks(entry["zh"]) != blanks(entry["en"])] == []


def test_every_label_that_the_code_names_is_there() -> None:
    sources = [path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")]
    named = {key for source in sources for key in re.findall(r'label\("(\w+\.\w+)"', source)}
    assert named
    assert named - {key for key, _ in entries()} == set()


def test_projects_of_one_name_bear_their_unit_where_it_is_printed() -> None:
    rows = pd.DataFrame(
        {
            "project": ["公车统管", "公车统管", "平台运维"],
            "unit": ["信息中心", None, None],
            "amount_yuan": [Decimal(30_000), Decimal(20_000), Decimal(10_000)],
            "share_pct": [None, None, None],
        }
    )
    assert drawn_as("name", plot_largest_projects(rows, "zh")) == ["公车统管 · 信息中心", "公车统管", "平台运维"]
