"""Any budget that adds up, written as a Word document or a web page and read again, gives the same numbers."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from budgetlib.commands.pipeline import parse_document
from budgetlib.extraction.records import Records
from tests.end_to_end.test_roundtrip import lines_found, statements_found, without_names_of_funds
from tests.strategies import disclosures, documents, layouts
from tests.typesetting import story
from tests.typesetting.disclosure import Disclosure
from tests.typesetting.expected import expected_lines, expected_statements
from tests.typesetting.office import as_docx, as_html
from tests.typesetting.paper import Layout

WRITERS = {
    "docx": as_docx,
    "html": as_html,
    "html in GBK": lambda told: as_html(told, "gbk"),
}


def read_again(content: bytes) -> Records:
    with TemporaryDirectory() as folder:
        path = Path(folder, "disclosure")
        path.write_bytes(content)
        return parse_document(path)


def assert_equal(found: Records, disclosure: Disclosure) -> None:
    (document,) = found["documents"]
    assert (document["entity"], document["entity_kind"], document["fiscal_year"]) == (
        disclosure.entity,
        disclosure.kind,
        disclosure.fiscal_year,
    )
    assert lines_found(found) == expected_lines(disclosure, Layout())
    stated = without_names_of_funds(expected_statements(disclosure))
    assert stated <= without_names_of_funds(statements_found(found))
    assert {line["page"] for line in found["lines"]} == {None}
    assert all(line["place"] for line in found["lines"])


@documents
@given(disclosures(), layouts(codes=("whole", "short")), st.sampled_from(sorted(WRITERS)))
def test_a_budget_without_pages_gives_the_same_numbers(disclosure: Disclosure, layout: Layout, form: str) -> None:
    found = read_again(WRITERS[form](story(disclosure, layout)))
    assert lines_found(found) == expected_lines(disclosure, layout)
