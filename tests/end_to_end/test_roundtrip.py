"""Any budget that adds up, typeset in any way and read again, gives the same numbers, and no finding."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given

from budgetlib.commands.pipeline import parse_document
from budgetlib.tables.corpus import corpus_of
from tests.checks.tables import failed
from tests.strategies import disclosures, documents, layouts, sound_budgets, sound_budgets_without_rules
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


def findings(records: dict[str, list[dict[str, Any]]]) -> list[str]:
    return [one["message_zh"] for found in failed(corpus_of(records)).values() for one in found]


def statements_found(records: dict[str, list[dict[str, Any]]]) -> set[Statement]:
    return {Statement(*(statement.get(name) for name in Statement._fields)) for statement in records["statements"]}


def without_names_of_funds(statements: set[Statement]) -> set[Statement]:
    """A fund goes by several names (一般公共预算, …拨款收入); the contract does not choose one."""
    return {s._replace(item=None) if s.measure in ("fund", "fund_pct") else s for s in statements}


@sound_budgets
@given(disclosures(), layouts())
def test_a_sound_budget_gives_its_amounts_figures_and_publisher_and_no_finding(
    disclosure: Disclosure, layout: Layout
) -> None:
    records = read_again(disclosure, layout)
    assert lines_found(records) == expected_lines(disclosure, layout)
    assert without_names_of_funds(expected_statements(disclosure)) <= without_names_of_funds(statements_found(records))
    (document,) = records["documents"]
    assert {name: document[name] for name in ("entity", "entity_kind", "fiscal_year")} == {
        "entity": disclosure.entity,
        "entity_kind": disclosure.kind,
        "fiscal_year": disclosure.fiscal_year,
    }
    assert findings(records) == []


@pytest.mark.slow
@documents
@given(disclosures(), layouts(rules=("gaps",)))
def test_a_sound_budget_in_whose_tables_rules_are_missing_gives_no_error(
    disclosure: Disclosure, layout: Layout
) -> None:
    graver = [one for found in failed(corpus_of(read_again(disclosure, layout))).values() for one in found]
    assert [one["message_zh"] for one in graver if one["severity"] == "error"] == []


@pytest.mark.slow
@sound_budgets_without_rules
@given(disclosures(), layouts(rules=("across", "none")))
def test_a_sound_budget_whose_tables_no_rules_divide_gives_no_wrong_amount_and_no_finding(
    disclosure: Disclosure, layout: Layout
) -> None:
    records = read_again(disclosure, layout)
    found, expected = lines_found(records), expected_lines(disclosure, layout)
    assert not found - expected
    assert found == expected or any(page["amounts_left"] for page in records["pages"])
    assert findings(records) == []
