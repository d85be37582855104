"""The four disclosures with a ground truth, as text, as PDF and in office formats, and originals of other places."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.shared_material import ORIGINALS, SHARED, files, needs_shared, records, score

pytestmark = needs_shared

FORMATS = ("writer.pdf", "chromium.pdf", "docx", "html", "xlsx", "xls")
DISCLOSURES = [*files("seeds/*.txt"), *(path for form in FORMATS for path in files(f"facsimiles/*.{form}"))]


def gold_of(path: Path) -> Path:
    return SHARED / "gold" / f"{path.name.split('.')[0]}.json"


@pytest.mark.parametrize("path", DISCLOSURES, ids=lambda path: path.name)
def test_every_amount_is_read_and_nothing_else_and_the_document_knows_itself(path: Path, tmp_path: Path) -> None:
    found = score("gold", [path], gold_of(path), tmp_path)
    assert found["document"] == {"entity": True, "fiscal_year": True, "entity_kind": True}
    by_form = {form: (own["precision"], own["recall"]) for form, own in found["amounts_by_form"].items()}
    assert by_form == dict.fromkeys(by_form, (1.0, 1.0))
    assert found["amounts"]["found"] == found["amounts"]["true"] > 200


@pytest.mark.parametrize("path", DISCLOSURES, ids=lambda path: path.name)
def test_every_performance_table_catalogue_item_and_declared_code_is_read_and_nothing_else(
    path: Path, tmp_path: Path
) -> None:
    found = score("gold", [path], gold_of(path), tmp_path)
    for table in ("performance_projects", "catalogue", "declared"):
        if table in found:
            assert (found[table]["precision"], found[table]["recall"]) == (1.0, 1.0), table


@pytest.mark.parametrize("path", DISCLOSURES, ids=lambda path: path.name)
def test_leaves_sum_to_the_total_in_every_column_of_every_form(path: Path) -> None:
    sums: dict[tuple[str, str, str], list[Decimal]] = {}
    totals: dict[tuple[str, str, str], Decimal] = {}
    for line in records(path)["lines"]:
        key = line["form"], line["side"], line["measure"]
        if line["row_kind"] == "line":
            sums.setdefault(key, []).append(line["amount_yuan"])
        elif line["row_kind"] == "total":
            totals[key] = line["amount_yuan"]
    assert len(totals) > 20
    for key, total in totals.items():
        assert abs(sum(sums[key]) - total) <= 50 * (len(sums[key]) + 1), key


@pytest.mark.parametrize(
    "path",
    [file for form in ("docx", "html", "xlsx", "xls") for file in files(f"facsimiles/*.{form}")],
    ids=lambda path: path.name,
)
def test_every_row_of_a_file_without_pages_says_in_which_cell_or_paragraph_it_stands(path: Path) -> None:
    found = {name: rows for name, rows in records(path).items() if name not in ("documents", "pages")}
    assert {name for name, rows in found.items() if rows} >= {"lines", "statements", "performance_projects"}
    for name, rows in found.items():
        assert [row for row in rows if not row["place"]] == [], name


@pytest.mark.parametrize("path", files("facsimiles/*.docx") + files("facsimiles/*.html"), ids=lambda path: path.name)
def test_a_document_without_pages_gives_the_tables_of_its_pdf_but_for_places(path: Path) -> None:
    places = {"document_id", "page", "page_from", "page_to", "place", "x0", "top", "x1", "bottom"}

    def said(rows: list[dict[str, object]]) -> list[dict[str, object]]:
        return [{name: value for name, value in row.items() if name not in places} for row in rows]

    found, paper = records(path), records(path.with_suffix(".writer.pdf"))
    for table in found.keys() - {"documents", "pages", "sentences"}:
        assert said(found[table]) == said(paper[table]), table


def test_a_department_contains_its_unit() -> None:
    """Two documents, one truth: the projects of a unit are the same in its own and in its department's disclosure."""
    department, unit = (
        records(SHARED / "seeds" / name) for name in ("000_13dce018f2234864.txt", "002_f677152ddfc31562.txt")
    )
    name = unit["documents"][0]["entity"]

    def projects(lines: list[dict[str, object]]) -> set[tuple[object, object]]:
        return {
            (line["item"], line["amount_yuan"])
            for line in lines
            if line["form"] == "projects" and line["row_kind"] == "line" and line["unit"] == name
        }

    assert len(projects(unit["lines"])) == 12
    assert projects(unit["lines"]) == projects(department["lines"])


@pytest.mark.parametrize("path", ORIGINALS, ids=lambda path: path.name)
def test_an_original_of_another_place_is_read_rightly_and_nearly_in_full(path: Path, tmp_path: Path) -> None:
    (found,) = score("real", [path], [path], tmp_path)["documents"]
    assert found["precision"] >= 0.994
    assert found["recall"] >= 0.95
    assert len(found["core_forms"]) >= 6


@pytest.mark.parametrize("path", ORIGINALS, ids=lambda path: path.name)
def test_every_page_of_an_original_is_in_the_page_log_once(path: Path) -> None:
    own = records(path)
    assert [page["page"] for page in own["pages"]] == list(range(1, own["documents"][0]["pages"] + 1))


def test_amounts_stand_in_their_row_where_the_font_misstates_its_height() -> None:
    (path,) = files("real/重庆-商务委-2026.pdf") or pytest.skip("the shared material (../shared) is absent")
    printed = {
        line["item"]: line["amount_yuan"]
        for line in records(path)["lines"]
        if (line["form"], line["measure"], line["side"]) == ("appropriation_summary", "total", "expenditure")
    }
    assert printed["一般公共服务支出"] == Decimal("166042300")
    assert printed["教育支出"] == Decimal("325882400")
    assert printed["住房保障支出"] == Decimal("18118800")
