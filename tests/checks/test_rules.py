"""Rules are data; what fails is named, what rounding explains is not, what was not tested is never a pass."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

from budgetlib.checks import TESTS, check_records
from budgetlib.checks.console import wrapped
from budgetlib.checks.expressions import expression
from budgetlib.checks.rules import SEVERITIES, rules
from budgetlib.commands.cli import main
from budgetlib.definitions.forms import forms
from budgetlib.definitions.measures import measure_name, measures
from budgetlib.tables.corpus import Corpus, corpus_of, load
from budgetlib.tables.schemas import TABLES
from tests.checks.tables import ONE, OTHER, corpus, document, failed, lines, stated, states
from tests.shared_material import SHARED, needs_shared, records

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("measure", "zh", "en"),
    [
        ("previous_year:basic", "上年基本支出", "basic expenditure, year before"),
        ("change:other:本年预算>小计", "“本年预算·小计”增减", "“本年预算·小计”, change"),
        ("total", "合计", "total"),
    ],
)
def test_a_column_is_called_by_its_name_or_its_header(measure: str, zh: str, en: str) -> None:
    assert (measure_name(measure, "lines", "zh"), measure_name(measure, "lines", "en")) == (zh, en)


@pytest.mark.parametrize("table", measures())
def test_what_a_measure_is_called_in_a_sentence_is_no_identifier(table: str) -> None:
    names = [measure_name(measure, table, language) for measure in measures()[table] for language in ("zh", "en")]
    assert [name for name in names if re.search(r"[a-z]_[a-z]|`|:$", name)] == []


def pension(total: str) -> Corpus:
    """One row of a form whose parts are 185.34 and 33.40."""
    row = (
        "line",
        "2080505",
        "机关事业单位基本养老保险缴费支出",
        {"total": total, "basic": "185.34", "project": "33.40"},
    )
    return corpus(lines=lines("expenditure", [row]))


# --- rules as data


def test_every_rule_says_what_it_means_in_both_languages_and_has_a_test() -> None:
    for rule in rules():
        assert rule.test in TESTS, rule.name
        assert rule.severity in SEVERITIES, rule.name
        assert re.search(r"[\u4e00-\u9fff]", rule.zh), rule.name
        assert re.fullmatch(r"[A-Z][^\u4e00-\u9fff]*(〔2017〕)?.*[.?]", rule.en), rule.name


def test_only_a_message_about_what_differs_reads_like_a_finding() -> None:
    for record in check_records(pension("218.74")):
        said = {"pass": "Tested", "not_applicable": "Not tested", "insufficient_data": "Not tested"}
        assert record["message_en"].startswith(said.get(record["state"], "")), record["check"]
        assert record["message_zh"].startswith(("核对无误", "未核对")) == (record["state"] in said), record["check"]


def test_every_test_is_used() -> None:
    assert set(TESTS) == {rule.test for rule in rules()}


def expressions() -> list[tuple[str, str]]:
    """Every expression of every rule."""
    found = []
    for rule in rules():
        data = rule.data
        texts = [data[key] for key in ("published", "now", "change") if key in data]
        texts += [
            text
            for key in ("expected", "before", "whole")
            for text in data.get(key, ())
            if not isinstance(data[key], str)
        ]
        texts += re.split(r" <?= ", data["when"]) if "when" in data else []
        found += [(rule.name, text) for text in texts]
    return found


def test_a_rule_names_only_forms_and_measures_that_there_are() -> None:
    unknown = [
        (name, text)
        for name, text in expressions()
        for term in expression(text)
        if (term.sections is None and term.form not in forms())
        or not set(term.measures) <= set(measures()["lines" if term.sections is None else "statements"])
    ]
    assert unknown == []


def test_columns_that_add_up_are_measures_that_there_are() -> None:
    columns = {c for i in rules() if i.test == "parts" for part in i.data["parts"] for c in (i.data["whole"], *part)}
    assert columns <= set(measures()["lines"])


@pytest.mark.parametrize("text", ["revenue", "revenue.", "revenue[total", "§two.basic", "revenue.total * 2"])
def test_what_is_not_in_the_notation_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no term; write"):
        expression(text)


def test_the_example_in_contributing_is_a_rule() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n(\[\[rule\]\].*?)```", text, re.DOTALL)
    (entry,) = tomllib.loads(example)["rule"]
    assert entry["test"] in TESTS
    assert entry["severity"] in SEVERITIES
    terms = [term for text in (entry["published"], *entry["expected"]) for term in expression(text)]
    assert {term.form for term in terms} <= set(forms())


# --- rounding


@pytest.mark.parametrize(("total", "state"), [("218.74", "pass"), ("218.75", "pass"), ("218.73", "pass")])
def test_parts_that_are_rounded_each_for_itself_are_no_fault(total: str, state: str) -> None:
    assert states(pension(total), "kinds_add_up") == [state]


@pytest.mark.parametrize("total", ["218.77", "218.71", "281.74"])
def test_what_rounding_does_not_explain_fails_on_both_sides(total: str) -> None:
    (finding,) = failed(pension(total))["kinds_add_up"]
    assert finding["difference"] == (Decimal(total) - Decimal("218.74")) * 10_000
    assert finding["tolerance"] == Decimal(150)
    assert (finding["form"], finding["row"], finding["page"]) == ("expenditure", 1, 1)


def test_a_trailing_zero_that_is_not_printed_makes_nothing_coarser() -> None:
    rows = [
        ("total", None, "合计", {"total": "40.5"}),
        ("line", "2010301", "行政运行", {"total": "20.25"}),
        ("line", "2010302", "一般行政管理事务", {"total": "20.2"}),
    ]
    (finding,) = failed(corpus(lines=lines("expenditure", rows)))["leaves_add_up"]
    assert finding["tolerance"] == Decimal(150)


def test_a_stated_percentage_is_judged_by_the_digits_it_prints() -> None:
    figures = [
        stated(3, "expenditure_total", "300"),
        stated(3, "basic", "200"),
        stated(3, "basic_pct", "67", "percent"),
    ]
    assert states(corpus(statements=figures), "stated_basic_share") == ["pass"]
    figures[-1] = stated(3, "basic_pct", "67.00", "percent")
    assert states(corpus(statements=figures), "stated_basic_share") == ["fail"]


def test_a_decrease_is_compared_with_its_sign() -> None:
    figures = [
        stated(1, "expenditure_total", "90.00"),
        stated(1, "expenditure_change", "-10.00"),
        stated(1, "expenditure_change_pct", "-10.00", "percent"),
    ]
    assert states(corpus(statements=figures), "stated_changes") == ["pass"]
    wrong = [*figures[:2], stated(1, "expenditure_change_pct", "10.00", "percent")]
    assert states(corpus(statements=wrong), "stated_changes") == ["fail"]


# --- innocent differences


def test_units_that_are_not_organs_have_no_operating_cost() -> None:
    economic = lines("basic_by_economic", [("total", None, "合计", {"total": "100.00", "operating": "100.00"})])
    less = lines("operating_cost", [("total", None, "部门合计", {"total": "60.00"})])
    more = lines("operating_cost", [("total", None, "部门合计", {"total": "160.00"})])
    assert states(corpus(lines=economic + less), "operating_cost_is_operating") == ["pass"]
    assert states(corpus(lines=economic + more), "operating_cost_is_operating") == ["fail"]


def test_the_units_of_a_department_are_told_from_the_column_that_shows_them() -> None:
    def three_public(centre: str) -> Corpus:
        rows = [
            ("total", None, "合计", {"previous_year:total": "30.00", "total": "0.00"}),
            ("subtotal", None, "示例局", {"previous_year:total": "30.00", "total": "0.00"}),
            ("line", None, "示例局", {"previous_year:total": "0.00", "total": "0.00"}),
            ("line", None, "示例中心", {"previous_year:total": centre, "total": "0.00"}),
        ]
        return corpus(lines=lines("three_public", rows))

    assert set(states(three_public("30.00"), "units_add_up")) == {"pass"}
    assert "fail" in states(three_public("20.00"), "units_add_up")


def test_a_form_of_one_fund_is_not_held_against_a_form_of_all() -> None:
    def form(name: str, total: str) -> list[Any]:
        return lines(name, [("total", None, "合计", {"total": total, "basic": total})])

    found = failed(corpus(lines=form("expenditure", "120.00") + form("general_public_expenditure", "100.00")))
    assert found == {}


def test_a_revenue_form_may_count_the_carryover_in_or_out() -> None:
    def revenue(total: str) -> Corpus:
        amounts = {"total": total, "general_public_budget": "100.00", "carryover": "5.00"}
        return corpus(lines=lines("revenue", [("total", None, "合计", amounts)], side="revenue"))

    assert states(revenue("100.00"), "funds_add_up") == ["pass"]
    assert states(revenue("105.00"), "funds_add_up") == ["pass"]
    assert states(revenue("103.00"), "funds_add_up") == ["fail"]


def test_a_clipped_name_and_a_year_before_it_are_no_other_project() -> None:
    rows = [("line", None, name, {"total": "9.00"}) for name in ("2026年网络安全等级保护测评", "信息平台运行维护费")]
    tables = [
        {"document_id": ONE, "project": name, "annual_yuan": Decimal(90_000)}
        for name in ("网络安全等级保护", "信息平台运行维护")
    ]
    found = corpus(lines=lines("projects", rows), performance_projects=tables)
    assert states(found, "table_amount") == ["pass", "pass"]


# --- states


def test_what_a_document_does_not_print_does_not_apply_and_is_never_a_pass() -> None:
    assert set(states(pension("218.74"), "summary_balances")) == {"not_applicable"}


def test_what_may_stand_on_a_page_that_was_not_read_lacks_data() -> None:
    unread = [{"document_id": ONE, "page": 1, "kind": "other", "source": "none", "outcome": "unreadable"}]
    assert states(corpus(pages=unread), "summary_balances") == ["insufficient_data"]


def test_a_form_that_is_printed_empty_is_zero() -> None:
    empty = {"document_id": ONE, "page": 7, "kind": "form", "source": "text", "outcome": "declared_empty"}
    pages = [empty | {"form": "government_fund_expenditure"}]
    revenue = lines("government_fund_revenue", [("total", None, "合计", {"total": "20.00"})], side="revenue")
    assert states(corpus(lines=revenue, pages=pages), "government_funds_balance") == ["fail"]


def test_a_document_that_was_not_read_has_no_checks() -> None:
    assert check_records(corpus(documents=[document(outcome="malformed")])) == []


def test_a_check_changes_nothing(sample_tidy: Path) -> None:
    before = load(sample_tidy)
    copies = {table.name: getattr(before, table.name).copy(deep=True) for table in TABLES}
    check_records(before)
    for name, frame in copies.items():
        pd.testing.assert_frame_equal(getattr(before, name), frame)


def test_checks_are_written_with_the_other_tables(sample_tidy: Path) -> None:
    loaded = load(sample_tidy)
    assert set(loaded.checks.state) == {"pass", "fail", "not_applicable", "insufficient_data"}
    assert set(loaded.checks.document_id) == set(loaded.documents.document_id)


# --- one document against others


def unit_and_department(units_figure: str) -> Corpus:
    units = [document(ONE, entity="示例市示例中心", entity_kind="unit", department_id="u"), document(OTHER)]
    own = lines("operating_cost", [("total", None, "部门合计", {"total": units_figure})])
    rows = [("total", None, "部门合计", {"total": "50.00"}), ("line", None, "示例市示例中心", {"total": "20.00"})]
    return corpus(documents=units, lines=own + lines("operating_cost", rows, OTHER))


def test_a_unit_agrees_with_its_department() -> None:
    assert states(unit_and_department("20.00"), "unit_operating_cost_in_department")[0] == "pass"


def test_a_unit_that_disagrees_is_named_with_the_place_in_the_other_document() -> None:
    (finding,) = failed(unit_and_department("22.00"))["unit_operating_cost_in_department"]
    assert finding["places"] == f"operating_cost:1 {OTHER}/operating_cost:2"


@pytest.mark.parametrize(("change", "state"), [("10.00", "pass"), ("15.00", "fail")])
def test_the_year_before_is_what_was_disclosed_then(change: str, state: str) -> None:
    years = [document(ONE), document(OTHER, fiscal_year=2025)]
    figures = [stated(1, "expenditure_total", "110.00"), stated(1, "expenditure_change", change)]
    before = lines("budget_summary", [("total", None, "支出总计", {"total": "100.00"})], OTHER)
    found = corpus(documents=years, statements=figures, lines=before)
    assert states(found, "expenditure_year_before")[0] == state


def test_prose_and_tables_of_one_department_in_two_files_are_held_against_one_another() -> None:
    both = [document(ONE), document(OTHER)]
    table = lines("general_public_expenditure", [("total", None, "合计", {"total": "100.00"})], OTHER)
    found = failed(corpus(documents=both, statements=[stated(5, "general_public_budget", "101.00")], lines=table))
    assert [finding["document_id"] for finding in found["stated_general_public_budget"]] == [ONE]


def test_files_of_one_department_whose_totals_are_others_are_no_disclosure_together() -> None:
    both = [document(ONE), document(OTHER)]
    table = lines("budget_summary", [("total", None, "支出总计", {"total": "900.00"})], OTHER)
    table += lines("general_public_expenditure", [("total", None, "合计", {"total": "900.00"})], OTHER)
    figures = [stated(1, "expenditure_total", "100.00"), stated(5, "general_public_budget", "100.00")]
    assert "stated_general_public_budget" not in failed(corpus(documents=both, statements=figures, lines=table))


# --- purchased services


def declaration(**about: Any) -> dict[str, Any]:
    return {"document_id": ONE, "kind": "items", "sentence": "申报", "page": 9, **about}


def item(code: str, name: str, section: str = "行政审批") -> dict[str, Any]:
    return {
        "document_id": ONE,
        "edition": "示财综〔2025〕6号",
        "section": section,
        "code": code,
        "level": 4,
        "name": name,
    }


@pytest.mark.parametrize(
    ("project", "asked"),
    [
        ("办公设备购置", True),
        ("办公楼扩建工程", True),
        ("建设工程消防设计审查验收及备案抽查技术服务项目", False),
        ("政务大厅物业管理服务费", False),
    ],
)
def test_goods_and_construction_are_asked_about_and_services_around_them_are_not(project: str, asked: bool) -> None:
    found = failed(corpus(catalogue_declarations=[declaration(project=project)]))
    assert ("service_is_service" in found) == asked


def test_a_declared_project_that_is_not_in_the_budget_is_asked_about() -> None:
    projects = lines("projects", [("line", None, "J法律顾问服务费", {"total": "8.00"})])
    here, elsewhere = declaration(project="J法律顾问服务费"), declaration(project="Z无人机巡查服务费")
    found = failed(corpus(lines=projects, catalogue_declarations=[here, elsewhere]))
    assert ["Z无人机巡查服务费" in finding["message_zh"] for finding in found["service_in_budget"]] == [True]


@pytest.mark.parametrize(
    ("code", "name", "state"),
    [
        ("A160501", "政务服务事项梳理", "pass"),
        ("A160501", "另一事项", "fail"),
        ("A160599", "没有的事项", "fail"),
        ("B990101", "节选之外的事项", "insufficient_data"),
    ],
)
def test_a_declared_code_is_looked_up_in_the_edition_cited_whatever_its_brackets(
    code: str, name: str, state: str
) -> None:
    declared = declaration(code=code, name=name, citation="示财综【2025】6号")
    found = corpus(catalogue=[item("A160501", "政务服务事项梳理")], catalogue_declarations=[declared])
    assert states(found, "service_in_catalogue") == [state]


@pytest.mark.parametrize(("section", "asked"), [("行政审批", True), ("人民政府办公厅（室）", False), ("统计", True)])
def test_a_service_from_another_departments_section_of_the_catalogue_is_asked_about(section: str, asked: bool) -> None:
    listed = [item("A1604", "热线服务"), item("A0101", "会务服务", "人民政府办公厅（室）")]
    found = corpus(
        documents=[document(ONE, entity="示例市人民政府办公室[部门]")],
        catalogue=listed,
        catalogue_declarations=[declaration(project="热线外包", name="热线服务", section=section)],
    )
    assert ("service_in_own_section" in failed(found)) == asked


def test_the_four_questions_are_questions() -> None:
    for name in ("service_in_budget", "service_is_service", "service_in_catalogue", "services_total_disclosed"):
        (rule,) = (rule for rule in rules() if rule.name == name)
        assert (rule.severity, rule.zh[-1], rule.en[-1]) == ("note", "？", "?")


def test_one_code_with_two_names_in_one_section_is_asked_about() -> None:
    twice = [item("A1604", "规划服务"), item("A1604", "考试服务"), item("A1604", "规划服务", "统计")]
    (finding,) = failed(corpus(catalogue=twice))["catalogue_codes_unique"]
    assert "规划服务、考试服务" in finding["message_zh"]


# --- whole disclosures


FAULTS = {
    "000_13dce018f2234864": {
        "stated_performance_kinds": 1,
        "tables_disclosed": 1,
        "tables_disclosed_amount": 1,
        "project_has_table": 5,
    },
    "002_f677152ddfc31562": {},
    "003_beaac8d7b742075a": {"stated_disclosed_share": 1, "services_total_disclosed": 1},
    "004_deaa44338587c890": {
        "basic_by_economic_item": 1,
        "operating_cost_is_operating": 1,
        "stated_basic_of_general_public_budget": 1,
        "tables_disclosed": 1,
        "tables_disclosed_amount": 1,
        "service_in_own_section": 1,
        "services_total_disclosed": 1,
        "catalogue_codes_unique": 5,
    },
}
"""What a reader finds in the four documents, by name of the identity and how often: no more, no less."""


@needs_shared
@pytest.mark.parametrize("name", FAULTS)
def test_what_is_wrong_in_a_published_document_is_found_and_nothing_else(name: str) -> None:
    read = corpus_of(records(SHARED / f"seeds/{name}.txt"))
    assert {check: len(findings) for check, findings in failed(read).items()} == FAULTS[name]


@needs_shared
def test_a_department_and_one_of_its_units_agree_project_by_project() -> None:
    found = [records(SHARED / f"seeds/{name}.txt") for name in ("000_13dce018f2234864", "002_f677152ddfc31562")]
    both = corpus_of({table.name: [row for one in found for row in one.get(table.name, [])] for table in TABLES})
    assert states(both, "unit_project_in_department").count("pass") == 12


# --- on the terminal


def run(*arguments: str, columns: int = 80) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["check", *arguments], env={"COLUMNS": str(columns)})
    return result.exit_code, result.output


def width(line: str) -> int:
    return sum(2 if "\u2e80" <= character <= "\uffef" else 1 for character in line)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_listing_fits_a_terminal_of_80_columns(sample_tidy: Path, language: str) -> None:
    code, output = run("--tidy", str(sample_tidy), "--lang", language)
    assert code == 0
    assert max(map(width, output.splitlines())) <= 80


def test_the_worst_document_comes_first_and_its_errors_before_all_else(sample_tidy: Path) -> None:
    _, output = run("--tidy", str(sample_tidy))
    head, first, *_ = output.splitlines()
    assert head.startswith("晋城市行政审批服务管理局-2026.pdf: ")
    assert first == "error    stated_disclosed_share, page 19"


def test_strict_exits_1_only_where_an_error_fails(sample_tidy: Path, tmp_path: Path) -> None:
    assert run("--tidy", str(sample_tidy), "--strict")[0] == 1
    sound = load(sample_tidy).select(department="示例市示例局")
    _write(sound, tmp_path)
    assert run("--tidy", str(tmp_path), "--strict")[0] == 0


def _write(corpus: Corpus, folder: Path) -> None:
    from budgetlib.tables.store import write_table

    for table in TABLES:
        write_table(getattr(corpus, table.name), table, folder)


def test_without_tables_the_next_step_is_said(tmp_path: Path) -> None:
    code, output = run("--tidy", str(tmp_path / "nothing"))
    assert code == 2
    assert "budgetlib parse" in output


def test_control_characters_of_a_document_do_not_reach_the_terminal() -> None:
    assert list(wrapped("公用经费\x1b[31m 27.86\x07", 40)) == ["公用经费[31m 27.86"]


def test_a_correction_that_was_refused_is_listed(sample_tidy: Path, tmp_path: Path) -> None:
    refused = {"document_id": None, "outcome": "refused", "message": "corrections.csv: 别.pdf: there is no such file"}
    table = next(table for table in TABLES if table.name == "corrections")
    _write(replace(load(sample_tidy), corrections=table.frame([refused])), tmp_path)
    assert "refused: corrections.csv: 别.pdf" in run("--tidy", str(tmp_path))[1]
