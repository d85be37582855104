"""Which pages of a document are its table of contents, titled 目录 or not, however many pages it runs over."""

from __future__ import annotations

import re
from collections.abc import Sequence

from budgetlib.core.text import squeeze
from budgetlib.pages.model import Page

_TITLE = re.compile(r"目录|目次")
_LEADER = re.compile(r"(?:[.．…·]{3,}|\t)\s*\d+\s*$")
_ENTRY = re.compile(
    r"第[一二三四五六七八九十]+(?:部分|章|篇).*|(?:附[件表]?|表)[一二三四五六七八九十\d]+.*"
    r"|(?:[一二三四五六七八九十]+[、.]|\([一二三四五六七八九十\d]+\)|\d{1,2}[、.]).*"
)
_OF_A_DISCLOSURE = re.compile(r"部分|表|说明|情况|解释|概况")
_PAGE_NUMBER = re.compile(r"[-—–―_~·第]*\d{1,4}[-—–―_~·页]*")
_FEWEST_LEADERS = 3
"""So many entries with dots before their page number are a list of contents."""
_FEWEST_ENTRIES = 6
"""So many entries that name parts of a disclosure, and next to nothing else, are a list of contents."""
_SHARE = 0.8
"""The share of a page's lines that entries make at least: wrapped ones and titles are the rest."""
_FIRST_PAGES = 8
"""Pages among which the contents stand, behind a cover."""
_LINES_TO_TITLE = 6
"""Lines above which the title of the contents may have others: running heads."""


def contents_pages(pages: Sequence[Page]) -> set[int]:
    """The pages, by index, that hold a table of contents and no running text below it."""
    listing_pages: set[int] = set()
    for index, page in enumerate(pages[:_FIRST_PAGES]):
        keys = [key for line in page.lines if (key := squeeze(line.text)) and not _PAGE_NUMBER.fullmatch(key)]
        if page.grids or any("。" in key and not _ENTRY.fullmatch(key) for key in keys):
            continue
        entries = [key for key in keys if _ENTRY.fullmatch(key)]
        mostly = bool(entries) and len(entries) >= _SHARE * len(keys)
        listed = mostly and sum(bool(_OF_A_DISCLOSURE.search(key)) for key in entries) >= _FEWEST_ENTRIES
        dotted = sum(bool(_LEADER.search(line.text)) for line in page.lines) >= _FEWEST_LEADERS
        titled = any(_TITLE.fullmatch(key) for key in keys[:_LINES_TO_TITLE])
        if titled or dotted or listed or (mostly and index - 1 in listing_pages):
            listing_pages.add(index)
    return listing_pages
