"""The numbers that Word puts before paragraphs by itself: they are printed and stand nowhere in the text."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from lxml import etree

from budgetlib.pages.unpaged.package import Package, attribute, child, local

_DIGITS = "〇一二三四五六七八九"
_MOST = 99
"""Chinese numbers are written up to here; lists in disclosures have some twenty items."""
_DEEPEST = 20
"""Styles that stand on one another."""


@dataclass(frozen=True)
class _Level:
    """How one level of a list counts: `text` has `%1` for the number of the first level, and so on."""

    text: str
    format: str
    start: int


@dataclass
class Numbering:
    """The lists of a document by number, which list a style stands in, and how far each has counted."""

    lists: dict[str, dict[int, _Level]] = field(default_factory=dict)
    styles: dict[str, tuple[str | None, int]] = field(default_factory=dict)
    _counted: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))

    @classmethod
    def read(cls, package: Package, document: str) -> Numbering:
        """The lists of the part `document`; none where it has none."""
        part = package.related_as(document, "numbering")
        if part is None or part not in package.parts:
            return cls()
        root = package.xml(part)
        abstract = {
            attribute(one, "abstractNumId"): dict(filter(None, map(_level, one)))
            for one in root
            if local(one) == "abstractNum"
        }
        lists = {
            attribute(one, "numId") or "": abstract.get(attribute(child(one, "abstractNumId"), "val"), {})
            for one in root
            if local(one) == "num"
        }
        styles = package.related_as(document, "styles")
        known = _styles(package.xml(styles)) if styles and styles in package.parts else {}
        return cls(lists, known)

    def label(self, properties: etree._Element | None) -> str:
        """The number that is printed before a paragraph with these properties; empty where none is."""
        listing = child(properties, "numPr")
        number, level = self.styles.get(attribute(child(properties, "pStyle"), "val") or "", (None, 0))
        if listing is not None:
            number = attribute(child(listing, "numId"), "val") or number
            level = int(attribute(child(listing, "ilvl"), "val") or level)
        levels = self.lists.get(number or "", {})
        if number is None or level not in levels:
            return ""
        counted = self._counted[number]
        counted[level] = counted.get(level, levels[level].start - 1) + 1
        for deeper in [one for one in counted if one > level]:
            del counted[deeper]

        def shown(match: re.Match[str]) -> str:
            other = int(match[1]) - 1
            if other not in levels:
                return ""
            return written(counted.get(other, levels[other].start), levels[other].format)

        return re.sub(r"%(\d)", shown, levels[level].text) if levels[level].format not in ("bullet", "none") else ""


def written(number: int, form: str) -> str:
    """A number as a list writes it; in digits where the form is another one.

    >>> [written(number, "chineseCounting") for number in (3, 10, 12, 21)], written(2, "decimalEnclosedCircle")
    (['三', '十', '十二', '二十一'], '②')
    """
    if re.match(r"chinese|japaneseCounting|ideographTraditional|taiwaneseCounting", form) and 0 < number <= _MOST:
        tens, ones = divmod(number, 10)
        return ("" if tens < 2 else _DIGITS[tens]) + ("十" if tens else "") + (_DIGITS[ones] if ones else "")
    if form.startswith("decimalEnclosedCircle") and 0 < number <= 20:
        return chr(ord("①") + number - 1)
    if form in ("lowerLetter", "upperLetter") and 0 < number <= 26:
        return chr(ord("a" if form == "lowerLetter" else "A") + number - 1)
    return str(number)


def _level(element: etree._Element) -> tuple[int, _Level] | None:
    number = attribute(element, "ilvl")
    if local(element) != "lvl" or number is None:
        return None
    start = attribute(child(element, "start"), "val") or "1"
    text = attribute(child(element, "lvlText"), "val") or ""
    return int(number), _Level(text, attribute(child(element, "numFmt"), "val") or "decimal", int(start))


def _styles(root: etree._Element) -> dict[str, tuple[str | None, int]]:
    """The list and the level of each style that has one, its own or that of a style it stands on."""
    by_id = {attribute(one, "styleId") or "": one for one in root if local(one) == "style"}
    by_style: dict[str, tuple[str | None, int]] = {}
    for name in by_id:
        style: str | None = name
        for _ in range(_DEEPEST):
            element = by_id.get(style or "")
            listing = child(child(element, "pPr"), "numPr")
            if listing is not None:
                by_style[name] = (
                    attribute(child(listing, "numId"), "val"),
                    int(attribute(child(listing, "ilvl"), "val") or 0),
                )
                break
            style = attribute(child(element, "basedOn"), "val")
    return by_style
