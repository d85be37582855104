"""Pages that are not as they should be: what can be read is read, the rest is said, and nothing is mixed."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from pypdf import PageObject, PdfReader, PdfWriter, Transformation

import budgetlib as bl
from budgetlib.extraction.records import Records

RAW = Path(__file__).resolve().parents[2] / "data/raw"
SOUND = RAW / "示例市示例局-2026.pdf"
OTHER = RAW / "晋城市行政审批服务管理局-2026.pdf"


@pytest.fixture(scope="module")
def sound() -> Records:
    return bl.parse_document(SOUND)


def written(target: Path, pages: Iterable[PageObject]) -> Records:
    writer = PdfWriter()
    for page in pages:
        writer.add_page(page)
    writer.write(target)
    return bl.parse_document(target)


def amounts(records: Records, page: int | None = None) -> Counter[Any]:
    key = ("form", "item", "measure", "amount_yuan")
    return Counter(tuple(line[k] for k in key) for line in records["lines"] if page in (None, line["page"]))


def page_of(records: Records, form: str) -> int:
    return int(min(line["page"] for line in records["lines"] if line["form"] == form))


def test_of_a_document_of_which_one_page_is_left_that_page_is_read(tmp_path: Path, sound: Records) -> None:
    page = page_of(sound, "revenue")
    records = written(tmp_path / "page.pdf", [PdfReader(SOUND).pages[page - 1]])
    assert amounts(records) == amounts(sound, page)
    (document,) = records["documents"]
    assert (document["entity"], document["fiscal_year"]) == ("示例市示例局", 2026)
    assert records["pages"][0]["amounts_taken"] == records["pages"][0]["amounts_printed"] > 0


def test_forms_of_two_departments_interleaved_are_not_mixed(tmp_path: Path, sound: Records) -> None:
    forms = {int(page["page"]) for page in sound["pages"] if page["form"]}
    other = bl.parse_document(OTHER)
    foreign = iter([int(page["page"]) for page in other["pages"] if page["form"]][:6])
    pages = []
    for number, page in enumerate(PdfReader(SOUND).pages, 1):
        pages.append(page)
        if number in forms and (next_foreign := next(foreign, None)):
            pages.append(PdfReader(OTHER).pages[next_foreign - 1])
    records = written(tmp_path / "both.pdf", pages)
    assert records["documents"][0]["entity"] == "示例市示例局"
    assert amounts(records) == amounts(sound)
    said = " ".join(page["reason"] or "" for page in records["pages"])
    assert "is of 晋城市行政审批服务管理局" in said
    assert records["documents"][0]["outcome"] == "partial"


@pytest.mark.parametrize("kind", ["form", "narrative"])
def test_a_page_turned_upside_down_says_the_same(tmp_path: Path, sound: Records, kind: str) -> None:
    turned = {int(page["page"]) for page in sound["pages"] if page["kind"] == kind}
    writer = PdfWriter(clone_from=SOUND)
    for number, page in enumerate(writer.pages, 1):
        if number in turned:
            width, height = float(page.mediabox.width), float(page.mediabox.height)
            page.add_transformation(Transformation().rotate(180).translate(width, height))
    writer.write(tmp_path / "turned.pdf")
    records = bl.parse_document(tmp_path / "turned.pdf")
    assert amounts(records) == amounts(sound)
    stated = [(one["section"], one["measure"], one["value"]) for one in sound["statements"]]
    assert [(one["section"], one["measure"], one["value"]) for one in records["statements"]] == stated
