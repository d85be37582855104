"""An index page → its links to disclosures: what names a budget or final accounts, and a year.

Navigation leads to lists without a year and is left out; an attachment with a bare name is what its page is about.
Pages that a list continues on are not followed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from budgetlib.commands.fetch.names import name_in, suffix_of
from budgetlib.pages.unpaged.anchors import read_anchors

DOCUMENTS = {
    *(".pdf", ".doc", ".docx", ".xls", ".xlsx", ".xlsb", ".ods", ".odt"),
    *(".zip", ".rar", ".7z", ".ofd", ".wps", ".et"),
}
"""How the addresses of files end that are no web pages."""
_SUBJECT = re.compile("预算|决算")
_YEAR = re.compile(r"(?<!\d)(20[012]\d)(?!\d|[-./]\d|年\d{1,2}月)|(二[〇零○][〇零○一二][〇零○一二三四五六七八九])年")
"""A year, but not that of a date."""
_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_LONGEST_TEXT = 200  # characters around a link: more are the text of a page


@dataclass(frozen=True)
class Link:
    """A link to what seems to be a disclosure."""

    url: str
    text: str
    year: int


def find_links(content: bytes, url: str, years: Collection[int]) -> list[Link]:
    """The links to disclosures of `years` (of any, where there are none) on the index page `content` at `url`."""
    by_address: dict[str, Link] = {}
    for link in _links(content, url):
        if not years or link.year in years:
            by_address.setdefault(link.url, link)
    return list(by_address.values())


def _links(content: bytes, url: str) -> Iterator[Link]:
    title, anchors = read_anchors(content, url)
    for anchor in anchors:
        name = name_in(anchor.url)
        is_document = suffix_of(name).lower() in DOCUMENTS
        of_link = " ".join((anchor.text, anchor.hint, name if is_document else ""))
        words = [of_link, anchor.row, title] if is_document else [of_link, anchor.row]
        year = next(filter(None, map(_year, words)), None)
        if year and any(map(_SUBJECT.search, words if is_document else [of_link])):
            yield Link(anchor.url, (anchor.text or anchor.hint or name)[:_LONGEST_TEXT], year)


def _year(text: str) -> int | None:
    """The first year in `text`.

    >>> _year("示例局2026年部门预算"), _year("二〇二五年度决算"), _year("2026-02-13"), _year("2026年2月13日")
    (2026, 2025, None, None)
    """
    match = _YEAR.search(text)
    return int(match[1] or match[2].translate(_DIGITS)) if match else None
