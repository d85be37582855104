"""Any budget that adds up, written as a Word document, web page or workbook and read again, gives the same numbers."""

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
from tests.typesetting.office import Workbook, as_docx, as_html, as_xlsx
from tests.typesetting.paper import Layout


def read_again(content: bytes) -> Records:
    with TemporaryDirectory() as folder:
        path = Path(folder, "disclosure")
        path.write_bytes(content)
        return parse_document(path)


def assert_equal(found: Records, disclosure: Disclosure, layout: Layout) -> None:
    """What was found is what the disclosure says: amounts, figures, publisher and year, each with its place."""
    assert lines_found(found) == expected_lines(disclosure, layout)
    stated = without_names_of_funds(expected_statements(disclosure))
    assert stated <= without_names_of_funds(statements_found(found))
    (document,) = found["documents"]
    assert {name: document[name] for name in ("entity", "entity_kind", "fiscal_year")} == {
        "entity": disclosure.entity,
        "entity_kind": disclosure.kind,
        "fiscal_year": disclosure.fiscal_year,
    }
    places = [(line["place"], line["page"]) for line in found["lines"]]
    assert len(set(places)) == len(places)
    assert {page for _, page in places} == {None}


WRITERS = {"docx": as_docx, "html": as_html, "html in GBK": lambda told: as_html(told, "gbk")}


def set_in() -> st.SearchStrategy[Layout]:
    """Any layout whose codes say all by themselves: what paper and sums decide is tested on paper."""
    return layouts(codes=("whole", "none"))


workbooks = st.builds(
    Workbook,
    one_sheet=st.booleans(),
    title_on_tab=st.booleans(),
    codes_as_numbers=st.booleans(),
    texts_only=st.booleans(),
    merged=st.booleans(),
    hidden=st.booleans(),
)


@documents
@given(disclosures(), set_in(), st.sampled_from(sorted(WRITERS)))
def test_a_budget_as_a_word_document_or_a_web_page_gives_the_same_numbers(
    disclosure: Disclosure, layout: Layout, form: str
) -> None:
    assert_equal(read_again(WRITERS[form](story(disclosure, layout))), disclosure, layout)


@documents
@given(disclosures(), set_in(), workbooks)
def test_a_budget_as_a_workbook_gives_the_same_numbers(
    disclosure: Disclosure, layout: Layout, workbook: Workbook
) -> None:
    assert_equal(read_again(as_xlsx(story(disclosure, layout), workbook)), disclosure, layout)
