"""The numbers printed on pages: where they tell that pages are missing, or stand in another order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from budgetlib.core.text import squeeze
from budgetlib.extraction.narrative.running_text import PAGE_NUMBER
from budgetlib.pages.model import Page

_BARE = re.compile(r"\d{1,3}(?:/\d{1,3})?")
_FIRST = re.compile(r"\d+")


def out_of_sequence(pages: Sequence[Page]) -> set[int]:
    """The indices of pages that, by their printed numbers, may not follow the page before.

    Some pages may bear none, and counting may begin anew at 1. Where most numbers do not follow one another, they do
    not count pages.
    """
    numbered = [(index, number) for index, page in enumerate(pages) if (number := _printed_number(page)) is not None]
    breaks = [
        range(before + 1, after + 1)
        for (before, number), (after, next_number) in pairwise(numbered)
        if next_number != 1 and not 0 < next_number - number <= after - before
    ]
    return {index for between in breaks for index in between} if 2 * len(breaks) < len(numbered) else set()


def _printed_number(page: Page) -> int | None:
    """The number in the last line of a page, or in its first."""
    texts = [text for line in page.lines if (text := squeeze(line.text))] if page.number is not None else []
    for text in (*texts[-1:], *texts[:1]):
        if _BARE.fullmatch(text) or PAGE_NUMBER.fullmatch(text):
            return int(_FIRST.findall(text)[0])
    return None
