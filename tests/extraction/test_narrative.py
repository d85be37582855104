"""The narrative part → statements: one claim per sentence, then the disclosures with known truth."""

import itertools
import json
import unicodedata
from collections import Counter
from collections.abc import Collection
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgetlib.definitions.measures import measures
from budgetlib.definitions.phrases import phrases
from budgetlib.extraction.narrative import read_narrative
from budgetlib.extraction.records import StatementRecord
from budgetlib.pages.model import Line, Page
from budgetlib.tables.schemas import STATEMENTS
from tests.shared_material import SHARED, needs_shared, records

CHANGE = "一、部门预算收支数据变动情况及原因"
REVENUE = "二、收入预算情况说明"
EXPENDITURE = "三、支出预算情况说明"
APPROPRIATIONS = "四、财政拨款收支预算总体情况说明"
GENERAL = "五、一般公共预算支出情况说明"
BASIC = "六、一般公共预算基本支出情况说明"
THREE_PUBLIC = "七、“三公”经费增减变动原因说明"
OPERATING_COST = "八、机关运行经费增减变动原因说明"
PROCUREMENT = "九、政府采购情况"
PERFORMANCE = "十、绩效管理情况"
ASSETS = "十一、国有资产占有使用情况"


def read(heading: str, *lines: str) -> list[StatementRecord]:
    return read_narrative([Page(None, lines=tuple(map(Line, (heading, *lines))))]).statements


def stated(heading: str, *lines: str) -> dict[str, Any]:
    """Measure (with its item after a colon) → value, money in 万元, of the statements in `lines`."""
    found: dict[str, Any] = {}
    for record in read(heading, *lines):
        name = record["measure"] + (f":{record['item']}" if record["item"] else "")
        assert name not in found, f"{name} is stated twice"
        value = record["value"] / 10_000 if record["value_unit"] == "yuan" else record["value"]
        found[name] = float(value)
    return found


def test_a_total_with_its_parts_change_and_reason() -> None:
    text = (
        "2026年度示例局预算收入总计120.50万元，其中：本年收入100.50万元，上年结转20万元，"
        "比上年减少3.5万元，下降2.82%，主要原因是一次性项目完成。"
    )
    assert stated(CHANGE, text) == {
        "revenue_total": 120.5,
        "revenue_current_year": 100.5,
        "revenue_carryover": 20,
        "revenue_change": -3.5,
        "revenue_change_pct": -2.82,
    }
    assert {r["reason"] for r in read(CHANGE, text) if "change" in r["measure"]} == {"一次性项目完成"}
    assert {r["reason"] for r in read(CHANGE, text) if "change" not in r["measure"]} == {None}
    assert {r["sentence"] for r in read(CHANGE, text)} == {text}


def test_the_second_carryover_of_a_sentence_is_that_of_expenditure() -> None:
    found = stated(CHANGE, "收入总计9万元，其中：上年结转1万元；支出总计9万元，其中：上年结转2万元。")
    assert (found["revenue_carryover"], found["expenditure_carryover"]) == (1, 2)


def test_revenue_and_expenditure_may_be_stated_in_one_figure() -> None:
    assert stated(CHANGE, "示例局2026年度收入、支出预算总计7万元，与上年相比收、支预算总计各增加2万元，增长40%。") == {
        "revenue_total": 7,
        "expenditure_total": 7,
        "revenue_change": 2,
        "expenditure_change": 2,
        "revenue_change_pct": 40,
        "expenditure_change_pct": 40,
    }


@pytest.mark.parametrize("word", ["增加", "增长", "上升", "提高"])
def test_a_rise_is_positive(word: str) -> None:
    assert stated(EXPENDITURE, f"支出预算8万元，比上年{word}1.5万元。")["expenditure_change"] == 1.5


@pytest.mark.parametrize("word", ["减少", "下降", "降低", "压减"])
def test_a_fall_is_negative(word: str) -> None:
    assert stated(EXPENDITURE, f"支出预算8万元，比上年{word}1.5万元。")["expenditure_change"] == -1.5


@pytest.mark.parametrize(
    "words",
    ["比上年", "较去年", "同比", "比2025年预算", "与上年相比", "与2025年相比，", "较2025年年初预算", "比上年执行数"],
)
def test_the_year_before_has_many_names(words: str) -> None:
    found = stated(EXPENDITURE, f"2026年支出预算8万元，{words}增加了3万元。")
    assert found == {"expenditure_total": 8, "expenditure_change": 3}


@pytest.mark.parametrize(
    ("words", "base"),
    [
        ("比上年执行数增加", "execution"),
        ("比2023年预算执行数减少", "execution"),
        ("较2025年年初预算增加", "budget"),
        ("与上年预算数相比，增加", "budget"),
        ("比2023年度决算数增加", "final"),
        ("比上年增加", None),
    ],
)
def test_a_change_and_its_percentage_are_measured_from_what_their_sentence_says(words: str, base: str | None) -> None:
    sentence = f"支出预算8万元，{words}3万元，增长60%（60%），主要原因是项目增加；比去年多出的增加1万元。"
    changes = [record for record in read(EXPENDITURE, sentence) if "_change" in record["measure"]]
    assert {record["base"] for record in changes if record["value"] != 10_000} == {base}
    assert read(EXPENDITURE, sentence)[0]["base"] is None


def test_another_comparison_is_measured_from_another_figure() -> None:
    sentence = "支出预算8万元，比上年执行数增加3万元，比上年增加1万元，增长14%。"
    assert [record["base"] for record in read(EXPENDITURE, sentence)] == [None, "execution", None, None]


@pytest.mark.parametrize("words", ["与上年预算数相同", "与2025年预算数持平", "与上年保持一致", "较上年无增减"])
def test_unchanged_is_a_change_of_nothing(words: str) -> None:
    assert stated(THREE_PUBLIC, f"公务接待费2万元，{words}。") == {"reception": 2, "reception_change": 0}


def test_roughly_unchanged_is_no_figure() -> None:
    assert stated(THREE_PUBLIC, "公务接待费2万元，与上年基本持平。") == {"reception": 2}


def test_smaller_than_the_year_before_is_a_fall() -> None:
    found = stated(THREE_PUBLIC, "公务接待费2万元，本年数小于上年预算数0.5万元。")
    assert found == {"reception": 2, "reception_change": -0.5}


def test_the_amount_of_the_year_before_is_not_stated_as_this_years() -> None:
    assert stated(OPERATING_COST, "机关运行经费财政拨款预算27万元，比2025年预算24万元增加3万元，增长12.5%。") == {
        "operating_cost": 27,
        "operating_cost_change": 3,
        "operating_cost_change_pct": 12.5,
    }


def test_a_figure_of_another_year_is_left_out() -> None:
    text = "2026年公务接待费预算4万元；2025年公务接待费预算5万元，2025年公务用车购置费预算3万元。2026年预算从紧。"
    assert stated(THREE_PUBLIC, text) == {"reception": 4}


def test_what_the_year_before_had_in_brackets_is_left_out() -> None:
    text = "单位预留机动经费2388万元，与上年相比增加2248万元（上年财政仅安排单位预留机动经费140万元），增长16倍。"
    assert stated(EXPENDITURE, text) == {"reserve": 2388, "reserve_change": 2248}


def test_a_percentage_may_stand_without_an_amount() -> None:
    assert stated(THREE_PUBLIC, "因公出国（境）费预算0万元，比上年预算数下降100%。") == {
        "overseas": 0,
        "overseas_change_pct": -100,
    }


@pytest.mark.parametrize(
    ("printed", "yuan"),
    [
        ("12万元", "120000"),
        ("12.5元", "12.5"),
        ("1,234,567元", "1234567"),
        ("0.3亿元", "30000000"),
        ("４，２９４．０１万元", "42940100"),
    ],
)
def test_the_unit_is_the_one_that_is_printed(printed: str, yuan: str) -> None:
    (record,) = read(PROCUREMENT, f"政府采购预算总额{printed}。")
    assert (record["value"], record["value_unit"]) == (Decimal(yuan), "yuan")


def test_zero_is_a_figure() -> None:
    assert stated(PROCUREMENT, "政府采购预算总额3万元。其中：政府采购工程预算0万元。")["works"] == 0


@pytest.mark.parametrize("printed", ["12,34.5万元", "1 234.5万元", "20251,234.00万元", "减少-5万元", "100万元以上"])
def test_what_is_not_exactly_one_figure_is_left_out(printed: str) -> None:
    assert stated(PROCUREMENT, f"政府采购预算总额{printed}。") == {}


def test_a_number_cut_by_a_line_end_is_read_whole() -> None:
    page = Page(None, lines=(Line(PROCUREMENT), Line("政府采购预算总额4,2"), Line("94.01万元。")))
    assert [r["value"] for r in read_narrative([page]).statements] == [Decimal("42940100.00")]


WRAPPED = (
    "2026年“三公”经费预算1,209.50万元，比2025年减少10.25万元，下降0.84%，主要原因是厉行节约。其中：因公出国（境）费0万元，"
    "与上年预算数相同；公务接待费209.50万元，比上年减少10.25万元；公务用车购置及运行费1,000万元，与上年预算数相同。"
)


@given(st.sets(st.integers(1, len(WRAPPED) - 1), max_size=12))
def test_line_ends_anywhere_in_a_sentence_change_nothing(ends: set[int]) -> None:
    cuts = [0, *sorted(ends), len(WRAPPED)]
    lines = [WRAPPED[start:end] for start, end in itertools.pairwise(cuts)]
    assert read(THREE_PUBLIC, *lines) == read(THREE_PUBLIC, WRAPPED)


@given(st.decimals(0, 10**9, places=2), st.sampled_from(["{:f}", "{:,f}"]), st.sampled_from(["增加", "减少"]))
def test_any_amount_is_read_exactly(amount: Decimal, printed: str, direction: str) -> None:
    text = printed.format(amount)
    cost, change = read(OPERATING_COST, f"机关运行经费{text}万元，比上年{direction}{text}元。")
    assert cost["value"] == amount * 10_000
    assert change["value"] == (amount if direction == "增加" else -amount)


def test_a_statement_that_wraps_over_a_page_end_has_the_page_of_its_figure() -> None:
    pages = [
        Page(3, 595, 842, lines=(Line(OPERATING_COST), Line("机关运行经费预算10万元，比上年"))),
        Page(4, 595, 842, lines=(Line("增加2万元。"),)),
    ]
    assert [(r["measure"], r["page"]) for r in read_narrative(pages).statements] == [
        ("operating_cost", 3),
        ("operating_cost_change", 4),
    ]
    assert {r["sentence"] for r in read_narrative(pages).statements} == {"机关运行经费预算10万元，比上年增加2万元。"}


def test_revenue_by_fund_with_shares() -> None:
    text = (
        "示例局预算收入10万元，主要包括一般公共预算拨款收入9万元，占90%；"
        "政府性基金预算拨款收入0万元，占0%；上年结转1万元，占10%。"
    )
    assert stated(REVENUE, text) == {
        "revenue_total": 10,
        "fund:一般公共预算拨款收入": 9,
        "fund_pct:一般公共预算拨款收入": 90,
        "fund:政府性基金预算拨款收入": 0,
        "fund_pct:政府性基金预算拨款收入": 0,
        "fund:上年结转": 1,
        "fund_pct:上年结转": 10,
    }


def test_a_carried_over_fund_is_not_the_fund_of_this_year() -> None:
    found = stated(REVENUE, "本年一般公共预算收入6万元，占60%；上年结转结余的一般公共预算收入4万元，占40%。")
    assert (found["fund:一般公共预算收入"], found["fund:上年结转结余的一般公共预算收入"]) == (6, 4)


def test_a_change_after_a_part_belongs_to_the_part() -> None:
    found = stated(CHANGE, "当年预算收入9万元，其中：一般公共预算拨款8万元，较上年增加1万元。")
    assert found == {"revenue_total": 9, "fund:一般公共预算拨款": 8, "fund_change:一般公共预算拨款": 1}


def test_a_sentence_that_compares_is_about_the_whole_of_the_sentence_before_not_its_last_part() -> None:
    said = "当年预算收入9万元，其中：一般公共预算拨款6万元、政府性基金3万元。比上年减少1万元，下降10%。"
    assert stated(CHANGE, said)["revenue_change"] == -1
    own = "当年预算收入9万元。其中：一般公共预算拨款8万元。比上年增加1万元。"
    assert stated(CHANGE, own)["fund_change:一般公共预算拨款"] == 1


def test_basic_and_project_expenditure_with_shares() -> None:
    found = stated(EXPENDITURE, "示例局支出预算50万元，其中：基本支出20万元，占40%；项目支出30万元，占60%。")
    assert found == {"expenditure_total": 50, "basic": 20, "basic_pct": 40, "project": 30, "project_pct": 60}


def test_appropriations_by_fund_and_function() -> None:
    text = (
        "财政拨款收支总预算9万元。其中：一般公共预算拨款9万元，政府性基金预算拨款0万元。"
        "支出包括：一般公共服务支出7万元、住房保障支出2万元等。"
    )
    assert stated(APPROPRIATIONS, text) == {
        "appropriation_total": 9,
        "fund:一般公共预算拨款": 9,
        "fund:政府性基金预算拨款": 0,
        "function:一般公共服务支出": 7,
        "function:住房保障支出": 2,
    }


def test_the_general_public_budget_by_function() -> None:
    text = "一般公共预算当年支出9万元，主要用于以下方面：教育支出7万元，占77.78%；社会保障和就业支出2万元，占22.22%等。"
    assert stated(GENERAL, text) == {
        "general_public_budget": 9,
        "function:教育支出": 7,
        "function_pct:教育支出": 77.78,
        "function:社会保障和就业支出": 2,
        "function_pct:社会保障和就业支出": 22.22,
    }


@pytest.mark.parametrize(
    ("printed", "item"),
    [
        ("公共安全（类）支出", "公共安全支出"),
        ("“卫生健康支出”科目", "卫生健康支出"),
        ("1.司法（款）行政运行（项）支出", "司法（款）行政运行（项）"),
        ("（二）2010302-一般行政管理事务", "2010302-一般行政管理事务"),
        ("3.培训支出（2050803）", "培训支出（2050803）"),
    ],
)
def test_functions_are_named_in_many_ways(printed: str, item: str) -> None:
    found = stated(GENERAL, f"{printed}5万元，较上年增加1万元。")
    assert found == {f"function:{item}": 5, f"function_change:{item}": 1}


def test_a_function_of_the_project_expenditure_alone_is_no_function_of_the_whole() -> None:
    assert stated(GENERAL, "项目支出预算6万元，其中：一般公共服务支出4万元。") == {"project": 6}


def test_an_economic_item_with_its_code_is_no_function() -> None:
    found = stated(GENERAL, "（1）工资福利支出（301）8万元，较上年增加1万元，增长14%；资本性支出（一）（503）2万元。")
    assert found == {
        "economic:工资福利支出（301）": 8,
        "economic_change:工资福利支出（301）": 1,
        "economic_change_pct:工资福利支出（301）": 14,
        "economic:资本性支出（一）（503）": 2,
    }


def test_personnel_and_operating_stand_in_numbered_paragraphs() -> None:
    found = stated(BASIC, "基本支出9万元，其中：", "（一）人员经费7万元，主要包括：基本工资；", "（二）公用经费2万元。")
    assert found == {"basic": 9, "personnel": 7, "operating": 2}


def test_personnel_in_service_are_not_all_personnel() -> None:
    assert stated(EXPENDITURE, "支出预算9万元，包括在职人员经费7万元、公用经费2万元。") == {
        "expenditure_total": 9,
        "operating": 2,
    }


def test_three_public_expenses_with_each_part() -> None:
    text = (
        "2026年“三公”经费预算9万元，比上年减少1万元，原因是厉行节约。其中：因公出国（境）费0万元，与上年预算数相同；公务接待费2万元，"
        "比上年减少1万元；公务用车购置及运行费7万元，其中：公务用车购置费4万元，公务用车运行维护费3万元。"
    )
    assert stated(THREE_PUBLIC, text) == {
        "three_public_total": 9,
        "three_public_change": -1,
        "overseas": 0,
        "overseas_change": 0,
        "reception": 2,
        "reception_change": -1,
        "vehicles_purchase_and_running": 7,
        "vehicle_purchase": 4,
        "vehicle_running": 3,
    }


def test_a_heading_says_what_a_figure_without_a_noun_is() -> None:
    reception = ("（一）公务接待费", "2026年预算安排3万元，比上年减少1万元。")
    found = stated(THREE_PUBLIC, *reception, "（二）公务用车购置及运行费。2026年预算数5万元。")
    assert found == {"reception": 3, "reception_change": -1, "vehicles_purchase_and_running": 5}


def test_after_a_bracket_the_text_is_about_what_it_was_about_before() -> None:
    text = "公务用车购置及运行维护费5万元（公务用车购置费1万元，比上年减少2万元）比上年减少3万元，下降37.5%。"
    assert stated(THREE_PUBLIC, text) == {
        "vehicles_purchase_and_running": 5,
        "vehicle_purchase": 1,
        "vehicle_purchase_change": -2,
        "vehicles_purchase_and_running_change": -3,
        "vehicles_purchase_and_running_change_pct": -37.5,
    }


def test_a_change_of_something_unknown_is_not_given_to_what_was_named_before() -> None:
    text = "“三公”经费预算9万元。另有接待场所维修预算6万元，比上年减少4万元，下降40%。"
    assert stated(THREE_PUBLIC, text) == {"three_public_total": 9}


def test_a_figure_within_a_reason_is_no_statement() -> None:
    text = "“三公”经费预算3万元，比上年减少1万元，主要原因是公务接待费减少1万元；公务接待费2万元。"
    assert stated(THREE_PUBLIC, text) == {"three_public_total": 3, "three_public_change": -1, "reception": 2}
    assert read(THREE_PUBLIC, text)[1]["reason"] == "公务接待费减少1万元"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("，主要原因是：人员增加。", "人员增加"),
        ("，增加的主要原因是人员增加；", "人员增加"),
        ("。主要是新设一个科室。", "新设一个科室"),
        ("，变动原因人员增加.", "人员增加"),
        ("，主要原因是一是人员增加；二是标准提高。", "一是人员增加；二是标准提高"),
        ("，主要原因是人员（含合同制人员）增加", "人员（含合同制人员）增加"),
        ("，主要用于日常办公。", None),
        ("，主要原因无。", None),
    ],
)
def test_the_reason_is_given_without_its_introduction_and_punctuation(text: str, reason: str | None) -> None:
    cost, change = read(OPERATING_COST, f"机关运行经费10万元，比上年增加2万元{text}")
    assert (cost["reason"], change["reason"]) == (None, reason)


def test_a_reason_for_revenue_and_expenditure_goes_to_both() -> None:
    changes = "部门预算收入5万元，较上年减少1万元。部门预算支出5万元，较上年减少1万元。"
    records = read(CHANGE, changes, "预算收支减少主要原因说明：压减经费。")
    assert {r["reason"] for r in records if r["measure"].endswith("change")} == {"压减经费"}


def test_operating_cost_is_not_the_number_of_units() -> None:
    text = "本部门2026年1家行政单位、2家参公单位，机关运行经费财政拨款预算14万元，比2025年预算增加3万元，增加2.47%。"
    assert stated(OPERATING_COST, text) == {
        "operating_cost": 14,
        "operating_cost_change": 3,
        "operating_cost_change_pct": 2.47,
    }


@pytest.mark.parametrize(
    "kinds",
    [
        "政府采购货物预算3万元、政府采购工程预算0万元、政府采购服务预算6万元",
        "货物类项目3万元、工程类项目0万元、服务类项目6万元",
        "拟采购货物支出3万元、拟采购工程支出0万元、拟购买服务支出6万元",
        "货物类采购预算3万元，工程类采购预算0万元，服务类采购预算6万元",
    ],
)
def test_procurement_by_kind(kinds: str) -> None:
    found = stated(PROCUREMENT, f"2026年示例局政府采购预算总额9万元。其中：{kinds}。")
    assert found == {"procurement_total": 9, "goods": 3, "works": 0, "services": 6}


OF_UNITS = (
    "第三部分 部门预算支出具体情况",
    "一、市示例局本级",
    "市示例局本级预算14万元，包括公用经费4万元、项目支出9万元。",
    "二、市示例局信息中心",
    "市示例局信息中心预算5万元，包括公用经费3万元、项目支出1万元。",
    "第四部分 政府采购预算情况",
    "政府采购预算2万元。",
)


def by_unit(*lines: str, names: Collection[str] = (), entity: str | None = None) -> dict[tuple[str | None, str], float]:
    """(unit, measure) → value in 万元."""
    found = read_narrative([Page(None, lines=tuple(map(Line, lines)))], "budget", names, entity).statements
    return {(record["unit"], record["measure"]): float(record["value"] / 10_000) for record in found}


def test_a_figure_in_the_subsection_of_a_unit_is_that_units() -> None:
    assert by_unit(*OF_UNITS) == {
        ("市示例局本级", "operating"): 4,
        ("市示例局本级", "project"): 9,
        ("市示例局信息中心", "operating"): 3,
        ("市示例局信息中心", "project"): 1,
        (None, "procurement_total"): 2,
    }


def test_units_that_head_figures_in_turn_have_subsections_though_no_form_names_them() -> None:
    figures = (
        "一、支出预算情况",
        "支出预算9万元。",
        "（一）示例局本级",
        "支出预算5万元。",
        "（二）示例中心",
        "支出预算4万元。",
    )
    assert by_unit("第三部分 预算说明", *figures) == {
        (None, "expenditure_total"): 9,
        ("示例局本级", "expenditure_total"): 5,
        ("示例中心", "expenditure_total"): 4,
    }


def test_a_unit_is_named_as_the_forms_name_it() -> None:
    names = ["示例市示例局（本级）", "示例市示例局信息中心"]
    assert {unit for unit, _ in by_unit(*OF_UNITS, names=names)} == {*names, None}


def test_a_unit_whose_name_stands_alone_on_a_line_has_all_sections_below_it() -> None:
    lines = (
        "示例市示例局信息中心",
        "一、收入预算情况说明",
        "收入预算5万元。",
        "二、支出预算情况说明",
        "支出预算5万元。",
    )
    found = by_unit(*lines, names=["示例市示例局信息中心", "示例市示例局"])
    assert found == {
        ("示例市示例局信息中心", "revenue_total"): 5,
        ("示例市示例局信息中心", "expenditure_total"): 5,
    }


def test_a_department_that_has_one_subsection_of_its_own_name_is_no_unit_of_itself() -> None:
    lines = ("三、支出预算情况说明", "（一）示例市示例局", "示例市示例局预算5万元，包括项目支出1万元。")
    assert by_unit(*lines, entity="示例市示例局") == {(None, "project"): 1}


def test_a_heading_that_names_an_amount_is_no_unit() -> None:
    lines = (
        "三、支出预算情况说明",
        "（一）公务用车运行维护费",
        "公务用车运行维护费支出3万元。",
        "（二）项目支出",
        "项目支出1万元。",
    )
    assert by_unit(*lines) == {(None, "project"): 1}


def test_a_percentage_in_brackets_behind_a_change_is_of_that_change() -> None:
    text = (
        "公务接待费6.80万元，较上年减少0.03万元（0.44%），减少的主要原因是厉行节约；"
        "公务用车运行维护费2万元，较上年增加2万元（100%）。"
    )
    assert stated(THREE_PUBLIC, text) == {
        "reception": 6.8,
        "reception_change": -0.03,
        "reception_change_pct": -0.44,
        "vehicle_running": 2,
        "vehicle_running_change": 2,
        "vehicle_running_change_pct": 100,
    }


def test_a_function_in_quotation_marks_is_compared_with_what_was_carried_out_the_year_before() -> None:
    text = (
        "1.“一般公共服务支出（类）统计信息事务（款）专项普查活动（项）”25万元，主要用于普查。"
        "2023年当年预算执行数为60万元，2024年预算安排25万元，比2023年预算执行数减少58.33%。"
    )
    item = "一般公共服务支出（类）统计信息事务（款）专项普查活动（项）"
    found = {(r["measure"], r["item"]): float(r["value"]) for r in read("2024年部门预算编制说明", text)}
    assert found == {("function", item): 250000, ("function_change_pct", item): -58.33}


def test_personnel_within_a_function_is_that_functions() -> None:
    text = "（1）进修及培训（20508）102万元，较上年增加2万元。具体为：人员经费3万元，较上年无变化；公用经费99万元。"
    assert stated(GENERAL, text) == {
        "function:进修及培训（20508）": 102,
        "function_change:进修及培训（20508）": 2,
        "personnel:进修及培训（20508）": 3,
        "personnel_change:进修及培训（20508）": 0,
        "operating:进修及培训（20508）": 99,
    }


def test_a_function_may_stand_before_what_it_is_mainly_for() -> None:
    assert stated(GENERAL, "（一）教育支出（类）主要用于干部培训等支出4万元。") == {"function:教育支出": 4}


def test_fixed_assets_to_be_bought_are_not_those_there_are() -> None:
    text = "固定资产金额183万元，车辆2辆。本年度拟购置固定资产12万元，主要是设备。"
    assert stated(ASSETS, text) == {"fixed_assets": 183, "vehicles": 2, "fixed_assets_planned": 12}


def test_a_reserve_stands_beside_basic_and_project_expenditure() -> None:
    text = "支出预算合计10万元，其中：基本支出6万元，占60%；项目支出3万元，占30%；单位预留机动经费1万元，占10%。"
    found = stated(EXPENDITURE, text)
    assert (found["reserve"], found["reserve_pct"]) == (1, 10)


def test_what_is_reserved_for_small_firms_is_no_second_total() -> None:
    text = (
        "政府采购预算1662万元。2024年本部门面向中小企业预留政府采购项目预算金额664万元，"
        "其中，预留给小型和微型企业的政府采购项目预算为465万元。"
    )
    assert stated(PROCUREMENT, text) == {
        "procurement_total": 1662,
        "procurement_reserved_for_small_enterprises": 664,
        "procurement_reserved_for_micro_enterprises": 465,
    }


def test_contracts_awarded_to_small_firms_with_their_shares() -> None:
    text = (
        "政府采购支出总额1900万元，授予中小企业合同金额1800万元，占政府采购支出总额的94.74%，"
        "其中：授予小微企业合同金额1000万元，占授予中小企业合同金额的55.56%。"
    )
    assert stated(PROCUREMENT, text) == {
        "procurement_total": 1900,
        "procurement_awarded_to_small_enterprises": 1800,
        "procurement_awarded_to_small_enterprises_pct": 94.74,
        "procurement_awarded_to_micro_enterprises": 1000,
        "procurement_awarded_to_micro_enterprises_pct": 55.56,
    }


def test_procurement_from_one_fund_is_not_all_procurement() -> None:
    text = "政府采购预算总额9万元：货物预算9万元；其中一般公共预算拨款政府采购2万元：政府采购货物预算2万元。"
    assert stated(PROCUREMENT, text) == {"procurement_total": 9, "goods": 9}


def test_projects_under_performance_management_and_those_disclosed() -> None:
    text = (
        "纳入绩效目标管理的二级项目7个，共计金额60万元。其中：其他运转类项目5个，涉及金额40万元；特定目标类项目2个，涉及金额20万元。"
        "公开项目绩效目标3个，涉及项目金额30万元，占部门（单位）项目支出总额的50%。其中：其他运转类项目3个，涉及项目金额30万元。"
    )
    assert stated(PERFORMANCE, text) == {
        "projects_under_performance_management": 7,
        "performance_amount": 60,
        "projects_under_performance_management:其他运转类项目": 5,
        "performance_amount:其他运转类项目": 40,
        "projects_under_performance_management:特定目标类项目": 2,
        "performance_amount:特定目标类项目": 20,
        "projects_disclosed": 3,
        "projects_disclosed_amount": 30,
        "projects_disclosed_pct": 50,
        "projects_disclosed:其他运转类项目": 3,
        "projects_disclosed_amount:其他运转类项目": 30,
    }


@pytest.mark.parametrize(
    "text",
    [
        "本单位编报绩效目标的项目共9个，涉及项目预算资金18万元。",
        "本部门共9个项目纳入绩效目标管理，涉及财政性资金合计18万元。",
        "项目均实行绩效目标管理，共计9个一级项目，涉及资金18万元。",
        "全面实施绩效目标管理，涉及一级预算项目9个，预算资金18万元。",
    ],
)
def test_projects_are_counted_in_many_ways(text: str) -> None:
    assert stated(PERFORMANCE, text) == {"projects_under_performance_management": 9, "performance_amount": 18}


def test_the_whole_departments_targets_are_not_those_of_projects() -> None:
    found = stated(PERFORMANCE, "编报部门整体支出绩效目标，涉及部门预算资金9万元，其中基本支出4万元，项目支出5万元。")
    assert found == {"performance_amount:部门整体支出": 9, "basic": 4, "project": 5}


def test_vehicles_by_kind_floor_space_and_equipment() -> None:
    text = (
        "1、车辆情况：",
        "截至2025年12月31日，示例局共有公务用车编制3辆，实有2辆，其中：领导用车0辆，机要通信用车2辆。",
        "2、房屋情况：",
        "使用的办公用房建筑总面积1,118.46平方米。",
        "3、其他国有资产占有使用情况：",
        "占有使用价值50万元（原值）以上的通用设备1台（套）。",
    )
    assert stated(ASSETS, *text) == {
        "vehicle_quota": 3,
        "vehicles": 2,
        "vehicles:领导用车": 0,
        "vehicles:机要通信用车": 2,
        "office_area_m2": 1118.46,
        "equipment:价值50万元（原值）以上的通用设备": 1,
    }


def test_what_is_to_be_bought_is_not_what_there_is() -> None:
    planned = "2026年预算安排购置车辆2辆，其中：其他用车2辆；单价100万元以上设备1台（套）。"
    assert stated(ASSETS, "共有车辆5辆，其中：其他用车5辆。", planned) == {
        "vehicles": 5,
        "vehicles:其他用车": 5,
        "vehicles_planned": 2,
        "vehicles_planned:其他用车": 2,
        "equipment_planned:单价100万元以上设备": 1,
    }


def test_a_figure_stated_twice_in_a_section_is_one_record() -> None:
    assert len(read(GENERAL, "一般公共预算当年支出9万元。", "一般公共预算当年支出9万元，主要用于办公。")) == 1


def test_a_section_that_is_missing_leaves_the_others_as_they_are() -> None:
    pages = [Page(None, lines=tuple(map(Line, (OPERATING_COST, "机关运行经费3万元。", ASSETS, "共有车辆1辆。"))))]
    assert [(r["section"], r["measure"]) for r in read_narrative(pages).statements] == [
        (8, "operating_cost"),
        (11, "vehicles"),
    ]


def test_duties_glossary_and_forms_state_nothing() -> None:
    for heading in ("第一部分 概况", "第二部分 预算报表", "第四部分 名词解释"):
        assert read(heading, "示例局支出预算5万元。", "一、支出预算：指5万元。") == []


def test_records_are_rows_of_the_table_statements() -> None:
    records = read(CHANGE, "收入预算12.3456万元，比上年增加0.5万元，增长4.2188%，主要原因是人员增加。")
    frame = STATEMENTS.frame({"document_id": "0" * 16, **record} for record in records)
    assert list(frame.value) == [Decimal("123456"), Decimal("5000"), Decimal("4.2188")]


def test_a_figure_too_fine_for_the_table_is_left_out() -> None:
    assert stated(CHANGE, "收入预算9万元，比上年增长4.21885%。") == {"revenue_total": 9}


def test_every_measure_that_can_be_stated_is_in_the_data_dictionary() -> None:
    possible = set()
    for subject in phrases().subjects:
        for measure in set(subject.measures) - {"@head"}:
            base = measure.removesuffix("_total")
            possible.add(measure)
            if subject.compared and subject.unit == "yuan":
                possible |= {f"{base}_change", f"{base}_change_pct"}
            if subject.shared:
                possible.add(f"{base}_pct")
        possible |= {subject.amount} - {None}
    assert possible - set(measures()["statements"]) == set()


# The disclosures with known truth, as text and as two typesettings.

SEEDS = ("000_13dce018f2234864", "002_f677152ddfc31562", "003_beaac8d7b742075a", "004_deaa44338587c890")
TYPESETTINGS = [
    *(f"seeds/{seed}.txt" for seed in SEEDS),
    *(f"facsimiles/{seed}.writer.pdf" for seed in SEEDS),
    f"facsimiles/{SEEDS[0]}.chromium.pdf",
    f"facsimiles/{SEEDS[3]}.chromium.pdf",
]


def statements_of(file: str) -> list[dict[str, Any]]:
    return records(SHARED / file)["statements"]


def wan(record: dict[str, Any]) -> Decimal:
    """The value as the narrative prints it: money in 万元."""
    value: Decimal = record["value"]
    return value / 10_000 if record["value_unit"] == "yuan" else value


def name(text: str | None) -> str:
    return unicodedata.normalize("NFKC", text or "").lstrip(";")


@needs_shared
@pytest.mark.parametrize("file", TYPESETTINGS)
def test_every_known_statement_is_found(file: str) -> None:
    found = statements_of(file)
    gold = json.loads((SHARED / "gold" / f"{Path(file).name.partition('.')[0]}.json").read_text(encoding="utf-8"))
    true = set()
    for statement in gold["statements"]:
        measure, _, item = statement["measure"].partition(":")
        true.add((statement["section"], measure, name(item), round(float(statement["value"]), 2)))
    have = {
        (r["section"], r["measure"], name(r["item"]) if r["measure"].startswith("function") else "", float(wan(r)))
        for r in found
    }
    assert true - have == set()


@needs_shared
@pytest.mark.parametrize("file", TYPESETTINGS)
def test_no_statement_is_made_twice_and_each_is_printed_in_its_sentence(file: str) -> None:
    found = statements_of(file)
    rows = Counter((r["section"], r["measure"], r["item"], r["value"]) for r in found)
    assert max(rows.values()) == 1
    for record in found:
        printed = record["sentence"].replace(",", "")
        assert f"{abs(wan(record)):f}".rstrip("0").rstrip(".") in printed or record["value"] == 0
        assert record["item"] is None or record["item"] in record["sentence"] or record["item"].endswith("支出")
        assert record["reason"] is None or record["reason"] in record["sentence"] or "原因" not in record["sentence"]


@needs_shared
@pytest.mark.parametrize("file", TYPESETTINGS[4:])
def test_a_typesetting_states_what_its_text_states(file: str) -> None:
    text = statements_of(f"seeds/{Path(file).name.partition('.')[0]}.txt")

    def content(statements: list[dict[str, Any]]) -> set[tuple[Any, ...]]:
        places = {"document_id", "page"}
        return {tuple(value for key, value in one.items() if key not in places) for one in statements}

    assert content(statements_of(file)) == content(text)
    assert all(record["page"] for record in statements_of(file))


# Figures of originals, read off the paper by hand: section, measure, item, value (money in 万元), page.
ORIGINALS: dict[str, list[tuple[int, str, str | None, str, int]]] = {
    "上海-审计局本级-2026": [
        (1, "revenue_total", None, "19577", 6),
        (1, "appropriation_change", None, "-290", 6),
        (4, "function", "社会保障和就业支出", "2399", 6),
        (7, "three_public_total", None, "237.92", 20),
        (7, "three_public_change", None, "0", 20),
        (7, "reception", None, "8.12", 20),
        (8, "operating_cost", None, "2180.26", 20),
        (9, "services", None, "932.50", 20),
        (10, "projects_under_performance_management", None, "9", 20),
        (11, "vehicles", None, "0", 20),
    ],
    "北京-财政局-2026-说明": [
        (2, "revenue_change", None, "148.16", 6),
        (2, "fund", "上年结转结余", "12.72", 6),
        (3, "basic_pct", None, "63.43", 7),
        (7, "three_public_change_pct", None, "-12.59", 8),
        (7, "vehicle_purchase", None, "44.92", 8),
        (8, "operating_cost", None, "1158.60", 9),
        (9, "procurement_total", None, "12948.49", 9),
        (11, "equipment", "单位价值100万元以上的设备", "4", 9),
    ],
    "广州-信访局-2026": [
        (1, "expenditure_change_pct", None, "7.8", 21),
        (7, "vehicle_running_change", None, "-1", 21),
        (7, "vehicles_purchase_and_running_change_pct", None, "-28.6", 21),
        (8, "operating_cost_change", None, "-23.32", 22),
        (9, "works", None, "18", 22),
        (11, "building_area_m2", None, "8268.74", 22),
    ],
    "深圳-信访局-2026": [
        (1, "revenue_change", None, "-247.70", 6),
        (3, "project", None, "1612.29", 6),
        (7, "three_public_total", None, "5.58", 8),
        (7, "vehicle_running", None, "2.60", 9),
        (9, "procurement_total", None, "1100.30", 8),
        (10, "projects_under_performance_management", None, "6", 10),
    ],
    "福州-商务局-2026": [
        (1, "fund", "政府性基金预算拨款收入", "1800.00", 26),
        (4, "fund_change_pct", "政府性基金预算", "493.08", 27),
        (5, "function", "2160699-其他涉外发展服务支出", "7200.00", 27),
        (6, "personnel", None, "3551.21", 28),
        (7, "reception_change_pct", None, "-1.61", 28),
        (11, "vehicles", "其他用车", "5", 40),
    ],
    "江苏-省检察院-2017": [
        (1, "fund_change_pct", "其他资金收入", "170.27", 18),
        (3, "basic_pct", None, "68.48", 19),
        (7, "reception_change", None, "-29.65", 23),
        (8, "operating_cost_change", None, "3401.59", 22),
    ],
}


@needs_shared
@pytest.mark.parametrize("file", ORIGINALS)
def test_originals_of_other_places_are_read_as_printed(file: str) -> None:
    found = statements_of(f"real/{file}.pdf")
    have = {(r["section"], r["measure"], r["item"], wan(r), r["page"]) for r in found}
    assert {(*rest, Decimal(value), page) for *rest, value, page in ORIGINALS[file]} - have == set()
    rows = Counter((r["section"], r["measure"], r["item"]) for r in found)
    assert [row for row, count in rows.items() if count > 1] == []
