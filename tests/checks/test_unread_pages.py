"""What stands on a page that was not read is nobody's fault: the forms beside it are not blamed, the others are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from budgetlib.commands.pipeline import read
from budgetlib.tables.corpus import Corpus
from tests.checks.tables import ONE, corpus, lines, states

SOUND = Path(__file__).resolve().parents[2] / "data/raw/晋城市行政审批服务管理局-2026.pdf"
SHORT = [("total", None, "合计", {"total": "30.00"}), ("line", "2010301", "行政运行", {"total": "10.00"})]


READ = {"kind": "form", "source": "text", "outcome": "read"}
SPENDING, REVENUE = READ | {"form": "expenditure"}, READ | {"form": "revenue"}
UNREAD = {"kind": "other", "source": "none", "outcome": "unreadable"}
ROWS = {"amounts_left": "1.00 2.00 3.00 4.00 5.00"}
PROSE = READ | {"kind": "narrative", "amounts_left": "1万元 2万元 3万元 4万元 5万元"}


@pytest.mark.parametrize(
    ("pages", "state"),
    [
        ([SPENDING], "fail"),
        ([SPENDING, UNREAD], "insufficient_data"),
        ([UNREAD, SPENDING], "insufficient_data"),
        ([SPENDING, UNREAD, UNREAD, SPENDING], "insufficient_data"),
        ([SPENDING, REVENUE, UNREAD], "fail"),
        ([READ | {"form": "expenditure,revenue"}, UNREAD], "fail"),
        ([SPENDING | ROWS], "insufficient_data"),
        ([SPENDING, READ | ROWS], "insufficient_data"),
        ([SPENDING, REVENUE | ROWS], "fail"),
        ([SPENDING, PROSE], "fail"),
    ],
    ids=[
        "whole",
        "before an unread page",
        "after an unread page",
        "on both sides",
        "another form between",
        "another form after it on the page",
        "rows left out",
        "before rows that no form took",
        "rows of another form left out",
        "before prose",
    ],
)
def test_a_sum_fails_only_where_no_row_can_stand_on_an_unread_page(pages: list[dict[str, Any]], state: str) -> None:
    numbered = [{"document_id": ONE, "page": number, **page} for number, page in enumerate(pages, 1)]
    assert states(corpus(lines=lines("expenditure", SHORT), pages=numbered), "leaves_add_up") == [state]


def photographed(number: int, target: Path) -> Path:
    """`SOUND` with one page as its picture."""
    source, copy = pypdfium2.PdfDocument(SOUND), pypdfium2.PdfDocument.new()
    width, height = source[number - 1].get_size()
    copy.import_pages(source, list(range(number - 1)))
    picture = pypdfium2.PdfImage.new(copy)
    picture.set_bitmap(source[number - 1].render(scale=0.5))
    picture.set_matrix(pypdfium2.PdfMatrix().scale(width, height))
    page = copy.new_page(width, height)
    page.insert_obj(picture)
    page.gen_content()
    copy.import_pages(source, list(range(number, len(source))))
    copy.save(target)
    return target


def failed(read: Corpus) -> set[tuple[Any, ...]]:
    checks = read.checks[read.checks.state == "fail"]
    return set(checks[["check", "form", "row", "published"]].itertuples(index=False, name=None))


@pytest.mark.slow
def test_no_page_that_becomes_a_picture_makes_a_fault(tmp_path: Path) -> None:
    sound = read(SOUND, "never")
    blamed = {}
    for number in sorted(set(sound.lines.page)):
        found = failed(read(photographed(number, tmp_path / "one.pdf"), "never")) - failed(sound)
        if found:
            blamed[number] = found
    assert blamed == {}
