"""Before the paper is blamed its figures are read by a second reader; a misreading of the first is no finding."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from budgetlib.checks import check_records
from budgetlib.commands.pipeline import parse_document
from budgetlib.commands.pipeline.second_reading import read_twice
from budgetlib.extraction.document import parse_source
from budgetlib.extraction.records import Records
from budgetlib.pages.sources import Source, find_sources
from budgetlib.tables.corpus import corpus_of
from tests.typesetting import typeset
from tests.typesetting.disclosure import FACTS, Disclosure, read_facts

SOUND = read_facts(FACTS / "示例市示例局-2026.toml")


def source(disclosure: Disclosure, folder: Path) -> Source:
    path = folder / "disclosure.pdf"
    path.write_bytes(typeset(disclosure))
    (found,) = find_sources([path])
    return found


def states(records: Records) -> dict[str, str]:
    """The states of the sums across kinds of expenditure, by form and row; those not tested under None."""
    found = [one for one in check_records(corpus_of(records)) if one["check"] == "kinds_add_up"]
    return {f"{one['form']}:{one['row']}": one["state"] for one in found if one["state"] != "pass"}


def misread(records: Records) -> dict[str, Any]:
    """A line, as if its reader had misread it."""
    wanted = {"form": "expenditure", "item": "事业运行", "measure": "basic"}
    line = next(line for line in records["lines"] if all(line[key] == value for key, value in wanted.items()))
    line |= {"published_text": "1.00", "amount_yuan": Decimal(10_000)}
    return line


@pytest.mark.parametrize("reader", ["pdfium", "pdfplumber"])
def test_a_misreading_is_said_in_the_page_log_and_is_no_finding(reader: str, tmp_path: Path) -> None:
    printed = source(SOUND, tmp_path)
    records = parse_source(printed, "never", reader)
    line = misread(records)
    assert "fail" in states(records).values()
    read = read_twice(printed, records, reader)
    assert line["confirmed"] is False
    assert "fail" not in states(read).values()
    (page,) = [page for page in read["pages"] if page["page"] == line["page"]]
    assert f"expenditure row {line['row']} 1.00" in page["reason"]


def test_a_fault_on_paper_is_read_twice_and_stays_the_papers(tmp_path: Path) -> None:
    rows = list(SOUND.rows("expenditure"))
    at = next(number for number, row in enumerate(rows) if row.item == "事业运行")
    rows[at] = replace(rows[at], amounts={**rows[at].amounts, "basic": Decimal("91.71")})
    wrong = replace(SOUND, forms={**SOUND.forms, ("expenditure", "expenditure"): tuple(rows)})
    records = parse_document(source(wrong, tmp_path).path, ocr="never")
    assert "fail" in states(records).values()
    assert {line["confirmed"] for line in records["lines"]} == {None}
