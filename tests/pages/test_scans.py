"""Pages that are pictures are read with the extra `ocr`: the same figures, marked, and confirmed by the sums."""

from __future__ import annotations

import io
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

import budgetlib as bl
from budgetlib.extraction.records import Records
from budgetlib.pages.reader import read_document
from tests.shared_material import files, records

pytest.importorskip("rapidocr", reason="the extra ocr is not installed (make ocr)")

SOUND = Path(__file__).resolve().parents[2] / "data/raw/示例市示例局-2026.pdf"
FORMS = ("budget_summary", "revenue", "expenditure")
DOTS_PER_POINT = 150 / 72


def figures(own: Records) -> Counter[tuple[Any, ...]]:
    columns = ("form", "side", "row_kind", "code", "item", "measure", "amount_yuan")
    return Counter(tuple(line[column] for column in columns) for line in own["lines"] if line["form"] in FORMS)


def pages_of_forms(own: Records) -> list[int]:
    return sorted({line["page"] for line in own["lines"] if line["form"] in FORMS})


def as_pictures(file: Path, pages: list[int], target: Path) -> Path:
    """Some pages of a PDF as a PDF of JPEG pictures without any text."""
    canvas = Canvas(str(target))
    with pypdfium2.PdfDocument(file) as document:
        for page in pages:
            stream = io.BytesIO()
            document[page - 1].render(scale=DOTS_PER_POINT).to_pil().convert("L").save(stream, "JPEG", quality=80)
            canvas.setPageSize(document[page - 1].get_size())
            canvas.drawImage(ImageReader(stream), 0, 0, *document[page - 1].get_size())
            canvas.showPage()
    canvas.save()
    return target


@pytest.fixture(scope="module")
def given() -> Records:
    return bl.parse_document(SOUND)


@pytest.fixture(scope="module")
def scanned(given: Records, tmp_path_factory: pytest.TempPathFactory) -> Records:
    target = tmp_path_factory.mktemp("scan") / "scan.pdf"
    return bl.parse_document(as_pictures(SOUND, pages_of_forms(given), target))


@pytest.mark.slow
def test_pictures_of_pages_give_the_figures_that_the_pages_give(given: Records, scanned: Records) -> None:
    assert figures(given)
    assert figures(scanned) == figures(given)


@pytest.mark.slow
def test_every_figure_of_a_picture_is_marked_as_recognised_and_confirmed_by_a_sum(scanned: Records) -> None:
    assert {line["source"] for line in scanned["lines"]} == {"ocr"}
    assert {line["confirmed"] for line in scanned["lines"]} == {True}


@pytest.mark.slow
def test_a_figure_of_a_picture_stands_where_it_is_on_the_page(given: Records, scanned: Records) -> None:
    def places(own: Records) -> dict[tuple[Any, ...], tuple[float, float]]:
        keys = ("form", "side", "row", "measure")
        return {tuple(line[key] for key in keys): (line["bottom"], line["x1"]) for line in own["lines"]}

    printed = places(given)
    for key, (bottom, right) in places(scanned).items():
        assert bottom == pytest.approx(printed[key][0], abs=5), key
        assert right == pytest.approx(printed[key][1], abs=5), key


@pytest.mark.slow
def test_a_misprint_in_a_picture_is_not_put_right_but_said_to_be_unconfirmed(tmp_path: Path, given: Records) -> None:
    """The paper is what counts: a sum that does not hold there confirms nothing, and changes nothing."""
    scan = as_pictures(SOUND, pages_of_forms(given)[1:2], tmp_path / "scan.pdf")
    wrong = tmp_path / "wrong.pdf"
    total = next(
        line
        for line in given["lines"]
        if (line["form"], line["row_kind"], line["measure"]) == ("revenue", "line", "total")
    )
    misprinted(scan, total, "987.65", wrong)
    own = bl.parse_document(wrong)
    found = [
        line
        for line in own["lines"]
        if (line["code"], line["measure"]) == (total["code"], "total") and line["row_kind"] == "line"
    ]
    assert [line["amount_yuan"] for line in found] == [Decimal("9876500")]
    assert [line["confirmed"] for line in found] == [False]


def test_a_blank_page_with_its_number_is_blank_and_not_unread(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "blank.pdf"))
    canvas.drawString(300, 40, "46")
    canvas.showPage()
    canvas.save()
    own = bl.parse_document(as_pictures(tmp_path / "blank.pdf", [1], tmp_path / "scan.pdf"))
    assert [page["outcome"] for page in own["pages"]] == ["not_a_form"]


def test_pages_that_are_read_side_by_side_keep_their_order_and_the_places_of_their_lines(tmp_path: Path) -> None:
    """The first has most to read, so that the others are done before it; between its two lines is much paper."""
    printed = [[("2026", 700), ("1,234.56", 120)], [("2027", 400)], [("2028", 60)]]
    canvas = Canvas(str(tmp_path / "typed.pdf"))
    for lines in printed:
        for text, height in lines:
            canvas.drawString(300, height, text)
        canvas.showPage()
    canvas.save()
    scan = as_pictures(tmp_path / "typed.pdf", [1, 2, 3], tmp_path / "scan.pdf")
    pages = list(read_document(scan))
    assert [[line.text for line in page.lines] for page in pages] == [[text for text, _ in lines] for lines in printed]
    for page, lines in zip(pages, printed, strict=True):
        for line, (_, height) in zip(page.lines, lines, strict=True):
            assert line.box is not None
            assert line.box.x0 == pytest.approx(300, abs=5)
            assert page.height - line.box.bottom == pytest.approx(height, abs=5)


def misprinted(scan: Path, line: Any, text: str, target: Path) -> None:
    """A scan with `text` printed over the amount of `line`, again as a picture."""
    with pypdfium2.PdfDocument(scan) as document:
        width, height = document[0].get_size()
        picture = document[0].render(scale=DOTS_PER_POINT).to_pil()
    overlay = target.with_suffix(".overlay.pdf")
    canvas = Canvas(str(overlay), pagesize=(width, height))
    canvas.drawImage(ImageReader(picture), 0, 0, width, height)
    canvas.setFillColorRGB(1, 1, 1)
    high = line["bottom"] - line["top"]
    canvas.rect(line["x0"] - 2, height - line["bottom"], line["x1"] - line["x0"] + 4, high, stroke=0, fill=1)
    canvas.setFillColorRGB(0, 0, 0)
    canvas.setFont("Helvetica", 0.8 * high)
    canvas.drawRightString(line["x1"], height - line["bottom"] + 1.5, text)
    canvas.showPage()
    canvas.save()
    as_pictures(overlay, [1], target)


@pytest.mark.slow
def test_a_scanned_disclosure_gives_the_amounts_of_its_text(tmp_path: Path) -> None:
    (scan,) = files("facsimiles/002*scan.pdf") or pytest.skip("the shared material (../shared) is absent")
    (text,) = files("seeds/002*.txt")
    (typed,) = files("facsimiles/002*writer.pdf")
    pages = pages_of_forms(records(typed))
    own = bl.parse_document(as_pictures(scan, pages, tmp_path / "part.pdf"))
    assert figures(own) == figures(records(text))
