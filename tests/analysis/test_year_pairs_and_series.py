"""Years compared: names that may be one thing, constant prices, and lines that break where years are not alike."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

from budgetlib.analysis.change import published_functions, spending_change
from budgetlib.analysis.constant_prices import constant_prices
from budgetlib.analysis.series import series, series_breaks
from budgetlib.analysis.similar_names import LIKE, similar_names
from budgetlib.commands.cli import main
from budgetlib.core.errors import BadParameter
from budgetlib.pages.sources import find_sources
from budgetlib.tables.corpus import Corpus, load
from budgetlib.tables.deflator import load_deflator
from budgetlib.tables.schemas import TABLES
from budgetlib.tables.store import write_table
from tests import invented
from tests.invented import CENTRE, ENTITY, yuan
from tests.shared_material import files, needs_shared, records

NOW, BEFORE = f"{2026:016d}", f"{2025:016d}"


def projects(before: dict[str, str], now: dict[str, str]) -> pd.DataFrame:
    """Computed rows like those of `spending_change`: projects of one unit, in 万元."""
    found = []
    for name in dict.fromkeys([*now, *before]):
        old, new = (yuan(year[name]) if name in year else None for year in (before, now))
        status = "new" if old is None else "dropped" if new is None else "kept"
        change = (new or Decimal(0)) - (old or Decimal(0))
        amounts = {"previous_yuan": old, "current_yuan": new, "change_yuan": change}
        about = {"basis": "computed", "dimension": "project", "form": "projects", "unit": ENTITY, "code": None}
        place = {"document_id": NOW, "page": 1, "previous_item": None}
        found.append({**about, **amounts, **place, "item": name, "status": status})
    return pd.DataFrame(found, dtype=object)


def pairs(before: dict[str, str], now: dict[str, str]) -> list[tuple[str, str, str]]:
    found = similar_names(projects(before, now))
    return [(row.relation, row.previous_item, row.item) for row in found.itertuples()]


def test_a_project_under_a_similar_name_is_shown_with_both_names_and_not_merged() -> None:
    before, now = {"J信息系统运维费": "50", "绿化": "5"}, {"Z信息化系统运行维护费": "60", "绿化": "5"}
    assert pairs(before, now) == [("renamed", "J信息系统运维费", "Z信息化系统运行维护费")]
    assert set(projects(before, now).status) == {"dropped", "new", "kept"}


def test_a_year_in_a_name_makes_no_other_name() -> None:
    found = similar_names(projects({"2025年度会议服务": "5"}, {"2026年度会议服务": "6"}))
    assert list(found.score) == [1.0]


def test_one_project_that_became_two_is_left_open() -> None:
    now = {"政务平台运维（软件）": "30", "政务平台运维（硬件）": "20"}
    assert pairs({"政务平台运维": "50"}, now) == [("split", "政务平台运维", name) for name in now]
    assert pairs(now, {"政务平台运维": "50"}) == [("merged", name, "政务平台运维") for name in now]


def test_a_part_may_have_been_taken_from_a_project_that_was_kept_but_only_from_a_smaller_one() -> None:
    part = {"政务平台运维（软件）": "20"}
    assert pairs({"政务平台运维": "50"}, {"政务平台运维": "30"} | part) == [("split", "政务平台运维", *part)]
    assert pairs({"政务平台运维": "50"}, {"政务平台运维": "80"} | part) == []


def test_names_that_are_not_alike_and_names_of_other_units_are_not_shown(corpus: Corpus) -> None:
    assert pairs({"大厅维修改造工程": "50"}, {"信息化运维": "50"}) == []
    elsewhere = projects({"政务平台运维": "50"}, {"政务平台运维费": "50"})
    elsewhere["unit"] = [ENTITY, CENTRE]
    assert similar_names(elsewhere).empty
    assert LIKE < 100


def test_one_name_under_another_code_and_one_code_under_another_name_are_said(corpus: Corpus) -> None:
    lines = corpus.lines.copy()
    old = (lines.document_id == BEFORE) & (lines.form == "expenditure")
    lines.loc[old & (lines.code == "2010302"), "item"] = "旧名"
    lines.loc[old & (lines.code == "2080505"), "code"] = "2080599"
    change = spending_change(replace(corpus, lines=lines), ENTITY, 2026)
    found = similar_names(change).set_index("relation")
    assert tuple(found.loc["retitled", ["previous_item", "item"]]) == ("旧名", "一般行政管理事务")
    assert tuple(found.loc["recoded", ["code", "previous_yuan", "current_yuan"]]) == (
        "2080505",
        yuan("70.00"),
        yuan("75.01"),
    )


def index(*values: tuple[int, str]) -> pd.DataFrame:
    return pd.DataFrame([(year, Decimal(value)) for year, value in values], columns=["year", "index"], dtype=object)


def test_constant_prices_stand_beside_the_nominal_change_exactly(corpus: Corpus) -> None:
    real = constant_prices(spending_change(corpus, ENTITY, 2026), index((2025, "100"), (2026, "103")))
    total = real.set_index("measure").loc["expenditure"]
    assert total[["previous_yuan", "previous_real_yuan"]].to_list() == [yuan("600.00"), yuan("618.00")]
    assert total[["real_change_yuan", "real_change_pct"]].to_list() == [yuan("47.75"), Decimal("7.73")]
    assert total[["change_yuan", "change_pct", "price_change_pct"]].to_list() == [
        yuan("65.75"),
        Decimal("10.96"),
        Decimal("3.00"),
    ]
    assert (total.price_year, total.missing_years) == (2026, None)


def test_a_real_amount_is_rounded_to_the_fen_once(corpus: Corpus) -> None:
    real = constant_prices(spending_change(corpus, ENTITY, 2026), index((2025, "3"), (2026, "1")))
    total = real.set_index("measure").loc["operating_cost"]
    assert total.previous_real_yuan == Decimal("200000.00")
    third = constant_prices(spending_change(corpus, ENTITY, 2026), index((2025, "9"), (2026, "1")))
    assert third.set_index("measure").loc["three_public"].previous_real_yuan == Decimal("5555.56")


def test_a_year_that_the_index_lacks_is_named_and_nothing_is_computed(corpus: Corpus) -> None:
    real = constant_prices(spending_change(corpus, ENTITY, 2026), index((2026, "103")))
    assert set(real.missing_years) == {"2025"}
    assert real.previous_real_yuan.isna().all()


def test_without_an_index_both_years_are_missing_and_without_the_year_before_there_is_nothing(corpus: Corpus) -> None:
    assert set(constant_prices(spending_change(corpus, ENTITY, 2026), index()).missing_years) == {"2025, 2026"}
    assert constant_prices(spending_change(corpus, ENTITY, 2025), index((2025, "1"))).empty


def test_a_price_index_is_read_as_exact_numbers(tmp_path: Path) -> None:
    file = tmp_path / "deflator.csv"
    file.write_text("\ufeffyear,index\n2026,104.50\n\n2025,102\n", encoding="utf-8")
    read = load_deflator(file)
    assert read.to_numpy().tolist() == [[2025, Decimal("102")], [2026, Decimal("104.50")]]
    assert load_deflator(tmp_path / "none.csv").empty


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("jahr,index\n2025,1\n", "needs year, index"),
        ("year,index\n25,100\n", "line 2: year is '25'"),
        ("year,index\n2025,0\n", "line 2: index is '0'"),
        ("year,index\n2025,NaN\n", "line 2: index is 'NaN'"),
        ("year,index\n2025,一百\n", "line 2: index is '一百'"),
        ("year,index\n2025,100,3\n", "line 2 has 3 values"),
        ("year,index\n2025,100\n2025,101\n", "line 3: year 2025 stands twice"),
        ("", "needs year, index"),
    ],
)
def test_a_price_index_that_cannot_be_meant_is_refused_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "deflator.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadParameter, match=said):
        load_deflator(file)


def test_a_price_index_in_another_encoding_is_refused_in_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "deflator.csv"
    file.write_bytes("year,index\n2025,100 年\n".encode("utf-16"))
    with pytest.raises(BadParameter, match="not text in UTF-8"):
        load_deflator(file)


def test_a_report_with_a_bad_price_index_is_not_begun(corpus: Corpus, tmp_path: Path) -> None:
    invented.write(tmp_path / "tidy")
    (tmp_path / "bad.csv").write_text("year,index\n2025,-1\n", encoding="utf-8")
    arguments = ["report", "--tidy", tmp_path / "tidy", "--out", tmp_path / "out", "--deflator", tmp_path / "bad.csv"]
    result = CliRunner().invoke(main, [str(one) for one in arguments])
    assert result.exit_code == 2
    assert "line 2: index is '-1'" in result.output
    assert not (tmp_path / "out").exists()


def test_a_function_is_the_same_by_its_last_name_else_by_its_amount_where_one_row_has_it(corpus: Corpus) -> None:
    change = spending_change(corpus, ENTITY, 2026)
    shared = {"basis": "published", "dimension": "function", "measure": "expenditure", "document_id": NOW}
    told = [
        {"item": "政府办公厅（款）行政运行（项）", "current_yuan": yuan("1"), "change_yuan": yuan("15.50")},
        {"item": "养老缴费", "current_yuan": yuan("75.01"), "change_yuan": yuan("5.00")},
        {"item": "住房公积金", "current_yuan": yuan("9"), "change_yuan": yuan("1")},
    ]
    stated = pd.concat([change, pd.DataFrame([shared | one for one in told], dtype=object)], ignore_index=True)
    found = published_functions(stated.where(stated.notna(), None))
    assert list(zip(found.code, found.difference_yuan, strict=True)) == [
        ("2010301", Decimal(0)),
        ("2080505", yuan("0.01")),
        (None, None),
    ]


def test_files_that_a_researcher_puts_beside_the_disclosures_are_no_documents(tmp_path: Path) -> None:
    for name in ("deflator.csv", "corrections.csv", "catalogue_matches.csv", "a.txt"):
        (tmp_path / name).write_text("year,index\n2025,100\n", encoding="utf-8")
    assert [source.name for source in find_sources([tmp_path])] == ["a.txt"]


def test_a_series_has_every_figure_that_a_year_prints_with_its_change(corpus: Corpus) -> None:
    years = series(corpus, ENTITY)
    totals = years[years.measure == "budget_total"]
    assert list(zip(totals.fiscal_year, totals.amount_yuan, totals.change_yuan, strict=True)) == [
        (2025, yuan("600.00"), None),
        (2026, yuan("665.75"), yuan("65.75")),
    ]
    social = years[(years.measure == "function") & (years.code == "208")]
    assert list(social.change_pct) == [None, Decimal("7.16")]
    assert list(years[years.measure == "procurement"].fiscal_year) == [2026]
    assert set(years.breaks) == {None}
    assert series_breaks(corpus, ENTITY).empty


def kinds(corpus: Corpus) -> list[tuple[str, str | None]]:
    found = series_breaks(corpus, ENTITY)
    return list(zip(found.kind, found.measure, strict=True))


def broken(corpus: Corpus) -> set[str]:
    years = series(corpus, ENTITY)
    return set(years[years.breaks.notna()].measure)


def test_another_name_breaks_every_line(corpus: Corpus) -> None:
    documents = corpus.documents.copy()
    documents.loc[documents.document_id == BEFORE, "entity"] = "示例市旧局"
    changed = replace(corpus, documents=documents)
    assert kinds(changed) == [("name", None)]
    assert broken(changed) >= {"budget_total", "function", "three_public"}
    total = series(changed, ENTITY).query("measure == 'budget_total'")
    assert list(total.change_yuan) == [None, None]


def test_blanks_in_a_name_make_no_other_name(corpus: Corpus) -> None:
    documents = corpus.documents.copy()
    documents.loc[documents.document_id == BEFORE, "entity"] = f" {ENTITY[:3]} {ENTITY[3:]}"
    assert kinds(replace(corpus, documents=documents)) == []


def test_a_department_in_one_year_and_its_unit_alone_in_the_other_are_not_one_line(corpus: Corpus) -> None:
    documents = corpus.documents.copy()
    documents.loc[documents.document_id == BEFORE, "entity_kind"] = "unit"
    assert kinds(replace(corpus, documents=documents)) == [("units", None)]


def test_a_year_that_is_missing_breaks_every_line(tmp_path: Path) -> None:
    before = invented.tables(2025)
    before["documents"] = before["documents"].assign(fiscal_year=2023)
    invented.write_tables(tmp_path, [before, invented.tables(2026)])
    held = load(tmp_path)
    (gap,) = series_breaks(held, ENTITY).to_dict("records")
    assert (gap["kind"], gap["previous"], gap["current"]) == ("gap", "2023", "2026")
    assert "budget_total" in broken(held)


def test_a_figure_that_a_year_between_does_not_print_has_no_line_over_that_year(tmp_path: Path) -> None:
    first, last = invented.tables(2025), invented.tables(2026)
    middle = {name: frame.assign(document_id="1" * 16) for name, frame in invented.tables(2025).items()}
    for tables, year in ((first, 2024), (middle, 2025)):
        tables["documents"] = tables["documents"].assign(fiscal_year=year)
    middle["lines"] = middle["lines"][middle["lines"].form != "three_public"]
    invented.write_tables(tmp_path, [first, middle, last])
    years = series(load(tmp_path), ENTITY)
    public = years[years.measure == "three_public"]
    assert list(zip(public.fiscal_year, public.breaks, public.change_yuan, strict=True)) == [
        (2024, None, None),
        (2026, "gap", None),
    ]
    assert list(years[years.measure == "budget_total"].change_yuan) == [None, Decimal(0), yuan("65.75")]


def test_a_class_is_not_taken_for_an_item_of_its_name(corpus: Corpus) -> None:
    lines = corpus.lines.copy()
    before = (lines.document_id == BEFORE) & (lines.form == "expenditure")
    lines.loc[before & (lines.code == "2080505"), "item"] = "社会保障和就业支出"
    lines.loc[(lines.document_id == NOW) & (lines.code == "2080505"), "item"] = "社会保障和就业支出"
    changed = replace(corpus, lines=lines[~(before & (lines.code == "208"))])
    assert kinds(changed) == []


def test_a_function_under_another_name_or_code_breaks_its_own_line_only(corpus: Corpus) -> None:
    lines = corpus.lines.copy()
    old = (lines.document_id == BEFORE) & (lines.form == "expenditure")
    lines.loc[old & (lines.code == "208"), "item"] = "社会保障支出"
    changed = replace(corpus, lines=lines)
    (cut,) = series_breaks(changed, ENTITY).to_dict("records")
    assert (cut["kind"], cut["code"]) == ("classification", "208")
    assert (cut["previous"], cut["current"]) == ("208 社会保障支出", "208 社会保障和就业支出")
    years = series(changed, ENTITY)
    assert list(years[years.breaks.notna()].code) == ["208"]


def test_functions_of_another_form_are_another_line(corpus: Corpus) -> None:
    lines = corpus.lines
    dropped = (lines.document_id == BEFORE) & (lines.form == "expenditure")
    changed = replace(corpus, lines=lines[~dropped])
    assert kinds(changed) == [("form", "function")]
    assert broken(changed) == {"function"}


def statements(corpus: Corpus, **where: Any) -> pd.Series:
    rows = corpus.statements
    return rows.measure.isin(where["measures"]) & (rows.section == where["section"])


@pytest.mark.parametrize(
    ("reason", "breaks"),
    [
        ("两个年度统计口径形成的差异", True),
        ("口径调整", True),
        ("本年统计口径与上年不一致，故上下年数据无可比性", True),
        ("部分项目资金来源口径发生变化", True),
        ("列支口径与上年不同", True),
        ("缴费口径有所调整", True),
        ("与上年同口径相比，差旅增加", False),
        ("差旅增加", False),
    ],
)
def test_a_figure_that_is_said_to_be_counted_otherwise_breaks_its_line(
    corpus: Corpus, reason: str, breaks: bool
) -> None:
    rows = corpus.statements.copy()
    rows.loc[rows.measure.isin(["operating_cost_change", "operating_cost_change_pct"]), "reason"] = reason
    changed = replace(corpus, statements=rows)
    assert kinds(changed) == ([("redefined", "operating_cost")] if breaks else [])
    assert broken(changed) == ({"operating_cost"} if breaks else set())


def test_a_year_before_that_differs_from_its_own_document_breaks_the_line_but_a_misprint_does_not(
    corpus: Corpus,
) -> None:
    for change, expected in (("65.45", []), ("165.75", [("base", "budget_total")])):
        rows = corpus.statements.copy()
        rows.loc[rows.measure == "expenditure_change", "value"] = yuan(change)
        assert kinds(replace(corpus, statements=rows)) == expected
        executed = rows.assign(base=rows.measure.map({"expenditure_change": "execution"}))
        assert kinds(replace(corpus, statements=executed.where(executed.notna(), None))) == []


@pytest.fixture(scope="module")
def procuratorate(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    folder = tmp_path_factory.mktemp("procuratorate")
    read = [records(path) for path in files("real/江苏-省检察院-201*.pdf")]
    for table in TABLES:
        write_table(table.frame(row for one in read for row in one.get(table.name, [])), table, folder)
    return load(folder)


PROCURATORATE = "江苏省人民检察院"


@needs_shared
def test_three_years_of_a_real_department_make_a_series_that_breaks_where_its_documents_say_so(
    procuratorate: Corpus,
) -> None:
    years = series(procuratorate, PROCURATORATE)
    printed = {measure: list(rows.amount_yuan) for measure, rows in years.groupby("measure")}
    assert printed["budget_total"] == [yuan("17996.68"), yuan("21955.35"), yuan("24169.74")]
    assert printed["three_public"] == [yuan("584.35"), yuan("484.3"), yuan("418.26")]
    assert printed["operating_cost"] == [yuan("6032.55"), yuan("2722.57"), yuan("2391.92")]
    cut = years[years.breaks.notna()]
    assert list(zip(cut.measure, cut.fiscal_year, cut.breaks, strict=True)) == [("operating_cost", 2018, "redefined")]


@needs_shared
def test_what_a_real_document_says_of_functions_stands_beside_its_forms_and_misprints_show(
    procuratorate: Corpus,
) -> None:
    told = published_functions(spending_change(procuratorate, PROCURATORATE, 2018)).set_index("code")
    assert set(told.index) == {"2040401", "2040402", "2040405", "2080504", "2080505", "2080506"}
    assert tuple(told.loc["2040402", ["published_pct", "computed_pct"]]) == (Decimal("0.0600"), Decimal("0.5982"))
    same = told.drop("2040405")
    assert set(same.difference_yuan) == {Decimal(0)}
    assert told.loc["2040405"].difference_yuan == yuan("1879.00")


@needs_shared
@pytest.mark.parametrize(("year", "functions"), [(2018, 12), (2019, 12)])
def test_functions_of_a_real_department_are_compared_on_the_form_that_itemises_them(
    procuratorate: Corpus, year: int, functions: int
) -> None:
    change = spending_change(procuratorate, PROCURATORATE, year)
    rows = change[(change.basis == "computed") & (change.dimension == "function")]
    assert len(rows) == functions
    total = change[(change.basis == "computed") & (change.measure == "expenditure") & (change.dimension == "total")]
    assert sum(rows.change_yuan, Decimal(0)) == total.change_yuan.iloc[0]
    assert sum(rows.contribution_pp, Decimal(0)) == total.change_pct.iloc[0]
