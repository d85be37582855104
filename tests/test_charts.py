"""Charts show Chinese anywhere, keep names apart from numbers, and draw a sentence where there is nothing to draw."""

import io
import re
import string
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.font_manager import findfont, get_font
from matplotlib.text import Text
from PIL import Image

from budgetlib.analysis import basic_and_project, procurement_mix, spending_by_function, spending_change
from budgetlib.charts import (
    plot_basic_and_project,
    plot_procurement_mix,
    plot_spending_by_function,
    plot_spending_change,
    png,
    sentence,
)
from budgetlib.corpus import Corpus
from budgetlib.labels import LANGUAGES, label, labels
from tests import invented
from tests.invented import ENTITY, yuan

PACKAGE = Path(__file__).resolve().parents[1] / "src/budgetlib"
LONG = "示例市政务服务一体化平台升级改造及三年运行维护服务项目（含网络安全等级保护测评、商用密码应用安全性评估）经费"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return invented.corpus(tmp_path_factory.mktemp("tidy"))


@pytest.fixture(scope="module")
def frames(corpus: Corpus) -> dict[Callable[..., Axes], pd.DataFrame]:
    budget = corpus.select(department=ENTITY, year=2026)
    return {
        plot_spending_by_function: spending_by_function(budget),
        plot_basic_and_project: basic_and_project(budget),
        plot_spending_change: spending_change(corpus, ENTITY, 2026),
        plot_procurement_mix: procurement_mix(budget),
    }


PLOTS = [plot_spending_by_function, plot_basic_and_project, plot_spending_change, plot_procurement_mix]


def texts(axes: Axes) -> list[Text]:
    FigureCanvasAgg(axes.figure).draw()  # type: ignore[arg-type]
    return [text for text in axes.figure.findobj(Text) if text.get_text() and text.get_visible()]  # type: ignore[misc]


def without_glyph(axes: Axes) -> set[str]:
    return {
        char
        for text in texts(axes)
        for char in text.get_text().replace("\n", "")
        if not get_font(findfont(text.get_fontproperties())).get_char_index(ord(char))
    }


def words(axes: Axes) -> str:
    return " ".join(text.get_text() for text in texts(axes))


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
    unit = label("unit.yuan", language)
    assert axes.get_xlabel() == unit
    values = [text.get_text() for text in axes.texts if text.get_horizontalalignment() == "right"]
    assert values
    assert all(unit in value for value in values)


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
    assert "30.00 万元" in words(axes)


def test_changes_are_signed_largest_first_and_the_small_ones_are_summed() -> None:
    rows = [{"basis": "computed", "dimension": "function", "code": None, "item": f"科目{n}"} for n in range(15)]
    frame = pd.DataFrame(rows, dtype=object).assign(change_yuan=[yuan(str(n - 7)) for n in range(15)])
    axes = plot_spending_change(frame, "zh")
    values = [text.get_text() for text in axes.texts if text.get_horizontalalignment() == "right"]
    assert values[:2] == ["-7.00 万元", "+7.00 万元"]
    assert len(values) == 13
    assert "其他 2 项" in words(axes)
    assert values[-1] == "0.00 万元"


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
    assert [key for key, entry in entries() if not entry["zh"]] == []
    assert [key for key, entry in entries() if not entry["en"] and key != "unit.count"] == []
    assert [key for key, entry in entries() if blanks(entry["zh"]) != blanks(entry["en"])] == []


def test_every_label_that_the_code_names_is_there() -> None:
    sources = [path.read_text(encoding="utf-8") for path in PACKAGE.glob("*.py")]
    named = {key for source in sources for key in re.findall(r'label\("(\w+\.\w+)"', source)}
    assert named
    assert named - {key for key, _ in entries()} == set()
