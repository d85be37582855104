"""The words of the guidance catalogue, of declarations and of papers bound in, from `catalogue.toml`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from budgetlib.definitions.toml import load, patterns


@dataclass(frozen=True)
class EnclosureWords:
    """How a paper that is no part of a disclosure is titled, and what it is.

    `with_number`: the title alone tells too little; a document number or a letterhead must stand above it.
    `edition`: its document number is that of an edition of the guidance catalogue.
    """

    what: str
    title: re.Pattern[str]
    with_number: bool = False
    edition: bool = False


@dataclass(frozen=True)
class CatalogueWords:
    """The words of the guidance catalogue of government-purchased services; keys are squeezed texts."""

    code: re.Pattern[str]
    levels: tuple[re.Pattern[str], ...]
    title: re.Pattern[str]
    item_code: re.Pattern[str]
    table_code: re.Pattern[str]
    document_number: re.Pattern[str]
    before_number: re.Pattern[str]
    about: re.Pattern[str]
    none: re.Pattern[str]
    attached: re.Pattern[str]
    purchased: re.Pattern[str]
    path: re.Pattern[str]
    section: re.Pattern[str]
    enclosures: tuple[EnclosureWords, ...]
    letterhead: re.Pattern[str]
    ends_before: re.Pattern[str]
    ends_with: re.Pattern[str]

    def level(self, key: str) -> int | None:
        """The level whose names stand in the column under a printed header; None where it is another column."""
        return next((number for number, pattern in enumerate(self.levels, 1) if pattern.search(key)), None)

    def numbers(self, text: str) -> Iterator[str]:
        """The document numbers in `text`, each as printed, in whatever brackets.

        >>> list(catalogue_words().numbers("根据《目录》（晋财综【2025】28号）和同财综[2025]69号文件"))
        ['晋财综【2025】28号', '同财综[2025]69号']
        """
        for match in self.document_number.finditer(text):
            office = self.before_number.sub("", match["office"])
            if office:
                yield office + match["rest"]

    def is_number(self, key: str) -> bool:
        """True where a line is a document number and nothing else."""
        return self.document_number.fullmatch(key) is not None


def is_section_of(section: str, department: str) -> bool:
    """Whether a section of the catalogue is that of a department, by its name.

    >>> is_section_of("人民政府办公厅（室）", "某市人民政府办公室"), is_section_of("行政审批", "某市人民政府办公室")
    (True, False)
    """
    either = re.fullmatch(r"(.+)(.)[（(](.)[）)]", section)
    ways = [either[1] + either[2], either[1] + either[3]] if either else [section]
    return any(way in department for way in ways)


@cache
def catalogue_words() -> CatalogueWords:
    """The words around the guidance catalogue."""
    data = patterns(load("catalogue.toml", __package__))
    levels = tuple(map(re.compile, data.pop("levels")))
    enclosures = tuple(EnclosureWords(**one | {"title": re.compile(one["title"])}) for one in data.pop("enclosure"))
    return CatalogueWords(levels=levels, enclosures=enclosures, **data)
