"""Any budget that adds up, typeset in any way and read again, gives the same numbers."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given

from budgetlib.commands.pipeline import parse_document
from tests.strategies import disclosures, documents, layouts
from tests.typesetting import typeset
from tests.typesetting.disclosure import Disclosure
from tests.typesetting.expected import Line, Statement, expected_lines, expected_statements
from tests.typesetting.paper import Layout


def read_again(disclosure: Disclosure, layout: Layout) -> dict[str, list[dict[str, Any]]]:
    with TemporaryDirectory() as folder:
        path = Path(folder, "typeset.pdf")
        path.write_bytes(typeset(disclosure, layout))
        return parse_document(path)


def lines_found(records: dict[str, list[dict[str, Any]]]) -> Counter[Line]:
    return Counter(Line(*(line.get(name) for name in Line._fields)) for line in records["lines"])


def statements_found(records: dict[str, list[dict[str, Any]]]) -> set[Statement]:
    return {Statement(*(statement.get(name) for name in Statement._fields)) for statement in records["statements"]}


def without_names_of_funds(statements: set[Statement]) -> set[Statement]:
    """A fund goes by several names (一般公共预算, …拨款收入); the contract does not choose one."""
    return {s._replace(item=None) if s.measure in ("fund", "fund_pct") else s for s in statements}


@documents
@given(disclosures(), layouts())
def test_every_amount_of_every_form_is_found_as_often_as_it_is_printed_and_no_other(
    disclosure: Disclosure, layout: Layout
) -> None:
    assert lines_found(read_again(disclosure, layout)) == expected_lines(disclosure, layout)


@documents
@given(disclosures(), layouts())
def test_every_figure_of_the_twelve_sections_is_found(disclosure: Disclosure, layout: Layout) -> None:
    found = statements_found(read_again(disclosure, layout))
    assert without_names_of_funds(expected_statements(disclosure)) <= without_names_of_funds(found)


@documents
@given(disclosures(), layouts())
def test_who_publishes_for_which_year_is_found(disclosure: Disclosure, layout: Layout) -> None:
    (document,) = read_again(disclosure, layout)["documents"]
    found = {name: document[name] for name in ("entity", "entity_kind", "fiscal_year")}
    assert found == {
        "entity": disclosure.entity,
        "entity_kind": disclosure.kind,
        "fiscal_year": disclosure.fiscal_year,
    }
