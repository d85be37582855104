"""Any final accounts that follow from a budget and add up, typeset in any way and read again, give the same numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given

from budgetlib.commands.pipeline import read
from budgetlib.tables.corpus import Corpus
from tests.strategies import documents, final_accounts, final_layouts, layouts
from tests.typesetting import FinalAccounts, FinalLayout, Layout, typeset_final_accounts
from tests.typesetting.expected import FinalLine, Outcome, expected_final_lines, expected_outcomes


def read_again(accounts: FinalAccounts, layout: Layout, final: FinalLayout) -> Corpus:
    with TemporaryDirectory() as folder:
        path = Path(folder, "typeset.pdf")
        path.write_bytes(typeset_final_accounts(accounts, layout, final))
        return read(path)


def rows(frame: Any) -> list[dict[str, Any]]:
    """The rows of a table; missing is None."""
    found: list[dict[str, Any]] = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return found


def lines_found(lines: Iterable[Mapping[str, Any]]) -> Counter[FinalLine]:
    found = (FinalLine(*(line.get(name) for name in FinalLine._fields)) for line in lines)
    return Counter(line._replace(item=None) if line.form == "final_three_public" else line for line in found)


def outcomes_found(statements: list[dict[str, Any]], measures: set[str]) -> Counter[Outcome]:
    functions = {one["item"] for one in statements if one["measure"] == "function"}
    return Counter(
        Outcome(one["measure"], one["stage"], one["item"] if one["item"] in functions else None, one["value"])
        for one in statements
        if one["measure"] in measures
    )


@documents
@given(final_accounts(), layouts(), final_layouts())
def test_every_amount_and_every_stated_outcome_is_found_in_its_stage_and_no_other_and_nothing_is_blamed(
    accounts: FinalAccounts, layout: Layout, final: FinalLayout
) -> None:
    corpus = read_again(accounts, layout, final)
    assert corpus.documents.document_kind.tolist() == ["final_accounts"]
    assert lines_found(rows(corpus.lines)) == expected_final_lines(accounts, final)
    stated = expected_outcomes(accounts)
    assert outcomes_found(rows(corpus.statements), {one.measure for one in stated}) == stated
    assert corpus.checks[corpus.checks.state == "fail"].message_zh.tolist() == []
