"""Every figure of a result frame leads to the ink that says it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pypdfium2
import pytest

import budgetlib as bl
from budgetlib.core.money import parse_number
from budgetlib.core.text import squeeze
from budgetlib.report.provenance import MOST, Provenance, SourceSpan
from budgetlib.tables.corpus import Corpus, load

RAW = Path(__file__).resolve().parents[2] / "data/raw"
EXAMPLE, OFFICE = "示例市示例局", "大同市人民政府办公室[部门]"
AMOUNTS = ("value", "total_yuan", "basic_yuan", "project_yuan", "amount_yuan", "previous_yuan", "current_yuan")


@pytest.fixture(scope="module")
def corpus(sample_tidy: Path) -> Corpus:
    return load(sample_tidy)


@pytest.fixture(scope="module")
def provenance(corpus: Corpus) -> Provenance:
    return Provenance(corpus)


def frames(corpus: Corpus, department: str, year: int) -> dict[str, pd.DataFrame]:
    budget = corpus.select(department=department, year=year, kind="budget")
    change = bl.spending_change(corpus, department, year)
    applying = bl.guidance(corpus, budget)
    return {
        "figures": bl.key_figures(budget),
        "kinds": bl.spending_by_kind(budget),
        "functions": bl.spending_by_function(budget),
        "items": bl.spending_by_function(budget, level="item"),
        "change": change,
        "compared": bl.published_and_computed(change),
        "procurement": bl.procurement_mix(budget),
        "services": bl.catalogue_coverage(corpus, budget, applying, bl.load_matches(Path("none.csv"))),
    }


def figures(frame: pd.DataFrame) -> Iterator[tuple[dict[Any, Any], str]]:
    """Every figure of a frame that a report shows as one: its row and column."""
    columns = [name for name in frame.columns if name.endswith(("_yuan", "_pct", "_pp")) or name == "value"]
    for row in frame.to_dict("records"):
        yield from ((row, column) for column in columns if not pd.isna(row[column]))


@pytest.mark.parametrize(("department", "year"), [(EXAMPLE, 2026), (EXAMPLE, 2025), (OFFICE, 2024)])
def test_no_figure_of_a_report_is_without_a_place(
    corpus: Corpus, provenance: Provenance, department: str, year: int
) -> None:
    for name, frame in frames(corpus, department, year).items():
        without = [(name, row.get("item"), column) for row, column in figures(frame) if not provenance.of(row, column)]
        assert without == []


def ink(span: SourceSpan, files: dict[str, Path]) -> str:
    """What the file prints inside the box of a place."""
    assert span.page is not None
    assert span.box is not None
    with pypdfium2.PdfDocument(files[span.document_id]) as document:
        page = document[span.page - 1]
        height, box = page.get_height(), span.box
        edges = (box.x0 - 1, height - box.bottom - 1, box.x1 + 1, height - box.top + 1)
        return squeeze(page.get_textpage().get_text_bounded(*edges))


@pytest.mark.parametrize(("department", "year"), [(EXAMPLE, 2026), (OFFICE, 2024)])
def test_an_amount_leads_to_the_very_ink_that_says_it(
    corpus: Corpus, provenance: Provenance, department: str, year: int
) -> None:
    files = {row.document_id: RAW / row.path for row in corpus.documents.itertuples()}
    seen = 0
    for frame in frames(corpus, department, year).values():
        for row, column in figures(frame):
            boxed = [span for span in provenance.of(row, column) if span.box]
            itemised = row.get("form") or row.get("project")
            if column in AMOUNTS and itemised and len(boxed) == 1 and row.get("value_unit", "yuan") == "yuan":
                printed = parse_number(ink(boxed[0], files))
                assert printed is not None
                assert printed * 10_000 == row[column], (row, column, printed)
                seen += 1
    assert seen > 40


def test_of_two_rows_with_the_same_amount_each_leads_to_its_own(corpus: Corpus, provenance: Provenance) -> None:
    budget = corpus.select(department=EXAMPLE, year=2026)
    (of_class,) = [r for r in bl.spending_by_function(budget).to_dict("records") if r["code"] == "207"]
    (of_item,) = [
        r for r in bl.spending_by_function(budget, level="item").to_dict("records") if r["code"].startswith("207")
    ]
    assert of_class["total_yuan"] == of_item["total_yuan"]
    places = [provenance.of(row, "total_yuan")[0] for row in (of_class, of_item)]
    assert [place.text for place in places] == [
        "文化旅游体育与传媒支出 12.60 万元",
        "文化和旅游交流与合作 12.60 万元",
    ]


def test_a_computed_change_leads_to_both_years(corpus: Corpus, provenance: Provenance) -> None:
    change = bl.spending_change(corpus, EXAMPLE, 2026)
    (row,) = change[(change.basis == "computed") & (change.code == "2010301")].to_dict("records")
    for column in ("change_yuan", "change_pct", "contribution_pp"):
        now, before = provenance.of(row, column)
        years = corpus.documents.set_index("document_id").fiscal_year
        assert (years[now.document_id], years[before.document_id]) == (2026, 2025)
        assert (now.text, before.text) == ("行政运行 722.63 万元", "行政运行 677.10 万元")


def test_what_was_dropped_leads_to_the_year_before(corpus: Corpus, provenance: Provenance) -> None:
    change = bl.spending_change(corpus, EXAMPLE, 2026)
    (row, *_) = change[change.status == "dropped"].to_dict("records")
    years = corpus.documents.set_index("document_id").fiscal_year
    assert [years[span.document_id] for span in provenance.of(row, "change_yuan")] == [2025]


def test_a_published_change_leads_to_its_sentence_and_the_number_in_it(corpus: Corpus, provenance: Provenance) -> None:
    change = bl.spending_change(corpus, EXAMPLE, 2026)
    (row,) = change[(change.basis == "published") & (change.measure == "expenditure")].to_dict("records")
    (span,) = provenance.of(row, "change_yuan")
    assert (span.form, span.section, span.page) == (None, 1, 18)
    assert str(span.number).endswith("111.57")
    assert "比上年增加111.57万元" in span.text


def test_a_sum_that_no_form_prints_leads_to_its_lines(corpus: Corpus, provenance: Provenance) -> None:
    change = bl.spending_change(corpus, EXAMPLE, 2026)
    economic = change[(change.basis == "computed") & (change.dimension == "economic")]
    (row,) = economic[economic["item"] == "机关事业单位基本养老保险缴费"].to_dict("records")
    found = provenance.of(row, "current_yuan")
    assert 1 < len(found) <= MOST
    assert sum(Decimal(span.text.split()[1]) for span in found) * 10_000 == row["current_yuan"]


def test_a_share_in_a_comparison_leads_to_what_it_is_a_share_of_the_whole_with(
    corpus: Corpus, provenance: Provenance
) -> None:
    rows = bl.compare(corpus, bl.load_matches(Path("none.csv"))).to_dict("records")
    (row,) = [one for one in rows if (one["entity"], one["fiscal_year"]) == (EXAMPLE, 2026)]
    assert [span.text for span in provenance.of(row, "project_pct")] == ["合计 556.57 万元"]
    assert [span.section for span in provenance.of(row, "services_pct")] == [9]


def test_a_row_without_places_leads_nowhere(provenance: Provenance) -> None:
    assert provenance.of({"amount_yuan": Decimal(1), "document_id": None}, "amount_yuan") == ()
    assert provenance.of({"amount_yuan": Decimal(1), "document_id": None, "places": None}, "amount_yuan") == ()


def test_a_row_of_a_table_is_a_place_itself(corpus: Corpus, provenance: Provenance) -> None:
    budget = corpus.select(department=EXAMPLE, year=2026)
    (line,) = [row for row in budget.form("revenue").to_dict("records") if row["measure"] == "unit_funds"][:1]
    assert [span.text for span in provenance.of(line)] == [f"{line['item']} {line['published_text']} 万元"]
    statement = budget.section(9).to_dict("records")[0]
    assert [span.text for span in provenance.of(statement)] == [statement["sentence"]]


def test_what_a_unit_spends_on_projects_leads_to_the_row_that_prints_the_sum(
    corpus: Corpus, provenance: Provenance
) -> None:
    change = bl.spending_change(corpus, EXAMPLE, 2026)
    (row,) = change[(change.dimension == "unit") & (change["item"] == EXAMPLE)].to_dict("records")
    assert [span.text for span in provenance.of(row, "current_yuan")] == [f"{EXAMPLE} 232.75 万元"]


def test_the_share_that_a_disclosure_states_leads_to_its_sentence_and_not_to_the_total(
    corpus: Corpus, provenance: Provenance
) -> None:
    rows = bl.compare(corpus, bl.load_matches(Path("none.csv"))).to_dict("records")
    (row,) = [one for one in rows if (one["entity"], one["fiscal_year"]) == (EXAMPLE, 2026)]
    (span,) = provenance.of(row, "published_pct")
    assert str(span.number).endswith("7.22")


def test_pages_that_one_file_cannot_hold_are_quoted(
    corpus: Corpus, sample_tidy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    show = bl.Display(corpus.select(department=EXAMPLE, year=2026), "en", corpus=corpus)
    show.cards(bl.key_figures(show.budget), bl.spending_by_kind(show.budget))
    complete = show.pages(str(sample_tidy)).markup
    assert "More pages are cited" not in complete
    assert complete.count("data:image/png") > 4
    monkeypatch.setattr("budgetlib.report.cited_pages.MOST_BYTES", 100_000)
    cut = show.pages(str(sample_tidy)).markup
    assert "More pages are cited" in cut
    assert 0 < cut.count("data:image/png") < complete.count("data:image/png")
    assert cut.count(' id="source-') == complete.count(' id="source-')
