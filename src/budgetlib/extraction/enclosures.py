"""Papers bound in with a disclosure that are no part of it: a covering notice, a budget approval letter.

Their running text is set apart, so that it is not read as the disclosure's own; the page log says what they are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from budgetlib.core.text import squeeze
from budgetlib.definitions.vocabulary.catalogue import EnclosureWords, catalogue_words
from budgetlib.pages.model import Line, Page

_TITLE_LINES = 3  # over which a title may run
_LINES_ABOVE = 4  # a title: letterhead, number, blank lines
_ADDRESSEE = 80  # characters: a longer line that ends in a colon is a sentence


class Enclosure(NamedTuple):
    """One such paper: what it is, its document number as printed, and the pages (by index) it stands on.

    `edition` says that the number is that of an edition of the guidance catalogue.
    """

    what: str
    number: str | None
    edition: bool
    first: int
    last: int

    @property
    def sentence(self) -> str:
        """What the page log says of it."""
        return f"{self.what}{f' ({self.number})' if self.number else ''}, no part of the disclosure"


class _PrintedLine(NamedTuple):
    key: str
    page_index: int
    line: Line


def set_apart(pages: Sequence[Page]) -> tuple[list[Page], list[Enclosure]]:
    """The pages without the lines of enclosures, and the enclosures; grids stay where they are."""
    lines = [
        _PrintedLine(squeeze(b.text), i, b) for i, page in enumerate(pages) for b in page.blocks if isinstance(b, Line)
    ]
    enclosures: list[Enclosure] = []
    enclosed: set[int] = set()
    index = 0
    while index < len(lines):
        begun = _begins(lines, index) if "关于" in lines[index].key else None
        if begun is None:
            index += 1
            continue
        start, words, number = begun
        end = _end(lines, index)
        enclosed.update(range(start, end))
        first, last = lines[start].page_index, lines[end - 1].page_index
        enclosures.append(Enclosure(words.what, number, words.edition, first, last))
        index = end
    kept: dict[int, list[Line]] = defaultdict(list)
    for i, line in enumerate(lines):
        if i not in enclosed:
            kept[line.page_index].append(line.line)
    return [replace(page, lines=tuple(kept[i])) for i, page in enumerate(pages)], enclosures


def _begins(lines: Sequence[_PrintedLine], index: int) -> tuple[int, EnclosureWords, str | None] | None:
    """Where the enclosure begins whose title is at `index`, how it is titled, and its document number.

    A title alone may be a quotation: a number or a letterhead stands above it, or an addressee below.
    """
    words = catalogue_words()
    above = range(max(0, index - _LINES_ABOVE), index)
    numbers = [i for i in above if words.is_number(lines[i].key)]
    heading = numbers + [i for i in above if words.letterhead.search(lines[i].key)]
    for count in range(1, _TITLE_LINES + 1):
        title = "".join(line.key for line in lines[index : index + count])
        below = [line.key for line in lines[index + count : index + count + 1]]
        addressed = any(key.endswith((":", "：")) and len(key) < _ADDRESSEE for key in below)
        for enclosure in words.enclosures:
            if enclosure.title.search(title) and (heading or (addressed and not enclosure.with_number)):
                return min([*heading, index]), enclosure, lines[numbers[-1]].key if numbers else None
    return None


def _end(lines: Sequence[_PrintedLine], start: int) -> int:
    """Where an enclosure ends: before the next part of the disclosure, or after the line that closes it."""
    words = catalogue_words()
    for index in range(start + 1, len(lines)):
        if words.ends_before.search(lines[index].key):
            return index
        if words.ends_with.search(lines[index].key):
            return index + 1
    return len(lines)
