"""Web page → its links, each with the words on it and around it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin, urlsplit

from lxml import etree
from lxml.html import HTMLParser, document_fromstring

from budgetlib.core.text import squeeze
from budgetlib.pages.unpaged.html import decoded

_ROWS = ("li", "tr", "dd", "p")


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
    return squeeze(root.findtext(".//title") or ""), list(_anchors(root, urljoin(url, base)))


def _anchors(root: etree._Element, base: str) -> Iterator[Anchor]:
    for element in root.iter("a"):
        try:
            url = urldefrag(urljoin(base, (element.get("href") or "").strip())).url
            scheme = urlsplit(url).scheme
        except ValueError:
            continue
        if scheme in ("http", "https"):
            row = next((_text(around) for around in element.iterancestors(*_ROWS)), "")
            yield Anchor(url, _text(element), squeeze(element.get("title") or ""), row)


def _text(element: etree._Element) -> str:
    return squeeze("".join(map(str, element.itertext(with_tail=False))))
