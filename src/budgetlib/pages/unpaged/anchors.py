"""Web page → its links, each with the words on it and around it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

from lxml import etree
from lxml.html import HTMLParser, document_fromstring

from budgetlib.core.text import squeeze
from budgetlib.pages.unpaged.html import decoded

_ROWS = ("li", "tr", "dd", "p")
_LONGEST_ROW = 2000
"""Characters, blanks included; where there are more, a table holds the whole page."""


@dataclass(frozen=True)
class Anchor:
    """A link to another page or file; words are without blanks."""

    url: str
    text: str
    """What is on it."""
    hint: str
    """What a browser shows when it is pointed at."""
    row: str
    """Its entry in a list, table or text."""


def read_anchors(content: bytes, url: str) -> tuple[str, list[Anchor]]:
    """The title of the web page `content` at `url`, and its links; none where it holds no text."""
    parser = HTMLParser(encoding="utf-8", no_network=True)
    try:
        root = document_fromstring(decoded(content)[0].encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return "", []
    base = next((element.get("href") or "" for element in root.iter("base")), "")
    return _shown([root.findtext(".//title") or ""]), list(_anchors(root, _address(url, base) or url))


def _anchors(root: etree._Element, base: str) -> Iterator[Anchor]:
    rows: dict[etree._Element | None, str] = {None: ""}
    for element in root.iter("a"):
        if url := _address(base, (element.get("href") or "").strip()):
            row = next(element.iterancestors(*_ROWS), None)
            if row is not None and row not in rows:
                rows[row] = _text(row)
            yield Anchor(url, _text(element), _shown([element.get("title") or ""]), rows[row])


def _address(base: str, url: str) -> str | None:
    """The address of a page or file on the web, written as it is asked for, without the place on it."""
    try:
        parts = urlsplit(urljoin(base, url))
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.netloc.isprintable():
        return None
    path, query = (quote(part, safe="%/:@!$&'()*+,;=~?") for part in (parts.path, parts.query))
    return parts._replace(path=path, query=query, fragment="").geturl()


def _text(element: etree._Element) -> str:
    """The words in an element; none where they are as many as on a whole page."""
    words = []
    length = 0
    for piece in element.itertext(with_tail=False):
        words.append(str(piece))
        length += len(piece)
        if length > _LONGEST_ROW:
            return ""
    return _shown(words)


def _shown(words: Iterable[str]) -> str:
    return "".join(char for char in squeeze("".join(words)) if char.isprintable())
