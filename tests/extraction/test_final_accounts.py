"""Final accounts: every printed amount in its stage, and what the prose says became of the plan."""

import csv
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from budgetlib.commands.pipeline import parse_document
from budgetlib.core.text import squeeze, strip_numbering
from budgetlib.extraction.narrative import read_narrative
from budgetlib.extraction.records import Records
from budgetlib.pages.model import Line, Page
from tests.shared_material import files, needs_shared, records
from tests.typesetting import FinalLayout, typeset_final_accounts
from tests.typesetting.final_accounts import FINAL_ACCOUNTS, read_final_accounts

GOLD = Path(__file__).parents[1] / "gold/final_accounts"
DOCUMENTS = {
    "district_bureau_2024": "real/*规划和自然资源局-2024-决算.pdf",
    "national_office_2024": "real/国家*-2024-决算.pdf",
    "university_2024": "real/*大学-2024-决算.pdf",
}


def read(name: str) -> Records:
    (file,) = files(DOCUMENTS[name])
    return records(file)


def gold(name: str) -> Counter[tuple[object, ...]]:
    with (GOLD / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return Counter(
            (*(row[key] for key in ("form", "side", "code")), item(row), row["measure"], row["stage"], *place(row))
            for row in csv.DictReader(stream)
        )


def place(row: dict[str, str]) -> tuple[Decimal, int]:
    """The amount in yuan, and its page."""
    return Decimal(row["amount"]) * 10_000, int(row["page"])


def item(row: dict[str, str]) -> str:
    """The label of a row; the form of the three public expenses prints none."""
    return "" if row["form"] == "final_three_public" else squeeze(strip_numbering(row["item"]))


@needs_shared
@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_amount_of_a_final_account_is_read_in_its_stage_and_no_other(name: str) -> None:
    found = Counter(
        (
            line["form"],
            line["side"],
            line["code"] or "",
            item(line),
            line["measure"],
            line["stage"],
            line["amount_yuan"],
            line["page"],
        )
        for line in read(name)["lines"]
    )
    assert found == gold(name)


@needs_shared
@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_final_account_says_that_it_is_one_for_its_year(name: str) -> None:
    (document,) = read(name)["documents"]
    assert (document["document_kind"], document["fiscal_year"]) == ("final_accounts", 2024)


def test_form_7_in_two_rows_with_meetings_and_training_is_read_cell_by_cell(tmp_path: Path) -> None:
    """No original at hand has this layout: the form is typeset here, and what it prints is written down by hand."""
    accounts = read_final_accounts(next(FINAL_ACCOUNTS.glob("*.toml")))
    path = tmp_path / "two_rows.pdf"
    path.write_bytes(
        typeset_final_accounts(
            replace(
                accounts,
                three_public={part: Decimal(amount) for part, amount in SPENT.items()},
                economic={**accounts.economic, "会议费": Decimal("1.35")},
            ),
            final=FinalLayout(three_public="rows"),
        )
    )
    lines = [line for line in parse_document(path)["lines"] if line["form"] == "final_three_public"]
    assert [(line["measure"], line["stage"], line["published_text"]) for line in lines] == [
        (measure, stage, printed[row])
        for row, stage in enumerate(("budget", "final"))
        for measure, printed in TWO_ROWS.items()
    ]
    assert {line["published_unit"] for line in lines} == {"万元"}
    assert len({(line["x0"], line["top"]) for line in lines}) == len(lines)


SPENT = {"overseas": "2.10", "vehicle_purchase": "18.00", "vehicle_running": "6.40", "reception": "1.20"}
TWO_ROWS = {
    "total": ("8.50", "27.70"),
    "overseas": ("0.00", "2.10"),
    "vehicles_purchase_and_running": ("7.00", "24.40"),
    "vehicle_purchase": ("0.00", "18.00"),
    "vehicle_running": ("7.00", "6.40"),
    "reception": ("1.50", "1.20"),
    "meetings": ("0.00", "1.35"),
    "training": ("2.00", "2.00"),
}
"""By measure what the rows 预算数 and 决算数 print."""


def stated(text: str) -> list[tuple[object, ...]]:
    page = Page(None, lines=(Line("五、一般公共预算财政拨款支出决算情况说明"), Line(text)))
    return [
        (one["measure"], one["stage"], one["value"], one["item"], one["reason"])
        for one in read_narrative([page], "final").statements
    ]


def test_plan_outcome_and_rate_of_an_item_are_three_statements_and_the_outcome_has_the_reason() -> None:
    text = (
        "1.教育（类）进修及培训（款）培训支出（项）。年初预算为180.61万元，支出决算为180.03万元，"
        "完成年初预算的99.68%。决算数小于预算数的主要原因是培训减少。"
    )
    assert stated(text) == [
        ("function", "budget", Decimal("1806100.00"), "培训支出", None),
        ("function", "final", Decimal("1800300.00"), "培训支出", "培训减少"),
        ("completion_pct", "final", Decimal("99.68"), "培训支出", None),
    ]


def test_a_plan_that_the_words_leave_open_has_no_stage() -> None:
    text = "“三公”经费财政拨款支出预算为76.43万元，支出决算为46.21万元，完成预算的60.46%。"
    assert [(measure, stage) for measure, stage, *_ in stated(text)] == [
        ("three_public_total", None),
        ("three_public_total", "final"),
        ("completion_pct", "final"),
    ]
