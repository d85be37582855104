"""Figures that say how a whole is made up, printed wrong: shares, and functions that are not the form's."""

from __future__ import annotations

from typing import Any

import pytest

from tests.checks.tables import corpus, failed, lines, stated, states

THREE = ("overseas", "reception", "vehicles_purchase_and_running")


def three_public(*shares: str) -> list[Any]:
    """Three public expenses of 8.75, 7.22 and 16.81 万元 with these shares."""
    amounts = [stated(7, name, value) for name, value in zip(THREE, ("8.75", "7.22", "16.81"), strict=True)]
    percents = [stated(7, f"{name}_pct", share, "percent") for name, share in zip(THREE, shares, strict=True)]
    return [stated(7, "three_public_total", "32.78"), *amounts, *percents]


def test_amounts_printed_as_shares_of_the_three_public_expenses_are_found() -> None:
    found = failed(corpus(statements=three_public("8.75", "7.22", "16.81")))
    assert [str(finding["expected"]) for finding in found["stated_three_public_shares"]] == [
        "26.6931",
        "22.0256",
        "51.2813",
    ]


@pytest.mark.parametrize("shares", [("26.69", "22.03", "51.28"), ("26.7", "22.0", "51.3"), ("27", "22", "51")])
def test_shares_may_be_rounded_as_they_are_printed(shares: tuple[str, ...]) -> None:
    assert states(corpus(statements=three_public(*shares)), "stated_three_public_shares") == ["pass"] * 3


def test_a_share_of_the_vehicles_alone_is_one_of_them() -> None:
    statements = [
        *three_public("26.69", "22.03", "51.28"),
        stated(7, "vehicle_running", "16.81"),
        stated(7, "vehicle_running_pct", "100", "percent"),
    ]
    assert set(states(corpus(statements=statements), "stated_three_public_shares")) == {"pass"}


def test_without_any_of_the_three_their_shares_are_not_tested_against_nothing() -> None:
    nothing = [stated(7, name, "0") for name in ("three_public_total", *THREE)]
    shares = [stated(7, f"{name}_pct", "0", "percent") for name in THREE]
    assert "fail" not in states(corpus(statements=[*nothing, *shares]), "stated_three_public_shares")


def test_a_stated_function_that_the_form_does_not_have_is_found() -> None:
    form = lines(
        "general_public_expenditure",
        [
            ("total", None, "合计", {"total": "100.00"}),
            ("line", "205", "教育支出", {"total": "90.00"}),
            ("line", "208", "社会保障和就业支出", {"total": "10.00"}),
        ],
    )
    said = [
        stated(5, "function", "90.00", item="一般公共服务支出"),
        stated(5, "function", "10.00", item="社会保障和就业支出"),
    ]
    (finding,) = failed(corpus(lines=form, statements=said))["stated_function_names"]
    assert "一般公共服务支出" in finding["message_zh"]
    assert "教育支出" in finding["message_zh"]
    right = [stated(5, "function", "90.00", item="教育支出"), said[1]]
    assert "stated_function_names" not in failed(corpus(lines=form, statements=right))
