"""Where the numbers printed on pages tell that pages are missing or exchanged."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from budgetlib.extraction.page_numbers import out_of_sequence
from budgetlib.pages.model import Box, Line, Page


def page(number: int, *texts: str) -> Page:
    lines = tuple(Line(text, Box(0, 10.0 * place, 90, 10.0 * place + 9)) for place, text in enumerate(texts))
    return Page(number, 600, 800, lines)


def of_printed(numbers: Sequence[str]) -> list[int]:
    pages = [page(place, "示例市示例局", *([number] if number else [])) for place, number in enumerate(numbers, 1)]
    return sorted(out_of_sequence(pages))


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        (["", "1", "2", "3", "4"], []),
        (["- 1 -", "- 2 -", "- 4 -", "- 5 -"], [2]),
        (["第1页", "第2页", "", "第5页", "第6页"], [2, 3]),
        (["1", "2", "", "4", "5"], []),
        (["1", "2", "", "3", "4"], []),
        (["1/5", "3/5", "2/5", "4/5", "5/5", "6", "7"], [1, 2, 3]),
        (["1", "2", "3", "1", "2"], []),
        (["2026", "1", "2", "3", "4"], []),
        (["12", "7", "30", "5"], []),
    ],
    ids=[
        "as printed",
        "one is missing",
        "one is missing beside a page without a number",
        "a page bears no number",
        "a page is not counted",
        "two are exchanged",
        "counted anew",
        "a year is no number of a page",
        "numbers that count nothing",
    ],
)
def test_a_page_is_out_of_sequence_where_its_number_does_not_follow(numbers: list[str], expected: list[int]) -> None:
    assert of_printed(numbers) == expected
