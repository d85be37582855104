"""Any final accounts that follow from a budget and add up, typeset in any way and read again, give the same numbers."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given

from budgetlib.commands.pipeline import parse_document
from budgetlib.extraction.records import Records
from tests.strategies import documents, final_accounts, layouts
from tests.typesetting import FinalAccounts, typeset_final_accounts
from tests.typesetting.expected import FinalLine, Outcome, expected_final_lines, expected_outcomes
from tests.typesetting.paper import Layout


def read_again(accounts: FinalAccounts, layout: Layout) -> Records:
    with TemporaryDirectory() as folder:
        path = Path(folder, "typeset.pdf")
        path.write_bytes(typeset_final_accounts(accounts, layout))
        return parse_document(path)


def lines_found(records: Records) -> Counter[FinalLine]:
    lines = (FinalLine(*(line.get(name) for name in FinalLine._fields)) for line in records["lines"])
    return Counter(line._replace(item=None) if line.form == "final_three_public" else line for line in lines)


def outcomes_found(records: Records, measures: set[str]) -> Counter[Outcome]:
    functions = {one["item"] for one in records["statements"] if one["measure"] == "function"}
    return Counter(
        Outcome(one["measure"], one["stage"], one["item"] if one["item"] in functions else None, one["value"])
        for one in records["statements"]
        if one["measure"] in measures
    )


@documents
@given(final_accounts(), layouts())
def test_every_amount_and_every_stated_outcome_is_found_in_its_stage_and_no_other(
    accounts: FinalAccounts, layout: Layout
) -> None:
    records = read_again(accounts, layout)
    assert records["documents"][0]["document_kind"] == "final_accounts"
    assert lines_found(records) == expected_final_lines(accounts)
    stated = expected_outcomes(accounts)
    assert outcomes_found(records, {one.measure for one in stated}) == stated
